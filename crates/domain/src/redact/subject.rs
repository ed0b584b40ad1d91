//! A person whose data is to be erased: which conversations are that person's own, and what to remove from the others.

use super::{Labels, Markup, Needles, SafeText, Values};
use crate::{
    Error, Result,
    conversation::Conversation,
    limits,
    message::{Message, Speaker},
};
use serde::{Deserialize, Serialize};

/// Who it is, by one of what is known of them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    PhoneNumber(String),
    Email(String),
    VisitorId(String),
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.entity_type())
    }
}

/// A subject prepared to be looked for.
pub struct Search {
    needles: Needles,
    values: Values,
}

impl Subject {
    /// The form in which it is sealed.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        serde_json::to_vec(self).map_err(|_| Error::internal("a subject cannot be written"))
    }

    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    fn value(&self) -> &str {
        match self {
            Self::PhoneNumber(value) | Self::Email(value) | Self::VisitorId(value) => value,
        }
    }

    fn field(&self) -> &'static str {
        match self {
            Self::PhoneNumber(_) => "phoneNumber",
            Self::Email(_) => "email",
            Self::VisitorId(_) => "visitorId",
        }
    }

    /// The label of what is removed.
    pub fn entity_type(&self) -> &'static str {
        match self {
            Self::PhoneNumber(_) => "PHONE_NUMBER",
            Self::Email(_) => "EMAIL",
            Self::VisitorId(_) => "VISITOR_ID",
        }
    }

    /// Prepares the search; refuses what is too little to be somebody.
    pub fn search(&self, labels: Labels) -> Result<Search> {
        let (field, value) = (self.field(), self.value().trim());
        if value.is_empty() {
            return Err(Error::missing(field));
        }
        limits::short(field, value)?;
        let labels = labels.and([self.entity_type()]);
        let needles = match self {
            Self::PhoneNumber(_) => Needles::of_phone(value, labels)?,
            Self::Email(_) if !value.contains('@') => {
                return Err(Error::invalid(field, "must be an e-mail address"));
            }
            Self::Email(_) | Self::VisitorId(_) if super::is_common(value) => {
                return Err(Error::invalid(field, "must have at least four letters or digits"));
            }
            Self::Email(_) | Self::VisitorId(_) => Needles::new([value], labels)?,
        };
        let values = Values::of_needles(needles.clone(), self.entity_type());
        Ok(Search { needles, values })
    }
}

impl Search {
    /// What is removed where the subject is only mentioned.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// Whether a conversation is the subject's own by its visitor or its party.
    pub fn owns(&self, conversation: &Conversation) -> bool {
        let fields = &conversation.body.fields;
        let visitor = fields
            .visitor
            .iter()
            .flat_map(|visitor| [visitor.platform_visitor_id.as_str(), visitor.display_name.as_str()]);
        let party = fields.party.iter().flat_map(|party| {
            [&party.partner_user_id, &party.crm_customer_id, &party.record_id].map(String::as_str)
        });
        visitor.chain(party).any(|id| self.is_whole(id))
            || fields
                .party
                .as_ref()
                .and_then(|party| party.platform_user_id)
                .is_some_and(|id| self.is_whole(&super::removal::digits(id)))
    }

    /// Whether a message was sent by the subject, by its address.
    pub fn sent(&self, message: &Message) -> bool {
        let content = &message.content;
        let from = content.email.as_ref().is_some_and(|email| self.is_in_address(email.from.as_str()));
        let speaks =
            content.speaker_info.as_ref().is_some_and(|info| self.is_whole(&info.platform_speaker_id));
        content.speaker == Speaker::Visitor && (from || speaks)
    }

    /// Of `Ada Lovelace <ada@example.com>` the address counts.
    fn is_in_address(&self, from: &str) -> bool {
        let address = from.rsplit_once('<').map_or(from, |(_, address)| address.trim_end_matches('>'));
        self.is_whole(address)
    }

    /// Whether a text is the value and nothing else.
    fn is_whole(&self, text: &str) -> bool {
        let alphanumeric = |text: &str| text.chars().any(char::is_alphanumeric);
        match self.needles.find(text, Markup::Plain).as_slice() {
            [found] => !alphanumeric(&text[..found.start]) && !alphanumeric(&text[found.end..]),
            _ => false,
        }
    }
}

/// A reason as it may be kept: without what it is the reason to remove.
pub fn reason_without(find: &dyn super::Find, reason: &SafeText) -> SafeText {
    let found = find.find(reason.as_str(), Markup::Plain);
    SafeText(super::Edits::new(found, reason.as_str(), Markup::Plain).apply(reason.as_str()))
}
