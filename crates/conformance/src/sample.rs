//! A well-formed request of any method against any target, and what must exist for it to succeed.
//!
//! The authority matrix, the foreign-is-absent test and the idempotency test are generated from here; a new
//! method works without an entry where `{}` is a valid body for it.

use serde_json::{Value, json};

use crate::client::Client;
use crate::contract::Method;

/// The resource that a request is about, by ids.
#[derive(Debug, Clone)]
pub struct Target {
    pub customer: String,
    pub profile: String,
    pub conversation: String,
    /// The last id of the path: a message, tag, user, key ...
    pub item: String,
}

/// A request ready to send.
#[derive(Debug, Clone)]
pub struct Sample {
    pub verb: String,
    pub path: String,
    pub body: Option<Value>,
}

impl Sample {
    /// Begins the call as this caller.
    pub fn call(&self, client: &Client) -> crate::client::Call {
        let call = client.call(&self.verb, &self.path);
        match &self.body {
            Some(body) => call.json(body),
            None => call,
        }
    }
}

impl Target {
    pub fn profile_name(&self) -> String {
        format!("customers/{}/profiles/{}", self.customer, self.profile)
    }

    pub fn conversation_name(&self) -> String {
        format!("{}/conversations/{}", self.profile_name(), self.conversation)
    }

    /// Makes, as an operator and an admin of the customer, what the method's request names.
    pub fn prepare(&mut self, method: &Method, operator: &Client, admin: &Client) {
        let collection = collection(method);
        if method.name == "GetCustomer"
            || method.name.ends_with("Customer") && !method.name.starts_with("Create")
        {
            operator.post(&format!("/v1/customers?customerId={}", self.customer), &json!({}));
        }
        if ["GetProfile", "UpdateProfile", "DeleteProfile"].contains(&method.name.as_str()) {
            let path = format!("/v1/customers/{}/profiles?profileId={}", self.customer, self.profile);
            admin.post(&path, &json!({"languageCodes": ["en-US"]})).ok();
        }
        let is_of_scorecard = method.binding().template.contains("/scorecards");
        let is_of_conversation = method.binding().template.contains("conversations/*") || is_of_scorecard;
        if is_of_conversation || method.name.starts_with("Fetch") {
            let started = self.start(admin);
            if method.name == "FetchConversationByLegacyID" {
                self.item = started["legacyChatId"].to_string();
            }
        }
        if is_of_scorecard {
            self.create(admin, "profile", "scorecardTemplates", "scorecardTemplateId", &template());
        }
        if method.name.starts_with("Create") {
            return;
        }
        if let Some((_, id, body)) = self.remarks().into_iter().find(|(remarked, ..)| *remarked == collection)
        {
            self.create(admin, "conversation", collection, id, &body);
        }
        match collection {
            "messages" => {
                let path = format!("/v1/{}/messages?messageId={}", self.conversation_name(), self.item);
                admin.post(&path, &json!({"text": "hello", "speaker": "VISITOR"})).ok();
            }
            "scorecardTemplates" => {
                self.create(admin, "profile", "scorecardTemplates", "scorecardTemplateId", &template());
            }
            "scorecards" => self.create(admin, "profile", "scorecards", "scorecardId", &self.scorecard()),
            "tags" => self.create(admin, "profile", "tags", "tagId", &json!({})),
            "moments" => self.create(admin, "profile", "moments", "momentId", &json!({"type": "KEYWORD"})),
            "usecases" => self.create(admin, "profile", "usecases", "usecaseId", &json!({})),
            "users" => self.create(admin, "customer", "users", "userId", &json!({})),
            "teams" => self.create(admin, "customer", "teams", "teamId", &json!({})),
            "groups" => self.create(admin, "customer", "groups", "groupId", &json!({})),
            "redactionJobs" => {
                let erase = format!("/v1/{}:eraseDataSubject", self.profile_name());
                let begun = admin.post(&erase, &json!({"visitorId": self.item, "validateOnly": true})).ok();
                self.item = crate::desk::id_of(&begun["job"]);
            }
            "redactionReceipts" => {
                self.start(admin);
                let messages = format!("/v1/{}/messages", self.conversation_name());
                let said = json!({"text": "hello", "speaker": "VISITOR"});
                admin.post(&format!("{messages}?messageId={}", self.item), &said).ok();
                let redact = format!("{messages}/{}:redact", self.item);
                let redacted = admin.post(&redact, &self.redaction()).ok();
                let receipt = redacted["receipt"].as_str().unwrap_or_default();
                self.item = receipt.rsplit('/').next().unwrap_or_default().to_owned();
            }
            "apiKeys" => {
                let keys = format!("/v1/customers/{}/apiKeys", self.customer);
                self.item = crate::desk::id_of(&admin.post(&keys, &json!({"role": "READER"})).ok());
            }
            _ => {}
        }
        if method.name == "DeleteConversationTag" {
            let tag = format!("{}/tags/{}", self.profile_name(), self.item);
            admin.post(&format!("/v1/{}/tags", self.conversation_name()), &json!({"tag": tag})).ok();
        }
    }

