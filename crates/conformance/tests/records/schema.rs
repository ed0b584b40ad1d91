//! Every attribute dropped, nulled and mistyped in turn: refused by its full path with nothing stored, or taken with
//! its default.

use hansard_conformance::answer::Answer;
use hansard_conformance::data::seed;
use hansard_conformance::records::{MIDNIGHT, Records, now_ms};
use serde_json::{Value, json};

use super::attributes::{Attribute, SCHEMAS, Schema, schema};
use super::golden::{golden, holder};

/// What the key decides where the record does not say it.
const OF_THE_KEY: [&str; 2] = ["organization_id", "project_id"];

/// One attribute in its place in a record.
struct Subject<'a> {
    records: &'a Records,
    schema: &'static Schema,
    attribute: &'static Attribute,
}

impl Subject<'_> {
    /// Returns the attribute's full path in a record.
    fn path(&self) -> String {
        format!("{}{}", self.schema.place.unwrap().1, self.attribute.name)
    }

    /// Returns a record that is right but for the attribute, which has this value or none.
    fn record(&self, id: &str, value: Option<&Value>) -> Value {
        let mut record = holder(self.records, id, self.schema);
        let part = record.pointer_mut(self.schema.place.unwrap().0).unwrap().as_object_mut().unwrap();
        part.remove(self.attribute.name);
        if let Some(value) = value {
            part.insert(self.attribute.name.to_owned(), value.clone());
        }
        record
    }

    /// Sends it; the id tells what was tried.
    fn send(&self, what: &str, value: Option<&Value>) -> (String, Answer) {
        let id = format!("{}-{}-{what}", self.schema.name, self.attribute.name);
        let answer = self.records.try_create(&self.record(&id, value));
        (id, answer)
    }

    /// Demands a refusal that names the attribute, or the place in it.
    fn is_refused(&self, what: &str, value: Option<&Value>, place: &str) {
        let (id, answer) = self.send(what, value);
        answer.refused_naming(&format!("{}{place}", self.path()));
        self.records.try_get(&id).refused(404);
    }

    fn is_right_when_dropped(&self) {
        if OF_THE_KEY.contains(&self.attribute.name) {
            let (_, answer) = self.send("dropped", None);
            let of_the_key = [&self.records.organization, &self.records.project];
            let stored = answer.data(201);
            assert_eq!([&stored[OF_THE_KEY[0]], &stored[OF_THE_KEY[1]]], of_the_key);
        } else if self.attribute.required {
            self.is_refused("dropped", None, "");
        } else {
            let stored = self.send("dropped", None).1.data(201);
            self.has_default(&stored);
        }
    }

    fn is_right_when_nulled(&self) {
        if self.attribute.nullable {
            let nulled = self.send("nulled", Some(&Value::Null)).1.data(201);
            let dropped = self.send("left-out", None).1.data(201);
            assert_eq!(keys(&nulled), keys(&dropped), "null is unset: {}", self.path());
        } else {
            self.is_refused("nulled", Some(&Value::Null), "");
        }
    }

    fn is_refused_when_mistyped(&self) {
        for (index, (value, place)) in self.attribute.kind.mistyped().iter().enumerate() {
            self.is_refused(&format!("mistyped{index}"), Some(value), place);
        }
    }

    fn has_default(&self, stored: &Value) {
        let value = stored.pointer(&format!("{}/{}", self.schema.place.unwrap().0, self.attribute.name));
        match self.attribute.default {
            Some("Date.now") => assert!((now_ms() - value.unwrap().as_i64().unwrap()).abs() < 60_000),
            Some(default) => assert_eq!(value.unwrap().to_string(), default, "{}", self.path()),
            None if self.is_known_anyway() => {}
            None => assert_eq!(value, None, "without a value it is left out: {}: {stored}", self.path()),
        }
    }

    /// Returns whether the service says it of every record or message, sent or not.
    fn is_known_anyway(&self) -> bool {
        let name = self.attribute.name;
        match self.schema.name {
            "ServiceConversationConfig" => {
                ["status", "messages", "state_history", "created_day", "updated_at"].contains(&name)
            }
            "Message" => ["id", "created_at"].contains(&name),
            "CallTransfer" => ["transfer_initiated_at", "transfer_completed_at"].contains(&name),
            _ => false,
        }
    }
}

fn keys(record: &Value) -> Vec<&String> {
    record.as_object().unwrap().keys().collect()
}

