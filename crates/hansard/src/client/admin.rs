//! The directory's operations that the command line has, over any transport.
//!
//! It speaks the wire and hands back plain values; how they are shown is the command's concern.

use anyhow::Result;
use hansard_proto::v1::{
    ApiKey, CreateApiKeyRequest, CreateCustomerRequest, CreateProfileRequest, ListApiKeysRequest,
    ListProfilesRequest, PreviewRetentionRequest, PreviewRetentionResponse, Profile, RetentionRule,
    RevokeApiKeyRequest, admin_service_client::AdminServiceClient, preview_retention_response,
};
use jiff::Timestamp;
use tonic::Code;

use super::{Transport, explain};

/// The most that one page of the directory holds.
const PAGE_SIZE_MAX: i32 = 1000;

/// A key as lists show it; its secret is never among it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub id: String,
    pub role: String,
    /// Ids; empty = all of the customer's.
    pub profiles: Vec<String>,
    pub user: Option<String>,
    pub display_name: String,
    pub create_time: Option<Timestamp>,
    pub expire_time: Option<Timestamp>,
    pub last_use_time: Option<Timestamp>,
    pub is_revoked: bool,
}

/// What a new key is to be.
#[derive(Debug, Clone, Default)]
pub struct NewKey {
    /// As `hansard key create --help` spells it.
    pub role: String,
    /// Ids; empty = all of the customer's.
    pub profiles: Vec<String>,
    pub user: Option<String>,
    pub display_name: String,
    pub expire_time: Option<Timestamp>,
}

/// A profile as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileRow {
    pub id: String,
    pub display_name: String,
    pub languages: Vec<String>,
    pub create_time: Option<Timestamp>,
}

/// What the retention of a profile deletes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    pub reasons: Vec<Reason>,
    pub due: i64,
    pub held: i64,
    pub earliest: Option<Timestamp>,
    /// Resource names.
    pub sample: Vec<String>,
}

/// Why conversations are deleted, and how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub text: String,
    pub due: i64,
    /// None where it is not counted.
    pub waiting: Option<i64>,
}

/// The directory of one customer.
pub struct Directory<T> {
    client: AdminServiceClient<T>,
    /// Resource name of the customer.
    customer: String,
}

impl<T: Transport> Directory<T> {
    pub fn new(transport: T, customer: &impl ToString) -> Self {
        Self { client: AdminServiceClient::new(transport), customer: customer.to_string() }
    }

    /// Makes a profile, and its customer when absent; answers the profile's resource name.
    pub async fn create_profile(
        &mut self,
        id: String,
        display_name: String,
        language_codes: Vec<String>,
    ) -> Result<String> {
        let profile = Profile { display_name, language_codes, ..Profile::default() };
        let request =
            CreateProfileRequest { parent: self.customer.clone(), profile_id: id, profile: Some(profile) };
        let created = match self.client.create_profile(request.clone()).await {
            Err(status) if status.code() == Code::NotFound => {
                self.create_customer().await?;
                self.client.create_profile(request).await
            }
            outcome => outcome,
        };
        Ok(created.map_err(|status| explain(&status))?.into_inner().name)
    }

    async fn create_customer(&mut self) -> Result<()> {
        let customer_id = id_of(&self.customer);
        let request = CreateCustomerRequest { customer_id, customer: None };
        self.client.create_customer(request).await.map_err(|status| explain(&status))?;
        Ok(())
    }

