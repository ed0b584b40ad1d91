//! Annotations and comments: the standard methods, what they refer to, and what they leave in the log.

use hansard_conformance::answer::Answer;
use hansard_conformance::client::{escape, runtime};
use hansard_conformance::desk::{Desk, column};
use hansard_conformance::grpc;
use hansard_conformance::house::house;
use hansard_conformance::sample::Target;
use hansard_proto::v1 as pb;
use serde_json::{Value, json};

/// A desk with the agent's conversation `a`, in which `m1` says "a€b".
fn desk() -> Desk {
    let desk = house().desk();
    desk.start("a", &json!({"agent": "customers/acme/users/ada"}));
    desk.append("a", "m1", "a€b");
    desk
}

/// What can be remarked on `a`: collection, query of the id, body.
fn remarks(desk: &Desk) -> [(&'static str, &'static str, Value); 5] {
    let profile = desk.profile.rsplit('/').next().unwrap().to_owned();
    let [customer, conversation, item] = ["acme", "a", "x"].map(str::to_owned);
    Target { customer, profile, conversation, item }.remarks()
}

fn create(desk: &Desk, collection: &str, query: &str, body: &Value) -> Answer {
    desk.client.post(&desk.path("a", &format!("/{collection}?{query}")), body)
}

fn behavior(desk: &Desk, body: &Value) -> Answer {
    create(desk, "behaviorAnnotations", "", body)
}

fn kinds(desk: &Desk) -> Vec<Value> {
    column(&desk.changes(), "kind")
}

#[test]
fn each_kind_has_the_standard_methods() {
    let desk = desk();
    for (collection, id, body) in remarks(&desk) {
        let at = |rest: &str| desk.path("a", &format!("/{collection}{rest}"));
        let created = desk.client.post(&at(&format!("?{id}=one")), &body).ok();
        assert_eq!(created["name"], format!("{}/{collection}/one", desk.name("a")));
        for (field, value) in body.as_object().unwrap() {
            assert_eq!(created[field], *value);
        }
        assert!(created["author"].as_str().unwrap().starts_with("customers/acme/apiKeys/"), "{created}");
        assert!(created["createTime"].is_string() && created["etag"].is_string());
        desk.client.post(&at(&format!("?{id}=one")), &body).fails("ALREADY_EXISTS");
        desk.client.post(&at(""), &json!({})).fails("INVALID_ARGUMENT");
        let given = desk.client.post(&at(""), &body).ok();
        assert_eq!(desk.client.get(&at("/one")).ok(), created);
        let listed = desk.client.get(&at("")).ok()[collection].take();
        let names = column(listed.as_array().unwrap(), "name");
        assert_eq!(names.len(), 2);
        assert!(names.contains(&created["name"]) && names.contains(&given["name"]), "{names:?}");
        let updated = desk.client.patch(&at("/one"), &body).ok();
        assert_ne!(updated["etag"], created["etag"]);
        desk.client.patch(&at("/one?updateMask=author"), &json!({"author": "x"})).invalid("updateMask");
        let stale = created["etag"].as_str().unwrap();
        let mut guarded = body.clone();
        guarded["etag"] = json!(stale);
        desk.client.patch(&at("/one"), &guarded).fails("ABORTED");
        desk.client.delete(&at(&format!("/one?etag={}", escape(stale)))).fails("ABORTED");
        assert_eq!(desk.client.delete(&at("/one")).ok(), json!({}));
        desk.client.get(&at("/one")).fails("NOT_FOUND");
        desk.client.delete(&at("/one")).fails("NOT_FOUND");
        desk.client.patch(&at("/one"), &body).fails("NOT_FOUND");
    }
}

