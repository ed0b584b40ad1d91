//! Close, reopen, end: what a step of the life cycle writes down.

use super::{
    Conversation, State, StateHistoryEntry, Status,
    step::{Effect, Step},
};
use crate::{
    Error, Result, Time, limits,
    redact::{Redactor, SafeJson, SafeText},
};
use serde_json::{Map, Value};

/// A change of status that a request asks for.
#[derive(Debug, Clone)]
pub struct StateChange {
    step: Step,
    /// With what it ends where the step does not say; COMPLETED where unspecified.
    ending: Status,
    reason: SafeText,
    metadata: SafeJson,
    /// Now where absent; between the start and now.
    end_time: Option<Time>,
}

impl StateChange {
    fn of(step: Step) -> Self {
        let (reason, metadata) = (SafeText::default(), SafeJson::default());
        Self { step, ending: Status::Unspecified, reason, metadata, end_time: None }
    }

    /// Closes what is live, as COMPLETED.
    pub fn close() -> Self {
        Self::of(Step::Close)
    }

    /// Reads the fields of an updateState request together.
    pub fn new(state: State, status: Status, reason: SafeText, end_time: Option<Time>) -> Result<Self> {
        let step = match (state, status) {
            (State::Unspecified, _) => return Err(Error::invalid("state", "must be LIVE or CLOSED")),
            (State::Closed, Status::Active) => {
                return Err(Error::invalid("status", "ACTIVE does not go with the state CLOSED"));
            }
            (State::Closed, Status::Unspecified) => Step::Close,
            (State::Closed, status) => Step::to(status)?,
            (State::Live, Status::Unspecified | Status::Active) => Step::Reopen,
            (State::Live, _) => {
                return Err(Error::invalid("status", "only ACTIVE goes with the state LIVE"));
            }
        };
        if step == Step::Reopen && end_time.is_some() {
            let text = "does not go with the state LIVE: a live conversation has no end";
            return Err(Error::invalid("endTime", text));
        }
        Ok(Self { reason, end_time, ..Self::of(step) })
    }

    /// Takes a report that the conversation has a status.
    pub fn report(status: Status, reason: SafeText, metadata: SafeJson) -> Result<Self> {
        Ok(Self { reason, metadata, ..Self::of(Step::to(status)?) })
    }

    /// Ends an active conversation, with `ending` or as COMPLETED.
    pub fn decommission(ending: Status, reason: SafeText) -> Result<Self> {
        if ending == Status::Active {
            return Err(Error::invalid("status", "must be one that a conversation ends with, not ACTIVE"));
        }
        Ok(Self { ending, reason, ..Self::of(Step::Decommission) })
    }
}

impl Conversation {
    /// Takes a step. Answers the status that was before, or nothing where nothing changes.
    pub fn change_state(&mut self, change: StateChange, actor: &str, now: Time) -> Result<Option<Status>> {
        let before = self.body.status;
        let metadata = with_actor(&change.metadata, actor);
        match self.effect_of(change.step)? {
            Effect::Stays | Effect::Refused => return Ok(None),
            Effect::Becomes(Status::Active) => self.reopen(change.reason, metadata, now)?,
            Effect::Becomes(status) => self.close(status, change.reason, metadata, change.end_time, now)?,
            Effect::Ends => {
                if change.step == Step::Decommission {
                    self.fail_pending_transfers(&change.reason);
                }
                let status = change.ending.or_completed();
                self.close(status, change.reason, metadata, change.end_time, now)?;
            }
        }
        self.touch(now);
        Ok(Some(before))
    }

    /// What the table says, where it does not refuse.
    pub(super) fn effect_of(&self, step: Step) -> Result<Effect> {
        match self.body.status.after(step) {
            Effect::Refused => Err(self.body.status.cannot(step)),
            effect => Ok(effect),
        }
    }

    pub(super) fn reopen(&mut self, reason: SafeText, metadata: SafeJson, now: Time) -> Result<()> {
        self.body_mut().end_time = None;
        self.enter(Status::Active, reason, metadata, now)
    }

