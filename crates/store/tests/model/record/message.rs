//! Messages and events in the model.

use super::{Applied, Kept, Logged, Noted, logged};
use hansard_domain::{
    ErrorKind, Id, Time,
    change::ChangeKind,
    conversation::{Participant, Source, State},
    event::{EventContent, EventType, NewEvent},
    message::{Content, Message, MessagePatch, MessageState, Speaker},
};
use std::sync::Arc;

impl Kept {
    pub(super) fn append(
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
            content: content.into(),
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

    pub(super) fn patch_message(
        &mut self,
        id: &Id,
        patch: &MessagePatch,
        now: Time,
        log: &mut Vec<Logged>,
    ) -> Applied {
        let found = self.messages.iter_mut().find(|message| message.name.id == *id);
        let message = found.ok_or(ErrorKind::NotFound)?;
        if message.delete_time.is_some() {
            return Err(ErrorKind::FailedPrecondition);
        }
        let (mut content, values) = (Content::clone(&message.content), &patch.values);
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
        if content != *message.content {
            message.content = content.into();
            message.update_time = now;
            let position = message.position;
            log.push(logged(&self.conversation, ChangeKind::MessageUpdated, Some(id.clone()), position, now));
        }
        Ok(())
    }

    pub(super) fn delete_message(&mut self, id: &Id, now: Time, log: &mut Vec<Logged>) -> Applied {
        let found = self.messages.iter_mut().find(|message| message.name.id == *id);
        let message = found.ok_or(ErrorKind::NotFound)?;
        if message.delete_time.is_some() {
            return Ok(());
        }
        message.content = Arc::default();
        (message.update_time, message.delete_time) = (now, Some(now));
        let (position, name) = (message.position, message.name.to_string());
        log.push(logged(&self.conversation, ChangeKind::MessageDeleted, Some(id.clone()), position, now));
        let content = EventContent { associated_message: name, ..EventContent::default() };
        let kind = EventType::MessageDeleted;
        self.note_whole(log, Noted { id: None, kind, content, event_time: now, create_time: now });
        Ok(())
    }

    pub(super) fn report(&mut self, event: &NewEvent, now: Time, log: &mut Vec<Logged>) {
        if event.id.is_some() && self.events.iter().any(|noted| noted.id == event.id) {
            return;
        }
        let (id, content) = (event.id.clone(), event.content.clone());
        let event_time = event.event_time.unwrap_or(now);
        self.note_whole(log, Noted { id, kind: event.kind, content, event_time, create_time: now });
    }
}