    /// Lists the profiles, in order of their ids.
    pub async fn profiles(&mut self) -> Result<Vec<ProfileRow>> {
        let mut profiles = Vec::new();
        let mut page_token = String::new();
        loop {
            let request =
                ListProfilesRequest { parent: self.customer.clone(), page_size: PAGE_SIZE_MAX, page_token };
            let page =
                self.client.list_profiles(request).await.map_err(|status| explain(&status))?.into_inner();
            profiles.extend(page.profiles.into_iter().map(ProfileRow::from));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(profiles);
            }
        }
    }

    /// Tells what the retention of a profile deletes.
    pub async fn preview_retention(&mut self, parent: &str) -> Result<Preview> {
        let request = PreviewRetentionRequest { parent: parent.to_owned(), ..Default::default() };
        let found = self.client.preview_retention(request).await.map_err(|status| explain(&status))?;
        Ok(Preview::from(found.into_inner()))
    }

    /// Makes a key and answers its secret, which nothing shows again.
    pub async fn create_key(&mut self, key: NewKey) -> Result<String> {
        let name = |collection: &str, id: &String| format!("{}/{collection}/{id}", self.customer);
        let mut api_key = ApiKey {
            display_name: key.display_name,
            profiles: key.profiles.iter().map(|id| name("profiles", id)).collect(),
            user: key.user.as_ref().map(|id| name("users", id)).unwrap_or_default(),
            expire_time: key.expire_time.map(to_proto),
            ..ApiKey::default()
        };
        api_key.role = hansard_proto::v1::api_key::Role::from_str_name(&key.role.to_uppercase())
            .unwrap_or_default()
            .into();
        let request = CreateApiKeyRequest {
            parent: self.customer.clone(),
            api_key_id: String::new(),
            api_key: Some(api_key),
        };
        let created = self.client.create_api_key(request).await.map_err(|status| explain(&status))?;
        Ok(created.into_inner().secret)
    }

    /// Lists the keys, in order of their ids.
    pub async fn keys(&mut self) -> Result<Vec<Key>> {
        let mut keys = Vec::new();
        let mut page_token = String::new();
        loop {
            let request =
                ListApiKeysRequest { parent: self.customer.clone(), page_size: PAGE_SIZE_MAX, page_token };
            let page =
                self.client.list_api_keys(request).await.map_err(|status| explain(&status))?.into_inner();
            keys.extend(page.api_keys.into_iter().map(Key::from));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(keys);
            }
        }
    }

    /// Revokes a key and answers its resource name.
    pub async fn revoke_key(&mut self, id: &str) -> Result<String> {
        let name = format!("{}/apiKeys/{id}", self.customer);
        let revoked = self.client.revoke_api_key(RevokeApiKeyRequest { name }).await;
        Ok(revoked.map_err(|status| explain(&status))?.into_inner().name)
    }
}

impl From<PreviewRetentionResponse> for Preview {
    fn from(found: PreviewRetentionResponse) -> Self {
        let of_rule = |rule: preview_retention_response::Rule| Reason {
            text: rule.rule.map(|rule| described(&rule)).unwrap_or_default(),
            due: rule.due_count,
            waiting: Some(rule.waiting_count),
        };
        let mut reasons: Vec<Reason> = found.rules.into_iter().map(of_rule).collect();
        let others =
            [("retentionDays", found.own_retention_count), ("TO_BE_DELETED", found.to_be_deleted_count)];
        reasons.extend(others.map(|(text, due)| Reason { text: text.to_owned(), due, waiting: None }));
        let (due, held) = (found.due_count, found.held_count);
        Self { reasons, due, held, earliest: from_proto(found.earliest_due_time), sample: found.sample }
    }
}

/// A rule in one line, such as `30 days, FAILED, BOT`.
fn described(rule: &RetentionRule) -> String {
    let mut words = vec![format!("{} days", rule.days)];
    words.extend(rule.statuses().map(|status| status.as_str_name().to_owned()));
    words.extend(rule.sources().map(|source| source.as_str_name().to_owned()));
    words.extend(rule.channels().map(|channel| channel.as_str_name().to_owned()));
    words.join(", ")
}

impl From<ApiKey> for Key {
    fn from(key: ApiKey) -> Self {
        Self {
            id: id_of(&key.name),
            role: key.role().as_str_name().to_lowercase(),
            profiles: key.profiles.iter().map(|name| id_of(name)).collect(),
            user: Some(id_of(&key.user)).filter(|id| !id.is_empty()),
            create_time: from_proto(key.create_time),
            expire_time: from_proto(key.expire_time),
            last_use_time: from_proto(key.last_use_time),
            is_revoked: key.revoke_time.is_some(),
            display_name: key.display_name,
        }
    }
}

impl From<Profile> for ProfileRow {
    fn from(profile: Profile) -> Self {
        Self {
            id: id_of(&profile.name),
            display_name: profile.display_name,
            languages: profile.language_codes,
            create_time: from_proto(profile.create_time),
        }
    }
}

fn id_of(name: &str) -> String {
    name.rsplit('/').next().unwrap_or_default().to_owned()
}

fn from_proto(time: Option<prost_types::Timestamp>) -> Option<Timestamp> {
    let time = time?;
    Timestamp::new(time.seconds, time.nanos).ok()
}

fn to_proto(time: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: time.as_second(), nanos: time.subsec_nanosecond() }
}
