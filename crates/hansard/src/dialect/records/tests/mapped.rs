//! The mapping table against the code: what changes one attribute changes the field that the table names, as the
//! Conversation Service shows it, and no other.

use std::sync::Arc;

use axum::body::Body;
use hansard_domain::{
    Id,
    caller::{Caller, Role},
    directory::ProfileBody,
    name::CustomerName,
};
use hansard_proto::v1::{
    GetConversationRequest, ListConversationMessagesRequest,
    conversation_service_client::ConversationServiceClient,
};
use hansard_store::{Location, Ticket};
use prost::Message;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{
    super::{Records, mapping::MAPPING, schema},
    whole,
};
use crate::{
    app::App,
    dialect::{service::Local, transcode::Contract},
    service::{Call, profile},
};

/// Attributes that say the same as another, or say where a record is and not what it is.
const NOT_ALONE: [&str; 5] = ["id", "organization_id", "project_id", "created_day", "messages[].messageId"];

struct World {
    app: Arc<App>,
    caller: Caller,
    contract: Contract,
    _folder: TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        let open = move || {
            let app = App::open(&Location::Folder(path)).unwrap();
            app.store.ensure_customer(&Id::known("acme")).unwrap();
            app
        };
        let app = tokio::task::spawn_blocking(open).await.unwrap();
        let caller = Caller::new(Id::known("acme"), Vec::new(), Role::Admin, Id::known("k"), None);
        let call =
            Call { caller: caller.clone(), ticket: Ticket { request_id: "".into(), idempotency: None } };
        let body = ProfileBody { language_codes: vec!["en-US".to_owned()], ..ProfileBody::default() };
        profile::create(&app, &call, &CustomerName(Id::known("acme")), Id::known("p"), body).await.unwrap();
        Self { app, caller, contract: Contract::load().unwrap(), _folder: folder }
    }

    /// Keeps a record and shows the conversation, with its messages, in the service's JSON.
    async fn seen(&self, id: &str, mut record: Value) -> Value {
        record["id"] = json!(id);
        let mut request =
            http::Request::post("/v1/conversations").body(Body::from(record.to_string())).unwrap();
        request.extensions_mut().insert(self.caller.clone());
        let answer = Records::new(Arc::clone(&self.app)).handle(request).await;
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        assert_eq!(parts.status, 201, "{record}: {}", String::from_utf8_lossy(&body));
        let mut client = ConversationServiceClient::new(Local::new(&self.app, self.caller.clone()));
        let name = format!("customers/acme/profiles/p/conversations/{id}");
        let got = client.get_conversation(GetConversationRequest { name: name.clone() }).await.unwrap();
        let mut seen = self.json("Conversation", &got.into_inner().conversation.unwrap());
        let list = ListConversationMessagesRequest { parent: name, ..Default::default() };
        let listed = client.list_conversation_messages(list).await.unwrap().into_inner();
        let message = |message| {
            let mut message = self.json("ConversationMessage", message);
            // They tell of the conversation's id and of the present.
            message
                .as_object_mut()
                .unwrap()
                .retain(|name, _| !["name", "updateTime"].contains(&name.as_str()));
            message
        };
        seen["messages"] = listed.conversation_messages.iter().map(message).collect();
        seen
    }

    fn json(&self, name: &str, message: &impl Message) -> Value {
        let id = self.contract.message(&format!("hansard.v1.{name}")).unwrap();
        serde_json::from_slice(&self.contract.write_json(id, &message.encode_to_vec()).unwrap()).unwrap()
    }
}

/// The value at a path, where `[]` is the first element.
fn at<'v>(value: &'v mut Value, path: &str) -> &'v mut Value {
    path.split('.').fold(value, |value, part| match part.strip_suffix("[]") {
        Some(name) => &mut value[name][0],
        None => &mut value[part],
    })
}

/// Another value than the one that is there.
fn other(path: &str, value: &Value) -> Value {
    match (path, value) {
        ("conversation_type", _) => json!("SMS"),
        ("direction", _) => json!("inbound"),
        ("status" | "state_history[].status", _) => json!("FAILED"),
        ("conversationSummary.sentiment", _) => json!("NEGATIVE"),
        ("messages[].message_type", _) => json!("user"),
        ("call_transfer.transfer_status", _) => json!("failed"),
        ("call_transfer.transfer_type", _) => json!("blind"),
        ("call_transfer.transfer_target", _) => json!("42"),
        ("messages[].timestamp", _) => json!("2024-03-08T00:00:09Z"),
        (_, Value::String(text)) => json!(format!("another {text}")),
        (_, Value::Number(number)) => json!(number.as_f64().unwrap() + 1000.0),
        (_, Value::Bool(flag)) => json!(!flag),
        (_, Value::Object(_)) => json!({"other": true}),
        (_, Value::Array(_)) => json!([]),
        (_, Value::Null) => panic!("{path} is not set"),
    }
}

#[tokio::test]
async fn the_table_is_what_the_code_does() {
    let world = World::new().await;
    let mut record = whole(&schema::RECORD);
    for (name, value) in [("organization_id", "acme"), ("project_id", "p"), ("status", "TRANSFERRED")] {
        record[name] = json!(value);
    }
    record["call_transfer"]["transfer_target"] = json!("+12125559876");
    // A deleted one is not shown there, and its history would have to agree with its status.
    record.as_object_mut().unwrap().retain(|name, _| !["deleted_at", "created_day"].contains(&name.as_str()));
    let bare = ["state_history", "status"];
    let mut tried = 0;
    for (index, (attribute, _)) in MAPPING.iter().enumerate() {
        let is_part = MAPPING.iter().any(|(other, _)| {
            other.starts_with(&format!("{attribute}.")) || other.starts_with(&format!("{attribute}[]."))
        });
        if NOT_ALONE.contains(attribute) || is_part || *attribute == "deleted_at" {
            continue;
        }
        let mut sent = record.clone();
        // The status follows from the history, so each of the two is tried without the other.
        let root = attribute.split(['.', '[']).next().unwrap();
        sent.as_object_mut().unwrap().retain(|name, _| !bare.contains(&name.as_str()) || *name == root);
        let mut before = world.seen(&format!("a{index}"), sent.clone()).await;
        let place = at(&mut sent, attribute);
        *place = other(attribute, place);
        let mut after = world.seen(&format!("b{index}"), sent).await;
        for (_, ours) in MAPPING.iter().filter(|(_, ours)| !["name", "messages[].name"].contains(ours)) {
            let changes = at(&mut before, ours) != at(&mut after, ours);
            let is_named = MAPPING.iter().any(|(named, field)| named == attribute && field == ours);
            assert!(changes || !is_named, "{attribute} is {ours}");
            let holds_it = MAPPING.iter().any(|(named, field)| {
                named == attribute && (field.starts_with(ours) || follows(field, ours))
            });
            assert!(!changes || holds_it, "{attribute} changes {ours} as well");
        }
        tried += 1;
    }
    assert!(tried >= 35, "{tried}");
}

/// Whether the second of two fields tells of the first as well.
fn follows(field: &str, other: &str) -> bool {
    match field {
        // What is told last of a history is the status, and when it began is where it starts to count.
        "stateHistory[].status" => other == "status",
        "status" => other.starts_with("stateHistory"),
        "startTime" => other.starts_with("stateHistory") || other == "duration",
        _ => false,
    }
}
