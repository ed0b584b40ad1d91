//! One caller at one profile: the calls that most tests make, in one line each.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::client::Client;

/// A caller bound to a profile.
#[derive(Debug, Clone)]
pub struct Desk {
    pub client: Client,
    /// Resource name of the profile.
    pub profile: String,
}

impl Desk {
    pub fn new(client: Client, profile: &str) -> Self {
        Self { client, profile: profile.to_owned() }
    }

    /// Returns the same profile as another caller sees it.
    #[must_use]
    pub fn seen_by(&self, client: Client) -> Self {
        Self { client, profile: self.profile.clone() }
    }

    /// Returns the resource name of a conversation.
    pub fn name(&self, id: &str) -> String {
        format!("{}/conversations/{id}", self.profile)
    }

    /// Returns the path of a conversation, followed by `rest`.
    pub fn path(&self, id: &str, rest: &str) -> String {
        format!("/v1/{}{rest}", self.name(id))
    }

    /// Returns the path of the profile, followed by `rest`.
    pub fn at(&self, rest: &str) -> String {
        format!("/v1/{}{rest}", self.profile)
    }

    pub fn try_start(&self, id: &str, body: &Value) -> Answer {
        self.client.post(&self.path(id, ":start"), body)
    }

    /// Starts a conversation and returns it.
    #[track_caller]
    pub fn start(&self, id: &str, body: &Value) -> Value {
        self.try_start(id, body).ok()["conversation"].take()
    }

    /// Calls a custom verb of a conversation.
    pub fn verb(&self, id: &str, verb: &str, body: &Value) -> Answer {
        self.client.post(&self.path(id, &format!(":{verb}")), body)
    }

    #[track_caller]
    pub fn close(&self, id: &str) {
        assert_eq!(self.verb(id, "updateState", &json!({"state": "CLOSED"})).ok(), json!({}));
    }

    #[track_caller]
    pub fn conversation(&self, id: &str) -> Value {
        self.client.get(&self.path(id, "")).ok()["conversation"].take()
    }

    pub fn try_append(&self, id: &str, message_id: &str, message: &Value) -> Answer {
        self.client.post(&self.path(id, &format!("/messages?messageId={message_id}")), message)
    }

    /// Appends a visitor's message and returns it.
    #[track_caller]
    pub fn append(&self, id: &str, message_id: &str, text: &str) -> Value {
        let message = json!({"text": text, "speaker": "VISITOR"});
        self.try_append(id, message_id, &message).ok()["conversationMessage"].take()
    }

    /// Returns all messages, page after page.
    #[track_caller]
    pub fn messages(&self, id: &str) -> Vec<Value> {
        self.pages(&self.path(id, "/conversationMessages?pageSize=1000"), "conversationMessages")
    }

    /// Returns all events, page after page.
    #[track_caller]
    pub fn events(&self, id: &str) -> Vec<Value> {
        self.pages(&self.path(id, "/conversationEvents?pageSize=1000"), "conversationEvents")
    }

    /// Returns the events of one type.
    #[track_caller]
    pub fn events_of(&self, id: &str, kind: &str) -> Vec<Value> {
        self.events(id).into_iter().filter(|event| event["type"] == kind).collect()
    }

    pub fn try_list(&self, body: &Value) -> Answer {
        self.client.post(&self.at("/conversations"), body)
    }

    /// Returns the sorted ids of the conversations that a filter selects.
    #[track_caller]
    pub fn select(&self, filter: &Value) -> Vec<String> {
        let mut ids = self.select_in_order(&json!({"filter": filter, "pageSize": 1000}));
        ids.sort();
        ids
    }

    /// Returns the ids of the conversations on all pages of a list request, in its order.
    #[track_caller]
    pub fn select_in_order(&self, request: &Value) -> Vec<String> {
        let mut request = request.clone();
        let mut ids = Vec::new();
        loop {
            let page = self.try_list(&request).ok();
            ids.extend(page["conversations"].as_array().unwrap().iter().map(id_of));
            match page["nextPageToken"].as_str().filter(|token| !token.is_empty()) {
                Some(token) => request["pageToken"] = token.into(),
                None => return ids,
            }
        }
    }

    /// Returns the whole change log of the profile.
    #[track_caller]
    pub fn changes(&self) -> Vec<Value> {
        self.changes_after("")
    }

    /// Returns the change log after a cursor.
    #[track_caller]
    pub fn changes_after(&self, cursor: &str) -> Vec<Value> {
        let mut cursor = cursor.to_owned();
        let mut changes = Vec::new();
        loop {
            let page = self.client.get(&self.at(&format!("/changes?pageSize=1000&cursor={cursor}"))).ok();
            let found = page["changes"].as_array().unwrap();
            if found.is_empty() {
                return changes;
            }
            changes.extend(found.iter().cloned());
            cursor = page["nextCursor"].as_str().unwrap().to_owned();
        }
    }

    /// Creates a tag of the profile and returns its resource name.
    #[track_caller]
    pub fn create_tag(&self, id: &str) -> String {
        let tag = self.client.post(&self.at(&format!("/tags?tagId={id}")), &json!({"displayName": id})).ok();
        tag["name"].as_str().unwrap().to_owned()
    }

    fn pages(&self, path: &str, field: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut token = String::new();
        loop {
            let page = self.client.get(&format!("{path}&pageToken={token}")).ok();
            items.extend(page[field].as_array().unwrap().iter().cloned());
            match page["nextPageToken"].as_str().filter(|next| !next.is_empty()) {
                Some(next) => token = crate::client::escape(next),
                None => return items,
            }
        }
    }
}

/// Returns the last id of a resource's name.
pub fn id_of(resource: &Value) -> String {
    resource["name"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

/// Returns one field of each item.
pub fn column(items: &[Value], field: &str) -> Vec<Value> {
    items.iter().map(|item| item[field].clone()).collect()
}
