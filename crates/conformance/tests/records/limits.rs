//! The limits are those of the service, each named by the record's own path.

use hansard_conformance::records::{BASE, Records, message};
use serde_json::{Value, json};

const SHORT: usize = 8 * 1024;
const TEXT: usize = 64 * 1024;

#[test]
fn short_strings() {
    let records = Records::open();
    let x = |size: usize| json!("x".repeat(size));
    let names = [
        "channel_id",
        "deployment_config_id",
        "channel_identifier",
        "record_id",
        "provider_message_id",
        "instruction_config_id",
        "partner_user_id",
        "model_id",
        "customer_id",
        "stt_model_id",
        "tts_model_id",
        "resource_url",
    ];
    for name in names {
        records.try_create(&records.with("long", &json!({name: x(SHORT + 1)}))).refused_naming(name);
        let stored = records.begin(name, &json!({name: x(SHORT)}));
        assert_eq!(stored[name], x(SHORT), "{name}: exactly at the limit");
    }
    let summary =
        json!({"summary": "s", "key_points": [x(SHORT + 1)], "action_items": [], "sentiment": "MIXED"});
    let fields = json!({"conversationSummary": summary});
    records.try_create(&records.with("long", &fields)).refused_naming("conversationSummary.key_points[0]");
    let transfer =
        json!({"transfer_target": "1234", "transfer_status": "pending", "transfer_reason": x(SHORT + 1)});
    records
        .try_create(&records.with("long", &json!({"call_transfer": transfer})))
        .refused_naming("call_transfer.transfer_reason");
    records.try_get("long").refused(404);
}

#[test]
fn a_messages_text_and_their_number() {
    let records = Records::open();
    records.begin("a", &json!({}));
    let long = message("m1", &"x".repeat(TEXT + 1), 1);
    records.append("a", &long).refused_naming("content");
    records
        .try_create(&records.with("b", &json!({"messages": [long]})))
        .refused_naming("messages[0].content");
    records.try_get("b").refused(404);
    records.append("a", &message("m1", &"x".repeat(TEXT), 1));
    assert_eq!(records.get("a")["messages"][0]["content"].as_str().unwrap().len(), TEXT);
    let many: Vec<Value> = (0..1001).map(|index| message(&format!("n{index}"), "x", 1)).collect();
    records.append("a", &json!(many)).refused(400);
    assert_eq!(records.get("a")["messages"].as_array().unwrap().len(), 1);
}

#[test]
fn too_large_a_body_is_413() {
    let records = Records::open();
    let body = format!("{{\"id\":\"{}\"}}", "x".repeat(9 * 1024 * 1024));
    records.client.call("POST", BASE).bytes(body).send().refused(413);
}

#[test]
fn text_that_is_no_text_is_refused() {
    let records = Records::open();
    for bad in ["a\\u0000b", "\\ud800"] {
        let body = records.with("bad", &json!({"record_id": "PLACE"})).to_string().replace("PLACE", bad);
        records.client.call("POST", BASE).bytes(body).send().refused(400);
    }
    records.try_get("bad").refused(404);
    let odd = "e\u{301} \u{1f468}\u{200d}\u{1f469} \u{202e}\u{feff}'; --";
    assert_eq!(
        records.begin("odd", &json!({"record_id": odd}))["record_id"],
        odd,
        "the identical code points"
    );
}

#[test]
fn free_json_has_a_depth_and_a_key_stands_once() {
    let records = Records::open();
    records.begin("a", &json!({}));
    let deep = |depth: usize| {
        let nested = (0..depth).fold(json!(1), |inner, _| json!({"x": inner}));
        records.set_status("a", &json!({"status": "ACTIVE", "metadata": nested}))
    };
    deep(20).data(200);
    deep(200).refused(400);
    let body =
        records.minimal("b").to_string().replacen('{', "{\"record_id\":\"one\",\"record_id\":\"two\",", 1);
    records.client.call("POST", BASE).bytes(body).send().refused(400);
    records.try_get("b").refused(404);
}
