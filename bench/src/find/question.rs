//! A kind of question, and how one of its kind is drawn for a tenant.

use serde_json::{Value, json};

use super::{corpus::Corpus, facts::Facts, tenant::Tenant};
use crate::random::Random;

/// Conversations that are looked at for a value before there is none.
const TRIES: u32 = 10_000;

/// What is asked, but for the values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question {
    pub(crate) name: &'static str,
    pub(crate) filter: fn(&mut Draw<'_>) -> Value,
    pub(crate) form: Form,
    pub(crate) expects: Expects,
}

/// The operation, and how much it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A page of so many conversations.
    List {
        page_size: u32,
        order_by: &'static str,
    },
    Count,
}

/// What the answers have to be, or else something other is measured than the name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expects {
    Some,
    None,
    /// Both occur.
    Any,
}

impl Question {
    /// A page of 50.
    pub(crate) const fn page(name: &'static str, filter: fn(&mut Draw<'_>) -> Value) -> Self {
        Self { name, filter, form: Form::List { page_size: 50, order_by: "" }, expects: Expects::Some }
    }

    pub(crate) const fn count(name: &'static str, filter: fn(&mut Draw<'_>) -> Value) -> Self {
        Self { name, filter, form: Form::Count, expects: Expects::Some }
    }

    pub(crate) const fn newest(self, page_size: u32) -> Self {
        Self { form: Form::List { page_size, order_by: "" }, ..self }
    }

    pub(crate) const fn ordered(self, order_by: &'static str) -> Self {
        Self { form: Form::List { page_size: 50, order_by }, ..self }
    }

    pub(crate) const fn expecting(self, expects: Expects) -> Self {
        Self { expects, ..self }
    }

    /// Draws one such question.
    pub(crate) fn draw(&self, draw: &mut Draw<'_>) -> Ask {
        Ask { tenant: draw.tenant, form: self.form, filter: (self.filter)(draw), page_token: String::new() }
    }
}

/// A question with its values.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) tenant: Tenant,
    pub(crate) form: Form,
    pub(crate) filter: Value,
    pub(crate) page_token: String,
}

impl Ask {
    pub(crate) fn path(&self) -> String {
        let verb = if self.form == Form::Count { ":count" } else { "" };
        format!("/v1/{}/conversations{verb}", self.tenant.profile())
    }

    pub(crate) fn body(&self) -> String {
        match self.form {
            Form::List { page_size, order_by } => json!({
                "filter": self.filter,
                "pageSize": page_size,
                "orderBy": order_by,
                "pageToken": self.page_token,
            }),
            Form::Count => json!({"filter": self.filter}),
        }
        .to_string()
    }

    /// The same with other pages; a token goes with any size.
    pub(crate) fn with_page_size(&self, size: u32) -> Self {
        match self.form {
            Form::List { order_by, .. } => {
                Self { form: Form::List { page_size: size, order_by }, ..self.clone() }
            }
            Form::Count => self.clone(),
        }
    }
}

/// Where values come from: conversations of the tenant, drawn at random.
#[derive(Debug)]
pub(crate) struct Draw<'a> {
    pub(crate) tenant: Tenant,
    pub(crate) corpus: &'a Corpus,
    pub(crate) random: &'a mut Random,
}

impl Draw<'_> {
    pub(crate) fn conversation(&mut self) -> Facts {
        Facts::of(self.tenant, self.random.below(self.tenant.conversations))
    }

    /// What a conversation has that has it.
    pub(crate) fn value<T>(&mut self, of: impl Fn(&Facts) -> Option<T>) -> T {
        let found = (0..TRIES).find_map(|_| of(&self.conversation()));
        found.expect("every value of the data is one in far less than so many")
    }

    /// What some message has.
    pub(crate) fn piece_of_message(&mut self, of: impl Fn(&Facts, &str) -> Option<String>) -> String {
        let corpus = self.corpus;
        self.value(|facts| facts.messages(corpus).iter().find_map(|text| of(facts, text)))
    }
}
