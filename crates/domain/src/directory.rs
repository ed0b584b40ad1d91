//! The directory: customers, profiles, the people and labels of a customer, API keys.

use crate::{
    Error, Id, Result, Time,
    caller::Role,
    codes,
    conversation::is_default,
    language::{self, Languages},
    limits,
    name::{Collection, CustomerName, ProfileName},
    redact::{RedactionPattern, RedactionPolicy, Redactor},
    retention::Policy,
};
use serde::{Deserialize, Serialize};

codes! { MomentType { Unspecified = 0, Entity = 1, ConversationMetadata = 2, Keyword = 3, Behavior = 4 } }

/// Times and version of a directory resource.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stamps {
    pub create_time: Time,
    pub update_time: Time,
    pub version: i64,
}

impl Stamps {
    pub fn new(now: Time) -> Self {
        Self { create_time: now, update_time: now, version: 1 }
    }

    pub fn etag(&self) -> String {
        format!("\"{}\"", self.version)
    }

    /// Refuses an etag that is given and is not the present one.
    pub fn check_etag(&self, etag: &str) -> Result<()> {
        if etag.is_empty() || etag == self.etag() {
            return Ok(());
        }
        Err(Error::aborted("the etag is not the resource's present one: read it again and retry"))
    }

    pub fn touch(&mut self, now: Time) {
        self.update_time = now;
        self.version += 1;
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Customer {
    pub name: CustomerName,
    pub body: CustomerBody,
    pub stamps: Stamps,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomerBody {
    #[serde(skip_serializing_if = "is_default")]
    pub display_name: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    pub name: ProfileName,
    pub body: ProfileBody,
    pub stamps: Stamps,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileBody {
    #[serde(skip_serializing_if = "is_default")]
    pub display_name: String,
    #[serde(skip_serializing_if = "is_default")]
    pub language_codes: Vec<String>,
    #[serde(skip_serializing_if = "is_default")]
    pub default_language_code: String,
    #[serde(skip_serializing_if = "is_default")]
    pub redaction_patterns: Vec<RedactionPattern>,
    #[serde(skip_serializing_if = "is_default")]
    pub redaction: RedactionPolicy,
    #[serde(skip_serializing_if = "is_default")]
    pub retention: Policy,
}

/// A user, team, group, usecase, tag or moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub id: Id,
    pub body: EntryBody,
    pub stamps: Stamps,
}

/// What the kinds of entries hold; a kind uses the members that it has.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EntryBody {
    #[serde(skip_serializing_if = "is_default")]
    pub display_name: String,
    #[serde(skip_serializing_if = "is_default")]
    pub email: String,
    /// Id of the user's team.
    #[serde(skip_serializing_if = "is_default")]
    pub team: Option<Id>,
    /// Ids of the user's groups.
    #[serde(skip_serializing_if = "is_default")]
    pub groups: Vec<Id>,
    #[serde(skip_serializing_if = "is_default")]
    pub is_dev_user: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub color: String,
    #[serde(skip_serializing_if = "is_default")]
    pub moment_type: MomentType,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ApiKey {
    pub customer: Id,
    pub id: Id,
    pub body: ApiKeyBody,
    pub stamps: Stamps,
    pub revoke_time: Option<Time>,
    pub last_use_time: Option<Time>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApiKeyBody {
    #[serde(skip_serializing_if = "is_default")]
    pub display_name: String,
    #[serde(skip_serializing_if = "is_default")]
    pub profiles: Vec<Id>,
    #[serde(skip_serializing_if = "is_default")]
    pub user: Option<Id>,
    pub role: Role,
    #[serde(skip_serializing_if = "is_default")]
    pub expire_time: Option<Time>,
}

impl CustomerBody {
    pub fn check(&self) -> Result<()> {
        limits::short("displayName", &self.display_name)
    }
}

impl ProfileBody {
    /// Checks the profile and fills in the default language.
    pub fn checked(mut self) -> Result<Self> {
        limits::short("displayName", &self.display_name)?;
        limits::items_at_most("languageCodes", self.language_codes.len(), limits::LIST_ITEMS_MAX)?;
        for (index, code) in self.language_codes.iter().enumerate() {
            language::parse(&format!("languageCodes[{index}]"), code)?;
        }
        self.redactor(&[])?;
        self.retention.check().map_err(|error| error.within("retention"))?;
        let Some(first) = self.language_codes.first() else {
            return Err(Error::invalid("languageCodes", "must hold at least one language, such as en-US"));
        };
        if self.default_language_code.is_empty() {
            self.default_language_code.clone_from(first);
        }
        if !self.language_codes.contains(&self.default_language_code) {
            return Err(Error::invalid("defaultLanguageCode", "must be one of languageCodes"));
        }
        Ok(self)
    }

    /// What masks the profile's texts; `secret` is the profile's own.
    pub fn redactor(&self, secret: &[u8]) -> Result<Redactor> {
        Redactor::new(&self.redaction, &self.redaction_patterns, secret)
    }

    pub fn languages(&self) -> Languages<'_> {
        Languages { supported: &self.language_codes, default: &self.default_language_code }
    }
}

impl EntryBody {
    pub fn check(&self, collection: Collection) -> Result<()> {
        limits::short("displayName", &self.display_name)?;
        limits::short("email", &self.email)?;
        limits::short("color", &self.color)?;
        limits::items_at_most("groups", self.groups.len(), limits::LIST_ITEMS_MAX)?;
        if collection == Collection::Moment && self.moment_type == MomentType::Unspecified {
            return Err(Error::missing("type"));
        }
        Ok(())
    }
}

impl ApiKeyBody {
    /// Checks a key that is to be made.
    pub fn check(&self, now: Time) -> Result<()> {
        self.check_display_name()?;
        self.check_expiry(now)?;
        limits::items_at_most("profiles", self.profiles.len(), limits::LIST_ITEMS_MAX)?;
        if self.role == Role::Unspecified {
            return Err(Error::missing("role"));
        }
        if self.role == Role::Agent && self.user.is_none() {
            return Err(Error::invalid(
                "user",
                "is required for the role AGENT: it sees the conversations of its user",
            ));
        }
        if self.role == Role::Operator && !self.profiles.is_empty() {
            return Err(Error::invalid(
                "profiles",
                "does not go with the role OPERATOR, which is store-wide",
            ));
        }
        Ok(())
    }

    pub fn check_display_name(&self) -> Result<()> {
        limits::short("displayName", &self.display_name)
    }

    pub fn check_expiry(&self, now: Time) -> Result<()> {
        if self.expire_time.is_some_and(|expiry| expiry <= now) {
            return Err(Error::invalid("expireTime", "must be in the future"));
        }
        Ok(())
    }
}

impl ApiKey {
    pub fn is_valid(&self, now: Time) -> bool {
        self.revoke_time.is_none() && self.body.expire_time.is_none_or(|expiry| now < expiry)
    }
}
