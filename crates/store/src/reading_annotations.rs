//! Reads of what is remarked on conversations: annotations, comments, scorecards and their templates.

use crate::{DirectoryReading, Reading, page_token::Binding, reading::page, table::UsagePlace};
use hansard_domain::{
    Id, Result, Time,
    annotation::{Annotation, AnnotationKind},
    conversation::Conversation,
    event::Event,
    filter::AnnotationFacts,
    name::ConversationName,
    page::Page,
    scorecard::{Scorecard, ScorecardTemplate, TemplateName},
};
use std::collections::HashMap;

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
        let after = after.unwrap_or_default();
        let found = match conversation {
            Some(conversation) => {
                self.tx.list_scorecards_of(key, name, conversation.number, &after, page_size + 1)?
            }
            None => self.list_visible(
                (after, page_size + 1),
                |after, limit| self.tx.list_scorecards(key, name, after, limit),
                |scorecard| (scorecard.id.to_string(), &scorecard.conversation),
            )?,
        };
        page(&self.secret, found, page_size, &binding, |scorecard| scorecard.id.to_string())
    }

    /// A page of the events that tell of a used suggestion, newest first; the range's ends are inclusive.
    pub fn list_suggestion_usages(
        &self,
        (from, to): (Option<Time>, Option<Time>),
        page_size: i32,
        page_token: &str,
    ) -> Result<Page<Event>> {
        let binding = self.binding("ListSuggestionUsages", (self.profile_name(), from, to))?;
        let before = self.secret.read_page_token(&binding, page_token)?.unwrap_or(UsagePlace::FIRST);
        let range = (from.unwrap_or(Time::MIN), to.unwrap_or(Time::MAX));
        let profile = (self.profile_key(), self.profile_name());
        let found = self.list_visible(
            (before, page_size + 1),
            |before, limit| self.tx.list_suggestion_usages(profile, range, *before, limit),
            |(place, event)| (*place, &event.name.conversation),
        )?;
        let found = page(&self.secret, found, page_size, &binding, |(place, _)| *place)?;
        let items = found.items.into_iter().map(|(_, event)| event).collect();
        Ok(Page { items, next_page_token: found.next_page_token })
    }

    /// Lists after a place what belongs to conversations that are visible, batch by batch until there is enough.
    fn list_visible<T, P>(
        &self,
        (mut after, limit): (P, i32),
        list: impl Fn(&P, i32) -> Result<Vec<T>>,
        place: impl Fn(&T) -> (P, &ConversationName),
    ) -> Result<Vec<T>> {
        let wanted = usize::try_from(limit).unwrap_or_default();
        let (mut listed, mut seen) = (Vec::new(), HashMap::new());
        loop {
            let batch = list(&after, limit)?;
            let is_last = batch.len() < wanted;
            for item in batch {
                let (at, conversation) = place(&item);
                after = at;
                if self.sees(conversation, &mut seen)? {
                    listed.push(item);
                }
            }
            if is_last || listed.len() >= wanted {
                listed.truncate(wanted);
                return Ok(listed);
            }
        }
    }

    /// Whether a conversation is visible; `seen` keeps what was found.
    fn sees(&self, name: &ConversationName, seen: &mut HashMap<Id, bool>) -> Result<bool> {
        if let Some(sees) = seen.get(&name.conversation) {
            return Ok(*sees);
        }
        let found = self.tx.find_conversation(self.profile_key(), name)?;
        let sees = found.is_some_and(|(conversation, _)| self.is_visible(&conversation));
        seen.insert(name.conversation.clone(), sees);
        Ok(sees)
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
