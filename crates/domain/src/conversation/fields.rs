//! What clients set on a conversation.

use super::is_default;
use crate::{
    Error, Id, Result, Span, codes, limits,
    metadata::{self, Metadata},
    redact::{SafeJson, SafeText},
    retention,
};
use serde::{Deserialize, Serialize};

codes! { Channel { Unspecified = 0, Chat = 1, Voice = 2, Email = 3, Sms = 4, Whatsapp = 5 } }
codes! { RaiseHandState { Unspecified = 0, Absent = 1, Active = 2, Handled = 3 } }
codes! {
    /// Where a conversation came from; Unspecified is live traffic.
    Source {
        Unspecified = 0, StudioSyntheticAnnotation = 1, StudioUserDefined = 2, StudioScrapedFromPlatform = 3,
        OperaSynthetic = 4, OperaSimulation = 5, Bot = 6, IngestionPipeline = 7, OperaPreview = 8,
        KaSimulation = 9, VaSimulation = 10,
    }
}
codes! {
    CorruptionState {
        Unspecified = 0, CorruptedReingest = 1, CorruptedStitch = 2, SkippedTooShort = 3, CorruptedRedact = 4,
    }
}
codes! { PersistenceState { Unspecified = 0, ToBeDeleted = 1 } }
codes! { MultiLanguageMode { Unspecified = 0, None = 1, LanguageDetection = 2, MultiLanguageTranscription = 3 } }
codes! { InteractionType { Unspecified = 0, BlindTransfer = 1, WarmTransfer = 2, Consult = 3, Conference = 4 } }
codes! { Direction { Unspecified = 0, Inbound = 1, Outbound = 2 } }
codes! { Sentiment { Unspecified = 0, Positive = 1, Negative = 2, Neutral = 3, Mixed = 4 } }

impl Source {
    /// Whether conversations of this source may be shared.
    pub fn is_shareable(self) -> bool {
        matches!(self, Self::Unspecified | Self::OperaSynthetic | Self::IngestionPipeline | Self::Bot)
    }
}

/// The fields of a conversation that a client may give on start.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fields {
    /// Id of the user who answers.
    #[serde(skip_serializing_if = "is_default")]
    pub agent: Option<Id>,
    #[serde(skip_serializing_if = "is_default")]
    pub agent_info: Option<SpeakerInfo>,
    #[serde(skip_serializing_if = "is_default")]
    pub visitor: Option<Visitor>,
    #[serde(skip_serializing_if = "is_default")]
    pub correlation_id: String,
    #[serde(skip_serializing_if = "is_default")]
    pub skill: String,
    #[serde(skip_serializing_if = "is_default")]
    pub platform_info: Option<PlatformInfo>,
    #[serde(skip_serializing_if = "is_default")]
    pub audio_analysis: Option<AudioAnalysis>,
    #[serde(skip_serializing_if = "is_default")]
    pub audio_duration: Option<Span>,
    #[serde(skip_serializing_if = "is_default")]
    pub raise_hand_state: RaiseHandState,
    #[serde(skip_serializing_if = "is_default")]
    pub language_code: String,
    #[serde(skip_serializing_if = "is_default")]
    pub channel: Channel,
    #[serde(skip_serializing_if = "is_default")]
    pub source: Source,
    #[serde(skip_serializing_if = "is_default")]
    pub metadata: Metadata,
    #[serde(skip_serializing_if = "is_default")]
    pub display_name: SafeText,
    #[serde(skip_serializing_if = "is_default")]
    pub policy_override: Option<PolicyOverride>,
    /// Resource names.
    #[serde(skip_serializing_if = "is_default")]
    pub usecase: String,
    #[serde(skip_serializing_if = "is_default")]
    pub virtual_agent: String,
    #[serde(skip_serializing_if = "is_default")]
    pub ingested_by_job: String,
    #[serde(skip_serializing_if = "is_default")]
    pub corruption_state: CorruptionState,
    #[serde(skip_serializing_if = "is_default")]
    pub transfer_info: Option<TransferInfo>,
    #[serde(skip_serializing_if = "is_default")]
    pub persistence_state: PersistenceState,
    #[serde(skip_serializing_if = "is_default")]
    pub multi_language_mode: MultiLanguageMode,
    #[serde(skip_serializing_if = "is_default")]
    pub direction: Direction,
    #[serde(skip_serializing_if = "is_default")]
    pub summary: Option<Summary>,
    #[serde(skip_serializing_if = "is_default")]
    pub deployment: Option<Deployment>,
    #[serde(skip_serializing_if = "is_default")]
    pub models: Option<Models>,
    #[serde(skip_serializing_if = "is_default")]
    pub party: Option<Party>,
    #[serde(skip_serializing_if = "is_default")]
    pub campaign: bool,
    /// Nothing of it may be removed.
    #[serde(skip_serializing_if = "is_default")]
    pub legal_hold: bool,
    /// Days that it is kept after its end, whatever the policy; 0 = as the policy says.
    #[serde(skip_serializing_if = "is_default")]
    pub retention_days: i32,
}

