//! Resource names: `customers/{c}/profiles/{p}/conversations/{conv}` and what lies below and beside.

use crate::{Error, Id, Result, annotation::AnnotationKind};
use serde::{Deserialize, Serialize};
use std::fmt;

/// `customers/{customer}`
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CustomerName(pub Id);

/// `customers/{customer}/profiles/{profile}`
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ProfileName {
    pub customer: Id,
    pub profile: Id,
}

/// `customers/{customer}/profiles/{profile}/conversations/{conversation}`
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ConversationName {
    pub profile: ProfileName,
    pub conversation: Id,
}

/// Something inside a conversation: `{conversation}/messages/{id}` or `{conversation}/events/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartName {
    pub conversation: ConversationName,
    pub part: Part,
    pub id: Id,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    Message,
    Event,
}

/// An annotation or a comment: `{conversation}/momentAnnotations/{id}`, `{conversation}/comments/{id}` ...
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AnnotationName {
    pub conversation: ConversationName,
    pub kind: AnnotationKind,
    pub id: Id,
}

/// A named thing of a customer (`customers/{c}/{collection}/{id}`) or of one of its profiles.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryName {
    pub parent: Parent,
    pub collection: Collection,
    pub id: Id,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Parent {
    Customer(CustomerName),
    Profile(ProfileName),
}

/// The collections of the directory and of references.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Collection {
    User,
    Team,
    Group,
    ApiKey,
    Usecase,
    Tag,
    Moment,
    Job,
    VirtualAgent,
    Scorecard,
    ScorecardTemplate,
    RedactionJob,
    RedactionReceipt,
}

impl Collection {
    pub fn segment(self) -> &'static str {
        match self {
            Self::User => "users",
            Self::Team => "teams",
            Self::Group => "groups",
            Self::ApiKey => "apiKeys",
            Self::Usecase => "usecases",
            Self::Tag => "tags",
            Self::Moment => "moments",
            Self::Job => "jobs",
            Self::VirtualAgent => "virtualAgents",
            Self::Scorecard => "scorecards",
            Self::ScorecardTemplate => "scorecardTemplates",
            Self::RedactionJob => "redactionJobs",
            Self::RedactionReceipt => "redactionReceipts",
        }
    }

    pub fn belongs_to_customer(self) -> bool {
        matches!(self, Self::User | Self::Team | Self::Group | Self::ApiKey)
    }

    fn pattern(self) -> String {
        let parent = if self.belongs_to_customer() { "customers/*" } else { "customers/*/profiles/*" };
        format!("{parent}/{}/*", self.segment())
    }
}

impl Part {
    pub fn segment(self) -> &'static str {
        match self {
            Self::Message => "messages",
            Self::Event => "events",
        }
    }
}

/// Matches `text` against alternating literals and ids: `customers/*/profiles/*`.
fn ids<const N: usize>(field: &str, text: &str, literals: [&str; N]) -> Result<[Id; N]> {
    let mut segments = text.split('/');
    let mut found = Vec::with_capacity(N);
    for literal in literals {
        if segments.next() != Some(literal) {
            return Err(shape(field, &literals));
        }
        let Some(id) = segments.next() else { return Err(shape(field, &literals)) };
        found.push(Id::parse(field, id)?);
    }
    if segments.next().is_some() {
        return Err(shape(field, &literals));
    }
    found.try_into().map_err(|_| shape(field, &literals))
}

fn shape(field: &str, literals: &[&str]) -> Error {
    let pattern: Vec<String> = literals.iter().map(|literal| format!("{literal}/*")).collect();
    Error::invalid(field, format!("must be a resource name of the form {}", pattern.join("/")))
}

impl CustomerName {
    pub fn parse(field: &str, text: &str) -> Result<Self> {
        let [customer] = ids(field, text, ["customers"])?;
        Ok(Self(customer))
    }

    #[must_use]
    pub fn profile(&self, profile: Id) -> ProfileName {
        ProfileName { customer: self.0.clone(), profile }
    }
}

impl ProfileName {
    pub fn parse(field: &str, text: &str) -> Result<Self> {
        let [customer, profile] = ids(field, text, ["customers", "profiles"])?;
        Ok(Self { customer, profile })
    }

    #[must_use]
    pub fn conversation(&self, conversation: Id) -> ConversationName {
        ConversationName { profile: self.clone(), conversation }
    }

    #[must_use]
    pub fn tag(&self, id: Id) -> EntryName {
        EntryName { parent: Parent::Profile(self.clone()), collection: Collection::Tag, id }
    }

    #[must_use]
    pub fn scorecard(&self, id: Id) -> EntryName {
        EntryName { parent: Parent::Profile(self.clone()), collection: Collection::Scorecard, id }
    }

    #[must_use]
    pub fn redaction_job(&self, id: Id) -> EntryName {
        EntryName { parent: Parent::Profile(self.clone()), collection: Collection::RedactionJob, id }
    }

    #[must_use]
    pub fn redaction_receipt(&self, id: Id) -> EntryName {
        EntryName { parent: Parent::Profile(self.clone()), collection: Collection::RedactionReceipt, id }
    }

    #[must_use]
    pub fn owner(&self) -> CustomerName {
        CustomerName(self.customer.clone())
    }
}

impl ConversationName {
    pub fn parse(field: &str, text: &str) -> Result<Self> {
        let [customer, profile, conversation] = ids(field, text, ["customers", "profiles", "conversations"])?;
        Ok(Self { profile: ProfileName { customer, profile }, conversation })
    }

    #[must_use]
    pub fn message(&self, id: Id) -> PartName {
        PartName { conversation: self.clone(), part: Part::Message, id }
    }

    #[must_use]
    pub fn event(&self, id: Id) -> PartName {
        PartName { conversation: self.clone(), part: Part::Event, id }
    }

