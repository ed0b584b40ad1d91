//! Appending, reading and listing messages: sections 2 and 3.3 of the contract.

use std::collections::BTreeSet;
use std::thread;

use hansard_conformance::client::escape;
use hansard_conformance::desk::{Desk, column, id_of};
use hansard_conformance::house::house;
use serde_json::{Value, json};

/// A desk with one live conversation, `a`.
fn desk() -> Desk {
    let desk = house().desk();
    desk.start("a", &json!({}));
    desk
}

fn batch(desk: &Desk, messages: &[Value]) -> hansard_conformance::answer::Answer {
    desk.client.post(&desk.path("a", "/messages:batchCreate"), &json!({"messages": messages}))
}

#[test]
fn an_append_stores_the_message() {
    let desk = desk();
    let message = json!({
        "text": "Where is my order?",
        "textHtml": "<p>Where is my order?</p>",
        "speaker": "VISITOR",
        "speakerInfo": {"displayName": "V", "platformSpeakerId": "s"},
        "sendTime": "2026-01-05T09:00:01Z",
        "audioStartOffset": "1.50s",
        "audioEndOffset": "3s",
        "transcriptionInfo": {
            "words": [{"word": "Where", "startOffset": "1.5s", "endOffset": "1.75s", "confidence": 0.5}],
            "confidence": 0.75, "model": "m", "languageCode": "en-US",
        },
        "originalEventData": {"id": "x"},
        "attachments": [{"uri": "https://files.example/1", "mimeType": "image/png", "sizeBytes": "5000000000", "sha256": "00".repeat(32)}],
        "toolCalls": [{"id": "t", "name": "lookup", "arguments": {"order": "7"}, "result": {"found": true}}],
        "spokenText": "Where is",
        "metadata": {"tone": "calm"},
    });
    let answer = desk.try_append("a", "m1", &message).ok();
    assert_eq!(answer["outcome"], "CREATED");
    let stored = &answer["conversationMessage"];
    assert_eq!(stored["name"], format!("{}/messages/m1", desk.name("a")));
    assert_eq!(stored["sequencePosition"], 1);
    assert_eq!(stored["state"], "FINAL");
    assert_eq!(stored["audioStartOffset"], "1.5s", "1: the fewest digits");
    for field in message.as_object().unwrap().keys().filter(|field| *field != "audioStartOffset") {
        assert_eq!(stored[field], message[field], "3.3: {field}");
    }
    assert_eq!(desk.client.get(&desk.path("a", "/messages/m1")).ok(), json!({"conversationMessage": stored}));
}

#[test]
fn the_send_time_defaults_to_the_create_time() {
    let desk = desk();
    let stored = desk.append("a", "m1", "hi");
    assert_eq!(stored["sendTime"], stored["createTime"]);
}

#[test]
fn output_only_fields_are_ignored() {
    let desk = desk();
    let sent = json!({
        "text": "hi", "sequencePosition": 99, "createTime": "2001-01-01T00:00:00Z",
        "updateTime": "2001-01-01T00:00:00Z", "deleteTime": "2001-01-01T00:00:00Z",
        "redactions": [{"entityType": "X", "start": 0, "end": 1}],
    });
    let stored = desk.try_append("a", "m1", &sent).ok()["conversationMessage"].take();
    assert_eq!(stored["sequencePosition"], 1);
    assert!(stored["createTime"].as_str().unwrap() > "2020");
    assert!(stored.get("deleteTime").is_none() && stored.get("redactions").is_none());
}

#[test]
fn the_same_id_returns_the_stored_message_unchanged() {
    let desk = desk();
    let stored = desk.append("a", "m1", "first");
    desk.append("a", "m2", "second");
    let before = desk.changes();
    let again = desk.try_append("a", "m1", &json!({"text": "other"})).ok();
    assert_eq!(again, json!({"conversationMessage": stored, "outcome": "ALREADY_EXISTS"}));
    desk.close("a");
    let after_closing = desk.try_append("a", "m1", &json!({"text": "other"})).ok();
    assert_eq!(after_closing, again, "2: also after closing");
    assert_eq!(desk.changes()[..before.len()], before[..]);
    assert_eq!(desk.messages("a").len(), 2);
}

#[test]
fn an_absent_id_is_given_by_the_service() {
    let desk = desk();
    let path = desk.path("a", "/messages");
    let names: BTreeSet<String> = (0..3)
        .map(|_| id_of(&desk.client.post(&path, &json!({"text": "same"})).ok()["conversationMessage"]))
        .collect();
    assert_eq!(names.len(), 3);
}

