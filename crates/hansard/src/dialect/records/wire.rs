//! The record and its parts as they are written; what is read has been brought to the same spelling.

use hansard_domain::Time;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::{Map, Number, Value};

use super::time;

/// Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Millis(pub(super) Time);

/// Written as ISO text, read from whatever tells a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Iso(pub(super) Time);

/// Written as Unix milliseconds, read from whatever tells a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct AnyInMillis(pub(super) Time);

impl Serialize for Millis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(time::to_millis(self.0))
    }
}

impl Serialize for AnyInMillis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(time::to_millis(self.0))
    }
}

impl Serialize for Iso {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&time::to_iso(self.0))
    }
}

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        time::of_millis(&value).map(Self).ok_or_else(|| D::Error::custom("no time"))
    }
}

impl<'de> Deserialize<'de> for AnyInMillis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        time::of_any(&value).map(Self).ok_or_else(|| D::Error::custom("no time"))
    }
}

impl<'de> Deserialize<'de> for Iso {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        AnyInMillis::deserialize(deserializer).map(|time| Self(time.0))
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Record {
    pub(super) id: String,
    pub(super) organization_id: String,
    pub(super) project_id: String,
    pub(super) channel_id: String,
    pub(super) deployment_config_id: String,
    pub(super) channel_identifier: String,
    pub(super) conversation_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) record_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) provider_message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) direction: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) instruction_config_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) partner_user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) model_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user_id: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) customer_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    pub(super) is_campaign: bool,
    #[serde(rename = "durationInSeconds")]
    pub(super) duration_in_seconds: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stt_model_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tts_model_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resource_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) messages: Option<Vec<Message>>,
    #[serde(rename = "conversationSummary", skip_serializing_if = "Option::is_none")]
    pub(super) conversation_summary: Option<Summary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) state_history: Option<Vec<StateHistory>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) call_transfer: Option<CallTransfer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) created_day: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) created_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) updated_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) deleted_at: Option<Millis>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Message {
    #[serde(rename = "messageId")]
    pub(super) message_id: String,
    pub(super) content: String,
    pub(super) message_type: String,
    pub(super) timestamp: Iso,
    pub(super) metadata: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) created_at: Option<Millis>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Summary {
    pub(super) summary: String,
    pub(super) key_points: Vec<String>,
    pub(super) action_items: Vec<String>,
    pub(super) sentiment: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct StateHistory {
    pub(super) status: String,
    pub(super) timestamp: AnyInMillis,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) metadata: Option<Map<String, Value>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct CallTransfer {
    pub(super) transfer_target: String,
    pub(super) transfer_status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) transfer_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) transfer_initiated_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) transfer_completed_at: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) transfer_reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct StatusChange {
    pub(super) status: String,
    pub(super) reason: Option<String>,
    pub(super) metadata: Option<Map<String, Value>>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Decommission {
    pub(super) decommission_service_id: Option<String>,
    pub(super) deployment_config_id: Option<String>,
    pub(super) dry_run: Option<bool>,
    pub(super) status: Option<String>,
}
