//! The ways in which something is removed, each with a conversation of its own.

use std::thread;
use std::time::{Duration, Instant};

use hansard_conformance::desk::Desk;
use hansard_conformance::residue::Canaries;
use hansard_conformance::story;
use serde_json::{Value, json};

use crate::ground::Ground;
use crate::jobs;

/// Privileged: nothing is masked on the way in.
pub(crate) const AS_IS: &str = "featureOverride.skipPiiRedation=true";

/// Removes what a way has told.
pub(crate) type Remove = Box<dyn FnOnce(&Ground)>;

/// Tells canaries in every place, and returns what removes them.
pub(crate) fn tell_all(ground: &Ground, canaries: &mut Canaries) -> Vec<Remove> {
    let patterns = json!({"redactionPatterns": [{"entityType": "CANARY", "pattern": Canaries::PATTERN}]});
    ground.desk.client.patch(&ground.desk.at("?updateMask=redactionPatterns"), &patterns).ok();
    vec![
        delete_conversation(ground, canaries),
        delete_message(ground, canaries),
        redact_spans(ground, canaries),
        redact_by_filter(ground, canaries),
        erase_visitor(ground, canaries),
    ]
}

fn delete_conversation(ground: &Ground, canaries: &mut Canaries) -> Remove {
    let mut say = |place: &str| canaries.give(&format!("DeleteConversation: {place}"));
    let body = story::with_identifiers(story::conversation(&mut say), &mut say);
    story::tell(&ground.desk, "gone", AS_IS, &body, &mut say);
    Box::new(|ground| {
        ground.desk.client.delete(&ground.desk.path("gone", "")).ok();
    })
}

fn delete_message(ground: &Ground, canaries: &mut Canaries) -> Remove {
    let mut say = |place: &str| canaries.give(&format!("DeleteConversationMessage: {place}"));
    let desk = &ground.desk;
    start_as_is(desk, "kept");
    let message = story::message(&mut say);
    let path = desk.path("kept", "/messages?messageId=gone");
    desk.client.call("POST", &path).header("idempotency-key", "gone").json(&message).send().ok();
    Box::new(|ground| {
        ground.desk.client.delete(&ground.desk.path("kept", "/messages/gone")).ok();
    })
}

/// Tells each canary twice: in a message's text, and in one other place of that message or its conversation.
fn redact_spans(ground: &Ground, canaries: &mut Canaries) -> Remove {
    let desk = &ground.desk;
    let mut told = Vec::new();
    let mut say = |place: &str| {
        told.push(canaries.give(&format!("RedactConversationMessage: {place}")));
        told.last().unwrap().clone()
    };
    let body = story::conversation(&mut say);
    desk.client.post(&format!("{}?{AS_IS}", desk.path("spans", ":start")), &body).ok();
    let events = json!({"events": story::events(&mut say)});
    desk.client.post(&desk.path("spans", "/events:batchCreate"), &events).ok();
    let mut messages: Vec<Value> =
        told.iter().map(|canary| json!({"text": format!("so: {canary}!")})).collect();
    for place in places_of_a_message() {
        let canary = canaries.give(&format!("RedactConversationMessage: {place}"));
        let mut message =
            story::message(&mut |at| if at == place { canary.clone() } else { "plain".to_owned() });
        message["text"] = json!(format!("so: {canary}!"));
        messages.push(message);
        told.push(canary);
    }
    for (index, message) in messages.iter().enumerate() {
        desk.try_append("spans", &format!("m{index}"), message).ok();
    }
    Box::new(move |ground| {
        for (index, canary) in told.iter().enumerate() {
            redact(&ground.desk, "spans", &format!("m{index}"), "so: ".len(), canary);
        }
    })
}

/// Redacts a word of a message's text.
#[track_caller]
pub(crate) fn redact(desk: &Desk, id: &str, message: &str, start: usize, word: &str) -> Value {
    let body = json!({
        "moment": format!("{}/moments/rare_word", desk.profile),
        "startIndex": start,
        "endIndex": start + word.len(),
        "reason": "asked for",
    });
    desk.client.post(&desk.path(id, &format!("/messages/{message}:redact")), &body).ok()
}

fn places_of_a_message() -> Vec<String> {
    let mut places = Vec::new();
    story::message(&mut |place| {
        places.push(place.to_owned());
        String::new()
    });
    places
}

fn redact_by_filter(ground: &Ground, canaries: &mut Canaries) -> Remove {
    let mut say = |place: &str| canaries.give(&format!("RedactConversations: {place}"));
    let mut body = story::conversation(&mut say);
    body["skill"] = json!("filtered");
    story::tell(&ground.desk, "filtered", AS_IS, &body, &mut say);
    Box::new(|ground| {
        let body =
            json!({"filterText": "skill = filtered", "entityTypes": ["CANARY"], "reason": "asked for"});
        jobs::run(&ground.desk, "/conversations:redact", &body);
    })
}

fn erase_visitor(ground: &Ground, canaries: &mut Canaries) -> Remove {
    let mut say = |place: &str| canaries.give(&format!("EraseDataSubject: {place}"));
    let body = story::with_identifiers(story::conversation(&mut say), &mut say);
    let visitor = body["visitor"]["platformVisitorId"].as_str().unwrap().to_owned();
    story::tell(&ground.desk, "erased", AS_IS, &body, &mut say);
    Box::new(move |ground| {
        jobs::run(&ground.desk, ":eraseDataSubject", &json!({"visitorId": visitor, "reason": "asked for"}));
    })
}

fn start_as_is(desk: &Desk, id: &str) {
    desk.client.post(&format!("{}?{AS_IS}", desk.path(id, ":start")), &json!({})).ok();
}

/// Waits until the index of keywords has taken in what was told last.
pub(crate) fn await_index(ground: &Ground) {
    let deadline = Instant::now() + Duration::from_secs(30);
    let is_behind = |text: &str| {
        let lines = text.lines().filter(|line| line.starts_with("hansard_store_unindexed_changes"));
        lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).any(|changes| changes > 0.0)
    };
    while is_behind(&ground.desk.client.get("/metrics").text()) {
        assert!(Instant::now() < deadline, "the index of keywords lags behind");
        thread::sleep(Duration::from_millis(50));
    }
}
