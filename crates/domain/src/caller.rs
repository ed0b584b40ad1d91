//! Who asks, what they may do, and the proof of it.
//!
//! The table in [`Role::may`] is the only place that decides. A [`Scope`] cannot be made without
//! passing it, and the store opens no transaction without a scope.

use crate::{
    Error, Id, Result, codes,
    name::{Collection, CustomerName, EntryName, Parent, ProfileName},
};
use std::fmt;

codes! {
    /// What an API key is for.
    Role { Unspecified = 0, Operator = 1, Admin = 2, Supervisor = 3, Agent = 4, Writer = 5, Reader = 6 }
}

/// One thing that a caller can be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    ReadConversations,
    StartConversation,
    UpdateConversation,
    AppendMessage,
    CreateEvent,
    TagConversation,
    ShareConversation,
    DeleteConversation,
    DeleteMessage,
    RedactMessage,
    /// Saying of a single conversation how long it is kept, or that it is to be deleted.
    RetainConversation,
    /// Placing and lifting legal holds.
    HoldConversation,
    SkipPiiRedaction,
    ImportConversations,
    ExportConversations,
    /// Moments, behaviors, actions and hints.
    Annotate,
    Comment,
    /// Changing the comments of others.
    ModerateComments,
    Score,
    /// Taking back what was submitted.
    ReopenScorecard,
    ReadDirectory,
    ManageDirectory,
    ManageProfiles,
    ManageCustomers,
    UpdateCustomer,
    ManageApiKeys,
    /// Keys with the role operator, besides [`Self::ManageApiKeys`].
    ManageOperatorKeys,
    ReadAudit,
    ReadMetrics,
}

impl Permission {
    /// Whether it reaches, when used on a customer, into all of its profiles.
    fn spans_profiles(self) -> bool {
        matches!(
            self,
            Self::ManageCustomers
                | Self::UpdateCustomer
                | Self::ManageProfiles
                | Self::ManageDirectory
                | Self::ReadAudit
        )
    }
}

impl Role {
    /// The permission table.
    pub fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Unspecified => false,
            Self::Operator => matches!(
                permission,
                P::ManageCustomers
                    | P::UpdateCustomer
                    | P::ManageProfiles
                    | P::ManageApiKeys
                    | P::ManageOperatorKeys
                    | P::ReadMetrics
            ),
            Self::Admin => !matches!(permission, P::ManageCustomers | P::ManageOperatorKeys),
            Self::Supervisor => matches!(
                permission,
                P::ReadConversations
                    | P::TagConversation
                    | P::ShareConversation
                    | P::ExportConversations
                    | P::Annotate
                    | P::Comment
                    | P::Score
                    | P::ReadDirectory
            ),
            Self::Agent => matches!(
                permission,
                P::ReadConversations
                    | P::StartConversation
                    | P::UpdateConversation
                    | P::AppendMessage
                    | P::CreateEvent
                    | P::TagConversation
                    | P::Comment
                    | P::ReadDirectory
            ),
            Self::Writer => matches!(
                permission,
                P::ReadConversations
                    | P::StartConversation
                    | P::UpdateConversation
                    | P::AppendMessage
                    | P::CreateEvent
                    | P::TagConversation
                    | P::RetainConversation
                    | P::ImportConversations
                    | P::Annotate
                    | P::ReadDirectory
            ),
            Self::Reader => matches!(permission, P::ReadConversations | P::ReadDirectory),
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::Operator => "operator",
            Self::Admin => "admin",
            Self::Supervisor => "supervisor",
            Self::Agent => "agent",
            Self::Writer => "writer",
            Self::Reader => "reader",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl std::str::FromStr for Role {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        [Self::Operator, Self::Admin, Self::Supervisor, Self::Agent, Self::Writer, Self::Reader]
            .into_iter()
            .find(|role| role.word() == text)
            .ok_or_else(|| {
                Error::invalid("role", "must be operator, admin, supervisor, agent, writer or reader")
            })
    }
}

/// What stands for a key where the operator works on the folder itself.
const COMMAND_LINE: &str = "cli";
/// What stands for a key where the service works on its own.
const SYSTEM: &str = "system";

/// Whoever holds the key that came with a request.
#[derive(Debug, Clone)]
pub struct Caller {
    customer: Id,
    /// Empty = all profiles of the customer.
    profiles: Vec<Id>,
    role: Role,
    key: Id,
    user: Option<Id>,
}

/// Proof that a caller may do one thing to the conversations of one profile.
#[derive(Debug, Clone)]
pub struct Scope {
    profile: ProfileName,
    actor: Actor,
    own_of: Option<Id>,
    resource: String,
}

/// Proof that a caller may do one thing to what belongs to a customer.
#[derive(Debug, Clone)]
pub struct CustomerScope {
    customer: Id,
    profile: Option<ProfileName>,
    actor: Actor,
    resource: String,
}

/// Who did something, as events and audit entries name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Resource name of the user or of the API key; `system` for the service itself.
    pub name: String,
    /// Resource name of the API key, `cli` or `system`.
    pub key: String,
    /// The id of the caller's own star tag.
    pub star: String,
}

impl Caller {
    pub fn new(customer: Id, profiles: Vec<Id>, role: Role, key: Id, user: Option<Id>) -> Self {
        Self { customer, profiles, role, key, user }
    }

    /// The operator's own hand on a stopped server: an admin of one customer.
    pub fn command_line(customer: Id) -> Self {
        Self { customer, profiles: Vec::new(), role: Role::Admin, key: Id::known(COMMAND_LINE), user: None }
    }

