//! RedactConversationMessage: one call takes a value out of everything that the conversation holds.

use hansard_conformance::desk::{Desk, column};
use hansard_conformance::house::house;
use serde_json::{Value, json};

const CODE: &str = "zqxj4711kvw";

/// A desk with the conversation `a`, which holds the code wherever a text can be.
fn desk() -> Desk {
    let desk = house().desk();
    let said = format!("x {CODE} y");
    desk.start(
        "a",
        &json!({
            "displayName": said,
            "visitor": {"displayName": said},
            "metadata": {"note": {"values": [{"stringValue": said}]}},
            "platformInfo": {"originalEventData": {CODE: [said]}},
            "summary": {"summary": said, "keyPoints": [said]},
        }),
    );
    let spelled = json!([{"word": "zqxj"}, {"word": "4711-"}, {"word": "KVW"}, {"word": "then"}]);
    let message = json!({
        "text": format!("Ü {CODE} and {CODE}, yes"),
        "textHtml": "<p title='zqxj4711kvw'>zqxj<b>47</b>11kvw</p>",
        "spokenText": said,
        "transcriptionInfo": {"words": spelled},
        "originalEventData": {"raw": said},
        "metadata": {"n": said},
        "email": {"subject": said, "from": "a@example.com", "to": [said]},
        "speaker": "VISITOR",
    });
    desk.try_append("a", "m1", &message).ok();
    desk.append("a", "m2", &format!("you said {}?", CODE.to_uppercase()));
    let custom = json!({"type": "CUSTOM", "custom": {"seen": said}});
    desk.client.post(&desk.path("a", "/events"), &custom).ok();
    desk.client.post(&desk.path("a", "/comments"), &json!({"text": said})).ok();
    desk
}

fn redact(desk: &Desk, (start, end): (i32, i32)) -> Value {
    let moment = format!("{}/moments/pass_code", desk.profile);
    let body = json!({"moment": moment, "startIndex": start, "endIndex": end, "reason": "asked for"});
    desk.client.post(&desk.path("a", "/messages/m1:redact"), &body).ok()
}

/// Everything that can be read of the conversation.
fn everything(desk: &Desk) -> String {
    let comments = desk.client.get(&desk.path("a", "/comments")).ok();
    let changes = desk.changes();
    let listed = desk.try_list(&json!({"filter": {"includeDevUsers": true}})).ok();
    let archive = desk.conversation("a");
    let all = json!([archive, desk.messages("a"), desk.events("a"), comments, changes, listed]);
    all.to_string().to_lowercase()
}

/// Its digits alone may be part of an id.
fn has_code(text: &str) -> bool {
    text.contains("zqxj") || text.contains("kvw")
}

#[test]
fn one_call_takes_a_value_out_of_everything() {
    let desk = desk();
    assert!(has_code(&everything(&desk)), "there is something to remove");
    assert_eq!(desk.select(&json!({"messageKeyword": CODE})), ["a"]);
    let redacted = redact(&desk, (3, 3 + CODE.len() as i32));
    let message = &redacted["conversationMessage"];
    assert_eq!(message["text"], "Ü [PASS_CODE] and [PASS_CODE], yes");
    assert_eq!(message["textHtml"], "<p title='[PASS_CODE]'>[PASS_CODE]<b></b></p>");
    assert_eq!(
        column(message["transcriptionInfo"]["words"].as_array().unwrap(), "word"),
        ["[PASS_CODE]", "then"]
    );
    let masked = message["redactions"].as_array().unwrap();
    assert_eq!((masked[0]["start"].clone(), masked[0]["end"].clone()), (json!(3), json!(14)));
    assert_eq!(masked[0]["moment"], format!("{}/moments/pass_code", desk.profile));
    assert!(!has_code(&redacted.to_string()));
    let after = everything(&desk);
    assert!(!has_code(&after), "{after}");
    for keyword in [CODE, "zqx", "zqxj4711"] {
        assert!(desk.select(&json!({"messageKeyword": keyword})).is_empty(), "{keyword}");
    }
    assert_eq!(desk.messages("a")[1]["text"], "you said [PASS_CODE]?");
}

