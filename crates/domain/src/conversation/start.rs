//! How a conversation begins: started now, or told of with its past.

use super::{
    AudioPersistenceState, Body, Channel, Conversation, Counters, FeatureOverride, Fields, RaiseHandState,
    State, StateHistoryEntry, Status, Transfer, TransferStatus,
};
use crate::{
    Error, Id, Result, Span, Time,
    language::Languages,
    limits,
    name::ConversationName,
    redact::{SafeJson, SafeText},
};

/// What stands in the place of an id in the paths of records.
const RESERVED_IDS: [&str; 5] =
    ["by-customer", "by-channel", "by-deployment", "by-date-range", "decommission"];

/// Refuses ids that no conversation can have, because paths of records mean something else by them.
pub fn check_new_id(field: &str, id: &Id) -> Result<()> {
    if RESERVED_IDS.contains(&id.as_str()) {
        return Err(Error::invalid(field, format!("{id} cannot be the id of a conversation")));
    }
    Ok(())
}

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

/// What a record tells of the conversation besides: what has become of it so far.
#[derive(Debug, Clone, Default)]
pub struct Past {
    /// Stored as it is; empty = the service writes what belongs to the status.
    pub state_history: Vec<StateHistoryEntry>,
    pub duration: Option<Span>,
    pub transfer: Option<Transfer>,
    /// Empty = no recording.
    pub audio_uri: String,
    pub update_time: Option<Time>,
    pub delete_time: Option<Time>,
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
        self,
        name: ConversationName,
        number: i64,
        languages: &Languages<'_>,
        now: Time,
    ) -> Result<Conversation> {
        let status = self.beginning()?;
        if status != Status::Active && self.start_time.is_some_and(|start| start > now) {
            return Err(Error::invalid("startTime", "must not be in the future for a closed conversation"));
        }
        let mut conversation = self.begin(name, number, languages, now);
        if status != Status::Active {
            conversation.close(status, SafeText::default(), SafeJson::default(), None, now)?;
        }
        Ok(conversation)
    }

    /// Makes the conversation with its past. It is the caller's word: no step of it is checked.
    pub fn start_with(
        self,
        past: Past,
        name: ConversationName,
        number: i64,
        languages: &Languages<'_>,
        now: Time,
    ) -> Result<Conversation> {
        let status = past.status(self.status)?;
        let mut conversation = self.begin(name, number, languages, now);
        past.put_over(conversation.body_mut(), status, now);
        Ok(conversation)
    }

    /// A live conversation.
    fn begin(
        mut self,
        name: ConversationName,
        number: i64,
        languages: &Languages<'_>,
        now: Time,
    ) -> Conversation {
        let start_time = self.start_time.unwrap_or(now);
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
        if let Some(summary) = &mut self.fields.summary {
            summary.revision = summary.revision.max(1);
        }
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
        Conversation { name, number, body: body.into(), counters: Counters::default() }
    }
}

impl Past {
    /// Checks everything that needs no stored state.
    pub fn check(&self, status: Status) -> Result<()> {
        limits::items_at_most("stateHistory", self.state_history.len(), limits::LIST_ITEMS_MAX)?;
        for (index, entry) in self.state_history.iter().enumerate() {
            limits::short(&format!("stateHistory[{index}].reason"), entry.reason.as_str())?;
            limits::json_at_most(&format!("stateHistory[{index}].metadata"), &entry.metadata)?;
        }
        limits::short("persistedAudioUri", &self.audio_uri)?;
        if self.duration.is_some_and(|Span(micros)| micros < 0) {
            return Err(Error::invalid("duration", "must not be negative"));
        }
        if let Some(transfer) = &self.transfer {
            transfer.check().map_err(|error| error.within("transfers[0]"))?;
        }
        self.status(status).map(drop)
    }