/// Tries every attribute of the schemas that sit in a record.
fn each<'a>(records: &'a Records, test: fn(&Subject<'a>)) {
    for schema in SCHEMAS.iter().filter(|schema| schema.place.is_some()) {
        for attribute in schema.attributes {
            test(&Subject { records, schema, attribute });
        }
    }
}

#[test]
fn the_table_is_the_seeds() {
    let Some(page) = seed("000_865daff550561fee.txt") else { return };
    let mut rest = page.as_str();
    for schema in SCHEMAS {
        let (_, section) = rest.split_once(&format!("Schema: {}Schema\n", schema.name)).unwrap();
        let mut lines = section.lines().skip_while(|line| !line.starts_with("AttributeType")).skip(1);
        for attribute in schema.attributes {
            let (line, printed) = (lines.next().unwrap(), attribute.printed(schema.has_defaults));
            assert!(line.starts_with(&printed), "{}: {line:?} is not {printed:?}", schema.name);
        }
        assert_eq!(lines.next(), Some(""), "{} has no attribute more", schema.name);
        rest = section;
    }
    assert!(!rest[1..].contains("\nSchema: "), "the page has no schema more");
}

#[test]
fn dropped() {
    each(&Records::open(), Subject::is_right_when_dropped);
}

#[test]
fn nulled() {
    each(&Records::open(), Subject::is_right_when_nulled);
}

#[test]
fn mistyped() {
    each(&Records::open(), Subject::is_refused_when_mistyped);
}

#[test]
fn unknown_keys_are_refused_wherever_they_stand() {
    let records = Records::open();
    for schema in SCHEMAS {
        let Some((pointer, path)) = schema.place else { continue };
        let mut record = holder(&records, "unknown", schema);
        record.pointer_mut(pointer).unwrap()["nonsense"] = json!(1);
        records.try_create(&record).refused_naming(&format!("{path}nonsense"));
        records.try_get("unknown").refused(404);
    }
}

#[test]
fn the_decommission_request_is_as_strict() {
    let records = Records::open();
    records.begin("conv_abc123", &json!({}));
    let schema = schema("DecommissionConfig");
    let name = schema.attributes[0].name;
    let send = |body: &Value| records.client.post("/v1/conversations/decommission", body);
    send(&json!({})).refused_naming(name);
    let mut wrong = schema.attributes[0].kind.mistyped();
    wrong.push((Value::Null, ""));
    for (value, _) in wrong {
        send(&json!({name: value})).refused_naming(name);
    }
    let mut unknown = golden(schema);
    unknown["nonsense"] = json!(1);
    send(&unknown).refused_naming("nonsense");
    assert_eq!(records.get("conv_abc123")["status"], "ACTIVE", "nothing ended");
}

#[test]
fn what_is_no_record_at_all_is_refused() {
    let records = Records::open();
    for body in ["", "[]", "null", "7", "\"x\"", "{", "{\"id\":\"a\",\"id\":\"b\"}", "\u{fffe}"] {
        let call =
            records.client.call("POST", "/v1/conversations").header("content-type", "application/json");
        call.bytes(body).send().refused(400);
    }
    assert_eq!(records.page("")["meta"]["totalCount"], 0, "nothing stored");
}

#[test]
fn values_out_of_range_are_refused_by_name() {
    let records = Records::open();
    let created = json!(MIDNIGHT);
    let cases = [
        ("durationInSeconds", json!({"durationInSeconds": -1})),
        ("created_day", json!({"created_day": "08.03.2024", "created_at": created})),
        ("created_day", json!({"created_day": "2024-02-30", "created_at": created})),
        ("created_day", json!({"created_day": "2024-03-09", "created_at": created})),
        ("created_day", json!({"created_day": "2024-03-07", "created_at": MIDNIGHT})),
        ("created_at", json!({"created_at": 1e300})),
        ("id", json!({"id": "with/slash"})),
        ("id", json!({"id": ""})),
        ("id", json!({"id": "x".repeat(129)})),
        (
            "messages[1].messageId",
            json!({"messages": [golden(schema("Message")), {
            "messageId": "no good", "content": "", "message_type": "user", "timestamp": 1, "metadata": {}}]}),
        ),
    ];
    for (path, fields) in cases {
        let record = records.with("wrong", &fields);
        records.try_create(&record).refused_naming(path);
        records.try_get("wrong").refused(404);
    }
    records
        .begin("end-of-the-day", &json!({"created_day": "2024-03-08", "created_at": MIDNIGHT + 86_399_999}));
}
