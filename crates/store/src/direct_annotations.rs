//! Writes of what is remarked on conversations: annotations, comments, scorecards and their templates.
//!
//! Whatever changes the facts that filters ask of a conversation's annotations goes through
//! [`Direct::change_facts`], except the deletion of the conversation itself.

use crate::{Direct, part_id};
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

    /// Runs a write of what filters ask of a conversation's annotations, and tells the index what came of it.
    fn change_facts(
        &mut self,
        conversation: &Conversation,
        write: impl FnOnce(&mut Self) -> Result<()>,
    ) -> Result<()> {
        let (profile, number) = (self.unit.profile_key(), conversation.number);
        let before = self.tx.annotation_facts(profile, number)?;
        write(self)?;
        let after = self.tx.annotation_facts(profile, number)?;
        self.unit.effects.index.replace_facts(profile, number, &before, &after);
        Ok(())
    }

    /// Writes one annotation with its change; for [`Self::change_facts`].
    fn put_annotation(&mut self, conversation: &Conversation, annotation: &Annotation) -> Result<()> {
        self.tx.put_annotation(self.unit.profile_key(), conversation.number, annotation)?;
        let [written, _] = annotation.name.kind.changes();
        self.record_part(conversation, written, Some(annotation.name.id.clone()), 0);
        Ok(())
    }

    pub fn find_annotation(
        &self,
        conversation: &Conversation,
        name: &AnnotationName,
    ) -> Result<Option<Annotation>> {
        self.tx.find_annotation(self.unit.profile_key(), conversation, name.kind, &name.id)
    }

    /// Makes annotations and comments of one conversation, with their changes. The ids must be free.
    pub fn insert_annotations(
        &mut self,
        conversation: &Conversation,
        annotations: &[Annotation],
    ) -> Result<()> {
        let stored = self.tx.count_annotations(self.unit.profile_key(), conversation.number)?;
        if stored + annotations.len() as i64 > ANNOTATIONS_MAX {
            return Err(Error::exhausted(format!(
                "a conversation has at most {ANNOTATIONS_MAX} annotations and comments"
            )));
        }
        self.change_facts(conversation, |direct| {
            annotations.iter().try_for_each(|one| direct.put_annotation(conversation, one))
        })
    }

    /// Changes an annotation or a comment, with its change.
    pub fn update_annotation(&mut self, conversation: &Conversation, annotation: &Annotation) -> Result<()> {
        self.change_facts(conversation, |direct| direct.put_annotation(conversation, annotation))
    }

    /// Changes annotations and comments of one conversation, with their changes.
    pub fn update_annotations(
        &mut self,
        conversation: &Conversation,
        annotations: &[Annotation],
    ) -> Result<()> {
        self.change_facts(conversation, |direct| {
            annotations.iter().try_for_each(|one| direct.put_annotation(conversation, one))
        })
    }

    /// Deletes an annotation or a comment, with its change.
    pub fn delete_annotation(&mut self, conversation: &Conversation, name: &AnnotationName) -> Result<()> {
        let [_, deleted] = name.kind.changes();
        self.change_facts(conversation, |direct| {
            direct.record_part(conversation, deleted, Some(name.id.clone()), 0);
            let profile = direct.unit.profile_key();
            direct.tx.delete_annotation(profile, conversation.number, name.kind, &name.id)
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

    /// Makes scorecards of one conversation or changes them, with their changes.
    pub fn put_scorecards(&mut self, conversation: &Conversation, scorecards: &[Scorecard]) -> Result<()> {
        self.change_facts(conversation, |direct| {
            scorecards.iter().try_for_each(|scorecard| {
                let id = Some(scorecard.id.clone());
                direct.record_part(conversation, ChangeKind::ScorecardWritten, id, 0);
                direct.tx.put_scorecard(direct.unit.profile_key(), conversation.number, scorecard)
            })
        })
    }

    /// Deletes a scorecard, with its change.
    pub fn delete_scorecard(&mut self, conversation: &Conversation, id: &Id) -> Result<()> {
        self.change_facts(conversation, |direct| {
            direct.record_part(conversation, ChangeKind::ScorecardDeleted, Some(id.clone()), 0);
            direct.tx.delete_scorecard(direct.unit.profile_key(), id)
        })
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
