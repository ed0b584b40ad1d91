//! The model: what a profile's record is after each step, in plain collections.

mod field;
mod message;

use crate::{deed::Deed, driver::profile, operation::Step};
use hansard_domain::{
    ErrorKind, Id, Time,
    change::ChangeKind,
    conversation::{
        AudioPersistenceState, Body, Channel, Conversation, Counters, NewConversation, RaiseHandState, State,
        StateHistoryEntry, Status,
    },
    event::{EventContent, EventType, Payload},
    message::Message,
    redact::{Redactor, SafeText},
};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const ACTOR: &str = "customers/acme/apiKeys/key";

/// A step that changes nothing and why.
type Applied = Result<(), ErrorKind>;

#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    pub(crate) conversations: BTreeMap<Id, Kept>,
    pub(crate) log: Vec<Logged>,
    last_number: i64,
    done: BTreeSet<String>,
}

/// A conversation with all that belongs to it.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) conversation: Conversation,
    pub(crate) messages: Vec<Message>,
    pub(crate) events: Vec<Noted>,
    pub(crate) tags: BTreeSet<Id>,
}

/// An event; those of the service have an id that nobody can foretell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Noted {
    pub(crate) id: Option<Id>,
    pub(crate) kind: EventType,
    pub(crate) content: EventContent,
    pub(crate) event_time: Time,
    pub(crate) create_time: Time,
}

/// A change; its cursor is its place, counted from 1.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Logged {
    pub(crate) conversation: Id,
    pub(crate) number: i64,
    pub(crate) kind: ChangeKind,
    pub(crate) part: Option<Id>,
    pub(crate) sequence: i32,
    pub(crate) time: Time,
    pub(crate) agent: Option<Id>,
}

impl Record {
    /// Whether a step was done before under the same retry key.
    pub(crate) fn knows(&self, step: &Step) -> bool {
        step.key.as_ref().is_some_and(|key| self.done.contains(key))
    }

    /// Does a step at a time; one that fails leaves everything as it was.
    pub(crate) fn apply(&mut self, step: &Step, now: Time) -> Applied {
        let mut next = self.clone();
        next.apply_in_place(step, now)?;
        next.done.extend(step.key.clone());
        *self = next;
        Ok(())
    }

    fn apply_in_place(&mut self, step: &Step, now: Time) -> Applied {
        let id = &step.conversation;
        match (&step.deed, self.conversations.get_mut(id)) {
            (Deed::Start(_), Some(_)) => Ok(()),
            (Deed::Start(new), None) => self.start(id, new, now),
            (_, None) => Err(ErrorKind::NotFound),
            (Deed::Delete, Some(kept)) => {
                let entry = logged(&kept.conversation, ChangeKind::ConversationDeleted, None, 0, now);
                self.log.push(entry);
                self.conversations.remove(id);
                Ok(())
            }
            (deed, Some(kept)) => kept.apply(deed, now, &mut self.log),
        }
    }

    fn start(&mut self, id: &Id, new: &NewConversation, now: Time) -> Applied {
        let closed = match (new.state, new.status) {
            (State::Closed, Status::Active) => return Err(ErrorKind::Invalid),
            (State::Live, status) if status > Status::Active => return Err(ErrorKind::Invalid),
            (State::Closed, _) => true,
            (_, status) => status > Status::Active,
        };
        let start_time = new.start_time.unwrap_or(now);
        if closed && start_time > now {
            return Err(ErrorKind::Invalid);
        }
        self.last_number += 1;
        let mut fields = new.fields.clone();
        fields.language_code = language(&fields.language_code);
        if fields.raise_hand_state == RaiseHandState::Unspecified {
            fields.raise_hand_state = RaiseHandState::Absent;
        }
        let audio = match new.audio_persistence_state {
            AudioPersistenceState::Unspecified => AudioPersistenceState::NotPersisted,
            given if fields.channel == Channel::Voice => given,
            _ => AudioPersistenceState::NotPersisted,
        };
        let body = Body {
            fields,
            state: State::Live,
            status: Status::Active,
            state_history: vec![history(Status::Active, start_time, SafeText::default(), None)],
            start_time,
            audio_persistence_state: audio,
            create_time: now,
            update_time: now,
            version: 1,
            ..Body::default()
        };
        let (name, counters) = (profile().conversation(id.clone()), Counters::default());
        let conversation = Conversation { name, number: self.last_number, body: body.into(), counters };
        let mut kept = Kept { conversation, messages: Vec::new(), events: Vec::new(), tags: BTreeSet::new() };
        kept.log(&mut self.log, ChangeKind::ConversationStarted, now);
        kept.note(&mut self.log, EventType::ConversationStart, None, now);
        let metadata = new.fields.metadata.clone();
        if !metadata.is_empty() {
            let payload = Payload::ConversationMetadata(metadata);
            kept.note(&mut self.log, EventType::ConversationMetadata, Some(payload), now);
        }
        if closed {
            let status = if new.status == Status::Unspecified { Status::Completed } else { new.status };
            kept.enter(State::Closed, (status, SafeText::default()), Some(now), None);
            kept.tell_state(&mut self.log, Status::Active, now);
        }
        self.conversations.insert(id.clone(), kept);
        Ok(())
    }
}

