//! The two examples printed on the seed's page, taken from the page itself.

use hansard_conformance::data::seed;
use hansard_conformance::house::House;
use hansard_conformance::records::{MIDNIGHT, Records};
use serde_json::{Value, json};

/// Returns the JSON objects that the page prints, in its order.
fn printed(mut page: &str) -> Vec<Value> {
    let mut objects = Vec::new();
    while let Some(start) = page.find("\n{") {
        page = &page[start..];
        let mut stream = serde_json::Deserializer::from_str(page).into_iter();
        objects.push(stream.next().unwrap().unwrap());
        page = &page[stream.byte_offset()..];
    }
    objects
}

/// Demands that every field that `set` sets is the same in `read`.
#[track_caller]
fn holds(read: &Value, set: &Value) {
    for (name, value) in set.as_object().unwrap() {
        assert_eq!(&read[name], value, "{name}: {read}");
    }
}

#[test]
fn both_go_in_as_they_stand_and_come_back_equal() {
    let Some(page) = seed("000_865daff550561fee.txt") else { return };
    let examples = printed(&page);
    let [record, transfer] = examples.as_slice() else { panic!("two examples: {examples:#?}") };
    let house = House::build();
    let records = Records::of_the_seed(&house);
    holds(&records.create(record), record);
    holds(&records.get("conv_abc123"), record);

    records.begin("moved", &json!({"created_at": MIDNIGHT}));
    let moved = records.transfer("moved", transfer).data(200);
    holds(&moved["call_transfer"], transfer);
    holds(&records.get("moved")["call_transfer"], transfer);
    assert_eq!(moved["status"], "TRANSFERRED", "2: completed sets TRANSFERRED");
}
