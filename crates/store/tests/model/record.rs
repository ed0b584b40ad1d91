//! The model: what a profile's record is after each step, in plain collections.

use crate::{
    driver::profile,
    operation::{Deed, Step},
};
use hansard_domain::{
    ErrorKind, Id, Time,
    change::ChangeKind,
    conversation::{
        AudioPersistenceState, AudioReport, Body, Channel, Conversation, Counters, Fields, NewConversation,
        Participant, Patch, RaiseHandState, SharingState, Source, State, StateHistoryEntry, Status,
    },
    event::{EventContent, EventType, NewEvent, Payload},
    message::{Content, Message, MessagePatch, MessageState, Speaker},
    metadata::Metadata,
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

    fn append(
        &mut self,
        id: &Id,
        content: &Content,
        allow_closed: bool,
        now: Time,
        log: &mut Vec<Logged>,
    ) -> Applied {
        if self.messages.iter().any(|message| message.name.id == *id) {
            return Ok(());
        }
        let body = &self.conversation.body;
        if body.state == State::Closed && !allow_closed && body.fields.source != Source::IngestionPipeline {
            return Err(ErrorKind::FailedPrecondition);
        }
        let position = self.messages.len() as i32 + 1;
        let mut content = content.clone();
        content.send_time = content.send_time.or(Some(now));
        if content.state == MessageState::Unspecified {
            content.state = MessageState::Final;
        }
        let counters = &mut self.conversation.counters;
        counters.messages = position;
        counters.last_message_time = counters.last_message_time.max(content.send_time);
        self.meet(&content);
        let name = self.conversation.name.message(id.clone());
        log.push(logged(&self.conversation, ChangeKind::MessageCreated, Some(id.clone()), position, now));
        self.messages.push(Message {
            name,
            position,
            content,
            create_time: now,
            update_time: now,
            delete_time: None,
        });
        Ok(())
    }

    /// Everyone who has spoken is a participant once.
    fn meet(&mut self, content: &Content) {
        if content.speaker == Speaker::Unspecified {
            return;
        }
        let answering =
            (content.speaker == Speaker::Agent).then(|| self.conversation.body.fields.agent.clone());
        let user = content.agent.clone().or(answering.flatten());
        let user = user.map(|user| format!("customers/acme/users/{user}")).unwrap_or_default();
        let known = &mut self.body().participants;
        if !known.iter().any(|seen| seen.speaker == content.speaker && seen.user == user) {
            known.push(Participant { user, speaker: content.speaker, ..Participant::default() });
        }
    }

    fn patch_message(&mut self, id: &Id, patch: &MessagePatch, now: Time, log: &mut Vec<Logged>) -> Applied {
        let found = self.messages.iter_mut().find(|message| message.name.id == *id);
        let message = found.ok_or(ErrorKind::NotFound)?;
        if message.delete_time.is_some() {
            return Err(ErrorKind::FailedPrecondition);
        }
        let (mut content, values) = (message.content.clone(), &patch.values);
        for path in &patch.paths {
            match path.as_str() {
                "text_html" => content.text_html = values.text_html.clone(),
                _ if message.content.state == MessageState::Final => {
                    return Err(ErrorKind::FailedPrecondition);
                }
                "text" => content.text = values.text.clone(),
                "speaker" => content.speaker = values.speaker,
                "send_time" => content.send_time = values.send_time.or(content.send_time),
                "state" if values.state == MessageState::Unspecified => content.state = MessageState::Final,
                "state" => content.state = values.state,
                other => unreachable!("{other} is never drawn"),
            }
        }
        if content != message.content {
            message.content = content;
            message.update_time = now;
            let position = message.position;
            log.push(logged(&self.conversation, ChangeKind::MessageUpdated, Some(id.clone()), position, now));
        }
        Ok(())
    }

    fn delete_message(&mut self, id: &Id, now: Time, log: &mut Vec<Logged>) -> Applied {
        let found = self.messages.iter_mut().find(|message| message.name.id == *id);
        let message = found.ok_or(ErrorKind::NotFound)?;
        if message.delete_time.is_some() {
            return Ok(());
        }
        message.content = Content::default();
        (message.update_time, message.delete_time) = (now, Some(now));
        let (position, name) = (message.position, message.name.to_string());
        log.push(logged(&self.conversation, ChangeKind::MessageDeleted, Some(id.clone()), position, now));
        let content = EventContent { associated_message: name, ..EventContent::default() };
        let kind = EventType::MessageDeleted;
        self.note_whole(log, Noted { id: None, kind, content, event_time: now, create_time: now });
        Ok(())
    }

    fn report(&mut self, event: &NewEvent, now: Time, log: &mut Vec<Logged>) {
        if event.id.is_some() && self.events.iter().any(|noted| noted.id == event.id) {
            return;
        }
        let (id, content) = (event.id.clone(), event.content.clone());
        let event_time = event.event_time.unwrap_or(now);
        self.note_whole(log, Noted { id, kind: event.kind, content, event_time, create_time: now });
    }

    fn patch(&mut self, patch: &Patch, now: Time, log: &mut Vec<Logged>) -> Applied {
        if !patch.etag.is_empty() && patch.etag != format!("\"{}\"", self.conversation.body.version) {
            return Err(ErrorKind::Aborted);
        }
        let before = self.conversation.body.clone();
        for path in &patch.paths {
            if path == "start_time" {
                let start = patch.start_time.ok_or(ErrorKind::Invalid)?;
                if before.end_time.is_some_and(|end| start > end) {
                    return Err(ErrorKind::Invalid);
                }
                self.body().start_time = start;
            } else {
                set(&mut self.body().fields, &patch.values, path);
            }
        }
        if self.conversation.body == before {
            return Ok(());
        }
        self.touch(now);
        self.log(log, ChangeKind::ConversationUpdated, now);
        let payload = Payload::ConversationUpdated { paths: patch.paths.clone() };
        self.note(log, EventType::ConversationUpdated, Some(payload), now);
        let state = self.conversation.body.fields.raise_hand_state;
        if state != before.fields.raise_hand_state {
            self.note(log, EventType::RaiseHand, Some(Payload::RaiseHand { state }), now);
        }
        Ok(())
    }

    /// Changes one thing that has a verb of its own.
    fn edit(
        &mut self,
        path: &str,
        now: Time,
        log: &mut Vec<Logged>,
        change: impl FnOnce(&mut Body),
    ) -> Applied {
        let before = self.conversation.body.clone();
        change(self.body());
        if self.conversation.body != before {
            self.touch(now);
            self.log(log, ChangeKind::ConversationUpdated, now);
            let payload = Payload::ConversationUpdated { paths: vec![path.to_owned()] };
            self.note(log, EventType::ConversationUpdated, Some(payload), now);
        }
        Ok(())
    }

    fn share(&mut self, sharing: SharingState, now: Time, log: &mut Vec<Logged>) -> Applied {
        let source = self.conversation.body.fields.source;
        let shareable = [Source::Unspecified, Source::OperaSynthetic, Source::IngestionPipeline, Source::Bot];
        if sharing == SharingState::Shared && !shareable.contains(&source) {
            return Err(ErrorKind::FailedPrecondition);
        }
        self.edit("sharing_state", now, log, |body| body.sharing_state = sharing)
    }

    fn report_audio(&mut self, report: &AudioReport, now: Time, log: &mut Vec<Logged>) -> Applied {
        let persisted = report.state == AudioPersistenceState::Persisted;
        if report.state == AudioPersistenceState::Unspecified || (persisted && report.uri.is_empty()) {
            return Err(ErrorKind::Invalid);
        }
        self.edit("audio_persistence_state", now, log, |body| {
            body.audio_persistence_state = report.state;
            body.persisted_audio_uri.clone_from(&report.uri);
        })
    }

    fn upsert(&mut self, given: &Metadata, now: Time, log: &mut Vec<Logged>) {
        let present = &mut self.body().fields.metadata;
        let mut changed = Metadata::new();
        for (key, values) in given {
            if present.get(key) != Some(values) {
                present.insert(key.clone(), values.clone());
                changed.insert(key.clone(), values.clone());
            }
        }
        if !changed.is_empty() {
            self.touch(now);
            self.log(log, ChangeKind::ConversationUpdated, now);
            let payload = Payload::ConversationMetadata(changed);
            self.note(log, EventType::ConversationMetadata, Some(payload), now);
        }
    }

    fn change_state(
        &mut self,
        state: State,
        (status, reason): (Status, SafeText),
        end_time: Option<Time>,
        now: Time,
        log: &mut Vec<Logged>,
    ) -> Applied {
        let agree = match state {
            State::Unspecified => false,
            State::Live => status <= Status::Active && end_time.is_none(),
            State::Closed => status != Status::Active,
        };
        if !agree {
            return Err(ErrorKind::Invalid);
        }
        let body = &self.conversation.body;
        let (before, start) = (body.status, body.start_time);
        if body.state == state {
            return Ok(());
        }
        if state == State::Live {
            self.enter(state, (Status::Active, reason), None, Some((ACTOR, now)));
        } else {
            if end_time.is_some_and(|end| end < start || end > now) {
                return Err(ErrorKind::Invalid);
            }
            let end = end_time.unwrap_or(now.max(start));
            let status = if status == Status::Unspecified { Status::Completed } else { status };
            self.enter(state, (status, reason), Some(end), Some((ACTOR, end)));
        }
        self.touch(now);
        self.tell_state(log, before, now);
        Ok(())
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

fn set(to: &mut Fields, from: &Fields, path: &str) {
    match path {
        "agent" => to.agent.clone_from(&from.agent),
        "visitor" => to.visitor.clone_from(&from.visitor),
        "conversation_correlation_id" => to.correlation_id.clone_from(&from.correlation_id),
        "platform_info" => to.platform_info.clone_from(&from.platform_info),
        "raise_hand_state" if from.raise_hand_state == RaiseHandState::Unspecified => {
            to.raise_hand_state = RaiseHandState::Absent;
        }
        "raise_hand_state" => to.raise_hand_state = from.raise_hand_state,
        "channel" => to.channel = from.channel,
        "source" => to.source = from.source,
        "usecase" => to.usecase.clone_from(&from.usecase),
        "corruption_state" => to.corruption_state = from.corruption_state,
        "persistence_state" => to.persistence_state = from.persistence_state,
        "direction" => to.direction = from.direction,
        "deployment" => to.deployment.clone_from(&from.deployment),
        other => unreachable!("{other} is never drawn"),
    }
}
