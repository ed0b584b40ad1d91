//! Personal data masked before it is stored: issue 7, its first paragraph.

mod doors;
mod exempt;
mod forms;
mod places;
mod real;
mod retries;
mod settings;
mod spans;
mod turns;

use hansard_conformance::desk::Desk;
use hansard_conformance::house::house;
use serde_json::{Value, json};

/// Sits down at a fresh profile with these settings of redaction.
fn desk_with(redaction: &Value) -> Desk {
    let desk = house().desk();
    configure(&desk, redaction);
    desk
}

#[track_caller]
fn configure(desk: &Desk, redaction: &Value) {
    desk.client.patch(&desk.at("?updateMask=redaction"), &json!({"redaction": redaction})).ok();
}

/// Says one text in a conversation of its own and returns it as it is stored.
#[track_caller]
fn said(desk: &Desk, id: &str, text: &str) -> String {
    desk.start(id, &json!({}));
    desk.append(id, "m", text);
    let stored = desk.messages(id).remove(0);
    stored["text"].as_str().unwrap().to_owned()
}
