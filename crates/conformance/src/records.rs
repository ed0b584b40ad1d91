//! One caller of the records dialect at one project: the calls that most of its tests make, in one line each.
//!
//! It speaks the dialect of conversation records; what the same conversations look like in the Conversation Service
//! is seen from the `desk` beside it.

pub mod envelope;

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::client::Client;
use crate::desk::Desk;
use crate::house::house;

pub const BASE: &str = "/v1/conversations";
/// 2024-03-08T00:00:00Z, the moment at which the seed's examples begin.
pub const MIDNIGHT: i64 = 1_709_856_000_000;

/// A project with a key that sees no other.
pub struct Records {
    pub client: Client,
    /// The same conversations in the Conversation Service, as an admin of the organization sees them.
    pub desk: Desk,
    pub organization: String,
    pub project: String,
}

impl Records {
    /// Opens a fresh project of `acme`.
    pub fn open() -> Self {
        Self::at(house().desk())
    }

    /// Makes an admin's key for the desk's profile alone.
    pub fn at(desk: Desk) -> Self {
        let parts: Vec<String> = desk.profile.split('/').map(str::to_owned).collect();
        let [organization, project] = [parts[1].clone(), parts[3].clone()];
        let body = json!({"role": "ADMIN", "profiles": [desk.profile]});
        let key = desk.client.post(&format!("/v1/customers/{organization}/apiKeys"), &body).ok();
        let client = Client::new(desk.client.address(), key["secret"].as_str().unwrap());
        Self { client, desk, organization, project }
    }

    /// Opens the project that the seed's examples name, in a house of theirs.
    pub fn of_the_seed(house: &crate::house::House) -> Self {
        let operator = house.operator();
        operator.post("/v1/customers?customerId=org_xyz", &json!({})).ok();
        let languages = json!({"languageCodes": ["en-US"]});
        operator.post("/v1/customers/org_xyz/profiles?profileId=proj_123", &languages).ok();
        let key = operator.post("/v1/customers/org_xyz/apiKeys", &json!({"role": "ADMIN"})).ok();
        let admin = house.client(key["secret"].as_str().unwrap());
        Self::at(Desk::new(admin, "customers/org_xyz/profiles/proj_123"))
    }

    /// Returns the same project as another caller sees it.
    #[must_use]
    pub fn seen_by(&self, client: Client) -> Self {
        let (organization, project) = (self.organization.clone(), self.project.clone());
        Self { client, desk: self.desk.clone(), organization, project }
    }

    /// Returns a record that sets what is required and nothing else.
    pub fn minimal(&self, id: &str) -> Value {
        json!({
            "id": id,
            "organization_id": self.organization,
            "project_id": self.project,
            "channel_id": "chan_456",
            "deployment_config_id": "deploy_789",
            "channel_identifier": "+12125551234",
            "conversation_type": "TELEPHONY_CALL",
        })
    }

    /// Returns a record with the required fields and these.
    pub fn with(&self, id: &str, fields: &Value) -> Value {
        let mut record = self.minimal(id);
        record.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        record
    }

    pub fn try_create(&self, record: &Value) -> Answer {
        self.client.post(BASE, record)
    }

    /// Creates a record that must be new and returns it as the answer shows it.
    #[track_caller]
    pub fn create(&self, record: &Value) -> Value {
        self.try_create(record).data(201)
    }

    /// Creates a record with the required fields and these.
    #[track_caller]
    pub fn begin(&self, id: &str, fields: &Value) -> Value {
        self.create(&self.with(id, fields))
    }

    pub fn try_get(&self, id: &str) -> Answer {
        self.client.get(&path(id, ""))
    }

    #[track_caller]
    pub fn get(&self, id: &str) -> Value {
        self.try_get(id).data(200)
    }

    /// Lists with this query and returns the page: `{data, meta}`.
    #[track_caller]
    pub fn page(&self, query: &str) -> Value {
        self.client.get(&format!("{BASE}?{query}")).page()
    }

    /// Returns the ids of the page that a query answers, sorted.
    #[track_caller]
    pub fn select(&self, query: &str) -> Vec<String> {
        let mut ids = ids(&self.page(&format!("pageSize=1000&{query}")));
        ids.sort();
        ids
    }

    pub fn set_status(&self, id: &str, body: &Value) -> Answer {
        self.client.patch(&path(id, "/status"), body)
    }

    pub fn transfer(&self, id: &str, transfer: &Value) -> Answer {
        self.client.call("PUT", &path(id, "/call-transfer")).json(transfer).send()
    }

    pub fn summarize(&self, id: &str, summary: &Value) -> Answer {
        self.client.call("PUT", &path(id, "/summary")).json(summary).send()
    }

    /// Appends one message or an array of them.
    pub fn append(&self, id: &str, messages: &Value) -> Answer {
        self.client.post(&path(id, "/messages"), messages)
    }

    pub fn decommission(&self, id: &str) -> Answer {
        self.client.post(&path("decommission", ""), &json!({"decommission_service_id": id}))
    }

    pub fn delete(&self, id: &str) -> Answer {
        self.client.delete(&path(id, ""))
    }

    /// Returns the statuses of the record's history, oldest first.
    #[track_caller]
    pub fn history(&self, id: &str) -> Vec<String> {
        statuses(&self.get(id))
    }
}

/// Returns the path of a record, followed by `rest`.
pub fn path(id: &str, rest: &str) -> String {
    format!("{BASE}/{id}{rest}")
}

/// Returns the ids on a page, in its order.
pub fn ids(page: &Value) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

/// Returns the statuses of a record's history, oldest first.
pub fn statuses(record: &Value) -> Vec<String> {
    let history = record["state_history"].as_array().unwrap();
    history.iter().map(|entry| entry["status"].as_str().unwrap().to_owned()).collect()
}

/// Returns a message of the dialect, sent in the second after midnight that its number says.
pub fn message(id: &str, text: &str, second: i64) -> Value {
    let at = jiff::Timestamp::from_millisecond(MIDNIGHT + second * 1000).unwrap();
    json!({
        "messageId": id, "content": text, "message_type": "user",
        "timestamp": format!("{at:.3}"), "metadata": {},
    })
}

/// Returns the present in Unix milliseconds.
pub fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}