    /// The last of the history, with which the status that was given must agree; else what a transfer has made of it.
    fn status(&self, given: Status) -> Result<Status> {
        let last = self.state_history.last().map(|entry| entry.status);
        let is_transferred =
            self.transfer.as_ref().is_some_and(|transfer| transfer.status == TransferStatus::Completed);
        let implied = if is_transferred { Status::Transferred } else { Status::Active };
        match (given, last) {
            (Status::Unspecified, last) => Ok(last.unwrap_or(implied)),
            (given, Some(last)) if given != last => {
                let text =
                    format!("is {}, but the last entry of the history is {}", given.word(), last.word());
                Err(Error::invalid("status", text))
            }
            (given, _) => Ok(given),
        }
    }

    /// When it ended: as the history, the duration or the last change tell, else now.
    fn end(&self, start: Time, now: Time) -> Time {
        let closing = self.state_history.iter().rev().find(|entry| entry.status != Status::Active);
        let told = closing
            .map(|entry| entry.timestamp)
            .or_else(|| self.duration.map(|duration| start.plus(duration)))
            .or(self.update_time);
        told.unwrap_or(now).max(start)
    }

    fn put_over(self, body: &mut Body, status: Status, now: Time) {
        if status != Status::Active {
            let end = self.end(body.start_time, now);
            body.end_time = Some(end);
            body.state_history.push(StateHistoryEntry { status, timestamp: end, ..Default::default() });
        }
        if !self.state_history.is_empty() {
            body.state_history = self.state_history;
        }
        body.state = status.state();
        body.status = status;
        body.status_reason = body.state_history.last().map(|entry| entry.reason.clone()).unwrap_or_default();
        body.reported_duration = self.duration;
        if !self.audio_uri.is_empty() {
            body.audio_persistence_state = AudioPersistenceState::Persisted;
            body.persisted_audio_uri = self.audio_uri;
        }
        body.transfers.extend(self.transfer);
        body.update_time = self.update_time.unwrap_or(now);
        body.delete_time = self.delete_time;
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

    fn told(status: Status, past: Past) -> Conversation {
        let new = NewConversation { status, start_time: Some(Time(1_000)), ..Default::default() };
        new.start_with(past, name(), 1, &LANGUAGES, Time(9_000)).unwrap()
    }

    fn entry(status: Status, at: i64) -> StateHistoryEntry {
        StateHistoryEntry { status, timestamp: Time(at), ..Default::default() }
    }

    #[test]
    fn a_start_has_the_contract_s_defaults() {
        let body = NewConversation::default().start(name(), 1, &LANGUAGES, Time(1_000)).unwrap().body;
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
    fn a_history_is_kept_as_it_is_told_and_gives_status_and_end() {
        let history = vec![entry(Status::Active, 1_000), entry(Status::Failed, 5_000)];
        let past = Past { state_history: history.clone(), duration: Some(Span(15)), ..Past::default() };
        let body = told(Status::Unspecified, past).body;
        assert_eq!((body.status, body.end_time), (Status::Failed, Some(Time(5_000))));
        assert_eq!((&body.state_history, body.reported_duration), (&history, Some(Span(15))));
    }

    #[test]
    fn without_a_history_the_end_is_told_by_duration_then_update_then_now() {
        let lasting = Past { duration: Some(Span(70)), update_time: Some(Time(4_000)), ..Past::default() };
        let updated = Past { update_time: Some(Time(4_000)), ..Past::default() };
        for (past, end) in [(lasting, 1_070), (updated, 4_000), (Past::default(), 9_000)] {
            let body = told(Status::Completed, past).body;
            let expected = [entry(Status::Active, 1_000), entry(Status::Completed, end)];
            assert_eq!((body.end_time, &body.state_history[..]), (Some(Time(end)), &expected[..]));
        }
    }

    #[test]
    fn a_status_that_the_history_does_not_end_with_is_refused() {
        let past = Past { state_history: vec![entry(Status::Active, 1)], ..Past::default() };
        assert_eq!(past.check(Status::Completed).unwrap_err().field(), Some("status"));
        assert!(past.check(Status::Unspecified).is_ok() && past.check(Status::Active).is_ok());
    }

    #[test]
    fn words_of_paths_are_no_ids() {
        assert!(check_new_id("id", &Id::known("decommission")).is_err());
        assert!(check_new_id("id", &Id::known("decommissioned")).is_ok());
    }
}