    /// The service's own hand in the record of one customer, with what it may do there.
    pub fn system(customer: Id) -> Self {
        Self { key: Id::known(SYSTEM), ..Self::command_line(customer) }
    }

    pub fn customer(&self) -> &Id {
        &self.customer
    }

    pub fn role(&self) -> Role {
        self.role
    }

    /// The API key that the caller came in with; none for the operator's own hand and the service's.
    pub fn key(&self) -> Option<&Id> {
        (![COMMAND_LINE, SYSTEM].contains(&self.key.as_str())).then_some(&self.key)
    }

    pub fn actor(&self) -> Actor {
        let of_customer =
            |collection, id: &Id| EntryName::of_customer(&self.customer, collection, id.clone()).to_string();
        let key = self.key().map_or_else(|| self.key.to_string(), |key| of_customer(Collection::ApiKey, key));
        match &self.user {
            Some(user) => {
                Actor { name: of_customer(Collection::User, user), key, star: format!("star-{user}") }
            }
            None => Actor { name: key.clone(), key, star: format!("star-{}", self.key) },
        }
    }

    pub fn may(&self, permission: Permission) -> bool {
        self.role.may(permission)
    }

    /// The only agent whose conversations the caller sees, for the role agent.
    pub fn own_of(&self) -> Option<Id> {
        (self.role == Role::Agent).then(|| self.user.clone().unwrap_or(Id::known("")))
    }

    fn sees(&self, profile: &ProfileName) -> bool {
        profile.customer == self.customer && self.reaches(&profile.profile)
    }

    /// Whether a profile of the caller's own customer is among those that it is limited to.
    pub fn reaches(&self, profile: &Id) -> bool {
        self.profiles.is_empty() || self.profiles.contains(profile)
    }

    /// Whether a key limited to `profiles` opens nothing that this caller does not see itself.
    pub fn covers(&self, profiles: &[Id]) -> bool {
        self.profiles.is_empty() || (!profiles.is_empty() && profiles.iter().all(|id| self.reaches(id)))
    }

    /// Enters a profile to do something to `resource`, which is what a refusal names.
    ///
    /// A profile that the caller does not see is NotFound, exactly as an absent resource is.
    pub fn enter(
        &self,
        profile: &ProfileName,
        resource: impl fmt::Display,
        permission: Permission,
    ) -> Result<Scope> {
        if !self.sees(profile) {
            return Err(Error::not_found(resource));
        }
        self.check(permission)?;
        let own_of = self.own_of();
        Ok(Scope { profile: profile.clone(), actor: self.actor(), own_of, resource: resource.to_string() })
    }

    /// Enters a customer, or one of its profiles, to read or manage `resource`.
    ///
    /// A caller limited to some profiles manages nothing that all profiles of the customer share.
    pub fn enter_directory(
        &self,
        parent: &Parent,
        resource: impl fmt::Display,
        permission: Permission,
    ) -> Result<CustomerScope> {
        let store_wide = self.role == Role::Operator && self.role.may(permission);
        let visible = match parent {
            Parent::Customer(CustomerName(customer)) => *customer == self.customer,
            Parent::Profile(profile) => self.sees(profile),
        };
        if !visible && !store_wide {
            return Err(Error::not_found(resource));
        }
        self.check(permission)?;
        let limited = !self.profiles.is_empty() && parent.profile().is_none();
        if limited && permission.spans_profiles() {
            return Err(Error::forbidden(format!(
                "a key that is limited to some profiles does not have the permission {permission:?} for the customer"
            )));
        }
        Ok(CustomerScope {
            customer: parent.customer().clone(),
            profile: parent.profile().cloned(),
            actor: self.actor(),
            resource: resource.to_string(),
        })
    }

    /// Refuses a caller whose role lacks the permission.
    pub fn check(&self, permission: Permission) -> Result<()> {
        if self.role.may(permission) {
            return Ok(());
        }
        Err(Error::forbidden(format!("the role {} does not have the permission {permission:?}", self.role)))
    }

    /// The profiles that the caller is limited to; empty = all of the customer.
    pub fn profiles(&self) -> &[Id] {
        &self.profiles
    }
}

impl Scope {
    pub fn profile(&self) -> &ProfileName {
        &self.profile
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The only agent whose conversations the caller sees, for the role agent.
    pub fn own_of(&self) -> Option<&Id> {
        self.own_of.as_ref()
    }

    pub fn sees_agent(&self, agent: Option<&Id>) -> bool {
        self.own_of.as_ref().is_none_or(|own| agent == Some(own))
    }

    /// The answer for what is absent or not visible.
    pub fn not_found(&self) -> Error {
        Error::not_found(&self.resource)
    }
}

impl Actor {
    /// The service itself.
    pub fn system() -> Self {
        Self { name: "system".to_owned(), key: "system".to_owned(), star: String::new() }
    }
}

impl CustomerScope {
    /// The same authority over the profile that was entered, where one was.
    pub fn in_profile(&self) -> Option<Scope> {
        let profile = self.profile.clone()?;
        let (actor, resource) = (self.actor.clone(), self.resource.clone());
        Some(Scope { profile, actor, own_of: None, resource })
    }

    pub fn customer(&self) -> &Id {
        &self.customer
    }

    pub fn profile(&self) -> Option<&ProfileName> {
        self.profile.as_ref()
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub fn not_found(&self) -> Error {
        Error::not_found(&self.resource)
    }
}

#[cfg(test)]
mod tests;