#[test]
fn a_closed_conversation_takes_no_message() {
    let desk = desk();
    desk.close("a");
    desk.try_append("a", "m1", &json!({"text": "late"})).fails("FAILED_PRECONDITION");
    batch(&desk, &[json!({"text": "late"})]).fails("FAILED_PRECONDITION");
    assert!(desk.messages("a").is_empty());

    let allowed = desk.path("a", "/messages?messageId=m1&allowClosed=true");
    assert_eq!(desk.client.post(&allowed, &json!({"text": "late"})).ok()["outcome"], "CREATED");
    let allowed = desk.path("a", "/messages:batchCreate?allowClosed=true");
    let in_query = desk.client.post(&allowed, &json!({"messages": [{"text": "later"}]}));
    assert_eq!(in_query.status, 200, "2: query flag allowClosed: {in_query}");
    assert_eq!(desk.messages("a").len(), 2);
}

#[test]
fn ingestion_may_append_to_its_closed_conversations() {
    let desk = house().desk();
    desk.start("a", &json!({"source": "INGESTION_PIPELINE", "state": "CLOSED"}));
    assert_eq!(desk.append("a", "m1", "late")["sequencePosition"], 1, "3.3");
}

#[test]
fn a_message_to_an_absent_conversation_is_not_found() {
    let desk = house().desk();
    desk.try_append("absent", "m1", &json!({"text": "x"})).fails("NOT_FOUND");
    desk.client.get(&desk.path("absent", "/conversationMessages")).fails("NOT_FOUND");
}

#[test]
fn a_batch_keeps_its_order_and_returns_known_ids_unchanged() {
    let desk = desk();
    let known = desk.append("a", "known", "stored before");
    let named =
        |id: &str, text: &str| json!({"name": format!("{}/messages/{id}", desk.name("a")), "text": text});
    let messages = [named("z", "one"), named("known", "other"), json!({"text": "two"}), named("b", "three")];
    let created = batch(&desk, &messages).ok()["conversationMessages"].take();
    let created = created.as_array().unwrap();
    assert_eq!(created[1], known, "2: ids already stored come back unchanged");
    assert_eq!(column(created, "sequencePosition"), [2, 1, 3, 4]);
    assert_eq!(column(&desk.messages("a"), "text"), ["stored before", "one", "two", "three"]);
}

#[test]
fn a_batch_is_all_or_nothing() {
    let desk = desk();
    let before = desk.changes();
    batch(&desk, &[json!({"text": "fine"}), json!({"text": "a\u{0}b"})]).invalid("messages[1].text");
    let foreign =
        json!({"name": "customers/acme/profiles/support/conversations/other/messages/m", "text": "x"});
    batch(&desk, &[json!({"text": "fine"}), foreign]).invalid("messages[1].name");
    assert!(desk.messages("a").is_empty());
    assert_eq!(desk.changes(), before);
    assert_eq!(desk.append("a", "m", "next")["sequencePosition"], 1, "3.3: no gap");
}

#[test]
fn a_batch_holds_at_most_1000() {
    let desk = desk();
    let messages: Vec<Value> = (0..1001).map(|index| json!({"text": index.to_string()})).collect();
    batch(&desk, &messages).invalid("messages");
    assert!(desk.messages("a").is_empty());
    let created = batch(&desk, &messages[..1000]).ok();
    assert_eq!(created["conversationMessages"].as_array().unwrap().len(), 1000);
    assert_eq!(column(&desk.messages("a"), "text"), column(&messages[..1000], "text"));
}

#[test]
fn positions_have_no_gap_and_no_repeat_under_16_writers() {
    let desk = desk();
    const EACH: usize = 25;
    thread::scope(|scope| {
        for writer in 0..16 {
            let desk = &desk;
            scope.spawn(move || {
                for index in 0..EACH {
                    desk.append("a", &format!("w{writer}-{index}"), &index.to_string());
                }
            });
        }
    });
    let messages = desk.messages("a");
    let expected: Vec<usize> = (1..=16 * EACH).collect();
    assert_eq!(column(&messages, "sequencePosition"), expected);
    for writer in 0..16 {
        let prefix = format!("w{writer}-");
        let own = messages.iter().filter(|message| id_of(message).starts_with(&prefix)).cloned();
        let texts = column(&own.collect::<Vec<_>>(), "text");
        assert_eq!(
            texts,
            (0..EACH).map(|index| index.to_string()).collect::<Vec<_>>(),
            "in the order of commit"
        );
    }
}