    /// Returns what can be remarked on the conversation: collection, query of the id, body.
    pub fn remarks(&self) -> [(&'static str, &'static str, Value); 5] {
        let moment = format!("{}/moments/refund", self.profile_name());
        [
            ("momentAnnotations", "momentAnnotationId", json!({"moment": moment})),
            ("behaviorAnnotations", "behaviorAnnotationId", json!({"behavior": "greeting"})),
            ("actionAnnotations", "actionAnnotationId", json!({"action": "offer"})),
            ("hintAnnotations", "hintAnnotationId", json!({"hint": "ask for the number"})),
            ("comments", "commentId", json!({"text": "Well done."})),
        ]
    }

    /// Returns a draft of the target's template about the target conversation.
    pub fn scorecard(&self) -> Value {
        let template = format!("{}/scorecardTemplates/{}", self.profile_name(), self.item);
        json!({"conversation": self.conversation_name(), "template": template})
    }

    /// Returns a redaction of the first word of the target message.
    pub fn redaction(&self) -> Value {
        json!({"moment": format!("{}/moments/greeting", self.profile_name()), "startIndex": 0, "endIndex": 5})
    }

    /// Starts the target conversation with the target's agent.
    pub fn start(&self, admin: &Client) -> Value {
        let body = json!({
            "agent": format!("customers/{}/users/ada", self.customer),
            "platformInfo": {"platformConversationId": self.item},
        });
        admin.post(&format!("/v1/{}:start", self.conversation_name()), &body).ok()["conversation"].take()
    }

    fn create(&self, admin: &Client, scope: &str, collection: &str, id: &str, body: &Value) {
        let parent = match scope {
            "conversation" => self.conversation_name(),
            "profile" => self.profile_name(),
            _ => format!("customers/{}", self.customer),
        };
        admin.post(&format!("/v1/{parent}/{collection}?{id}={}", self.item), body).ok();
    }

    /// Builds the method's request about this target.
    pub fn sample(&self, method: &Method) -> Sample {
        let binding = method.binding();
        let mut path = self.fill(&binding.template);
        let query = self.query(method);
        if !query.is_empty() {
            path = format!("{path}?{query}");
        }
        let body = (!binding.body.is_empty()).then(|| self.body(method));
        Sample { verb: binding.verb.clone(), path, body }
    }

    /// Puts the ids into a path template.
    fn fill(&self, template: &str) -> String {
        let flat = template.replace("{conversation_id}", &self.conversation).replace("{tag_id}", &self.item);
        let mut filled = Vec::new();
        let mut collection = "";
        for part in flat.split('/') {
            let bare = part.rsplit(['{', '=']).next().unwrap_or(part).trim_end_matches('}');
            let (bare, verb) = match part.split_once("}:") {
                Some((_, verb)) => ("*", format!(":{verb}")),
                None => (bare, String::new()),
            };
            let id = match (bare, collection) {
                ("*", "customers") => &self.customer,
                ("*", "profiles") => &self.profile,
                ("*", "conversations") => &self.conversation,
                ("*", _) => &self.item,
                _ => bare,
            };
            filled.push(format!("{id}{verb}"));
            collection = bare;
        }
        filled.join("/")
    }

    fn query(&self, method: &Method) -> String {
        let item = &self.item;
        match method.name.as_str() {
            "FetchConversationByPlatformID" => format!("platformConversationId={item}"),
            "FetchConversationByLegacyID" => format!("legacyChatId={}", item.parse().unwrap_or(1)),
            "BatchGetConversationMessages" => format!("names={}/messages/{item}", self.conversation_name()),
            "CreateCustomer" => format!("customerId={}", self.customer),
            "CreateProfile" => format!("profileId={item}"),
            "CreateApiKey" => String::new(),
            "UpdateConversation" => "updateMask=summary".to_owned(),
            "UpdateConversationMessage" => "updateMask=textHtml".to_owned(),
            // Authority is decided first; a stale etag keeps the house standing.
            "DeleteCustomer" | "DeleteProfile" => "etag=stale".to_owned(),
            name if name.starts_with("Create") => {
                id_field(method).map_or(String::new(), |field| format!("{field}={item}"))
            }
            _ if is_renamed(method) => "updateMask=displayName".to_owned(),
            _ => String::new(),
        }
    }