impl Fields {
    /// Empty where there is none, as in the other ids here.
    pub fn platform_conversation_id(&self) -> &str {
        self.platform_info.as_ref().map_or("", |info| &info.platform_conversation_id)
    }

    pub fn visitor_id(&self) -> &str {
        self.visitor.as_ref().map_or("", |visitor| &visitor.platform_visitor_id)
    }

    pub fn deployment_config_id(&self) -> &str {
        self.deployment.as_ref().map_or("", |deployment| &deployment.deployment_config_id)
    }

    /// Unspecified where there is no summary.
    pub fn sentiment(&self) -> Sentiment {
        self.summary.as_ref().map_or(Sentiment::Unspecified, |summary| summary.sentiment)
    }

    pub fn deployment_channel_id(&self) -> &str {
        self.deployment.as_ref().map_or("", |deployment| &deployment.channel_id)
    }

    pub fn crm_customer_id(&self) -> &str {
        self.party.as_ref().map_or("", |party| &party.crm_customer_id)
    }

    /// The last segment of the usecase's name.
    pub fn usecase_id(&self) -> &str {
        self.usecase.rsplit('/').next().unwrap_or_default()
    }
}

/// How later processing treats the conversation; the flags of the start request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FeatureOverride {
    #[serde(skip_serializing_if = "is_default")]
    pub close_agent_other_conversations: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub skip_annotations: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub skip_pii_redaction: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub synchronous_backend: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub use_onboarding_embedding_index: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub skip_index_on_close: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub skip_auto_qa_on_close: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub blocking_close_other_conversation: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub process_when_conversation_close: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub skip_insight_processing: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SpeakerInfo {
    #[serde(skip_serializing_if = "is_default")]
    pub display_name: SafeText,
    #[serde(skip_serializing_if = "is_default")]
    pub platform_speaker_id: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Visitor {
    #[serde(skip_serializing_if = "is_default")]
    pub platform_visitor_id: String,
    #[serde(skip_serializing_if = "is_default")]
    pub display_name: SafeText,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlatformInfo {
    #[serde(skip_serializing_if = "is_default")]
    pub platform_conversation_id: String,
    #[serde(skip_serializing_if = "is_default")]
    pub platform_account_id: String,
    #[serde(skip_serializing_if = "is_default")]
    pub original_event_data: SafeJson,
    #[serde(skip_serializing_if = "is_default")]
    pub platform_conversation_uri: String,
    #[serde(skip_serializing_if = "is_default")]
    pub platform_integration: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AudioAnalysis {
    #[serde(skip_serializing_if = "is_default")]
    pub agent_audio_energy: Vec<f64>,
    #[serde(skip_serializing_if = "is_default")]
    pub visitor_audio_energy: Vec<f64>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PolicyOverride {
    #[serde(skip_serializing_if = "is_default")]
    pub policy_ids: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub respect_conversation_agent_filter: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub respect_language_code_filter: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub respect_time_range_filter: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub policy_history_ids: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransferInfo {
    #[serde(skip_serializing_if = "is_default")]
    pub previous_conversation: String,
    #[serde(skip_serializing_if = "is_default")]
    pub participant_interaction_type: InteractionType,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    #[serde(skip_serializing_if = "is_default")]
    pub summary: SafeText,
    #[serde(skip_serializing_if = "is_default")]
    pub key_points: Vec<SafeText>,
    #[serde(skip_serializing_if = "is_default")]
    pub action_items: Vec<SafeText>,
    #[serde(skip_serializing_if = "is_default")]
    pub sentiment: Sentiment,
    /// 1, 2, 3 ... with each replacement; given by the service.
    #[serde(skip_serializing_if = "is_default")]
    pub revision: i32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Deployment {
    #[serde(skip_serializing_if = "is_default")]
    pub channel_id: String,
    #[serde(skip_serializing_if = "is_default")]
    pub deployment_config_id: String,
    #[serde(skip_serializing_if = "is_default")]
    pub channel_identifier: String,
    #[serde(skip_serializing_if = "is_default")]
    pub instruction_config_id: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Models {
    #[serde(skip_serializing_if = "is_default")]
    pub model_id: String,
    #[serde(skip_serializing_if = "is_default")]
    pub stt_model_id: String,
    #[serde(skip_serializing_if = "is_default")]
    pub tts_model_id: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Party {
    #[serde(skip_serializing_if = "is_default")]
    pub record_id: String,
    #[serde(skip_serializing_if = "is_default")]
    pub provider_message_id: String,
    #[serde(skip_serializing_if = "is_default")]
    pub partner_user_id: String,
    #[serde(skip_serializing_if = "is_default")]
    pub platform_user_id: Option<f64>,
    #[serde(skip_serializing_if = "is_default")]
    pub crm_customer_id: String,
}

impl Fields {
    /// Checks lengths and counts; paths are relative to the conversation.
    pub fn check(&self) -> Result<()> {
        limits::short("conversationCorrelationId", &self.correlation_id)?;
        limits::short("skill", &self.skill)?;
        limits::short("languageCode", &self.language_code)?;
        limits::short("displayName", self.display_name.as_str())?;
        metadata::check("metadata", &self.metadata)?;
        self.check_parties()?;
        self.check_platform()?;
        self.check_audio()?;
        self.check_policy()?;
        retention::check_days("retentionDays", self.retention_days)?;
        self.check_summary()
    }

    fn check_parties(&self) -> Result<()> {
        if let Some(info) = &self.agent_info {
            limits::short("agentInfo.displayName", info.display_name.as_str())?;
            limits::short("agentInfo.platformSpeakerId", &info.platform_speaker_id)?;
        }
        if let Some(visitor) = &self.visitor {
            limits::short("visitor.platformVisitorId", &visitor.platform_visitor_id)?;
            limits::short("visitor.displayName", visitor.display_name.as_str())?;
        }
        if let Some(party) = &self.party {
            limits::short("party.recordId", &party.record_id)?;
            limits::short("party.providerMessageId", &party.provider_message_id)?;
            limits::short("party.partnerUserId", &party.partner_user_id)?;
            limits::short("party.crmCustomerId", &party.crm_customer_id)?;
            if party.platform_user_id.is_some_and(|id| !id.is_finite()) {
                return Err(Error::invalid("party.platformUserId", "must be a finite number"));
            }
        }
        Ok(())
    }

    fn check_platform(&self) -> Result<()> {
        if let Some(platform) = &self.platform_info {
            limits::short("platformInfo.platformConversationId", &platform.platform_conversation_id)?;
            limits::short("platformInfo.platformAccountId", &platform.platform_account_id)?;
            limits::short("platformInfo.platformConversationUri", &platform.platform_conversation_uri)?;
            limits::short("platformInfo.platformIntegration", &platform.platform_integration)?;
            limits::json_at_most("platformInfo.originalEventData", &platform.original_event_data)?;
        }
        if let Some(deployment) = &self.deployment {
            limits::short("deployment.channelId", &deployment.channel_id)?;
            limits::short("deployment.deploymentConfigId", &deployment.deployment_config_id)?;
            limits::short("deployment.channelIdentifier", &deployment.channel_identifier)?;
            limits::short("deployment.instructionConfigId", &deployment.instruction_config_id)?;
        }
        if let Some(models) = &self.models {
            limits::short("models.modelId", &models.model_id)?;
            limits::short("models.sttModelId", &models.stt_model_id)?;
            limits::short("models.ttsModelId", &models.tts_model_id)?;
        }
        Ok(())
    }

    fn check_audio(&self) -> Result<()> {
        if let Some(audio) = &self.audio_analysis {
            audio.check()?;
        }
        match self.audio_duration {
            Some(Span(micros)) if micros < 0 => {
                Err(Error::invalid("persistedAudioDuration", "must not be negative"))
            }
            _ => Ok(()),
        }
    }

    fn check_policy(&self) -> Result<()> {
        let Some(policy) = &self.policy_override else { return Ok(()) };
        check_texts("policyOverride.policyIds", &policy.policy_ids, String::as_str)?;
        check_texts("policyOverride.policyHistoryIds", &policy.policy_history_ids, String::as_str)
    }

    pub(super) fn check_summary(&self) -> Result<()> {
        let Some(summary) = &self.summary else { return Ok(()) };
        let text = summary.summary.as_str();
        limits::bytes_at_most("summary.summary", text, limits::MESSAGE_TEXT_BYTES_MAX)?;
        check_texts("summary.keyPoints", &summary.key_points, SafeText::as_str)?;
        check_texts("summary.actionItems", &summary.action_items, SafeText::as_str)
    }
}

impl AudioAnalysis {
    pub fn check(&self) -> Result<()> {
        let max = limits::AUDIO_ENERGY_POINTS_MAX;
        limits::items_at_most("audioAnalysis.agentAudioEnergy", self.agent_audio_energy.len(), max)?;
        limits::items_at_most("audioAnalysis.visitorAudioEnergy", self.visitor_audio_energy.len(), max)?;
        if self.agent_audio_energy.iter().chain(&self.visitor_audio_energy).all(|energy| energy.is_finite()) {
            return Ok(());
        }
        Err(Error::invalid("audioAnalysis", "must hold finite numbers"))
    }
}

fn check_texts<T>(field: &str, items: &[T], text: impl Fn(&T) -> &str) -> Result<()> {
    limits::items_at_most(field, items.len(), limits::LIST_ITEMS_MAX)?;
    items
        .iter()
        .enumerate()
        .try_for_each(|(index, item)| limits::short(&format!("{field}[{index}]"), text(item)))
}