#[test]
fn messages_are_listed_by_position_page_after_page() {
    let desk = desk();
    let messages: Vec<Value> = (0..101).map(|index| json!({"text": index.to_string()})).collect();
    batch(&desk, &messages).ok();
    let list = |query: &str| desk.client.get(&desk.path("a", &format!("/conversationMessages{query}")));
    let first = list("").ok();
    assert_eq!(first["conversationMessages"].as_array().unwrap().len(), 100, "2: default 100");
    let token = escape(first["nextPageToken"].as_str().unwrap());
    let second = list(&format!("?pageToken={token}")).ok();
    assert_eq!(column(second["conversationMessages"].as_array().unwrap(), "text"), ["100"]);
    assert_eq!(second["nextPageToken"], "", "1: empty token = last page");
    assert_eq!(list("?pageSize=3").ok()["conversationMessages"].as_array().unwrap().len(), 3);
    assert_eq!(list("?pageSize=100000").ok()["conversationMessages"].as_array().unwrap().len(), 101);
    list("?pageSize=-1").invalid("pageSize");
}

#[test]
fn a_page_token_is_bound_to_its_conversation() {
    let desk = desk();
    desk.start("b", &json!({}));
    for id in ["a", "b"] {
        desk.append(id, "m1", "1");
        desk.append(id, "m2", "2");
    }
    let page = desk.client.get(&desk.path("a", "/conversationMessages?pageSize=1")).ok();
    let token = escape(page["nextPageToken"].as_str().unwrap());
    let path = format!("/conversationMessages?pageSize=1&pageToken={token}");
    desk.client.get(&desk.path("a", &path)).ok();
    desk.client.get(&desk.path("b", &path)).invalid("pageToken");
    desk.client
        .get(&desk.path("a", &path.replace("conversationMessages", "conversationEvents")))
        .invalid("pageToken");
}

#[test]
fn several_messages_are_got_at_once() {
    let desk = desk();
    for id in ["m1", "m2", "m3"] {
        desk.append("a", id, id);
    }
    let get = |ids: &[&str]| {
        let names: Vec<String> =
            ids.iter().map(|id| format!("names={}/messages/{id}", desk.name("a"))).collect();
        desk.client.get(&desk.path("a", &format!("/messages:batchGet?{}", names.join("&"))))
    };
    let got = get(&["m3", "m1"]).ok();
    assert_eq!(column(got["conversationMessages"].as_array().unwrap(), "text"), ["m3", "m1"]);
    get(&["m1", "absent"]).fails("NOT_FOUND");
    desk.client.get(&desk.path("a", "/messages:batchGet?names=m1")).invalid("names[0]");
}

#[test]
fn participants_are_everyone_who_has_spoken() {
    let desk = desk();
    for (id, speaker) in [("m1", "VISITOR"), ("m2", "AGENT"), ("m3", "VISITOR")] {
        desk.try_append("a", id, &json!({"text": "x", "speaker": speaker})).ok();
    }
    let conversation = desk.conversation("a");
    assert_eq!(column(conversation["participants"].as_array().unwrap(), "role"), ["VISITOR", "AGENT"]);
    assert_eq!(conversation["messageCount"], 3);
}

#[test]
fn an_email_is_a_message() {
    let desk = house().desk();
    desk.start("a", &json!({"channel": "EMAIL"}));
    let email = json!({
        "subject": "Order 7", "from": "v@mail.example", "to": ["desk@mail.example"], "cc": ["c@mail.example"],
        "messageId": "<2@mail.example>", "inReplyTo": "<1@mail.example>",
    });
    let stored = desk.try_append("a", "m1", &json!({"text": "Hello", "email": email})).ok();
    let masked = json!({
        "subject": "Order 7", "from": "[EMAIL]", "to": ["[EMAIL]"], "cc": ["[EMAIL]"],
        "messageId": "<2@mail.example>", "inReplyTo": "<1@mail.example>",
    });
    assert_eq!(stored["conversationMessage"]["email"], masked, "addresses are personal data");

    desk.verb("b", "start?featureOverride.skipPiiRedation=true", &json!({"channel": "EMAIL"})).ok();
    let stored = desk.try_append("b", "m1", &json!({"text": "Hello", "email": email})).ok();
    assert_eq!(stored["conversationMessage"]["email"], email, "3.3");
}