    #[must_use]
    pub fn annotation(&self, kind: AnnotationKind, id: Id) -> AnnotationName {
        AnnotationName { conversation: self.clone(), kind, id }
    }
}

impl PartName {
    pub fn parse(field: &str, text: &str, part: Part) -> Result<Self> {
        let literals = ["customers", "profiles", "conversations", part.segment()];
        let [customer, profile, conversation, id] = ids(field, text, literals)?;
        let conversation = ConversationName { profile: ProfileName { customer, profile }, conversation };
        Ok(Self { conversation, part, id })
    }
}

impl AnnotationName {
    pub fn parse(field: &str, text: &str, kind: AnnotationKind) -> Result<Self> {
        let literals = ["customers", "profiles", "conversations", kind.segment()];
        let [customer, profile, conversation, id] = ids(field, text, literals)?;
        let conversation = ConversationName { profile: ProfileName { customer, profile }, conversation };
        Ok(Self { conversation, kind, id })
    }
}

impl EntryName {
    pub fn parse(field: &str, text: &str, collection: Collection) -> Result<Self> {
        let wrong = |_| {
            Error::invalid(field, format!("must be a resource name of the form {}", collection.pattern()))
        };
        let segment = collection.segment();
        if collection.belongs_to_customer() {
            let [customer, id] = ids(field, text, ["customers", segment]).map_err(wrong)?;
            return Ok(Self { parent: Parent::Customer(CustomerName(customer)), collection, id });
        }
        let [customer, profile, id] = ids(field, text, ["customers", "profiles", segment]).map_err(wrong)?;
        Ok(Self { parent: Parent::Profile(ProfileName { customer, profile }), collection, id })
    }

    pub fn of_customer(customer: &Id, collection: Collection, id: Id) -> Self {
        Self { parent: Parent::Customer(CustomerName(customer.clone())), collection, id }
    }

    pub fn customer(&self) -> &Id {
        self.parent.customer()
    }
}

impl Parent {
    pub fn customer(&self) -> &Id {
        match self {
            Self::Customer(customer) => &customer.0,
            Self::Profile(profile) => &profile.customer,
        }
    }

    pub fn profile(&self) -> Option<&ProfileName> {
        match self {
            Self::Customer(_) => None,
            Self::Profile(profile) => Some(profile),
        }
    }
}

/// Reads a reference: empty, or a well-formed name of the caller's customer.
pub fn reference(
    field: &str,
    text: &str,
    collection: Collection,
    customer: &Id,
) -> Result<Option<EntryName>> {
    if text.is_empty() {
        return Ok(None);
    }
    let name = EntryName::parse(field, text, collection)?;
    if name.customer() != customer {
        return Err(Error::invalid(field, format!("must name something of customers/{customer}")));
    }
    Ok(Some(name))
}

impl CustomerName {
    fn pieces(&self) -> [&str; 2] {
        ["customers/", self.0.as_str()]
    }
}

impl ProfileName {
    fn pieces(&self) -> [&str; 4] {
        ["customers/", self.customer.as_str(), "/profiles/", self.profile.as_str()]
    }
}

impl ConversationName {
    fn pieces(&self) -> [&str; 6] {
        let [customers, customer, profiles, profile] = self.profile.pieces();
        [customers, customer, profiles, profile, "/conversations/", self.conversation.as_str()]
    }
}

/// Writes a name at once: a string that it is written to grows a single time, and lists are full of names.
fn write(f: &mut fmt::Formatter<'_>, owner: &[&str], rest: &[&str]) -> fmt::Result {
    let pieces = owner.iter().chain(rest).copied();
    let mut name = String::with_capacity(pieces.clone().map(str::len).sum());
    name.extend(pieces);
    f.write_str(&name)
}

impl fmt::Display for CustomerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, &self.pieces(), &[])
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, &self.pieces(), &[])
    }
}

impl fmt::Display for ConversationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, &self.pieces(), &[])
    }
}

impl fmt::Display for PartName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, &self.conversation.pieces(), &["/", self.part.segment(), "/", self.id.as_str()])
    }
}

impl fmt::Display for AnnotationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, &self.conversation.pieces(), &["/", self.kind.segment(), "/", self.id.as_str()])
    }
}

impl fmt::Display for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = ["/", self.collection.segment(), "/", self.id.as_str()];
        match &self.parent {
            Parent::Customer(customer) => write(f, &customer.pieces(), &rest),
            Parent::Profile(profile) => write(f, &profile.pieces(), &rest),
        }
    }
}

impl fmt::Display for Parent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customer(customer) => customer.fmt(f),
            Self::Profile(profile) => profile.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_print_as_they_were_read() {
        let text = "customers/acme/profiles/support/conversations/c-1/messages/m.2";
        assert_eq!(PartName::parse("name", text, Part::Message).unwrap().to_string(), text);
        let user = "customers/acme/users/ada@example.com";
        assert_eq!(EntryName::parse("agent", user, Collection::User).unwrap().to_string(), user);
    }

    #[test]
    fn wrong_shapes_name_the_right_one() {
        let error = ConversationName::parse("name", "customers/a/profiles/b").unwrap_err();
        assert_eq!(
            error.message(),
            "name: must be a resource name of the form customers/*/profiles/*/conversations/*"
        );
        assert!(ProfileName::parse("parent", "customers/a/profiles/b/x").is_err());
        assert!(ProfileName::parse("parent", "customers/../profiles/b").is_err());
    }

    #[test]
    fn references_stay_with_the_customer() {
        let customer = Id::known("acme");
        assert!(reference("agent", "customers/other/users/u", Collection::User, &customer).is_err());
        assert_eq!(reference("agent", "", Collection::User, &customer).unwrap(), None);
    }
}