    pub(super) fn close(
        &mut self,
        status: Status,
        reason: SafeText,
        metadata: SafeJson,
        end_time: Option<Time>,
        now: Time,
    ) -> Result<()> {
        let start = self.body.start_time;
        if end_time.is_some_and(|end| end < start || end > now) {
            return Err(Error::invalid("endTime", "must be between the conversation's startTime and now"));
        }
        let end = end_time.unwrap_or(now).max(start);
        self.body_mut().end_time = Some(end);
        self.enter(status, reason, metadata, end)
    }

    fn enter(&mut self, status: Status, reason: SafeText, metadata: SafeJson, at: Time) -> Result<()> {
        if self.body.state_history.len() >= limits::STATE_CHANGES_MAX {
            return Err(Error::exhausted("the conversation has changed its status too often"));
        }
        let body = self.body_mut();
        body.state = status.state();
        body.status = status;
        body.status_reason = reason.clone();
        body.state_history.push(StateHistoryEntry { status, timestamp: at, reason, metadata });
        Ok(())
    }
}

impl Status {
    /// ACTIVE is LIVE, all others are CLOSED.
    pub fn state(self) -> State {
        if self == Self::Active { State::Live } else { State::Closed }
    }

    fn or_completed(self) -> Self {
        if self == Self::Unspecified { Self::Completed } else { self }
    }
}

/// What was given, with who did it.
pub(super) fn with_actor(given: &SafeJson, actor: &str) -> SafeJson {
    if actor.is_empty() {
        return given.clone();
    }
    let mut metadata = given.as_value().as_object().cloned().unwrap_or_else(Map::new);
    metadata.insert("actor".to_owned(), Value::String(actor.to_owned()));
    // What was given has been through redaction.
    Redactor::NONE.json(Value::Object(metadata))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{conversation::NewConversation, language::Languages, name::ConversationName};

    fn started() -> Conversation {
        let name = ConversationName::parse("name", "customers/c/profiles/p/conversations/x").unwrap();
        let languages = Languages { supported: &[], default: "en-US" };
        NewConversation::default().start(name, 1, &languages, Time(1_000)).unwrap()
    }

    fn reopen() -> StateChange {
        StateChange::new(State::Live, Status::Unspecified, SafeText::default(), None).unwrap()
    }

    #[test]
    fn closing_twice_and_reopening_twice_are_no_ops() {
        let mut conversation = started();
        assert!(conversation.change_state(StateChange::close(), "a", Time(2_000)).unwrap().is_some());
        let once = conversation.clone();
        assert!(conversation.change_state(StateChange::close(), "a", Time(3_000)).unwrap().is_none());
        assert_eq!(conversation, once);
        assert!(conversation.change_state(reopen(), "a", Time(4_000)).unwrap().is_some());
        assert_eq!(conversation.body.end_time, None);
        assert!(conversation.change_state(reopen(), "a", Time(5_000)).unwrap().is_none());
    }

    #[test]
    fn an_end_lies_between_start_and_now() {
        for end in [Time(999), Time(2_001)] {
            let change = StateChange::new(State::Closed, Status::Unspecified, SafeText::default(), Some(end));
            let error = started().change_state(change.unwrap(), "a", Time(2_000)).unwrap_err();
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

    #[test]
    fn the_history_keeps_what_was_given_and_who_did_it() {
        let mut conversation = started();
        let given = Redactor::NONE.json(serde_json::json!({"queue": "billing", "actor": "somebody else"}));
        let report = StateChange::report(Status::Failed, Redactor::NONE.text("line cut"), given).unwrap();
        conversation.change_state(report, "customers/c/apiKeys/k", Time(2_000)).unwrap();
        let entry = conversation.body.state_history.last().unwrap();
        assert_eq!((entry.status, entry.reason.as_str()), (Status::Failed, "line cut"));
        let kept = serde_json::json!({"queue": "billing", "actor": "customers/c/apiKeys/k"});
        assert_eq!(entry.metadata.as_value(), &kept);
    }

    #[test]
    fn a_decommission_ends_with_the_status_given_and_never_with_active() {
        let mut conversation = started();
        let change = StateChange::decommission(Status::Abandoned, SafeText::default()).unwrap();
        conversation.change_state(change.clone(), "a", Time(2_000)).unwrap();
        assert_eq!(conversation.body.status, Status::Abandoned);
        assert!(conversation.change_state(change, "a", Time(3_000)).unwrap().is_none());
        assert!(StateChange::decommission(Status::Active, SafeText::default()).is_err());
    }
}
