//! Messages: appended in order, grown while partial, deleted to a tombstone.

use crate::{
    Error, Id, Result, Span, Time, codes,
    conversation::{Conversation, Participant, Source, SpeakerInfo, is_default},
    limits,
    name::{Collection, EntryName, PartName},
    redact::{Redaction, SafeJson, SafeText},
};
use serde::{Deserialize, Serialize};

codes! { Speaker { Unspecified = 0, Agent = 1, Visitor = 2, Bot = 3, System = 4 } }
codes! {
    /// Unspecified means Final.
    MessageState { Unspecified = 0, Partial = 1, Final = 2 }
}

impl MessageState {
    /// Unspecified is Final.
    fn settled(self) -> Self {
        if self == Self::Unspecified { Self::Final } else { self }
    }
}

/// A stored message.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub name: PartName,
    /// 1, 2, 3 ... within the conversation, in the order of commit.
    pub position: i32,
    pub content: Content,
    pub create_time: Time,
    pub update_time: Time,
    /// Present on a tombstone, whose content is gone.
    pub delete_time: Option<Time>,
}

/// A message to append; without an id the service gives one.
#[derive(Debug, Clone, Default)]
pub struct NewMessage {
    pub id: Option<Id>,
    pub content: Content,
}

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
    pub from: String,
    #[serde(skip_serializing_if = "is_default")]
    pub to: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub cc: Vec<String>,
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

/// New values for some of a message's fields.
#[derive(Debug, Clone, Default)]
pub struct MessagePatch {
    pub values: Content,
    /// Paths in snake_case.
    pub paths: Vec<String>,
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
        self.check_audio()?;
        self.check_speaker()?;
        self.check_email()?;
        self.check_attachments()?;
        self.check_tool_calls()
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
        limits::short("email.from", &email.from)?;
        limits::short("email.messageId", &email.message_id)?;
        limits::short("email.inReplyTo", &email.in_reply_to)?;
        for (field, addresses) in [("email.to", &email.to), ("email.cc", &email.cc)] {
            limits::items_at_most(field, addresses.len(), limits::LIST_ITEMS_MAX)?;
            for address in addresses {
                limits::short(field, address)?;
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

impl Conversation {
    /// Appends a message at the next position.
    ///
    /// A closed conversation takes messages only from the ingestion pipeline or on demand.
    pub fn append(&mut self, id: Id, content: Content, allow_closed: bool, now: Time) -> Result<Message> {
        let late = allow_closed || self.body.fields.source == Source::IngestionPipeline;
        if self.is_closed() && !late {
            return Err(Error::failed_precondition(
                "the conversation is closed: reopen it with :updateState, or append with allowClosed=true",
            ));
        }
        let position = next(self.counters.messages)?;
        self.counters.messages = position;
        let message = Message {
            name: self.name.message(id),
            position,
            content: Content {
                send_time: content.send_time.or(Some(now)),
                state: content.state.settled(),
                ..content
            },
            create_time: now,
            update_time: now,
            delete_time: None,
        };
        self.counters.last_message_time = self.counters.last_message_time.max(message.content.send_time);
        self.note_participant(&message.content);
        Ok(message)
    }

    fn note_participant(&mut self, content: &Content) {
        let customer = &self.name.profile.customer;
        let user = content.agent.as_ref().or(match content.speaker {
            Speaker::Agent => self.body.fields.agent.as_ref(),
            _ => None,
        });
        let user = user
            .map(|id| EntryName::of_customer(customer, Collection::User, id.clone()).to_string())
            .unwrap_or_default();
        let known = |seen: &Participant| seen.speaker == content.speaker && seen.user == user;
        if content.speaker == Speaker::Unspecified || self.body.participants.iter().any(known) {
            return;
        }
        let display_name =
            content.speaker_info.as_ref().map(|info| info.display_name.clone()).unwrap_or_default();
        self.body.participants.push(Participant { user, speaker: content.speaker, display_name });
    }
}

/// The number after `last`.
pub(crate) fn next(last: i32) -> Result<i32> {
    last.checked_add(1).ok_or_else(|| Error::exhausted("the conversation is full"))
}

/// What a final message still accepts.
const FINAL_PATHS: [&str; 5] = ["text_html", "speaker_info", "transcription_info", "attachments", "metadata"];
/// What a partial message accepts besides.
const PARTIAL_PATHS: [&str; 11] = [
    "text",
    "speaker",
    "agent",
    "state",
    "audio_start_offset",
    "audio_end_offset",
    "original_event_data",
    "send_time",
    "email",
    "tool_calls",
    "spoken_text",
];

/// Every path that an update of a message may name.
pub fn patch_paths() -> impl Iterator<Item = &'static str> {
    FINAL_PATHS.into_iter().chain(PARTIAL_PATHS)
}

impl Message {
    /// Applies a patch. Answers whether anything changed.
    pub fn patch(&mut self, patch: &MessagePatch, now: Time) -> Result<bool> {
        if self.delete_time.is_some() {
            return Err(Error::failed_precondition("the message is deleted"));
        }
        let mut content = self.content.clone();
        for path in &patch.paths {
            self.accepts(path)?;
            take(&mut content, &patch.values, path);
        }
        content.state = content.state.settled();
        content.check().map_err(|error| error.within("conversationMessage"))?;
        if content == self.content {
            return Ok(false);
        }
        self.content = content;
        self.update_time = now;
        Ok(true)
    }

    fn accepts(&self, path: &str) -> Result<()> {
        if FINAL_PATHS.contains(&path) {
            return Ok(());
        }
        if !PARTIAL_PATHS.contains(&path) {
            return Err(Error::invalid("updateMask", format!("{path} is unknown or output only")));
        }
        if self.content.is_partial() {
            return Ok(());
        }
        let accepted = "textHtml, speakerInfo, transcriptionInfo, attachments and metadata";
        Err(Error::failed_precondition(format!(
            "the message is FINAL: {path} cannot change any more, only {accepted} can"
        )))
    }

    /// Makes a tombstone: the content is gone. Answers whether it was not one before.
    pub fn delete(&mut self, now: Time) -> bool {
        if self.delete_time.is_some() {
            return false;
        }
        self.content = Content::default();
        self.delete_time = Some(now);
        self.update_time = now;
        true
    }
}

fn take(to: &mut Content, from: &Content, path: &str) {
    macro_rules! copy {
        ($($field:ident),+) => { match path { $(stringify!($field) => to.$field = from.$field.clone(),)+ _ => {} } };
    }
    if path == "text" {
        to.redactions = from.redactions.clone();
    }
    if path == "send_time" && from.send_time.is_none() {
        return;
    }
    copy!(
        text,
        text_html,
        speaker_info,
        transcription_info,
        attachments,
        metadata,
        speaker,
        agent,
        state,
        audio_start_offset,
        audio_end_offset,
        original_event_data,
        send_time,
        email,
        tool_calls,
        spoken_text
    );
}