#[test]
fn grpc_says_the_same() {
    let desk = desk();
    let mut client = grpc::annotations(desk.client.address(), &house().keys.admin);
    let message = format!("{}/messages/m1", desk.name("a"));
    let action = pb::ActionAnnotation {
        action: "offer".to_owned(),
        message,
        start_index: 1,
        end_index: 4,
        live_assist: true,
        source: pb::annotation::Source::Model.into(),
        ..Default::default()
    };
    let request = pb::CreateActionAnnotationRequest {
        parent: desk.name("a"),
        action_annotation_id: "one".to_owned(),
        action_annotation: Some(action.clone()),
    };
    let created = runtime().block_on(client.create_action_annotation(request)).unwrap().into_inner();
    let expected = pb::ActionAnnotation {
        name: created.name.clone(),
        author: created.author.clone(),
        create_time: created.create_time,
        update_time: created.update_time,
        etag: created.etag.clone(),
        ..action
    };
    assert_eq!(created, expected);
    let read = desk.client.get(&desk.path("a", "/actionAnnotations/one")).ok();
    assert_eq!([&read["source"], &read["liveAssist"]], [&json!("MODEL"), &json!(true)]);
    assert_eq!([&read["startIndex"], &read["endIndex"]], [1, 4]);
    let request = pb::ListActionAnnotationsRequest { parent: desk.name("a"), ..Default::default() };
    let listed = runtime().block_on(client.list_action_annotations(request)).unwrap().into_inner();
    assert_eq!(listed.action_annotations, std::slice::from_ref(&created));
    let request = pb::DeleteActionAnnotationRequest { name: created.name, ..Default::default() };
    runtime().block_on(client.delete_action_annotation(request)).unwrap();
    desk.client.get(&desk.path("a", "/actionAnnotations/one")).fails("NOT_FOUND");
}

#[test]
fn each_write_is_a_change_in_order() {
    let desk = desk();
    let before = kinds(&desk).len();
    let mut expected = Vec::new();
    let words =
        ["MOMENT_ANNOTATION", "BEHAVIOR_ANNOTATION", "ACTION_ANNOTATION", "HINT_ANNOTATION", "COMMENT"];
    for ((collection, id, body), word) in remarks(&desk).into_iter().zip(words) {
        let at = desk.path("a", &format!("/{collection}/one"));
        create(&desk, collection, &format!("{id}=one"), &body).ok();
        desk.client.patch(&at, &body).ok();
        desk.client.delete(&at).ok();
        expected.extend([format!("{word}_WRITTEN"), format!("{word}_WRITTEN"), format!("{word}_DELETED")]);
        let last = desk.changes().pop().unwrap();
        assert_eq!(last["resource"], format!("{}/{collection}/one", desk.name("a")));
        assert_eq!(last["conversation"], desk.name("a").as_str());
    }
    let changes = desk.changes();
    assert_eq!(column(&changes, "kind")[before..], expected);
    assert!(column(&changes, "cursor").is_sorted_by_key(|cursor| cursor.as_str().unwrap().to_owned()));
}

#[test]
fn a_failed_write_leaves_no_change() {
    let desk = desk();
    let before = (kinds(&desk), desk.conversation("a"));
    behavior(&desk, &json!({"behavior": ""})).invalid("behaviorAnnotation.behavior");
    let absent = format!("{}/messages/m9", desk.name("a"));
    behavior(&desk, &json!({"behavior": "b", "message": absent})).invalid("behaviorAnnotation.message");
    assert_eq!((kinds(&desk), desk.conversation("a")), before);
    behavior(&desk, &json!({"behavior": "b"})).ok();
    assert_eq!(desk.conversation("a"), before.1, "an annotation leaves its conversation's etag");
}

#[test]
fn references_are_well_formed_and_of_the_customer() {
    let desk = desk();
    let moment = |name: &str| create(&desk, "momentAnnotations", "", &json!({"moment": name}));
    moment("refund").invalid("momentAnnotation.moment");
    moment("customers/globex/profiles/support/moments/refund").invalid("momentAnnotation.moment");
    moment(&format!("{}/moments/nobody-made-it", desk.profile)).ok();
    desk.start("b", &json!({}));
    desk.append("b", "m1", "hi");
    for message in ["m1", &format!("{}/messages/m1", desk.name("b"))] {
        behavior(&desk, &json!({"behavior": "b", "message": message})).invalid("behaviorAnnotation.message");
    }
    create(&desk, "comments", "commentId=a%2Fb", &json!({"text": "x"})).invalid("commentId");
}

