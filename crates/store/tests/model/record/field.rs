//! The fields and the state of a conversation in the model.

use super::{ACTOR, Applied, Kept, Logged};
use hansard_domain::{
    ErrorKind, Time,
    change::ChangeKind,
    conversation::{
        AudioPersistenceState, AudioReport, Body, Fields, Patch, RaiseHandState, SharingState, Source, State,
        Status,
    },
    event::{EventType, Payload},
    metadata::Metadata,
    redact::SafeText,
};

impl Kept {
    pub(super) fn patch(&mut self, patch: &Patch, now: Time, log: &mut Vec<Logged>) -> Applied {
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
    pub(super) fn edit(
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

    pub(super) fn share(&mut self, sharing: SharingState, now: Time, log: &mut Vec<Logged>) -> Applied {
        let source = self.conversation.body.fields.source;
        let shareable = [Source::Unspecified, Source::OperaSynthetic, Source::IngestionPipeline, Source::Bot];
        if sharing == SharingState::Shared && !shareable.contains(&source) {
            return Err(ErrorKind::FailedPrecondition);
        }
        self.edit("sharing_state", now, log, |body| body.sharing_state = sharing)
    }

    pub(super) fn report_audio(&mut self, report: &AudioReport, now: Time, log: &mut Vec<Logged>) -> Applied {
        let persisted = report.state == AudioPersistenceState::Persisted;
        if report.state == AudioPersistenceState::Unspecified || (persisted && report.uri.is_empty()) {
            return Err(ErrorKind::Invalid);
        }
        self.edit("audio_persistence_state", now, log, |body| {
            body.audio_persistence_state = report.state;
            body.persisted_audio_uri.clone_from(&report.uri);
        })
    }

    pub(super) fn upsert(&mut self, given: &Metadata, now: Time, log: &mut Vec<Logged>) {
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

    pub(super) fn change_state(
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
            let is_repeated = status == Status::Unspecified || status == before;
            let refused = state == State::Closed && !is_repeated;
            return if refused { Err(ErrorKind::FailedPrecondition) } else { Ok(()) };
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
