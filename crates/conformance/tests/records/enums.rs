//! Enum values: taken in any case, written exactly as the seed spells them; any other word is refused.

use hansard_conformance::records::{MIDNIGHT, Records};
use serde_json::{Value, json};

use super::attributes::{Kind, SCHEMAS};
use super::golden::holder;

/// Returns the word in upper, lower and mixed case.
fn spellings(word: &str) -> [String; 3] {
    let mixed = word.char_indices().map(|(index, letter)| match index % 2 {
        0 => letter.to_ascii_uppercase(),
        _ => letter.to_ascii_lowercase(),
    });
    [word.to_uppercase(), word.to_lowercase(), mixed.collect()]
}

#[test]
fn any_case_goes_in_and_the_seeds_spelling_comes_out() {
    let records = Records::open();
    for schema in SCHEMAS {
        for attribute in schema.attributes {
            let (Kind::Word(words), Some((place, _))) = (attribute.kind, schema.place) else { continue };
            let pointer = format!("{place}/{}", attribute.name);
            for (word, spelling) in
                words.iter().flat_map(|word| spellings(word).map(|spelling| (word, spelling)))
            {
                let id = format!("{}-{}-{spelling}", schema.name, attribute.name);
                let mut record = holder(&records, &id, schema);
                let part = record.pointer_mut(place).unwrap().as_object_mut().unwrap();
                part.insert(attribute.name.to_owned(), json!(spelling));
                records.create(&record);
                let read = records.get(&id);
                assert_eq!(
                    read.pointer(&pointer),
                    Some(&Value::from(*word)),
                    "{pointer} as {spelling}: {read}"
                );
            }
        }
    }
}

#[test]
fn the_routes_take_any_case_too() {
    let records = Records::open();
    records.begin("a", &json!({"created_at": MIDNIGHT}));
    let summary = json!({"summary": "s", "key_points": [], "action_items": [], "sentiment": "Mixed"});
    assert_eq!(records.summarize("a", &summary).data(200)["conversationSummary"]["sentiment"], "MIXED");
    let transfer = json!({"transfer_target": "1234", "transfer_status": "PENDING", "transfer_type": "Blind"});
    let pending = records.transfer("a", &transfer).data(200);
    let words = ["transfer_status", "transfer_type"].map(|name| &pending["call_transfer"][name]);
    assert_eq!(words, ["pending", "blind"]);
    assert_eq!(records.set_status("a", &json!({"status": "completed"})).data(200)["status"], "COMPLETED");
    assert_eq!(records.select("status=Completed&conversation_type=telephony_call"), ["a"]);
}

#[test]
fn the_routes_refuse_other_words() {
    let records = Records::open();
    let before = records.begin("a", &json!({}));
    records.set_status("a", &json!({"status": "PAUSED"})).refused_naming("status");
    records.set_status("a", &json!({})).refused_naming("status");
    let summary = json!({"summary": "s", "key_points": [], "action_items": [], "sentiment": "HAPPY"});
    records.summarize("a", &summary).refused_naming("sentiment");
    let transfer = json!({"transfer_target": "1234", "transfer_status": "ringing"});
    records.transfer("a", &transfer).refused_naming("transfer_status");
    for query in ["status=PAUSED", "conversation_type=FAX", "direction=sideways"] {
        records
            .client
            .get(&format!("/v1/conversations?{query}"))
            .refused_naming(query.split('=').next().unwrap());
    }
    assert_eq!(records.get("a"), before, "nothing changed");
}
