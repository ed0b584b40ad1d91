//! What a conversation holds besides itself, as a removal goes through it.

use crate::{Direct, Reading, Tx, tenancy::ProfileKey};
use hansard_domain::{
    Result,
    annotation::{Annotation, AnnotationKind},
    conversation::Conversation,
    event::Event,
    message::Message,
    redact::Parts,
    scorecard::{SCORECARDS_MAX, Scorecard},
};

/// Messages or events that are read at once.
const PAGE: i32 = 500;

/// The stored parts of one conversation.
pub struct PartsOf<'r> {
    tx: &'r Tx<'r>,
    profile: ProfileKey,
    conversation: &'r Conversation,
}

impl Reading<'_> {
    pub fn parts<'r>(&'r self, conversation: &'r Conversation) -> PartsOf<'r> {
        PartsOf { tx: self.tx, profile: self.profile_key(), conversation }
    }
}

impl Direct<'_> {
    /// The parts as they are stored, without what this write has queued.
    pub fn parts<'r>(&'r self, conversation: &'r Conversation) -> PartsOf<'r> {
        PartsOf { tx: self.tx, profile: self.unit.profile_key(), conversation }
    }
}

impl Parts for PartsOf<'_> {
    fn messages(&self, after: i32) -> Result<Vec<Message>> {
        self.tx.list_messages(self.profile, self.conversation, after, false, PAGE)
    }

    fn events(&self, after: i32) -> Result<Vec<Event>> {
        self.tx.list_events(self.profile, self.conversation, after, &[], PAGE)
    }

    fn annotations(&self) -> Result<Vec<Annotation>> {
        let mut found = Vec::new();
        for kind in AnnotationKind::ALL {
            found.extend(self.tx.list_annotations(self.profile, self.conversation, kind, "", i32::MAX)?);
        }
        Ok(found)
    }

    fn scorecards(&self) -> Result<Vec<Scorecard>> {
        let (name, number) = (&self.conversation.name.profile, self.conversation.number);
        let all = i32::try_from(SCORECARDS_MAX).unwrap_or(i32::MAX);
        self.tx.list_scorecards_of(self.profile, name, number, "", all)
    }
}
