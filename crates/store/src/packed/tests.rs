#![allow(clippy::unwrap_used)]

use super::{names::NAMES, read, read_in, write, write_in};
use crate::{hex, json};
use hansard_domain::{
    Id, Span, Time,
    conversation::{Body, Fields, StateHistoryEntry, Status, Summary},
    event::{EventContent, Payload},
    message::Content,
    metadata::{Metadata, MetadataValue, MetadataValues},
    name::ProfileName,
    redact::SafeText,
};
use proptest::prelude::*;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{collections::HashSet, error::Error as _, fmt::Debug};

fn profile() -> ProfileName {
    ProfileName { customer: Id::known("acme"), profile: Id::known("main") }
}

/// A body with something of each kind; what it says must always be read from [`STORED`].
fn sample() -> Body {
    let text = |text: &str| SafeText::stored(text.to_owned());
    let values = |value| MetadataValues { values: vec![value], ..MetadataValues::default() };
    let metadata = Metadata::from([
        ("desk".to_owned(), values(MetadataValue::Text(text("süd")))),
        ("score".to_owned(), values(MetadataValue::Number(81.5))),
        ("vip".to_owned(), values(MetadataValue::Boolean(true))),
    ]);
    let fields = Fields {
        display_name: text("A name of more letters than stand beside a type"),
        metadata,
        summary: Some(Summary { summary: text("short"), revision: 70, ..Summary::default() }),
        audio_duration: Some(Span(-5_000_000)),
        usecase: "customers/acme/profiles/main/usecases/sales".into(),
        virtual_agent: "customers/acme/profiles/other/virtualAgents/v".into(),
        ..Fields::default()
    };
    Body {
        fields,
        status: Status::Completed,
        state_history: vec![StateHistoryEntry {
            status: Status::Active,
            timestamp: Time(1_704_171_238_000_000),
            ..StateHistoryEntry::default()
        }],
        version: 3,
        ..Body::default()
    }
}

const STORED: &str = concat!(
    "0401042c1a4c4b3f0905646465736b0431066473c3bc64003020006573636f7265043106080000000000605440003020006376697004",
    "31060300302000000d8f41206e616d65206f66206d6f7265206c657474657273207468616e207374616e642062657369646520612074",
    "797065380a6e75736563617365732f73616c6573390b7e70726f66696c65732f6f746865722f7669727475616c4167656e74732f7642",
    "04426573686f727446104600000320042206060404210716060def4947058000000e2019201a201c2300",
);

fn assert_says_the_same<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let profile = profile();
    let packed = write_in(&profile, value).unwrap();
    assert_eq!(&read_in::<T>(&profile, &packed).unwrap(), value);
    let json = json::write(value).unwrap();
    assert_eq!(&read_in::<T>(&profile, json.as_bytes()).unwrap(), value, "as it was stored before");
}

#[test]
fn what_was_written_once_is_read_for_ever() {
    let packed = write_in(&profile(), &sample()).unwrap();
    assert_eq!(hex(&packed), STORED);
    assert_eq!(read_in::<Body>(&profile(), &packed).unwrap(), sample());
}

#[test]
fn a_body_says_what_its_json_says() {
    assert_says_the_same(&sample());
    assert_says_the_same(&Body::default());
    assert_says_the_same(&Content::default());
    let payloads = [
        Payload::CallReasonSelection { selected_moment: "m".into() },
        Payload::EntityFeedback { is_delete: true, entity: None },
        Payload::ConversationMetadata(sample().fields.metadata),
        Payload::ConversationState {
            previous: Status::Active,
            status: Status::Failed,
            reason: SafeText::default(),
        },
        Payload::ConversationTransfer(None),
        Payload::ConversationUpdated { paths: vec!["a".into(), String::new()] },
    ];
    for payload in payloads {
        assert_says_the_same(&EventContent { payload: Some(payload), ..EventContent::default() });
    }
}

#[test]
fn names_are_one_byte_and_stand_once() {
    assert!(NAMES.len() < 255);
    assert_eq!(NAMES.iter().collect::<HashSet<_>>().len(), NAMES.len());
}

#[test]
fn fields_come_and_go_as_in_json() {
    #[derive(Serialize)]
    enum Old {
        #[serde(rename = "custom")]
        Gone { values: Vec<i32> },
    }
    #[derive(Serialize)]
    struct Before {
        skill: Vec<Old>,
        campaign: bool,
        tag: Option<String>,
    }
    #[derive(Deserialize, PartialEq, Debug)]
    struct After {
        campaign: bool,
        #[serde(default)]
        party: i64,
    }
    let before = Before { skill: vec![Old::Gone { values: vec![1, -2] }], campaign: true, tag: None };
    assert_eq!(read::<After>(&write(&before).unwrap()).unwrap(), After { campaign: true, party: 0 });
}

#[test]
fn a_broken_body_does_not_speak() {
    let packed = write(&json!(["my card is 4111"])).unwrap();
    let error = read::<Vec<i64>>(&packed).unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "a stored body cannot be read: it is broken at byte 17");
}

#[test]
fn only_the_own_part_of_a_name_is_stored() {
    let profile = profile();
    for (name, bytes) in [
        ("customers/acme/profiles/main/tags/vip", 10),
        ("customers/acme/users/ada", 11),
        ("customers/acme/profiles/main2/tags/vip", 25),
        ("customers/acme/profiles/main/", 2),
        ("customers/acme/profiles/main", 15),
        ("customers/acme/", 2),
        ("customers/acme", 15),
        ("customers/acme2/users/ada", 26),
        ("Customers/acme/users/ada", 25),
    ] {
        let packed = write_in(&profile, &name).unwrap();
        assert_eq!(read_in::<String>(&profile, &packed).unwrap(), name);
        assert_eq!(packed.len(), bytes, "{name}");
    }
}

#[test]
fn tuples_are_as_long_as_their_types_say() {
    let pairs = vec![(1, "a".to_owned()), (2, "b".to_owned())];
    assert_eq!(read::<Vec<(i64, String)>>(&write(&pairs).unwrap()).unwrap(), pairs);
    read::<Vec<(i64,)>>(&write(&pairs).unwrap()).unwrap_err();
    read::<Vec<(i64, String, i64)>>(&write(&pairs).unwrap()).unwrap_err();
}

#[test]
fn what_could_not_be_read_is_not_written() {
    let nested = |depth| (0..depth).fold(json!(1), |inner, _| json!([inner]));
    let deep = nested(256);
    assert_eq!(read::<Value>(&write(&deep).unwrap()).unwrap(), deep);
    write(&nested(257)).unwrap_err();
    read::<Value>(&[super::form::SEQUENCE; 1_000_000]).unwrap_err();
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-300_i64..300).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,200}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((".{0,20}", inner), 0..8)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn every_value_comes_back(value in values()) {
        prop_assert_eq!(read::<Value>(&write(&value).unwrap()).unwrap(), value);
    }

    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        drop(read::<Value>(&bytes));
        drop(read_in::<Body>(&profile(), &bytes));
    }

    #[test]
    fn a_body_that_was_cut_off_is_broken(value in values(), cut in any::<prop::sample::Index>()) {
        let packed = write(&value).unwrap();
        let cut = cut.index(packed.len());
        prop_assert!(read::<Value>(&packed[..cut]).is_err());
    }
}