#[test]
fn it_is_told_as_a_moment_a_change_an_event_and_a_receipt() {
    let desk = desk();
    let remark = json!({"behavior": "thanks", "message": format!("{}/messages/m1", desk.name("a")), "startIndex": 32, "endIndex": 35});
    let remarked = desk.client.post(&desk.path("a", "/behaviorAnnotations"), &remark).ok();
    let redacted = redact(&desk, (3, 14));
    let moments = desk.client.get(&desk.path("a", "/momentAnnotations")).ok();
    let moments = moments["momentAnnotations"].as_array().unwrap().clone();
    let of_code = |moment: &&Value| moment["moment"].as_str().unwrap().ends_with("pass_code");
    let moment = moments.iter().find(of_code).unwrap();
    assert_eq!((&moment["startIndex"], &moment["endIndex"]), (&json!(3), &json!(14)));
    assert_eq!((&moment["originalStartIndex"], &moment["originalEndIndex"]), (&json!(3), &json!(14)));
    let moved = desk.client.get(&format!("/v1/{}", remarked["name"].as_str().unwrap())).ok();
    assert_eq!((&moved["startIndex"], &moved["endIndex"]), (&json!(32), &json!(35)));
    let kinds = column(&desk.changes(), "kind");
    assert!(kinds.contains(&json!("MESSAGE_REDACTED")), "{kinds:?}");
    assert_eq!(desk.events_of("a", "MESSAGE_REDACTED").len(), 2);
    let receipt = desk.client.get(&format!("/v1/{}", redacted["receipt"].as_str().unwrap())).ok();
    assert_eq!(receipt["conversation"], desk.name("a"));
    assert_eq!(receipt["reason"], "asked for");
    let places = receipt["places"].as_array().unwrap();
    for field in
        ["text", "textHtml", "spokenText", "email.subject", "custom/0", "summary.summary", "displayName"]
    {
        assert!(places.iter().any(|place| place["field"] == field), "{field}: {receipt}");
    }
    assert!(!has_code(&receipt.to_string()));
    let listed =
        desk.client.get(&desk.at(&format!("/redactionReceipts?conversation={}", desk.name("a")))).ok();
    assert_eq!(listed["redactionReceipts"].as_array().unwrap().len(), 1);
    let audit = house().admin().get("/v1/customers/acme/auditEntries?pageSize=1000").ok().to_string();
    assert!(audit.contains("message.redact") && !has_code(&audit));
}

#[test]
fn a_look_again_proves_absence() {
    let desk = desk();
    let redacted = redact(&desk, (3, 14));
    let verify = format!("/v1/{}:verify", redacted["receipt"].as_str().unwrap());
    let clean = desk.client.post(&verify, &json!({"values": [CODE]})).ok();
    assert_eq!(clean["clean"], true, "{clean}");
    assert!(clean["checkedPlaces"].as_i64().unwrap() > 10);
    desk.append("a", "m3", &format!("it was {CODE}"));
    let found = desk.client.post(&verify, &json!({"values": [CODE]})).ok();
    assert_eq!(found["clean"], false);
    assert_eq!(found["findings"][0]["resource"], format!("{}/messages/m3", desk.name("a")));
    assert!(!found.to_string().contains(CODE));
    desk.client.post(&verify, &json!({"values": [" "]})).invalid("values[0]");
}

#[test]
fn what_cannot_be_cut_is_refused_by_its_field() {
    let desk = desk();
    let at = desk.path("a", "/messages/m1:redact");
    let moment = format!("{}/moments/pass_code", desk.profile);
    for (start, end, field) in [
        (1, 3, "startIndex"),
        (0, 1, "endIndex"),
        (-1, 3, "startIndex"),
        (0, 999, "endIndex"),
        (3, 3, "endIndex"),
    ] {
        let body = json!({"moment": moment, "startIndex": start, "endIndex": end});
        desk.client.post(&at, &body).invalid(field);
    }
    desk.client.post(&at, &json!({"startIndex": 3, "endIndex": 14})).invalid("moment");
    let other = json!({"moment": "customers/acme/profiles/sales/moments/x", "startIndex": 3, "endIndex": 14});
    desk.client.post(&at, &other).invalid("moment");
    desk.client.post(&desk.at("/moments?momentId=word"), &json!({"type": "KEYWORD"})).ok();
    let keyword =
        json!({"moment": format!("{}/moments/word", desk.profile), "startIndex": 3, "endIndex": 14});
    desk.client.post(&at, &keyword).invalid("moment");
    redact(&desk, (3, 14));
    desk.client.post(&at, &json!({"moment": moment, "startIndex": 5, "endIndex": 20})).invalid("startIndex");
    desk.client.delete(&desk.path("a", "/messages/m2")).ok();
    let gone = json!({"moment": moment, "startIndex": 0, "endIndex": 1});
    desk.client.post(&desk.path("a", "/messages/m2:redact"), &gone).fails("FAILED_PRECONDITION");
}

#[test]
fn deletions_leave_receipts_without_values() {
    let desk = desk();
    desk.client.delete(&desk.path("a", "/messages/m2")).ok();
    desk.client.delete(&desk.path("a", "")).ok();
    let receipts = desk.client.get(&desk.at("/redactionReceipts")).ok();
    let list = receipts["redactionReceipts"].as_array().unwrap();
    assert_eq!(list.len(), 2);
    assert_eq!(list[0]["places"][0]["field"], "text");
    assert_eq!(list[1]["places"][0]["resource"], desk.name("a"));
    assert!(!has_code(&receipts.to_string()));
    for receipt in list {
        let verify = format!("/v1/{}:verify", receipt["name"].as_str().unwrap());
        assert_eq!(desk.client.post(&verify, &json!({"values": [CODE]})).ok()["clean"], true);
    }
}
