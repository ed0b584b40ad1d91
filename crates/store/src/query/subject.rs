//! A filter put to one conversation, by its definition.

use crate::{
    Reading,
    find::{self, Mask, Plan, Selection, Window},
};
use hansard_domain::{
    Id, Result, Time,
    conversation::Conversation,
    filter::{Filter, Keyword, Subject},
};

impl Reading<'_> {
    /// Everything that the caller may see.
    pub(crate) fn selection_of_all(&self, now: Time) -> Result<Selection<'_>> {
        self.select(Plan::all(), Window::default(), now)
    }

    /// What a filter selects of what the caller may see.
    pub(crate) fn selection(
        &self,
        filter: &Filter,
        includes_deleted: bool,
        now: Time,
    ) -> Result<Selection<'_>> {
        let customer = &self.profile_name().customer;
        let mut plan = Plan::of_filter(filter, includes_deleted, customer, &self.tenancy);
        if filter.reads_texts() {
            let keyword = Keyword::new(&filter.keyword);
            let beyond_index = find::beyond_index(self.tx(), self.profile_key(), &keyword)?;
            plan = plan.and_keyword(&keyword, beyond_index);
        }
        self.select(plan, Window::of(filter), now)
    }

    fn select(&self, mut plan: Plan, window: Window, now: Time) -> Result<Selection<'_>> {
        if let Some(agent) = self.scope().own_of() {
            plan = plan.and_agent(agent);
        }
        Ok(Selection::new((self.tx(), self.newest()?), self.profile_key(), plan, window, now))
    }

    /// Whether a filter selects a conversation that the caller may see.
    pub(crate) fn is_selected(
        &self,
        filter: &Filter,
        includes_deleted: bool,
        number: i64,
        now: Time,
    ) -> Result<bool> {
        let Some(conversation) = self.tx().find_by_number(self.profile_key(), self.profile_name(), number)?
        else {
            return Ok(false);
        };
        Ok((includes_deleted || conversation.body.delete_time.is_none())
            && self.scope().sees_agent(conversation.body.fields.agent.as_ref())
            && self.holds_of(filter, &conversation, now)?)
    }

    fn holds_of(&self, filter: &Filter, conversation: &Conversation, now: Time) -> Result<bool> {
        let tags = self.tx().list_conversation_tags(self.profile_key(), conversation.number)?;
        let texts = self.texts_for(filter, conversation)?;
        let customer = &self.profile_name().customer;
        let agent = self.tenancy.agent_facts(customer, conversation.body.fields.agent.as_ref());
        let subject = Subject {
            conversation,
            agent: &agent,
            tags: &tags,
            annotations: &self.annotation_facts(conversation)?,
            texts: &texts,
        };
        Ok(filter.holds_of(&subject, now))
    }

    fn texts_for(&self, filter: &Filter, conversation: &Conversation) -> Result<Vec<String>> {
        if filter.reads_texts() {
            self.tx().list_texts(self.profile_key(), conversation.number)
        } else {
            Ok(Vec::new())
        }
    }

    /// Those of some conversations of which a text in their thirds holds a keyword.
    pub(super) fn that_say(&self, asked: &[(i64, Mask)], keyword: &Keyword) -> Result<Vec<i64>> {
        let mut say = vec![false; asked.len()];
        let mut search = keyword.search();
        self.tx().each_text_of(self.profile_key(), asked, |place, text| {
            say[place] = search.finds_in(text);
            !say[place]
        })?;
        Ok(asked.iter().zip(say).filter_map(|((number, _), says)| says.then_some(*number)).collect())
    }

    /// Those of some conversations whose display name holds a text.
    pub(super) fn that_are_named(&self, numbers: &[i64], text: &Keyword) -> Result<Vec<i64>> {
        let names = self.tx().find_display_names(self.profile_key(), self.profile_name(), numbers)?;
        let mut search = text.search();
        let mut named = |name: Option<String>| name.is_some_and(|name| search.finds_in(&name));
        Ok(numbers.iter().zip(names).filter_map(|(number, name)| named(name).then_some(*number)).collect())
    }

    /// The ids of some conversations.
    pub(crate) fn ids_of(&self, numbers: &[i64]) -> Result<Vec<(Id, i64)>> {
        self.tx().list_ids(self.profile_key(), numbers)
    }
}
