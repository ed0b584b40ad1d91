//! The shared set and the real dialogs, over the wire: that the detector is wired, not how good it is.

use hansard_conformance::data;
use hansard_conformance::desk::{Desk, column};
use hansard_conformance::house::house;
use serde_json::{Value, json};

/// Kinds of the set whose form gives them away.
const STRUCTURED: [&str; 4] = ["CREDIT_CARD", "EMAIL_ADDRESS", "IBAN_CODE", "US_SSN"];
/// Of values that must be gone, a floor below the benchmark's.
const RECALL: f64 = 0.95;
/// Issue 7: at most so many of a clean dialog's tokens are masked.
const MASKED_TOKENS: f64 = 0.003;
const BATCH: usize = 500;

fn texts_after(desk: &Desk, texts: &[String]) -> Vec<String> {
    for (index, batch) in texts.chunks(BATCH).enumerate() {
        let id = format!("c{index}");
        desk.start(&id, &json!({}));
        let messages: Vec<Value> = batch.iter().map(|text| json!({"text": text})).collect();
        desk.client.post(&desk.path(&id, "/messages:batchCreate"), &json!({"messages": messages})).ok();
    }
    let ids = 0..texts.len().div_ceil(BATCH);
    ids.flat_map(|index| column(&desk.messages(&format!("c{index}")), "text"))
        .map(|text| text.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn values_of_the_shared_set_are_not_stored() {
    let Some(folder) = data::folder() else { return };
    let set = std::fs::read_to_string(folder.join("pii/presidio-synth.json")).unwrap();
    let set: Vec<Value> = serde_json::from_str(&set).unwrap();
    let texts: Vec<String> = set.iter().map(|item| item["full_text"].as_str().unwrap().to_owned()).collect();
    let stored = texts_after(&house().desk(), &texts);
    let mut values = Vec::new();
    for (item, stored) in set.iter().zip(&stored) {
        let spans = item["spans"].as_array().unwrap().iter();
        let structured = spans.filter(|span| STRUCTURED.contains(&span["entity_type"].as_str().unwrap()));
        values.extend(structured.map(|span| (span["entity_value"].as_str().unwrap(), stored)));
    }
    let gone = values.iter().filter(|(value, stored)| !stored.contains(value)).count();
    let recall = gone as f64 / values.len() as f64;
    println!("{gone} of {} values are masked", values.len());
    assert!(values.len() > 50 && recall >= RECALL, "{gone} of {}", values.len());
}

#[test]
fn clean_dialogs_stay_as_they_are() {
    if data::folder().is_none() {
        return;
    }
    let texts: Vec<String> =
        data::dialogs().into_iter().flat_map(|dialog| dialog.lines).map(|line| line.text).collect();
    let stored = texts_after(&house().desk(), &texts);
    assert_eq!(stored.len(), texts.len());
    let tokens = |text: &str| text.split_whitespace().count();
    let changed = |(before, after): (&String, &String)| {
        let kept: Vec<&str> = after.split_whitespace().collect();
        before.split_whitespace().filter(|token| !kept.contains(token)).count()
    };
    let total: usize = texts.iter().map(|text| tokens(text)).sum();
    let masked: usize = texts.iter().zip(&stored).map(changed).sum();
    let share = masked as f64 / total as f64;
    println!("{masked} of {total} tokens are masked");
    assert!(share <= MASKED_TOKENS, "{masked} of {total} tokens");
}
