//! Conversations as records, in the exact spelling of the schema.
//!
//! What a record requires is always there; what it does not and has no value is left out.

use hansard_domain::{
    Span, Time,
    conversation::{Conversation, StateHistoryEntry, Summary, Transfer, View},
    message::Message,
    redact::{SafeJson, SafeText},
};
use serde_json::{Map, Number, Value};
use std::sync::Arc;

use super::{time, wire, words::Words};
use crate::service::record::Record;

/// Stands until the conversation ends.
const DURATION_SECONDS: i64 = 15;

pub(super) fn record(record: Record) -> wire::Record {
    let messages: Vec<wire::Message> = record.messages.iter().map(message).collect();
    wire::Record { messages: some(messages), ..listed(record.view) }
}

/// As it stands in a list: without its messages.
pub(super) fn listed(view: View) -> wire::Record {
    let conversation = view.conversation;
    let duration = duration(&conversation);
    let name = conversation.name;
    let body = Arc::unwrap_or_clone(conversation.body);
    let fields = body.fields;
    let deployment = fields.deployment.unwrap_or_default();
    let models = fields.models.unwrap_or_default();
    let party = fields.party.unwrap_or_default();
    wire::Record {
        id: name.conversation.to_string(),
        organization_id: name.profile.customer.to_string(),
        project_id: name.profile.profile.to_string(),
        channel_id: deployment.channel_id,
        deployment_config_id: deployment.deployment_config_id,
        channel_identifier: deployment.channel_identifier,
        conversation_type: fields.channel.written().unwrap_or_default(),
        record_id: given(party.record_id),
        provider_message_id: given(party.provider_message_id),
        direction: fields.direction.written(),
        instruction_config_id: given(deployment.instruction_config_id),
        partner_user_id: given(party.partner_user_id),
        model_id: given(models.model_id),
        user_id: party.platform_user_id.and_then(number),
        customer_id: given(party.crm_customer_id),
        status: body.status.written(),
        is_campaign: fields.campaign,
        duration_in_seconds: Some(duration),
        stt_model_id: given(models.stt_model_id),
        tts_model_id: given(models.tts_model_id),
        resource_url: given(body.persisted_audio_uri),
        messages: None,
        conversation_summary: fields.summary.map(summary),
        state_history: some(body.state_history.into_iter().map(state_history).collect()),
        call_transfer: body.transfers.into_iter().next_back().map(transfer),
        created_day: Some(time::day_of(body.start_time).to_string()),
        created_at: millis(body.start_time),
        updated_at: millis(body.update_time),
        deleted_at: body.delete_time.and_then(millis),
    }
}

/// What was told, else what was measured once it has ended.
fn duration(conversation: &Conversation) -> Number {
    let seconds = |Span(micros)| number(micros as f64 / 1e6);
    conversation.duration().and_then(seconds).unwrap_or_else(|| DURATION_SECONDS.into())
}

pub(super) fn message(message: &Message) -> wire::Message {
    let content = &message.content;
    let id = message.name.id.to_string();
    wire::Message {
        message_id: id.clone(),
        content: content.text.as_str().to_owned(),
        message_type: content.speaker.written().unwrap_or_default(),
        timestamp: wire::Iso(content.send_time.unwrap_or(message.create_time)),
        metadata: object(&content.metadata).unwrap_or_default(),
        id: Some(id),
        created_at: millis(message.create_time),
    }
}

fn summary(summary: Summary) -> wire::Summary {
    let texts = |texts: Vec<SafeText>| texts.into_iter().map(SafeText::into_string).collect();
    wire::Summary {
        summary: summary.summary.into_string(),
        key_points: texts(summary.key_points),
        action_items: texts(summary.action_items),
        sentiment: summary.sentiment.written().unwrap_or_default(),
    }
}

fn state_history(entry: StateHistoryEntry) -> wire::StateHistory {
    wire::StateHistory {
        status: entry.status.written().unwrap_or_default(),
        timestamp: wire::AnyInMillis(entry.timestamp),
        reason: given(entry.reason.into_string()),
        metadata: object(&entry.metadata),
    }
}

fn transfer(transfer: Transfer) -> wire::CallTransfer {
    wire::CallTransfer {
        transfer_target: transfer.target,
        transfer_status: transfer.status.written().unwrap_or_default(),
        transfer_type: transfer.kind.written(),
        transfer_initiated_at: transfer.initiate_time.and_then(millis),
        transfer_completed_at: transfer.complete_time.and_then(millis),
        transfer_reason: given(transfer.reason.into_string()),
    }
}

fn given(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

fn some<T>(items: Vec<T>) -> Option<Vec<T>> {
    Some(items).filter(|items| !items.is_empty())
}

fn millis(time: Time) -> Option<wire::Millis> {
    Some(wire::Millis(time))
}

fn object(json: &SafeJson) -> Option<Map<String, Value>> {
    json.as_value().as_object().cloned()
}

/// A whole number is written as one.
fn number(number: f64) -> Option<Number> {
    let is_whole = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
    if is_whole { Some((number as i64).into()) } else { Number::from_f64(number) }
}