    fn body(&self, method: &Method) -> Value {
        let message = json!({"text": "hello", "speaker": "VISITOR"});
        let event = json!({"type": "CUSTOM", "custom": {"step": "greeting"}});
        match method.name.as_str() {
            "UpdateConversationState" => json!({"state": "CLOSED"}),
            "UpdateConversationAudioPersistenceState" => json!({"audioPersistenceState": "PERSIST_FAILED"}),
            "UpdateConversationLanguageCode" => json!({"languageCode": "en-US"}),
            "UpdateConversationSharingState" => json!({"sharingState": "SHARING_STATE_SHARED"}),
            "UpdateConversationSkill" => json!({"skill": "billing"}),
            "UpsertConversationMetadata" => json!({"metadataValues": {"region": {"values": ["US"]}}}),
            "UpdateConversation" => json!({"summary": {"summary": "Asked for a refund."}}),
            "CreateConversationMessage" => message,
            "BatchCreateConversationMessages" => json!({"messages": [message]}),
            "UpdateConversationMessage" => json!({"textHtml": "<p>hello</p>"}),
            "CreateConversationEvent" => event,
            "BatchCreateConversationEvents" => json!({"events": [event]}),
            "AddConversationTag" => json!({"tag": format!("{}/tags/{}", self.profile_name(), self.item)}),
            "ImportConversations" => json!({"conversations": [{"conversation": {
                "name": format!("{}/conversations/{}", self.profile_name(), self.item),
                "startTime": "2026-01-05T09:00:00Z",
            }}]}),
            "RedactConversationMessage" => self.redaction(),
            "EraseDataSubject" => json!({"visitorId": self.item, "validateOnly": true}),
            "RedactConversations" => json!({"filter": {"skills": [self.item]}}),
            "CreateProfile" => json!({"languageCodes": ["en-US"]}),
            "CreateApiKey" => json!({"role": "READER", "displayName": self.item}),
            "CreateScorecard" => self.scorecard(),
            "CreateScorecardTemplate" => template(),
            "UpdateComment" => json!({"text": "Very well done."}),
            "UpdateScorecard" => json!({"scores": [{"criterion": "greeting", "value": 1}]}),
            "CreateMoment" => json!({"type": "KEYWORD"}),
            "UpdateConversationDisplayName" => json!({"displayName": "Billing desk"}),
            _ if is_renamed(method) => json!({"displayName": "Billing desk"}),
            name if name.starts_with("Update") && name.ends_with("Annotation") => json!({"source": "RULE"}),
            name if name.starts_with("Create") => {
                let remarks = self.remarks().into_iter();
                let mut bodies =
                    remarks.filter(|(remarked, ..)| method.binding().template.ends_with(remarked));
                bodies.next().map_or(json!({}), |(.., body)| body)
            }
            _ => json!({}),
        }
    }
}

/// Returns a scorecard template of one criterion.
pub fn template() -> Value {
    json!({"displayName": "Quality", "criteria": [{"id": "greeting"}]})
}

/// Returns whether the method updates a resource that has a display name.
fn is_renamed(method: &Method) -> bool {
    let resource = method.input.get_field_by_name(&method.binding().body);
    let resource = resource.and_then(|field| field.kind().as_message().cloned());
    let has_name = resource.is_some_and(|resource| resource.get_field_by_name("display_name").is_some());
    method.name.starts_with("Update") && has_name
}

/// Returns the JSON name of the request's `<resource>_id` field.
fn id_field(method: &Method) -> Option<String> {
    let mut fields = method.input.fields();
    fields.find(|field| field.name().ends_with("_id")).map(|field| field.json_name().to_owned())
}

/// Returns the last collection of the method's path.
fn collection(method: &Method) -> &str {
    match method.name.as_str() {
        "AddConversationTag" => return "tags",
        "BatchGetConversationMessages" => return "messages",
        _ => {}
    }
    let pairs = method.binding().template.trim_start_matches("/v1/").split('/').collect::<Vec<_>>();
    let (pairs, _) = pairs.as_chunks::<2>();
    pairs.last().map_or("", |[collection, _]| collection.rsplit('=').next().unwrap_or(collection))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{method, methods};

    fn target() -> Target {
        let [customer, profile, conversation, item] = ["c1", "p1", "v1", "i1"].map(str::to_owned);
        Target { customer, profile, conversation, item }
    }

    #[test]
    fn every_path_is_filled() {
        for method in methods() {
            let sample = target().sample(method);
            assert!(
                !sample.path.contains(['{', '*', '}', '=']) || sample.path.contains('?'),
                "{}",
                sample.path
            );
        }
    }

    #[test]
    fn ids_go_where_the_template_says() {
        let path = |name: &str| target().sample(method(name)).path;
        assert_eq!(path("StartConversation"), "/v1/customers/c1/profiles/p1/conversations/v1:start");
        assert_eq!(path("DeleteConversationTag"), "/v1/customers/c1/profiles/p1/conversations/v1/tags/i1");
        assert_eq!(path("RevokeApiKey"), "/v1/customers/c1/apiKeys/i1:revoke");
        assert_eq!(path("ListConversations"), "/v1/customers/c1/profiles/p1/conversations");
        assert_eq!(path("CountConversations"), "/v1/customers/c1/profiles/p1/conversations:count");
        assert_eq!(path("UpdateTag"), "/v1/customers/c1/profiles/p1/tags/i1?updateMask=displayName");
        assert_eq!(path("CreateTag"), "/v1/customers/c1/profiles/p1/tags?tagId=i1");
    }

    #[test]
    fn the_collection_is_the_last_of_the_path() {
        let names = ["GetTag", "GetConversationMessage", "RevokeApiKey", "DeleteConversationTag", "GetUser"];
        let found = names.map(|name| collection(method(name)));
        assert_eq!(found, ["tags", "messages", "apiKeys", "tags", "users"]);
    }
}
