//! The oracle's own copy of everything that was written, and what a filter selects of it.
//!
//! What is selected is the domain's word alone: [`Filter::matches`], asked of each conversation. Here is only the order.

use crate::{
    member::Member,
    remark::{Remark, Remarks, Score},
};
use hansard_domain::{
    Id, Time,
    conversation::Conversation,
    filter::{AgentFacts, AnnotationFacts, Filter, Order, OrderBy, Subject},
    message::Message,
    name::ProfileName,
};
use std::collections::{BTreeMap, HashMap};

/// What is known of one profile.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) profile: ProfileName,
    pub(crate) conversations: BTreeMap<Id, Kept>,
    /// Every text that was ever said, masked or deleted since or not.
    pub(crate) said: Vec<String>,
    /// The users of the customer.
    pub(crate) users: HashMap<Id, AgentFacts>,
    /// What is known of a user whom the directory does not have.
    stranger: AgentFacts,
}

/// A conversation with all that a filter may ask about it.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) conversation: Conversation,
    /// In order.
    pub(crate) tags: Vec<Id>,
    /// Texts of messages; none where one was deleted.
    pub(crate) messages: BTreeMap<Id, Option<String>>,
    pub(crate) remarks: Remarks,
    /// What the remarks say.
    pub(crate) annotations: AnnotationFacts,
}

/// What a successful write left of the conversations that it touched.
#[derive(Debug, Default)]
pub(crate) struct Left {
    pub(crate) gone: Option<Id>,
    pub(crate) conversations: Vec<Conversation>,
    pub(crate) messages: Vec<Message>,
    /// Tags that were added, each to the conversation of an id.
    pub(crate) tags: Vec<(Id, Id)>,
}

/// Who asks, and what is deliberately wrong with the oracle.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) own_of: Option<&'a Id>,
    /// A member whose meaning is turned into its opposite, so that the check must find a difference.
    pub(crate) flaw: Option<Member>,
}

impl Record {
    pub(crate) fn new(profile: ProfileName) -> Self {
        let (conversations, said, users) = (BTreeMap::new(), Vec::new(), HashMap::new());
        Self { profile, conversations, said, users, stranger: AgentFacts::default() }
    }

    pub(crate) fn take_in(&mut self, left: Left) {
        if let Some(gone) = left.gone {
            self.conversations.remove(&gone);
        }
        for conversation in left.conversations {
            let id = conversation.name.conversation.clone();
            match self
                .conversations
                .get_mut(&id)
                .filter(|kept| kept.conversation.number == conversation.number)
            {
                Some(kept) => kept.conversation = conversation,
                None => {
                    self.conversations.insert(id, Kept::new(conversation));
                }
            }
        }
        for (id, tag) in left.tags {
            self.conversations.get_mut(&id).into_iter().for_each(|kept| kept.tag(tag.clone()));
        }
        for message in left.messages {
            let text = message.content.text.as_str().to_owned();
            self.said.push(text.clone());
            if let Some(kept) = self.conversations.get_mut(&message.name.conversation.conversation) {
                kept.messages.insert(message.name.id, message.delete_time.is_none().then_some(text));
            }
        }
    }

    pub(crate) fn agent_of(&self, kept: &Kept) -> &AgentFacts {
        let agent = kept.conversation.body.fields.agent.as_ref();
        agent.and_then(|agent| self.users.get(agent)).unwrap_or(&self.stranger)
    }

    /// How many conversations a caller sees at all.
    pub(crate) fn visible(&self, view: View<'_>) -> usize {
        let there = self.conversations.values().filter(|kept| kept.conversation.body.delete_time.is_none());
        there.filter(|kept| view.sees(kept)).count()
    }

    pub(crate) fn is_selected(&self, view: View<'_>, filter: &Filter, kept: &Kept, now: Time) -> bool {
        // Copying the texts takes longer than most questions.
        let texts: Vec<String> = match filter.reads_texts() {
            true => kept.messages.values().flatten().cloned().collect(),
            false => Vec::new(),
        };
        let agent = self.agent_of(kept);
        let (conversation, annotations) = (&kept.conversation, &kept.annotations);
        let subject = Subject { conversation, agent, tags: &kept.tags, annotations, texts: &texts };
        view.sees(kept) && view.matches(filter, &subject, now)
    }

    pub(crate) fn selected<'r>(&'r self, view: View<'_>, filter: &Filter, now: Time) -> Vec<&'r Kept> {
        let all = self.conversations.values();
        all.filter(|kept| self.is_selected(view, filter, kept, now)).collect()
    }

    /// What is selected, in order; ties go by name, whatever the direction.
    pub(crate) fn listed<'r>(
        &'r self,
        view: View<'_>,
        filter: &Filter,
        order: Order,
        now: Time,
    ) -> Vec<&'r Kept> {
        let mut selected = self.selected(view, filter, now);
        selected.sort_by(|one, other| {
            let by_key = one.key(order.by, now).cmp(&other.key(order.by, now));
            let by_key = if order.descending { by_key.reverse() } else { by_key };
            let name = |kept: &Kept| kept.conversation.name.conversation.clone();
            by_key.then_with(|| name(one).as_str().cmp(name(other).as_str()))
        });
        selected
    }
}

impl View<'_> {
    pub(crate) fn sees(&self, kept: &Kept) -> bool {
        self.own_of.is_none() || self.own_of == kept.conversation.body.fields.agent.as_ref()
    }

    fn matches(&self, filter: &Filter, subject: &Subject<'_>, now: Time) -> bool {
        match self.flaw.filter(|member| member.is_set(filter)) {
            None => filter.matches(subject, now),
            Some(flaw) => flaw.cleared(filter).matches(subject, now) && !filter.matches(subject, now),
        }
    }
}

impl Kept {
    pub(crate) fn new(conversation: Conversation) -> Self {
        let (tags, messages) = (Vec::new(), BTreeMap::new());
        let (remarks, annotations) = (Remarks::default(), AnnotationFacts::default());
        Self { conversation, tags, messages, remarks, annotations }
    }

    pub(crate) fn tag(&mut self, tag: Id) {
        if let Err(at) = self.tags.binary_search(&tag) {
            self.tags.insert(at, tag);
        }
    }

    pub(crate) fn note_remark(&mut self, remark: Remark) {
        self.remarks.note(remark);
        self.annotations = self.remarks.facts();
    }

    pub(crate) fn note_score(&mut self, score: Score) {
        self.remarks.note_score(score);
        self.annotations = self.remarks.facts();
    }

    /// What orders it.
    pub(crate) fn key(&self, by: OrderBy, now: Time) -> i64 {
        let body = &self.conversation.body;
        match by {
            OrderBy::StartTime => body.start_time.0,
            OrderBy::UpdateTime => body.update_time.0,
            OrderBy::Duration => body.end_time.unwrap_or(now).since(body.start_time).0,
        }
    }
}
