//! Reads of what is remarked on conversations: annotations, comments, scorecards and their templates.

use crate::{DirectoryReading, Reading, page_token::Binding, reading::page};
use hansard_domain::{
    Id, Result,
    annotation::{Annotation, AnnotationKind},
    conversation::Conversation,
    filter::AnnotationFacts,
    page::Page,
    scorecard::{Scorecard, ScorecardTemplate, TemplateName},
};

impl Reading<'_> {
    pub fn annotation(
        &self,
        conversation: &Conversation,
        kind: AnnotationKind,
        id: &Id,
    ) -> Result<Annotation> {
        let found = self.tx.find_annotation(self.profile_key(), conversation, kind, id)?;
        found.ok_or_else(|| self.scope.not_found())
    }

    /// A page of one kind of annotations, by id.
    pub fn list_annotations(
        &self,
        conversation: &Conversation,
        kind: AnnotationKind,
        page_size: i32,
        page_token: &str,
    ) -> Result<Page<Annotation>> {
        let binding = self.binding("ListAnnotations", (&conversation.name, kind))?;
        let after: Option<String> = self.secret.read_page_token(&binding, page_token)?;
        let after = after.unwrap_or_default();
        let found =
            self.tx.list_annotations(self.profile_key(), conversation, kind, &after, page_size + 1)?;
        page(&self.secret, found, page_size, &binding, |annotation| annotation.name.id.to_string())
    }

    /// What filters ask of a conversation's annotations, comments and scorecards.
    pub fn annotation_facts(&self, conversation: &Conversation) -> Result<AnnotationFacts> {
        self.tx.annotation_facts(self.profile_key(), conversation.number)
    }

    /// A scorecard of a conversation that is visible.
    pub fn scorecard(&self, id: &Id) -> Result<Scorecard> {
        let found = self.tx.find_scorecard(self.profile_key(), self.profile_name(), id)?;
        let scorecard = found.ok_or_else(|| self.scope.not_found())?;
        self.conversation(&scorecard.conversation).map(|_| scorecard)
    }

    /// A page of scorecards by id: of one conversation, or of all that are visible.
    pub fn list_scorecards(
        &self,
        conversation: Option<&Conversation>,
        page_size: i32,
        page_token: &str,
    ) -> Result<Page<Scorecard>> {
        let (key, name) = (self.profile_key(), self.profile_name());
        let what = (name, conversation.map(|conversation| &conversation.name));
        let binding = self.binding("ListScorecards", what)?;
        let after: Option<String> = self.secret.read_page_token(&binding, page_token)?;
        let (after, limit) = (after.unwrap_or_default(), page_size + 1);
        let found = match conversation {
            Some(conversation) => self.tx.list_scorecards_of(key, name, conversation.number, &after, limit),
            None => self.tx.list_scorecards(key, name, self.scope.own_of(), &after, limit),
        };
        page(&self.secret, found?, page_size, &binding, |scorecard| scorecard.id.to_string())
    }

    /// The revision of a template that a scorecard refers to.
    pub fn template_of(&self, scorecard: &Scorecard) -> Result<Option<ScorecardTemplate>> {
        self.tx.find_template(self.profile_key(), &scorecard.template, Some(scorecard.revision))
    }
}

impl DirectoryReading<'_> {
    /// A revision of a template, or the newest.
    pub fn template(&self, name: &TemplateName) -> Result<ScorecardTemplate> {
        let found = self.tx.find_template(self.profile, &name.template, name.revision)?;
        found.ok_or_else(|| self.scope.not_found())
    }

    /// A page of the newest revisions, by id.
    pub fn list_templates(&self, page_size: i32, page_token: &str) -> Result<Page<ScorecardTemplate>> {
        let binding = Binding::new(self.scope.customer(), "ListScorecardTemplates", self.scope.profile())?;
        let after: Option<String> = self.secret.read_page_token(&binding, page_token)?;
        let found = self.tx.list_templates(self.profile, &after.unwrap_or_default(), page_size + 1)?;
        page(&self.secret, found, page_size, &binding, |template| template.id.to_string())
    }
}
