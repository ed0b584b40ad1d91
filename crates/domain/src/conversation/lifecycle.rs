//! Start, close, reopen.

use super::{
    AudioPersistenceState, Body, Channel, Conversation, Counters, FeatureOverride, Fields, RaiseHandState,
    State, StateHistoryEntry, Status,
};
use crate::{
    Error, Result, Time,
    language::Languages,
    name::ConversationName,
    redact::{SafeJson, SafeText},
};

/// What a start request asks for.
#[derive(Debug, Clone, Default)]
pub struct NewConversation {
    pub fields: Fields,
    pub flags: FeatureOverride,
    pub start_time: Option<Time>,
    pub state: State,
    pub status: Status,
    pub audio_persistence_state: AudioPersistenceState,
}

/// How a conversation is to be closed.
#[derive(Debug, Clone, Default)]
pub struct Closing {
    /// COMPLETED where unspecified.
    pub status: Status,
    pub reason: SafeText,
    /// Now where absent; between the start and now.
    pub end_time: Option<Time>,
}

/// A change of state that a request asks for.
#[derive(Debug, Clone)]
pub enum StateChange {
    Close(Closing),
    Reopen { reason: SafeText },
}

impl StateChange {
    /// Reads the fields of an updateState request together.
    pub fn new(state: State, status: Status, reason: SafeText, end_time: Option<Time>) -> Result<Self> {
        match state {
            State::Unspecified => Err(Error::invalid("state", "must be LIVE or CLOSED")),
            State::Closed if status == Status::Active => {
                Err(Error::invalid("status", "ACTIVE does not go with the state CLOSED"))
            }
            State::Closed => Ok(Self::Close(Closing { status, reason, end_time })),
            State::Live if !matches!(status, Status::Unspecified | Status::Active) => {
                Err(Error::invalid("status", "only ACTIVE goes with the state LIVE"))
            }
            State::Live if end_time.is_some() => Err(Error::invalid(
                "endTime",
                "does not go with the state LIVE: a live conversation has no end",
            )),
            State::Live => Ok(Self::Reopen { reason }),
        }
    }
}

impl NewConversation {
    /// The state and status to begin with; the one implies the other.
    fn beginning(&self) -> Result<Status> {
        match (self.state, self.status) {
            (State::Unspecified | State::Live, Status::Unspecified | Status::Active) => Ok(Status::Active),
            (State::Closed, Status::Unspecified) => Ok(Status::Completed),
            (State::Closed | State::Unspecified, status) if status != Status::Active => Ok(status),
            _ => Err(Error::invalid(
                "status",
                "does not go with the state: ACTIVE is LIVE, all others are CLOSED",
            )),
        }
    }

    /// Checks everything that needs no stored state; paths are relative to the conversation.
    pub fn check(&self) -> Result<()> {
        self.beginning()?;
        self.fields.check()
    }

    /// Makes the conversation. It is started, and at once closed where the request says so.
    pub fn start(
        mut self,
        name: ConversationName,
        number: i64,
        languages: &Languages<'_>,
        now: Time,
    ) -> Result<Conversation> {
        let status = self.beginning()?;
        let start_time = self.start_time.unwrap_or(now);
        if status != Status::Active && start_time > now {
            return Err(Error::invalid("startTime", "must not be in the future for a closed conversation"));
        }
        self.fields.language_code = languages.effective(&self.fields.language_code);
        if self.fields.raise_hand_state == RaiseHandState::Unspecified {
            self.fields.raise_hand_state = RaiseHandState::Absent;
        }
        let audio_persistence_state = match self.audio_persistence_state {
            AudioPersistenceState::Unspecified => AudioPersistenceState::NotPersisted,
            _ if self.fields.channel != Channel::Voice => AudioPersistenceState::NotPersisted,
            given => given,
        };
        let active =
            StateHistoryEntry { status: Status::Active, timestamp: start_time, ..Default::default() };
        let body = Body {
            fields: self.fields,
            flags: self.flags,
            state: State::Live,
            status: Status::Active,
            state_history: vec![active],
            start_time,
            audio_persistence_state,
            create_time: now,
            update_time: now,
            version: 1,
            ..Body::default()
        };
        let mut conversation =
            Conversation { name, number, body: body.into(), counters: Counters::default() };
        if status != Status::Active {
            conversation.close(Closing { status, ..Closing::default() }, "", now)?;
        }
        Ok(conversation)
    }
}