/// The profile's own spelling, or its default language.
fn language(wanted: &str) -> String {
    if wanted.eq_ignore_ascii_case("de-DE") { "de-DE" } else { "en-US" }.to_owned()
}

fn history(status: Status, timestamp: Time, reason: SafeText, actor: Option<&str>) -> StateHistoryEntry {
    let metadata = actor.map(|actor| Redactor::NONE.json(serde_json::json!({ "actor": actor })));
    StateHistoryEntry { status, timestamp, reason, metadata: metadata.unwrap_or_default() }
}

fn logged(of: &Conversation, kind: ChangeKind, part: Option<Id>, sequence: i32, time: Time) -> Logged {
    let (conversation, agent) = (of.name.conversation.clone(), of.body.fields.agent.clone());
    Logged { conversation, number: of.number, kind, part, sequence, time, agent }
}

impl Kept {
    fn apply(&mut self, deed: &Deed, now: Time, log: &mut Vec<Logged>) -> Applied {
        match deed {
            Deed::Append { messages, allow_closed } => messages
                .iter()
                .try_for_each(|(id, content)| self.append(id, content, *allow_closed, now, log)),
            Deed::PatchMessage(id, patch) => self.patch_message(id, patch, now, log),
            Deed::DeleteMessage(id) => self.delete_message(id, now, log),
            Deed::Report(events) => {
                events.iter().for_each(|event| self.report(event, now, log));
                Ok(())
            }
            Deed::Patch(patch) => self.patch(patch, now, log),
            Deed::SetDisplayName(text) => {
                self.edit("display_name", now, log, |body| body.fields.display_name = text.clone())
            }
            Deed::SetSkill(skill) => self.edit("skill", now, log, |body| body.fields.skill = skill.clone()),
            Deed::SetLanguage(wanted) => {
                self.edit("language_code", now, log, |body| body.fields.language_code = language(wanted))
            }
            Deed::SetSharing(sharing) => self.share(*sharing, now, log),
            Deed::ReportAudio(report) => self.report_audio(report, now, log),
            Deed::Metadata(given) => {
                self.upsert(given, now, log);
                Ok(())
            }
            Deed::ChangeState { state, status, reason, end_time } => {
                self.change_state(*state, (*status, reason.clone()), *end_time, now, log)
            }
            Deed::AddTag(tag) => {
                if self.tags.insert(tag.clone()) {
                    self.tell_tag(tag, ChangeKind::TagAdded, EventType::TagAdded, now, log);
                }
                Ok(())
            }
            Deed::RemoveTag(tag) => {
                if !self.tags.remove(tag) {
                    return Err(ErrorKind::NotFound);
                }
                self.tell_tag(tag, ChangeKind::TagRemoved, EventType::TagRemoved, now, log);
                Ok(())
            }
            Deed::Start(_) | Deed::Delete => unreachable!("done by the record"),
        }
    }

    fn body(&mut self) -> &mut Body {
        self.conversation.body_mut()
    }

    fn log(&self, log: &mut Vec<Logged>, kind: ChangeKind, now: Time) {
        log.push(logged(&self.conversation, kind, None, 0, now));
    }

    fn touch(&mut self, now: Time) {
        self.body().update_time = now;
        self.body().version += 1;
    }

    fn note(&mut self, log: &mut Vec<Logged>, kind: EventType, payload: Option<Payload>, now: Time) {
        let content = EventContent { payload, ..EventContent::default() };
        self.note_whole(log, Noted { id: None, kind, content, event_time: now, create_time: now });
    }

    fn note_whole(&mut self, log: &mut Vec<Logged>, noted: Noted) {
        let sequence = self.events.len() as i32 + 1;
        let (id, time) = (noted.id.clone(), noted.create_time);
        log.push(logged(&self.conversation, ChangeKind::EventCreated, id, sequence, time));
        self.events.push(noted);
        self.conversation.counters.events = sequence;
    }

    fn enter(
        &mut self,
        state: State,
        (status, reason): (Status, SafeText),
        end_time: Option<Time>,
        by: Option<(&str, Time)>,
    ) {
        let body = self.body();
        (body.state, body.status, body.end_time) = (state, status, end_time);
        body.status_reason = reason.clone();
        let at = by.map(|(_, at)| at).or(end_time).unwrap_or_default();
        body.state_history.push(history(status, at, reason, by.map(|(actor, _)| actor)));
    }

    fn tell_state(&mut self, log: &mut Vec<Logged>, previous: Status, now: Time) {
        let body = &self.conversation.body;
        let closed = body.state == State::Closed;
        let payload =
            Payload::ConversationState { previous, status: body.status, reason: body.status_reason.clone() };
        let kind = if closed { ChangeKind::ConversationClosed } else { ChangeKind::ConversationReopened };
        self.log(log, kind, now);
        self.note(log, EventType::ConversationState, Some(payload), now);
    }

    fn tell_tag(&mut self, tag: &Id, change: ChangeKind, event: EventType, now: Time, log: &mut Vec<Logged>) {
        log.push(logged(&self.conversation, change, Some(tag.clone()), 0, now));
        let tag = format!("customers/acme/profiles/support/tags/{tag}");
        self.note(log, event, Some(Payload::Tag { tag }), now);
    }
}
