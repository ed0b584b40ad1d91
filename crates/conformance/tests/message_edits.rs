//! Growing transcripts and tombstones: UpdateConversationMessage and DeleteConversationMessage.

use hansard_conformance::answer::Answer;
use hansard_conformance::desk::{Desk, column};
use hansard_conformance::house::house;
use serde_json::{Value, json};

fn desk() -> Desk {
    let desk = house().desk();
    desk.start("a", &json!({"channel": "VOICE"}));
    desk
}

fn patch(desk: &Desk, id: &str, mask: &str, body: &Value) -> Answer {
    desk.client.patch(&desk.path("a", &format!("/messages/{id}?updateMask={mask}")), body)
}

#[test]
fn an_interim_transcript_grows_until_it_is_final() {
    let desk = desk();
    desk.try_append("a", "m1", &json!({"text": "Where", "state": "PARTIAL"})).ok();
    let grown = patch(&desk, "m1", "text", &json!({"text": "Where is"})).ok()["conversationMessage"].take();
    assert_eq!([&grown["text"], &grown["state"]], ["Where is", "PARTIAL"]);
    let body = json!({"text": "Where is it?", "state": "FINAL", "audioEndOffset": "2s"});
    let done = patch(&desk, "m1", "text,state,audioEndOffset", &body).ok()["conversationMessage"].take();
    assert_eq!([&done["text"], &done["state"], &done["audioEndOffset"]], ["Where is it?", "FINAL", "2s"]);
    assert_eq!(done["sequencePosition"], 1);
    assert_eq!(done, desk.messages("a")[0]);
    assert!(column(&desk.changes(), "kind").contains(&json!("MESSAGE_UPDATED")));
}

#[test]
fn a_final_message_keeps_its_words() {
    let desk = desk();
    desk.append("a", "m1", "said");
    for (mask, body) in [
        ("text", json!({"text": "unsaid"})),
        ("state", json!({"state": "PARTIAL"})),
        ("speaker", json!({"speaker": "AGENT"})),
        ("textHtml,text", json!({"text": "unsaid", "textHtml": "<b/>"})),
    ] {
        let refused = patch(&desk, "m1", mask, &body);
        assert!(["FAILED_PRECONDITION", "INVALID_ARGUMENT"].contains(&refused.code()), "{refused}");
    }
    assert_eq!(desk.messages("a")[0]["text"], "said");
    assert!(desk.messages("a")[0].get("textHtml").is_none(), "nothing of a refused update stays");
}

#[test]
fn a_final_message_accepts_what_is_about_it() {
    let desk = desk();
    desk.append("a", "m1", "said");
    let body = json!({
        "textHtml": "<p>said</p>",
        "speakerInfo": {"displayName": "Ada"},
        "transcriptionInfo": {"model": "m2"},
        "attachments": [{"uri": "https://files.example/1"}],
        "metadata": {"tone": "calm"},
    });
    let mask = "textHtml,speakerInfo,transcriptionInfo,attachments,metadata";
    let updated = patch(&desk, "m1", mask, &body).ok()["conversationMessage"].take();
    for (field, value) in body.as_object().unwrap() {
        assert_eq!(&updated[field], value, "2: {field}");
    }
    assert_eq!(updated["text"], "said");
}

#[test]
fn a_mask_names_known_input_fields() {
    let desk = desk();
    desk.try_append("a", "m1", &json!({"text": "x", "state": "PARTIAL"})).ok();
    for mask in
        ["nonsense", "name", "sequencePosition", "createTime", "updateTime", "redactions", "deleteTime"]
    {
        patch(&desk, "m1", mask, &json!({"text": "y"})).invalid("updateMask");
    }
    patch(&desk, "absent", "text", &json!({"text": "y"})).fails("NOT_FOUND");
}

#[test]
fn a_deleted_message_leaves_a_tombstone() {
    let desk = desk();
    for id in ["m1", "m2", "m3"] {
        let message = json!({"text": id, "textHtml": id, "originalEventData": {"secret": id}, "metadata": {"secret": id}});
        desk.try_append("a", id, &message).ok();
    }
    assert_eq!(desk.client.delete(&desk.path("a", "/messages/m2")).ok(), json!({}));
    assert_eq!(column(&desk.messages("a"), "text"), ["m1", "m3"]);

    let all = desk.client.get(&desk.path("a", "/conversationMessages?showDeleted=true")).ok();
    let all = all["conversationMessages"].as_array().unwrap();
    assert_eq!(column(all, "sequencePosition"), [1, 2, 3]);
    let tombstone = &all[1];
    assert_eq!(tombstone["name"], format!("{}/messages/m2", desk.name("a")));
    assert!(tombstone["deleteTime"].is_string());
    for gone in ["text", "textHtml", "originalEventData", "metadata"] {
        assert!(tombstone.get(gone).is_none(), "2: the text is gone: {tombstone}");
    }
    assert_eq!(desk.append("a", "m4", "next")["sequencePosition"], 4, "3.3: no repeat");
    assert_eq!(desk.conversation("a")["messageCount"], 4, "deleted ones included");
    assert_eq!(desk.events_of("a", "MESSAGE_DELETED").len(), 1);
    assert!(column(&desk.changes(), "kind").contains(&json!("MESSAGE_DELETED")));
}

#[test]
fn a_tombstone_can_be_neither_changed_nor_brought_back() {
    let desk = desk();
    desk.try_append("a", "m1", &json!({"text": "gone", "state": "PARTIAL"})).ok();
    desk.client.delete(&desk.path("a", "/messages/m1")).ok();
    let again = desk.try_append("a", "m1", &json!({"text": "back"})).ok();
    assert_eq!(again["outcome"], "ALREADY_EXISTS", "the id is taken for good");
    assert!(again["conversationMessage"].get("text").is_none());
    assert_ne!(patch(&desk, "m1", "text", &json!({"text": "back"})).status, 200);
    assert!(desk.messages("a").is_empty());
    desk.client.delete(&desk.path("a", "/messages/absent")).fails("NOT_FOUND");
}

#[test]
fn a_name_leaves_the_participants_with_the_last_message_that_tells_it() {
    let desk = desk();
    for id in ["m1", "m2"] {
        let message = json!({"text": "x", "speaker": "VISITOR", "speakerInfo": {"displayName": "Visitor 7"}});
        desk.try_append("a", id, &message).ok();
    }
    let participants = || desk.conversation("a")["participants"].take();
    desk.client.delete(&desk.path("a", "/messages/m1")).ok();
    assert_eq!(participants()[0]["displayName"], "Visitor 7", "m2 tells it still");
    desk.client.delete(&desk.path("a", "/messages/m2")).ok();
    assert_eq!(participants(), json!([{"role": "VISITOR"}]));
}