impl Conversation {
    /// Closes or reopens. Answers the status that was before, or nothing where nothing changes.
    pub fn change_state(&mut self, change: StateChange, actor: &str, now: Time) -> Result<Option<Status>> {
        let before = self.body.status;
        let changed = match change {
            StateChange::Close(_) if self.is_closed() => false,
            StateChange::Reopen { .. } if !self.is_closed() => false,
            StateChange::Close(closing) => {
                self.close(closing, actor, now)?;
                true
            }
            StateChange::Reopen { reason } => {
                self.body_mut().end_time = None;
                self.enter(State::Live, Status::Active, reason, actor, now);
                true
            }
        };
        if changed {
            self.touch(now);
        }
        Ok(changed.then_some(before))
    }

    fn close(&mut self, closing: Closing, actor: &str, now: Time) -> Result<()> {
        let start = self.body.start_time;
        if let Some(end) = closing.end_time
            && (end < start || end > now)
        {
            return Err(Error::invalid("endTime", "must be between the conversation's startTime and now"));
        }
        let end = closing.end_time.unwrap_or(now).max(start);
        let status = if closing.status == Status::Unspecified { Status::Completed } else { closing.status };
        self.body_mut().end_time = Some(end);
        self.enter(State::Closed, status, closing.reason, actor, end);
        Ok(())
    }

    fn enter(&mut self, state: State, status: Status, reason: SafeText, actor: &str, at: Time) {
        let body = self.body_mut();
        body.state = state;
        body.status = status;
        body.status_reason = reason.clone();
        let metadata = if actor.is_empty() {
            SafeJson::default()
        } else {
            crate::redact::Redactor::NONE.json(serde_json::json!({ "actor": actor }))
        };
        body.state_history.push(StateHistoryEntry { status, timestamp: at, reason, metadata });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const LANGUAGES: Languages<'_> = Languages { supported: &[], default: "en-US" };

    fn name() -> ConversationName {
        ConversationName::parse("name", "customers/c/profiles/p/conversations/x").unwrap()
    }

    fn started() -> Conversation {
        NewConversation::default().start(name(), 1, &LANGUAGES, Time(1_000)).unwrap()
    }

    #[test]
    fn a_start_has_the_contract_s_defaults() {
        let body = started().body;
        assert_eq!((body.state, body.status), (State::Live, Status::Active));
        assert_eq!(body.audio_persistence_state, AudioPersistenceState::NotPersisted);
        assert_eq!(body.fields.raise_hand_state, RaiseHandState::Absent);
        assert_eq!(body.fields.language_code, "en-US");
        assert_eq!(body.state_history.len(), 1);
    }

    #[test]
    fn closed_on_start_is_started_and_closed_at_once() {
        let new = NewConversation { state: State::Closed, start_time: Some(Time(400)), ..Default::default() };
        let body = new.start(name(), 1, &LANGUAGES, Time(1_000)).unwrap().body;
        assert_eq!((body.status, body.end_time), (Status::Completed, Some(Time(1_000))));
        assert_eq!(body.state_history.len(), 2);
    }

    #[test]
    fn closing_twice_and_reopening_twice_are_no_ops() {
        let mut conversation = started();
        let close = || StateChange::Close(Closing::default());
        let reopen = || StateChange::Reopen { reason: SafeText::default() };
        assert!(conversation.change_state(close(), "a", Time(2_000)).unwrap().is_some());
        let once = conversation.clone();
        assert!(conversation.change_state(close(), "a", Time(3_000)).unwrap().is_none());
        assert_eq!(conversation, once);
        assert!(conversation.change_state(reopen(), "a", Time(4_000)).unwrap().is_some());
        assert_eq!(conversation.body.end_time, None);
        assert!(conversation.change_state(reopen(), "a", Time(5_000)).unwrap().is_none());
    }

    #[test]
    fn an_end_lies_between_start_and_now() {
        for end in [Time(999), Time(2_001)] {
            let closing = Closing { end_time: Some(end), ..Closing::default() };
            let error = started().change_state(StateChange::Close(closing), "a", Time(2_000)).unwrap_err();
            assert_eq!(error.field(), Some("endTime"));
        }
    }

    #[test]
    fn state_and_status_agree() {
        let read = |state, status| StateChange::new(state, status, SafeText::default(), None).is_ok();
        assert!(!read(State::Unspecified, Status::Unspecified));
        assert!(!read(State::Closed, Status::Active));
        assert!(!read(State::Live, Status::Failed));
        assert!(read(State::Closed, Status::Failed) && read(State::Live, Status::Active));
    }
}
