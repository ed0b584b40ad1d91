//! Messages: appended in order, grown while partial, deleted to a tombstone.

mod content;

pub use content::{Attachment, Content, Email, ToolCall, TranscriptionInfo, Word};

use crate::{
    Error, Id, Result, Time, codes,
    conversation::{Conversation, Participant, Source},
    limits,
    name::{Collection, EntryName, PartName},
    redact::SafeText,
};
use std::sync::Arc;

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
    /// Shared, because a write hands it on several times.
    pub content: Arc<Content>,
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
    /// When it was first stored, elsewhere; now where absent.
    pub create_time: Option<Time>,
}

/// New values for some of a message's fields.
#[derive(Debug, Clone, Default)]
pub struct MessagePatch {
    pub values: Content,
    /// Paths in snake_case.
    pub paths: Vec<String>,
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
            content: Arc::new(Content {
                send_time: content.send_time.or(Some(now)),
                state: content.state.settled(),
                ..content
            }),
            create_time: now,
            update_time: now,
            delete_time: None,
        };
        self.counters.last_message_time = self.counters.last_message_time.max(message.content.send_time);
        self.note_participant(&message.content);
        Ok(message)
    }

    fn note_participant(&mut self, content: &Content) {
        let participants = &self.body.participants;
        if content.speaker == Speaker::Unspecified || participants.len() >= limits::LIST_ITEMS_MAX {
            return;
        }
        let user = content.agent.as_ref().or(match content.speaker {
            Speaker::Agent => self.body.fields.agent.as_ref(),
            _ => None,
        });
        let customer = &self.name.profile.customer;
        let user = user
            .map(|id| EntryName::of_customer(customer, Collection::User, id.clone()).to_string())
            .unwrap_or_default();
        let known = |seen: &Participant| seen.speaker == content.speaker && seen.user == user;
        if participants.iter().any(known) {
            return;
        }
        let display_name =
            content.speaker_info.as_ref().map(|info| info.display_name.clone()).unwrap_or_default();
        self.body_mut().participants.push(Participant { user, speaker: content.speaker, display_name });
    }

    /// Takes a name from the participants that no message tells any more.
    pub fn forget_name(&mut self, display_name: &SafeText) {
        if self.body.participants.iter().any(|participant| participant.display_name == *display_name) {
            let participants = self.body_mut().participants.iter_mut();
            for participant in participants.filter(|participant| participant.display_name == *display_name) {
                participant.display_name = SafeText::default();
            }
        }
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
    /// The name under which it was said, where one is told.
    pub fn speaker_name(&self) -> Option<&SafeText> {
        let name = self.content.speaker_info.as_ref().map(|info| &info.display_name)?;
        (!name.is_empty()).then_some(name)
    }

    /// Says when it was first stored, where that was before.
    #[must_use]
    pub fn created_at(self, time: Option<Time>) -> Self {
        let create_time = time.unwrap_or(self.create_time);
        Self { create_time, ..self }
    }

    /// Applies a patch. Answers whether anything changed.
    pub fn patch(&mut self, patch: &MessagePatch, now: Time) -> Result<bool> {
        if self.delete_time.is_some() {
            return Err(Error::failed_precondition("the message is deleted"));
        }
        let mut content = Content::clone(&self.content);
        for path in &patch.paths {
            self.accepts(path)?;
            take(&mut content, &patch.values, path);
        }
        content.state = content.state.settled();
        content.check().map_err(|error| error.within("conversationMessage"))?;
        if content == *self.content {
            return Ok(false);
        }
        self.content = Arc::new(content);
        self.update_time = now;
        Ok(true)
    }

    fn accepts(&self, path: &str) -> Result<()> {
        if FINAL_PATHS.contains(&path) {
            return Ok(());
        }
        if !PARTIAL_PATHS.contains(&path) {
            return Err(Error::unknown_path(path));
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
        self.content = Arc::default();
        self.delete_time = Some(now);
        self.update_time = now;
        true
    }
}

fn take(to: &mut Content, from: &Content, path: &str) {
    macro_rules! copy {
        ($($field:ident),+) => { match path { $(stringify!($field) => to.$field = from.$field.clone(),)+ _ => {} } };
    }
    to.redactions.retain(|redaction| !redaction.is_at(path));
    to.redactions.extend(from.redactions.iter().filter(|redaction| redaction.is_at(path)).cloned());
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        conversation::NewConversation, language::Languages, name::ConversationName, redact::Redactor,
    };

    fn conversation() -> Conversation {
        let name = ConversationName::parse("name", "customers/c/profiles/p/conversations/x").unwrap();
        let languages = Languages { supported: &[], default: "en-US" };
        NewConversation::default().start(name, 1, &languages, Time(1_000)).unwrap()
    }

    fn said(text: &str, state: MessageState) -> Content {
        let text = Redactor::NONE.text(text);
        Content { text, state, speaker: Speaker::Visitor, ..Content::default() }
    }

    fn patch(values: Content, paths: &[&str]) -> MessagePatch {
        MessagePatch { values, paths: paths.iter().map(|path| (*path).to_owned()).collect() }
    }

    #[test]
    fn a_partial_message_grows_until_it_is_final() {
        let mut conversation = conversation();
        let mut message = conversation
            .append(Id::known("m"), said("He", MessageState::Partial), false, Time(2_000))
            .unwrap();
        let grown = patch(said("Hello", MessageState::Partial), &["text"]);
        assert!(message.patch(&grown, Time(3_000)).unwrap());
        let ended = patch(said("Hello.", MessageState::Unspecified), &["text", "state"]);
        assert!(message.patch(&ended, Time(4_000)).unwrap());
        assert_eq!(message.content.state, MessageState::Final);
        let error = message.patch(&grown, Time(5_000)).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::FailedPrecondition);
    }

    #[test]
    fn a_participant_is_noted_once() {
        let mut conversation = conversation();
        for id in ["a", "b"] {
            conversation.append(Id::known(id), said("Hi", MessageState::Final), false, Time(2_000)).unwrap();
        }
        assert_eq!(conversation.body.participants.len(), 1);
        assert_eq!(conversation.counters.messages, 2);
    }
}
