//! Records to what the operations take: every text through redaction, every value in the conversation's words.

use hansard_domain::{
    Error, Id, Result, Span,
    conversation::{
        Channel, Deployment, Direction, Fields, Models, NewConversation, Party, Past, Sentiment,
        StateHistoryEntry, Status, Summary, Transfer, TransferStatus, TransferType,
    },
    limits,
    message::{Content, NewMessage, Speaker},
    redact::{Earlier, Redactor, SafeJson, SafeText, Turns},
};
use serde_json::{Map, Value};

use super::{time, wire, words::Words};
use crate::service::record::NewRecord;

const DURATION_SECONDS_MAX: f64 = 315_576_000_000.0;

/// What is told of a conversation as a whole. Its id and where it belongs are read apart.
pub(super) fn record(given: wire::Record, redactor: &Redactor) -> Result<NewRecord> {
    check_day(&given)?;
    let history = given.state_history.clone().unwrap_or_default().into_iter();
    let transfer = given.call_transfer.clone().map(|given| transfer(given, redactor)).transpose()?;
    let past = Past {
        state_history: history.map(|entry| state_history(entry, redactor)).collect::<Result<_>>()?,
        duration: given.duration_in_seconds.as_ref().map(span).transpose()?,
        transfer,
        audio_uri: given.resource_url.clone().unwrap_or_default(),
        update_time: given.updated_at.map(|time| time.0),
        delete_time: given.deleted_at.map(|time| time.0),
    };
    let status = given.status.as_deref().map(word::<Status>).transpose()?.unwrap_or_default();
    let start_time = given.created_at.map(|time| time.0);
    let mut turns = Turns::new(redactor, Earlier::none());
    let messages = messages(given.messages.clone().unwrap_or_default(), &mut turns)?;
    let new = NewConversation { fields: fields(given, redactor)?, start_time, status, ..Default::default() };
    Ok(NewRecord { new, past, messages })
}

fn fields(given: wire::Record, redactor: &Redactor) -> Result<Fields> {
    let models = Models {
        model_id: given.model_id.unwrap_or_default(),
        stt_model_id: given.stt_model_id.unwrap_or_default(),
        tts_model_id: given.tts_model_id.unwrap_or_default(),
    };
    let party = Party {
        record_id: given.record_id.unwrap_or_default(),
        provider_message_id: given.provider_message_id.unwrap_or_default(),
        partner_user_id: given.partner_user_id.unwrap_or_default(),
        platform_user_id: given.user_id.and_then(|number| number.as_f64()),
        crm_customer_id: given.customer_id.unwrap_or_default(),
    };
    Ok(Fields {
        channel: word::<Channel>(&given.conversation_type)?,
        direction: given.direction.as_deref().map(word::<Direction>).transpose()?.unwrap_or_default(),
        summary: given.conversation_summary.map(|given| summary(&given, redactor)).transpose()?,
        deployment: Some(Deployment {
            channel_id: given.channel_id,
            deployment_config_id: given.deployment_config_id,
            channel_identifier: given.channel_identifier,
            instruction_config_id: given.instruction_config_id.unwrap_or_default(),
        }),
        models: (models != Models::default()).then_some(models),
        party: (party != Party::default()).then_some(party),
        campaign: given.is_campaign,
        ..Fields::default()
    })
}

pub(super) fn messages(given: Vec<wire::Message>, turns: &mut Turns<'_>) -> Result<Vec<NewMessage>> {
    limits::items_at_most("messages", given.len(), limits::BATCH_ITEMS_MAX)?;
    let read = |(index, given): (usize, wire::Message)| {
        let (text, mut mask) = turns.message(&given.content, true);
        let metadata = match given.metadata {
            metadata if metadata.is_empty() => SafeJson::default(),
            metadata => mask.json("metadata", Value::Object(metadata)),
        };
        let content = Content {
            text,
            metadata,
            redactions: mask.take_redactions(),
            speaker: word::<Speaker>(&given.message_type)?,
            send_time: Some(given.timestamp.0),
            ..Content::default()
        };
        content.check().map_err(|error| error.within(&format!("messages[{index}]")))?;
        Ok(NewMessage {
            id: Some(Id::parse(&format!("messages[{index}].name"), &given.message_id)?),
            content,
            create_time: given.created_at.map(|time| time.0),
        })
    };
    given.into_iter().enumerate().map(read).collect()
}

pub(super) fn summary(given: &wire::Summary, redactor: &Redactor) -> Result<Summary> {
    let texts = |given: &[String]| given.iter().map(|text| redactor.text(text)).collect();
    Ok(Summary {
        summary: redactor.text(&given.summary),
        key_points: texts(&given.key_points),
        action_items: texts(&given.action_items),
        sentiment: word::<Sentiment>(&given.sentiment)?,
        revision: 0,
    })
}

pub(super) fn transfer(given: wire::CallTransfer, redactor: &Redactor) -> Result<Transfer> {
    Ok(Transfer {
        target: given.transfer_target,
        status: word::<TransferStatus>(&given.transfer_status)?,
        kind: given.transfer_type.as_deref().map(word::<TransferType>).transpose()?.unwrap_or_default(),
        initiate_time: given.transfer_initiated_at.map(|time| time.0),
        complete_time: given.transfer_completed_at.map(|time| time.0),
        reason: text(given.transfer_reason, redactor),
    })
}

fn state_history(given: wire::StateHistory, redactor: &Redactor) -> Result<StateHistoryEntry> {
    Ok(StateHistoryEntry {
        status: word::<Status>(&given.status)?,
        timestamp: given.timestamp.0,
        reason: text(given.reason, redactor),
        metadata: json(given.metadata, redactor),
    })
}

pub(super) fn text(given: Option<String>, redactor: &Redactor) -> SafeText {
    given.map(|text| redactor.text(&text)).unwrap_or_default()
}

pub(super) fn json(given: Option<Map<String, Value>>, redactor: &Redactor) -> SafeJson {
    given.map(|json| redactor.json(Value::Object(json))).unwrap_or_default()
}

/// A word that the schema has let pass.
pub(super) fn word<W: Words>(word: &str) -> Result<W> {
    W::of(word).ok_or_else(|| Error::internal("a word of a schema that no vocabulary has"))
}

fn span(seconds: &serde_json::Number) -> Result<Span> {
    let seconds = seconds.as_f64().filter(|seconds| (0.0..=DURATION_SECONDS_MAX).contains(seconds));
    let text = "must be from 0 to 315576000000";
    let seconds = seconds.ok_or_else(|| Error::invalid("duration", text))?;
    Ok(Span((seconds * 1e6).round() as i64))
}

/// The day is no more than another way to tell when it began.
fn check_day(given: &wire::Record) -> Result<()> {
    let (Some(day), Some(start)) = (&given.created_day, given.created_at) else { return Ok(()) };
    if *day == time::day_of(start.0).to_string() {
        return Ok(());
    }
    Err(Error::invalid("created_day", "must be the day of created_at, in UTC"))
}
