//! What was acknowledged is found by whoever asks next: lists, counts and keywords under sixteen concurrent writers.
//!
//! Each writer has conversations of its own and knows what they are; right after each of its writes it asks for what the
//! write changed, over JSON and over gRPC. `HANSARD_FRESH_CHECKS` sets how many answers are looked at.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use hansard_conformance::client::{escape, runtime};
use hansard_conformance::desk::{Desk, id_of};
use hansard_conformance::grpc::{self, Keyed};
use hansard_conformance::house::house;
use hansard_proto::v1::conversation::State;
use hansard_proto::v1::conversation_filter::metadata_condition::Condition;
use hansard_proto::v1::conversation_filter::{LiveFilter, MetadataCondition};
use hansard_proto::v1::conversation_service_client::ConversationServiceClient;
use hansard_proto::v1::{
    Conversation, ConversationFilter, ConversationMessage, CountConversationsRequest,
    CreateConversationMessageRequest, DeleteConversationMessageRequest, DeleteConversationRequest,
    ListConversationsRequest, MetadataValue, StartConversationRequest, UpdateConversationStateRequest,
    metadata_value,
};
use serde_json::{Value, json};

const WRITERS: usize = 16;
const CHECKS: usize = 10_000;

/// What is asked for: one field with one value.
#[derive(Debug, Clone, Copy)]
enum Ask<'a> {
    Skill(&'a str),
    Keyword(&'a str),
    Name(&'a str),
    /// The value of the key `k`.
    Metadata(&'a str),
    /// The resource name of a tag.
    Tag(&'a str),
    /// Of a skill, and live or closed.
    Live(&'a str, LiveFilter),
}

impl Ask<'_> {
    fn json(self) -> Value {
        match self {
            Self::Skill(skill) => json!({"skills": [skill]}),
            Self::Keyword(text) => json!({"messageKeyword": text}),
            Self::Name(text) => json!({"displayNameContains": text}),
            Self::Metadata(value) => json!({"metadata": [{"key": "k", "equals": value}]}),
            Self::Tag(tag) => json!({"tags": [tag]}),
            Self::Live(skill, live) => json!({"skills": [skill], "liveFilter": live.as_str_name()}),
        }
    }

    /// The query of a GET; it cannot hold metadata.
    fn query(self) -> Option<String> {
        let (field, value) = match self {
            Self::Skill(skill) => ("skills", escape(skill)),
            Self::Keyword(text) => ("messageKeyword", escape(text)),
            Self::Name(text) => ("displayNameContains", escape(text)),
            Self::Metadata(_) => return None,
            Self::Tag(tag) => ("tags", escape(tag)),
            Self::Live(skill, live) => {
                let value = format!("{}&filter.liveFilter={}", escape(skill), live.as_str_name());
                ("skills", value)
            }
        };
        Some(format!("filter.{field}={value}"))
    }

    fn proto(self) -> ConversationFilter {
        let mut filter = ConversationFilter::default();
        match self {
            Self::Skill(skill) => filter.skills = vec![skill.to_owned()],
            Self::Keyword(text) => filter.message_keyword = text.to_owned(),
            Self::Name(text) => filter.display_name_contains = text.to_owned(),
            Self::Metadata(value) => {
                let value =
                    MetadataValue { value: Some(metadata_value::Value::StringValue(value.to_owned())) };
                let condition = Some(Condition::Equals(value));
                filter.metadata = vec![MetadataCondition { key: "k".to_owned(), condition }];
            }
            Self::Tag(tag) => filter.tags = vec![tag.to_owned()],
            Self::Live(skill, live) => {
                filter.skills = vec![skill.to_owned()];
                filter.live_filter = live.into();
            }
        }
        filter
    }
}

/// What all writers share.
struct Scene {
    desk: Desk,
    wanted: usize,
    checks: AtomicUsize,
    stale: Mutex<Vec<String>>,
}

/// One writer, who also reads.
struct Writer<'a> {
    scene: &'a Scene,
    number: usize,
    tag: String,
    grpc: ConversationServiceClient<Keyed>,
    /// Chooses the form of the next call.
    turn: usize,
}

impl<'a> Writer<'a> {
    fn new(scene: &'a Scene, number: usize) -> Self {
        let desk = &scene.desk;
        let grpc = grpc::conversations(desk.client.address(), &house().keys.admin);
        let tag = desk.create_tag(&format!("t{number}"));
        Self { scene, number, tag, grpc, turn: number }
    }

    fn desk(&self) -> &'a Desk {
        &self.scene.desk
    }

    fn work(mut self) {
        for round in 0.. {
            if self.scene.checks.load(Ordering::Relaxed) >= self.scene.wanted {
                return;
            }
            self.round(&format!("w{}r{round}", self.number));
        }
    }

    /// The life of one conversation, with a look after each step.
    fn round(&mut self, id: &str) {
        let skill = format!("skill-{id}");
        self.start(id, &skill);
        self.expect(Ask::Skill(&skill), Some(id));
        self.expect(Ask::Live(&skill, LiveFilter::LiveOnly), Some(id));
        let said = format!("Bitte 退款 für ÜBER-{id}.");
        self.append(id, &said);
        self.expect(Ask::Keyword(&said.to_lowercase()), Some(id));
        self.expect(Ask::Keyword(&format!("款 für über-{id}.")), Some(id));
        self.desk().verb(id, "updateDisplayName", &json!({"displayName": format!("Name of {id}!")})).ok();
        self.expect(Ask::Name(&format!("OF {id}!")), Some(id));
        for value in ["one", "two"] {
            let value = format!("{value} of {id}");
            self.desk()
                .verb(id, "upsertMetadata", &json!({"metadataValues": {"k": {"values": [value]}}}))
                .ok();
            self.expect(Ask::Metadata(&value), Some(id));
        }
        self.expect(Ask::Metadata(&format!("one of {id}")), None);
        let tags = self.desk().path(id, "/tags");
        self.desk().client.post(&tags, &json!({"tag": self.tag})).ok();
        let tag = self.tag.clone();
        self.expect(Ask::Tag(&tag), Some(id));
        self.desk().client.delete(&format!("{tags}/t{}", self.number)).ok();
        self.expect(Ask::Tag(&tag), None);
        self.close(id);
        self.expect(Ask::Live(&skill, LiveFilter::LiveOnly), None);
        self.expect(Ask::Live(&skill, LiveFilter::ClosedOnly), Some(id));
        self.delete_message(id);
        self.expect(Ask::Keyword(&said), None);
        self.delete(id);
        self.expect(Ask::Skill(&skill), None);
    }

    /// Looks for exactly this conversation, or none, in a list and in a count.
    fn expect(&mut self, ask: Ask<'_>, id: Option<&str>) {
        self.turn += 1;
        let listed = if self.turn.is_multiple_of(2) { self.list(ask) } else { self.list_grpc(ask) };
        let counted = match self.turn % 3 {
            0 => self.count(ask),
            1 => self.count_grpc(ask),
            _ => self.count_get(ask).unwrap_or_else(|| self.count(ask)),
        };
        self.scene.checks.fetch_add(2, Ordering::Relaxed);
        let expected: Vec<&str> = id.into_iter().collect();
        if listed != expected || counted != expected.len() as i64 {
            let found = format!("{ask:?}: {listed:?} and {counted}, not {expected:?}");
            self.scene.stale.lock().unwrap().push(found);
        }
    }

    fn list(&self, ask: Ask<'_>) -> Vec<String> {
        let page = self.desk().try_list(&json!({"filter": ask.json()})).ok();
        page["conversations"].as_array().unwrap().iter().map(id_of).collect()
    }

    fn list_grpc(&mut self, ask: Ask<'_>) -> Vec<String> {
        let parent = self.desk().profile.clone();
        let request = ListConversationsRequest {
            parent,
            filter: Some(ask.proto()),
            ..ListConversationsRequest::default()
        };
        let page = runtime().block_on(self.grpc.list_conversations(request)).unwrap().into_inner();
        let id = |found: &Conversation| found.name.rsplit('/').next().unwrap().to_owned();
        page.conversations.iter().map(id).collect()
    }

    fn count(&self, ask: Ask<'_>) -> i64 {
        let path = self.desk().at("/conversations:count");
        count_in(&self.desk().client.post(&path, &json!({"filter": ask.json()})).ok())
    }

    fn count_get(&self, ask: Ask<'_>) -> Option<i64> {
        let path = self.desk().at(&format!("/conversations:count?{}", ask.query()?));
        Some(count_in(&self.desk().client.get(&path).ok()))
    }

    fn count_grpc(&mut self, ask: Ask<'_>) -> i64 {
        let parent = self.desk().profile.clone();
        let request = CountConversationsRequest {
            parent,
            filter: Some(ask.proto()),
            ..CountConversationsRequest::default()
        };
        runtime().block_on(self.grpc.count_conversations(request)).unwrap().into_inner().count
    }
}

fn count_in(answer: &Value) -> i64 {
    answer["count"].as_str().unwrap().parse().unwrap()
}

/// Writes, over JSON or gRPC by turns.
impl Writer<'_> {
    fn by_grpc(&mut self) -> bool {
        self.turn += 1;
        self.turn.is_multiple_of(2)
    }

    fn start(&mut self, id: &str, skill: &str) {
        if !self.by_grpc() {
            self.desk().start(id, &json!({"skill": skill}));
            return;
        }
        let conversation = Conversation { skill: skill.to_owned(), ..Conversation::default() };
        let request = StartConversationRequest {
            parent: self.desk().profile.clone(),
            conversation_id: id.to_owned(),
            conversation: Some(conversation),
            ..StartConversationRequest::default()
        };
        runtime().block_on(self.grpc.start_conversation(request)).unwrap();
    }

    fn append(&mut self, id: &str, text: &str) {
        if !self.by_grpc() {
            self.desk().append(id, "m", text);
            return;
        }
        let message = ConversationMessage { text: text.to_owned(), ..ConversationMessage::default() };
        let request = CreateConversationMessageRequest {
            parent: self.desk().name(id),
            message_id: "m".to_owned(),
            conversation_message: Some(message),
            ..CreateConversationMessageRequest::default()
        };
        runtime().block_on(self.grpc.create_conversation_message(request)).unwrap();
    }

    fn close(&mut self, id: &str) {
        if !self.by_grpc() {
            self.desk().close(id);
            return;
        }
        let request = UpdateConversationStateRequest {
            conversation: self.desk().name(id),
            state: State::Closed.into(),
            ..UpdateConversationStateRequest::default()
        };
        runtime().block_on(self.grpc.update_conversation_state(request)).unwrap();
    }

    fn delete_message(&mut self, id: &str) {
        if !self.by_grpc() {
            self.desk().client.delete(&self.desk().path(id, "/messages/m")).ok();
            return;
        }
        let name = format!("{}/messages/m", self.desk().name(id));
        let request = DeleteConversationMessageRequest { name };
        runtime().block_on(self.grpc.delete_conversation_message(request)).unwrap();
    }

    fn delete(&mut self, id: &str) {
        if !self.by_grpc() {
            self.desk().client.delete(&self.desk().path(id, "")).ok();
            return;
        }
        let request = DeleteConversationRequest { name: self.desk().name(id) };
        runtime().block_on(self.grpc.delete_conversation(request)).unwrap();
    }
}

#[test]
fn what_was_acknowledged_is_found_by_the_next_search() {
    let wanted = std::env::var("HANSARD_FRESH_CHECKS").map_or(CHECKS, |text| text.parse().unwrap());
    let scene = Scene { desk: house().desk(), wanted, checks: AtomicUsize::new(0), stale: Mutex::default() };
    thread::scope(|scope| {
        for number in 0..WRITERS {
            let scene = &scene;
            scope.spawn(move || Writer::new(scene, number).work());
        }
    });
    let (checks, stale) = (scene.checks.into_inner(), scene.stale.into_inner().unwrap());
    println!("{checks} answers, {} stale", stale.len());
    assert!(checks >= wanted);
    assert!(stale.is_empty(), "{} of {checks}, such as {}", stale.len(), stale[0]);
}

#[test]
fn an_answer_that_is_stale_is_noticed() {
    let scene =
        Scene { desk: house().desk(), wanted: 0, checks: AtomicUsize::new(0), stale: Mutex::default() };
    let mut writer = Writer::new(&scene, 0);
    scene.desk.start("a", &json!({"skill": "one"}));
    for form in 0..6 {
        writer.turn = form;
        writer.expect(Ask::Skill("one"), Some("a"));
        assert_eq!(scene.stale.lock().unwrap().len(), 2 * form);
        writer.turn = form;
        writer.expect(Ask::Skill("one"), None);
        writer.turn = form;
        writer.expect(Ask::Skill("two"), Some("a"));
    }
    assert_eq!(scene.stale.lock().unwrap().len(), 12);
}
