//! Legal hold: who places it, what it keeps, how it is told.

use hansard_conformance::desk::Desk;
use hansard_conformance::house::{House, house};
use serde_json::{Value, json};

use crate::world::{audited, ended};

fn hold(desk: &Desk, id: &str, held: bool) -> Value {
    let path = desk.path(id, "?updateMask=legalHold");
    desk.client.patch(&path, &json!({"legalHold": held})).ok()["conversation"].take()
}

/// The same desk, as a writer and as an agent.
fn others(house: &House, desk: &Desk) -> [Desk; 2] {
    [&house.keys.writer, &house.keys.agent].map(|key| desk.seen_by(house.client(key)))
}

#[test]
fn nothing_of_what_is_held_is_removed() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    desk.append("a", "m1", "kept");
    desk.append("a", "m2", "gone before");
    desk.client.delete(&desk.path("a", "/messages/m2")).ok();
    assert_eq!(hold(&desk, "a", true)["legalHold"], true);

    let refused = desk.client.delete(&desk.path("a", ""));
    refused.fails("FAILED_PRECONDITION");
    assert!(refused.text().contains("legalHold"), "it says how to lift it: {refused}");
    desk.client.delete(&desk.path("a", "/messages/m1")).fails("FAILED_PRECONDITION");
    desk.client.delete(&desk.path("a", "/messages/m2")).ok();
    assert_eq!(desk.messages("a")[0]["text"], "kept");
    desk.append("a", "m3", "work goes on");
    desk.close("a");

    hold(&desk, "a", false);
    desk.client.delete(&desk.path("a", "/messages/m1")).ok();
    desk.client.delete(&desk.path("a", "")).ok();
    desk.client.get(&desk.path("a", "")).fails("NOT_FOUND");
}

#[test]
fn a_hold_is_placed_and_lifted_by_admins_and_announced() {
    let desk = house().desk();
    for (number, other) in others(house(), &desk).iter().enumerate() {
        let id = format!("c{number}");
        other.try_start(&id, &json!({"legalHold": true})).fails("PERMISSION_DENIED");
        other.start(&id, &json!({}));
        let path = desk.path(&id, "?updateMask=legalHold");
        other.client.patch(&path, &json!({"legalHold": true})).fails("PERMISSION_DENIED");
        hold(&desk, &id, true);
        other.client.patch(&path, &json!({"legalHold": false})).fails("PERMISSION_DENIED");
        let all = json!({"startTime": "2026-01-01T00:00:00Z", "agent": "customers/acme/users/ada"});
        other.client.patch(&desk.path(&id, "?updateMask=*"), &all).fails("PERMISSION_DENIED");
        // What stays as it is needs no permission.
        other.client.patch(&path, &json!({"legalHold": true})).ok();
        let told = desk.events_of(&id, "CONVERSATION_UPDATED");
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].to_string().contains("legal"), "{told:?}");
    }
    assert_eq!(desk.select(&json!({"legalHold": true})), ["c0", "c1"]);
    let text = json!({"filterText": "NOT legal_hold:*", "pageSize": 10});
    desk.start("free", &json!({}));
    assert_eq!(desk.select_in_order(&text), ["free"]);
    let of = |action: &str| {
        let entries = audited(&desk, action).into_iter();
        entries.filter(|entry| entry["resource"] == desk.name("c0").as_str()).count()
    };
    assert_eq!((of("conversation.place_legal_hold"), of("conversation.lift_legal_hold")), (1, 0));
    hold(&desk, "c0", false);
    hold(&desk, "c0", false);
    assert_eq!((of("conversation.place_legal_hold"), of("conversation.lift_legal_hold")), (1, 1));
}

#[test]
fn what_leads_to_deletion_is_not_for_agents() {
    let desk = house().desk();
    let [writer, agent] = others(house(), &desk);
    let fields = [json!({"retentionDays": 3}), json!({"persistenceState": "TO_BE_DELETED"})];
    for (number, field) in fields.iter().enumerate() {
        agent.try_start(&format!("a{number}"), field).fails("PERMISSION_DENIED");
        writer.start(&format!("w{number}"), field);
        agent.start(&format!("b{number}"), &json!({}));
        agent.client.patch(&desk.path(&format!("b{number}"), ""), field).fails("PERMISSION_DENIED");
    }
    let patched = writer.client.patch(&desk.path("w0", "?updateMask=retentionDays"), &json!({})).ok();
    assert!(patched["conversation"].get("retentionDays").is_none(), "cleared: {patched}");
}

#[test]
fn an_import_that_holds_is_refused_to_writers_alone() {
    let desk = house().desk();
    let [writer, _] = others(house(), &desk);
    let archives =
        [ended(&desk, "held", 3, &json!({"legalHold": true})), ended(&desk, "free", 3, &json!({}))];
    let body = json!({"conversations": archives});
    let answer = writer.client.post(&desk.at("/conversations:import"), &body).ok();
    let outcomes = hansard_conformance::desk::column(answer["results"].as_array().unwrap(), "outcome");
    assert_eq!(outcomes, ["REFUSED", "CREATED"]);
    let answer = desk.client.post(&desk.at("/conversations:import"), &body).ok();
    assert_eq!(answer["results"][0]["outcome"], "CREATED");
    assert_eq!(desk.conversation("held")["legalHold"], true);
}

#[test]
fn a_record_that_is_held_is_not_deleted_softly() {
    let records = hansard_conformance::records::Records::open();
    records.begin("r", &json!({}));
    hold(&records.desk, "r", true);
    records.delete("r").refused(409);
    assert_eq!(records.desk.select(&json!({})), ["r"]);
    hold(&records.desk, "r", false);
    records.delete("r").data(200);
}
