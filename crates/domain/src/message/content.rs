//! What a message says, and the limits of each part.

use super::{MessageState, Speaker, take};
use crate::{
    Error, Id, Result, Span, Time,
    conversation::{SpeakerInfo, is_default},
    limits,
    redact::{Redaction, SafeJson, SafeText},
};
use serde::{Deserialize, Serialize};

/// What a message says. The text rides in a column of its own, so it is not part of the serialized form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    #[serde(skip)]
    pub text: SafeText,
    #[serde(skip_serializing_if = "is_default")]
    pub legacy_message_id: i32,
    #[serde(skip_serializing_if = "is_default")]
    pub text_html: SafeText,
    #[serde(skip_serializing_if = "is_default")]
    pub transcription_info: Option<TranscriptionInfo>,
    #[serde(skip_serializing_if = "is_default")]
    pub agent: Option<Id>,
    #[serde(skip_serializing_if = "is_default")]
    pub speaker: Speaker,
    #[serde(skip_serializing_if = "is_default")]
    pub speaker_info: Option<SpeakerInfo>,
    #[serde(skip_serializing_if = "is_default")]
    pub state: MessageState,
    #[serde(skip_serializing_if = "is_default")]
    pub audio_start_offset: Option<Span>,
    #[serde(skip_serializing_if = "is_default")]
    pub audio_end_offset: Option<Span>,
    #[serde(skip_serializing_if = "is_default")]
    pub original_event_data: SafeJson,
    #[serde(skip_serializing_if = "is_default")]
    pub send_time: Option<Time>,
    #[serde(skip_serializing_if = "is_default")]
    pub email: Option<Email>,
    #[serde(skip_serializing_if = "is_default")]
    pub attachments: Vec<Attachment>,
    #[serde(skip_serializing_if = "is_default")]
    pub tool_calls: Vec<ToolCall>,
    #[serde(skip_serializing_if = "is_default")]
    pub spoken_text: SafeText,
    #[serde(skip_serializing_if = "is_default")]
    pub metadata: SafeJson,
    #[serde(skip_serializing_if = "is_default")]
    pub redactions: Vec<Redaction>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TranscriptionInfo {
    #[serde(skip_serializing_if = "is_default")]
    pub words: Vec<Word>,
    #[serde(skip_serializing_if = "is_default")]
    pub confidence: f64,
    #[serde(skip_serializing_if = "is_default")]
    pub model: String,
    #[serde(skip_serializing_if = "is_default")]
    pub language_code: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Word {
    pub word: SafeText,
    #[serde(skip_serializing_if = "is_default")]
    pub start_offset: Option<Span>,
    #[serde(skip_serializing_if = "is_default")]
    pub end_offset: Option<Span>,
    #[serde(skip_serializing_if = "is_default")]
    pub confidence: f64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Email {
    #[serde(skip_serializing_if = "is_default")]
    pub subject: SafeText,
    #[serde(skip_serializing_if = "is_default")]
    pub from: SafeText,
    #[serde(skip_serializing_if = "is_default")]
    pub to: Vec<SafeText>,
    #[serde(skip_serializing_if = "is_default")]
    pub cc: Vec<SafeText>,
    #[serde(skip_serializing_if = "is_default")]
    pub message_id: String,
    #[serde(skip_serializing_if = "is_default")]
    pub in_reply_to: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attachment {
    #[serde(skip_serializing_if = "is_default")]
    pub uri: String,
    #[serde(skip_serializing_if = "is_default")]
    pub mime_type: String,
    #[serde(skip_serializing_if = "is_default")]
    pub size_bytes: i64,
    #[serde(skip_serializing_if = "is_default")]
    pub sha256: String,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToolCall {
    #[serde(skip_serializing_if = "is_default")]
    pub id: String,
    #[serde(skip_serializing_if = "is_default")]
    pub name: String,
    #[serde(skip_serializing_if = "is_default")]
    pub arguments: SafeJson,
    #[serde(skip_serializing_if = "is_default")]
    pub result: SafeJson,
}

impl Content {
    pub fn is_partial(&self) -> bool {
        self.state == MessageState::Partial
    }

    /// Whether one field is the same in both.
    pub fn equals_at(&self, other: &Self, path: &str) -> bool {
        let mut probe = other.clone();
        take(&mut probe, self, path);
        probe == *other
    }

    /// Checks lengths and ranges; paths are relative to the message.
    pub fn check(&self) -> Result<()> {
        let max = limits::MESSAGE_TEXT_BYTES_MAX;
        limits::bytes_at_most("text", self.text.as_str(), max)?;
        limits::bytes_at_most("textHtml", self.text_html.as_str(), max)?;
        limits::bytes_at_most("spokenText", self.spoken_text.as_str(), max)?;
        limits::json_at_most("originalEventData", &self.original_event_data)?;
        limits::json_at_most("metadata", &self.metadata)?;
        self.check_redactions()?;
        self.check_audio()?;
        self.check_speaker()?;
        self.check_email()?;
        self.check_attachments()?;
        self.check_tool_calls()
    }

    fn check_redactions(&self) -> Result<()> {
        limits::items_at_most("redactions", self.redactions.len(), limits::MESSAGE_TEXT_BYTES_MAX)?;
        self.redactions.iter().enumerate().try_for_each(|(index, redaction)| {
            limits::short(&format!("redactions[{index}].entityType"), &redaction.entity_type)?;
            limits::short(&format!("redactions[{index}].moment"), &redaction.moment)
        })
    }

    fn check_audio(&self) -> Result<()> {
        let negative = |offset: Option<Span>| offset.is_some_and(|Span(micros)| micros < 0);
        if negative(self.audio_start_offset) {
            return Err(Error::invalid("audioStartOffset", "must not be negative"));
        }
        if negative(self.audio_end_offset) {
            return Err(Error::invalid("audioEndOffset", "must not be negative"));
        }
        if let (Some(start), Some(end)) = (self.audio_start_offset, self.audio_end_offset)
            && end < start
        {
            return Err(Error::invalid("audioEndOffset", "must not be before audioStartOffset"));
        }
        let Some(info) = &self.transcription_info else { return Ok(()) };
        limits::items_at_most("transcriptionInfo.words", info.words.len(), 20_000)?;
        limits::short("transcriptionInfo.model", &info.model)?;
        limits::short("transcriptionInfo.languageCode", &info.language_code)?;
        info.words.iter().enumerate().try_for_each(|(index, word)| {
            limits::short(&format!("transcriptionInfo.words[{index}].word"), word.word.as_str())
        })
    }

    fn check_speaker(&self) -> Result<()> {
        let Some(info) = &self.speaker_info else { return Ok(()) };
        limits::short("speakerInfo.displayName", info.display_name.as_str())?;
        limits::short("speakerInfo.platformSpeakerId", &info.platform_speaker_id)
    }

    fn check_email(&self) -> Result<()> {
        let Some(email) = &self.email else { return Ok(()) };
        limits::short("email.subject", email.subject.as_str())?;
        limits::short("email.from", email.from.as_str())?;
        limits::short("email.messageId", &email.message_id)?;
        limits::short("email.inReplyTo", &email.in_reply_to)?;
        for (field, addresses) in [("email.to", &email.to), ("email.cc", &email.cc)] {
            limits::items_at_most(field, addresses.len(), limits::LIST_ITEMS_MAX)?;
            for address in addresses {
                limits::short(field, address.as_str())?;
            }
        }
        Ok(())
    }

    fn check_attachments(&self) -> Result<()> {
        limits::items_at_most("attachments", self.attachments.len(), 100)?;
        for (index, attachment) in self.attachments.iter().enumerate() {
            attachment.check().map_err(|error| error.within(&format!("attachments[{index}]")))?;
        }
        Ok(())
    }

    fn check_tool_calls(&self) -> Result<()> {
        limits::items_at_most("toolCalls", self.tool_calls.len(), 100)?;
        for (index, call) in self.tool_calls.iter().enumerate() {
            let path = |member: &str| format!("toolCalls[{index}].{member}");
            limits::short(&path("id"), &call.id)?;
            limits::short(&path("name"), &call.name)?;
            limits::json_at_most(&path("arguments"), &call.arguments)?;
            limits::json_at_most(&path("result"), &call.result)?;
        }
        Ok(())
    }
}

impl Attachment {
    fn check(&self) -> Result<()> {
        limits::short("uri", &self.uri)?;
        limits::short("mimeType", &self.mime_type)?;
        if self.size_bytes < 0 {
            return Err(Error::invalid("sizeBytes", "must not be negative"));
        }
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_digest = self.sha256.len() == 64 && self.sha256.bytes().all(hex);
        if !self.sha256.is_empty() && !is_digest {
            return Err(Error::invalid("sha256", "must be 64 lower-case hexadecimal digits"));
        }
        Ok(())
    }
}