#[test]
fn a_span_lies_on_characters() {
    let desk = desk();
    let message = format!("{}/messages/m1", desk.name("a"));
    let span = |start: i32, end: i32| {
        behavior(&desk, &json!({"behavior": "b", "message": message, "startIndex": start, "endIndex": end}))
    };
    span(1, 4).ok();
    span(0, 5).ok();
    span(2, 4).invalid("behaviorAnnotation.startIndex");
    span(1, 3).invalid("behaviorAnnotation.endIndex");
    span(0, 6).invalid("behaviorAnnotation.endIndex");
    span(4, 4).invalid("behaviorAnnotation.endIndex");
    span(-1, 4).invalid("behaviorAnnotation.startIndex");
    behavior(&desk, &json!({"behavior": "b", "endIndex": 1})).invalid("behaviorAnnotation.message");
    desk.try_append("a", "m2", &json!({"text": "growing", "state": "PARTIAL"})).ok();
    let growing =
        json!({"behavior": "b", "message": format!("{}/messages/m2", desk.name("a")), "endIndex": 1});
    behavior(&desk, &growing).fails("FAILED_PRECONDITION");
}

#[test]
fn what_was_remarked_on_a_deleted_message_loses_its_place() {
    let desk = desk();
    let message = format!("{}/messages/m1", desk.name("a"));
    let body = json!({"behavior": "b", "message": message, "startIndex": 1, "endIndex": 4});
    create(&desk, "behaviorAnnotations", "behaviorAnnotationId=one", &body).ok();
    desk.client.delete(&desk.path("a", "/messages/m1")).ok();
    let at = desk.path("a", "/behaviorAnnotations/one");
    let left = desk.client.get(&at).ok();
    assert_eq!([&left["behavior"], &left["message"]], [&json!("b"), &json!(message)]);
    assert_eq!([&left["startIndex"], &left["endIndex"]], [0, 0], "{left}");
    assert_eq!(left["etag"], "\"2\"");
    desk.client.patch(&at, &json!({"adherence": "ADHERED"})).ok();
    behavior(&desk, &body).invalid("behaviorAnnotation.message");
}

#[test]
fn pages_hold_each_once() {
    let desk = desk();
    for index in 0..5 {
        create(&desk, "hintAnnotations", &format!("hintAnnotationId=h{index}"), &json!({"hint": "x"})).ok();
    }
    create(&desk, "actionAnnotations", "", &json!({"action": "x"})).ok();
    let (mut names, mut token) = (Vec::new(), String::new());
    loop {
        let rest = format!("/hintAnnotations?pageSize=2&pageToken={}", escape(&token));
        let page = desk.client.get(&desk.path("a", &rest)).ok();
        names.extend(column(page["hintAnnotations"].as_array().unwrap(), "name"));
        token = page["nextPageToken"].as_str().unwrap().to_owned();
        if token.is_empty() {
            break;
        }
        let other = format!("/actionAnnotations?pageToken={}", escape(&token));
        desk.client.get(&desk.path("a", &other)).invalid("pageToken");
    }
    let expected = (0..5).map(|index| format!("{}/hintAnnotations/h{index}", desk.name("a")));
    assert_eq!(names, expected.collect::<Vec<_>>());
    desk.client.get(&desk.path("a", "/comments?pageSize=-1")).invalid("pageSize");
}

#[test]
fn a_retry_is_one_annotation() {
    let desk = desk();
    let post = |text: &str| {
        let call = desk.client.call("POST", &desk.path("a", "/comments"));
        call.header("idempotency-key", "k").json(&json!({"text": text})).send()
    };
    let first = post("hello").ok();
    assert_eq!(post("hello").ok(), first);
    post("other").fails("ABORTED");
    assert_eq!(desk.client.get(&desk.path("a", "/comments")).ok()["comments"], json!([first]));
}

#[test]
fn a_conversation_takes_its_annotations_along() {
    let desk = desk();
    for (collection, id, body) in remarks(&desk) {
        create(&desk, collection, &format!("{id}=one"), &body).ok();
    }
    desk.client.delete(&desk.path("a", "")).ok();
    desk.start("a", &json!({}));
    for (collection, ..) in remarks(&desk) {
        let listed = desk.client.get(&desk.path("a", &format!("/{collection}"))).ok();
        assert_eq!(listed[collection], json!([]));
    }
}
