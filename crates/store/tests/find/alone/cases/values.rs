//! Metadata and what was said.

use super::{
    super::{Case, Plant},
    case,
};
use crate::{
    act::{Arrival, masking},
    deed::Deed,
    vocabulary::{id, safe},
};
use hansard_domain::{
    conversation::State,
    filter::{Filter, MetadataCondition, MetadataTest},
    message::Content,
    metadata::{Metadata, MetadataValue, MetadataValues},
    redact::SafeText,
};

pub(super) fn metadata() -> Vec<Case> {
    let of = |value: &MetadataValue| {
        let values = MetadataValues { values: vec![value.clone()], ..MetadataValues::default() };
        Plant::with(|new| new.fields.metadata = Metadata::from([("plan".to_owned(), values)]))
    };
    let by = |test| {
        let condition = MetadataCondition { key: "plan".to_owned(), test };
        Filter { metadata: vec![condition], ..Filter::default() }
    };
    let text = |text: &str| MetadataValue::Text(safe(text));
    let (number, boolean) = (MetadataValue::Number, MetadataValue::Boolean);
    let prefix = |prefix: &str| MetadataTest::Prefix(prefix.to_owned());
    let pairs = [
        (text("gold"), text("Gold"), MetadataTest::AnyOf(vec![text("x"), text("gold")])),
        (text("1"), number(1.0), MetadataTest::AnyOf(vec![text("1")])),
        (number(0.1 + 0.2), number(0.3), MetadataTest::AnyOf(vec![number(0.1 + 0.2)])),
        (number(-0.0), number(f64::MIN_POSITIVE), MetadataTest::AnyOf(vec![number(0.0)])),
        (boolean(true), boolean(false), MetadataTest::AnyOf(vec![boolean(true)])),
        (number(2.5), number(2.4), MetadataTest::Range(Some(2.5), None)),
        (number(2.5), number(2.6), MetadataTest::Range(None, Some(2.5))),
        (number(-1.0), text("-1"), MetadataTest::Range(None, None)),
        (text("g_%d"), text("gold"), prefix("g_%")),
        (text("gö"), text("go"), prefix("gö")),
    ];
    let mut cases: Vec<Case> =
        pairs.iter().flat_map(|(one, other, test)| case(of(one), of(other), by(test.clone()))).collect();
    let none = || Plant::with(|_| {});
    cases.extend(case(of(&boolean(false)), none(), by(MetadataTest::Exists(true))));
    cases.extend(case(none(), of(&text("")), by(MetadataTest::Exists(false))));
    cases
}

pub(super) fn keyword() -> Vec<Case> {
    let by = |keyword: &str| Filter { keyword: keyword.to_owned(), ..Filter::default() };
    let texts = [
        ("Please REFUND me", "Please fund me", "refund"),
        ("100% sure", "100 % sure", "0%"),
        ("STRAẞE 5", "STRASSE 5", "aße"),
        ("ΟΔΟΣ", "ΟΔΟ", "δος"),
        ("我要退款", "我要退钱", "款"),
        ("a*b", "aab", "a*"),
        ("say \"no\" OR", "say no OR", "\"NO\" or"),
        ("Cafe\u{301}", "Café", "e\u{301}"),
    ];
    let mut cases: Vec<Case> =
        texts.iter().flat_map(|(one, other, keyword)| case(said(one), said(other), by(keyword))).collect();
    let deleted = said("refund").then(Deed::DeleteMessage(id("m")));
    cases.extend(case(said("refund"), deleted, by("refund")));
    cases.extend(case(said("call 66"), saying(&masking().text("call 66")), by("66")));
    cases.extend(case(closed(false), closed(true), by("refund")));
    cases
}

fn said(text: &str) -> Plant {
    saying(&safe(text))
}

fn saying(text: &SafeText) -> Plant {
    Plant::arriving(|arrival| say(arrival, text))
}

fn say(arrival: &mut Arrival, text: &SafeText) {
    let content = Content { text: text.clone(), ..Content::default() };
    arrival.messages = vec![(id("m"), content, false)];
}

/// A closed conversation, perhaps one that is to be left out of keyword search once it is closed.
fn closed(skip_index_on_close: bool) -> Plant {
    Plant::arriving(|arrival| {
        say(arrival, &safe("a refund"));
        arrival.new.state = State::Closed;
        arrival.new.flags.skip_index_on_close = skip_index_on_close;
    })
}
