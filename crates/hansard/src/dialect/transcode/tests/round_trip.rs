use proptest::prelude::*;
use prost::Message;
use prost_reflect::{DeserializeOptions, ReflectMessage};

use super::{generate::Random, *};
use crate::dialect::transcode::{
    json::{self, Reader},
    schema::Schema,
};

fn message_types() -> Vec<MessageDescriptor> {
    let ours = POOL.all_messages().filter(|message| message.package_name() == "hansard.v1");
    ours.filter(|message| !message.is_map_entry()).collect()
}

/// Zero and unset are one, as for a message that came over the wire.
fn settled(message: &DynamicMessage) -> DynamicMessage {
    DynamicMessage::decode(message.descriptor(), message.encode_to_vec().as_slice()).unwrap()
}

fn print(schema: &mut Schema, message: &DynamicMessage) -> Vec<u8> {
    let id = schema.add(&message.descriptor()).unwrap();
    json::to_json(schema, id, &message.encode_to_vec()).unwrap()
}

fn print_again(message: &DynamicMessage) -> String {
    String::from_utf8(print(&mut Schema::default(), message)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_back_the_same(seed: u64) {
        let mut schema = Schema::default();
        let mut random = Random(seed);
        for described in message_types() {
            let message = settled(&random.message(&described, 0));
            let text = print(&mut schema, &message);
            let id = schema.add(&described).unwrap();
            let mut wire = Vec::new();
            let read = Reader::new(&schema, &text, &mut wire).read(id);
            prop_assert!(read.is_ok(), "{:?}: {}", read, String::from_utf8_lossy(&text));
            let read = DynamicMessage::decode(described.clone(), wire.as_slice()).unwrap();
            prop_assert!(settled(&read) == message, "{}\n{}", print_again(&read), String::from_utf8_lossy(&text));
        }
    }

    #[test]
    fn another_implementation_reads_the_same(seed: u64) {
        let mut schema = Schema::default();
        let mut random = Random(seed);
        for described in message_types() {
            let message = settled(&random.message(&described, 0));
            let text = print(&mut schema, &message);
            let mut deserializer = serde_json::Deserializer::from_slice(&text);
            let options = DeserializeOptions::new();
            let read = DynamicMessage::deserialize_with_options(described, &mut deserializer, &options);
            let read = read.unwrap();
            prop_assert!(settled(&read) == message, "{}\n{}", print_again(&read), String::from_utf8_lossy(&text));
        }
    }
}

fn print_text(type_name: &str, json: &str) -> String {
    let described = POOL.get_message_by_name(type_name).unwrap();
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let message = DynamicMessage::deserialize(described, &mut deserializer).unwrap();
    String::from_utf8(print(&mut Schema::default(), &message)).unwrap()
}

#[test]
fn an_answer_prints_its_own_empty_fields_but_not_deeper_ones() {
    assert_eq!(print_text("hansard.v1.CountConversationsResponse", "{}"), r#"{"count":"0"}"#);
    assert_eq!(
        print_text("hansard.v1.ListConversationsResponse", r#"{"conversations":[{}]}"#),
        r#"{"conversations":[{}],"metadata":{},"totalConversations":0,"filteredConversations":0,"nextPageToken":""}"#
    );
    assert_eq!(
        print_text("hansard.v1.StartConversationResponse", "{}"),
        r#"{"outcome":"OUTCOME_UNSPECIFIED"}"#
    );
    assert_eq!(print_text("hansard.v1.CloseConversationResponse", "{}"), "{}");
    assert_eq!(
        print_text("hansard.v1.Change", r#"{"cursor":"a","changeTime":"2024-01-01T00:00:00Z"}"#),
        r#"{"cursor":"a","conversation":"","kind":"KIND_UNSPECIFIED","resource":"","sequence":0,"changeTime":"2024-01-01T00:00:00Z"}"#
    );
}

#[test]
fn free_json_keeps_its_form() {
    let data = r#"{"a":1700000000000,"b":[null,"x/y",0.1,{}],"c":false,"d":""}"#;
    let text = format!(r#"{{"conversation":{{"platformInfo":{{"originalEventData":{data}}}}}}}"#);
    let mut schema = Schema::default();
    let described = POOL.get_message_by_name("hansard.v1.GetConversationResponse").unwrap();
    let id = schema.add(&described).unwrap();
    let mut wire = Vec::new();
    Reader::new(&schema, text.as_bytes(), &mut wire).read(id).unwrap();
    assert_eq!(String::from_utf8(json::to_json(&schema, id, &wire).unwrap()).unwrap(), text);
}

#[test]
fn records_out_of_order_are_printed_in_order() {
    let mut schema = Schema::default();
    let described = POOL.get_message_by_name("hansard.v1.BatchGetConversationMessagesRequest").unwrap();
    let id = schema.add(&described).unwrap();
    let text = json::to_json(&schema, id, b"\x12\x01a\x0a\x01p\x12\x01b").unwrap();
    assert_eq!(String::from_utf8(text).unwrap(), r#"{"parent":"p","names":["a","b"]}"#);
}
