//! Writes of what is remarked on conversations: annotations, comments, scorecards and their templates.
//!
//! Whatever changes the facts that filters ask of a conversation's annotations goes through
//! [`Direct::change_facts`], except the deletion of the conversation itself.

use crate::{Direct, Tx, part_id, tenancy::ProfileKey};
use hansard_domain::{
    Error, Id, Result,
    annotation::{ANNOTATIONS_MAX, Annotation},
    change::ChangeKind,
    conversation::Conversation,
    name::AnnotationName,
    scorecard::{SCORECARDS_MAX, Scorecard, ScorecardTemplate},
};

/// All scorecards of a conversation.
const ALL: i32 = SCORECARDS_MAX as i32 + 1;

impl Direct<'_> {
    /// An id for what the client gives none.
    pub fn new_id(&self) -> Id {
        part_id::new()
    }

    /// Writes what filters ask of a conversation's annotations, with its change and what the index makes of it.
    fn change_facts(
        &mut self,
        conversation: &Conversation,
        (kind, part): (ChangeKind, &Id),
        write: impl FnOnce(&Tx<'_>, ProfileKey) -> Result<()>,
    ) -> Result<()> {
        let (profile, number) = (self.unit.profile_key(), conversation.number);
        let before = self.tx.annotation_facts(profile, number)?;
        write(self.tx, profile)?;
        let after = self.tx.annotation_facts(profile, number)?;
        self.unit.effects.index.replace_facts(profile, number, &before, &after);
        self.record_part(conversation, kind, Some(part.clone()), 0);
        Ok(())
    }

    pub fn find_annotation(
        &self,
        conversation: &Conversation,
        name: &AnnotationName,
    ) -> Result<Option<Annotation>> {
        self.tx.find_annotation(self.unit.profile_key(), conversation, name.kind, &name.id)
    }

    /// Makes an annotation or a comment, with its change. The id must be free.
    pub fn insert_annotation(&mut self, conversation: &Conversation, annotation: &Annotation) -> Result<()> {
        if self.tx.count_annotations(self.unit.profile_key(), conversation.number)? >= ANNOTATIONS_MAX {
            return Err(Error::exhausted(format!(
                "the conversation has {ANNOTATIONS_MAX} annotations and comments, which is the most"
            )));
        }
        self.update_annotation(conversation, annotation)
    }

    /// Changes an annotation or a comment, with its change.
    pub fn update_annotation(&mut self, conversation: &Conversation, annotation: &Annotation) -> Result<()> {
        let [written, _] = annotation.name.kind.changes();
        self.change_facts(conversation, (written, &annotation.name.id), |tx, profile| {
            tx.put_annotation(profile, conversation.number, annotation)
        })
    }

    /// Deletes an annotation or a comment, with its change.
    pub fn delete_annotation(&mut self, conversation: &Conversation, annotation: &Annotation) -> Result<()> {
        let [_, deleted] = annotation.name.kind.changes();
        self.change_facts(conversation, (deleted, &annotation.name.id), |tx, profile| {
            tx.delete_annotation(profile, conversation.number, annotation.name.kind, &annotation.name.id)
        })
    }

    pub fn find_scorecard(&self, id: &Id) -> Result<Option<Scorecard>> {
        self.tx.find_scorecard(self.unit.profile_key(), &self.unit.profile().name, id)
    }

    pub fn has_scorecard(&self, id: &Id) -> Result<bool> {
        self.tx.has_scorecard(self.unit.profile_key(), id)
    }

    /// All scorecards of a conversation.
    pub fn list_scorecards_of(&self, conversation: &Conversation) -> Result<Vec<Scorecard>> {
        let name = &self.unit.profile().name;
        self.tx.list_scorecards_of(self.unit.profile_key(), name, conversation.number, "", ALL)
    }

    /// Makes a scorecard or changes it, with its change.
    pub fn put_scorecard(&mut self, conversation: &Conversation, scorecard: &Scorecard) -> Result<()> {
        let change = (ChangeKind::ScorecardWritten, &scorecard.id);
        self.change_facts(conversation, change, |tx, profile| {
            tx.put_scorecard(profile, conversation.number, scorecard)
        })
    }

    /// Deletes a scorecard, with its change.
    pub fn delete_scorecard(&mut self, conversation: &Conversation, scorecard: &Scorecard) -> Result<()> {
        let change = (ChangeKind::ScorecardDeleted, &scorecard.id);
        self.change_facts(conversation, change, |tx, profile| tx.delete_scorecard(profile, &scorecard.id))
    }

    /// A revision of a template, or the newest.
    pub fn find_template(&self, id: &Id, revision: Option<i32>) -> Result<Option<ScorecardTemplate>> {
        self.tx.find_template(self.unit.profile_key(), id, revision)
    }

    pub fn insert_template(&mut self, template: &ScorecardTemplate) -> Result<()> {
        self.tx.insert_template(self.unit.profile_key(), template)
    }

    /// Deletes all revisions of a template, refused while scorecards refer to one.
    pub fn delete_template(&mut self, id: &Id) -> Result<()> {
        if self.tx.has_scorecards_of(self.unit.profile_key(), id)? {
            return Err(Error::failed_precondition("scorecards refer to the template: delete them first"));
        }
        self.tx.delete_template(self.unit.profile_key(), id)
    }
}
