use prost::Message;
use prost_reflect::Value;

use super::*;
use crate::dialect::transcode::{check, json::DEPTH_MAX};

fn import_target() -> String {
    format!("{CONVERSATION}/messages:batchCreate")
}

/// Sends a body to StartConversation and gives the field at fault and the text.
fn start_fault(body: impl AsRef<[u8]>) -> (String, String) {
    let error = request("POST", &format!("{CONVERSATION}:start"), body).unwrap_err();
    (error.field().unwrap().to_owned(), error.message().to_owned())
}

#[test]
fn a_wrong_field_is_named_by_its_whole_path() {
    let cases: &[(&[u8], &str)] = &[
        (br#"{"displayNam":"x"}"#, "conversation.displayNam"),
        (br#"{"metadata":{"a.b":{"values":[[]]}}}"#, r#"conversation.metadata["a.b"].values[0]"#),
        (br#"{"metadata":{"k":{"source":"NOBODY"}}}"#, r#"conversation.metadata["k"].source"#),
        (br#"{"channel":"PHONE"}"#, "conversation.channel"),
        (br#"{"channel":1.5}"#, "conversation.channel"),
        (br#"{"channel":true}"#, "conversation.channel"),
        (br#"{"displayName":1}"#, "conversation.displayName"),
        (br#"{"displayName":"x","display_name":"y"}"#, "conversation.displayName"),
        (br#"{"displayName":"x","displayName":null}"#, "conversation.displayName"),
        (br#"{"displayName":"\u0000"}"#, "conversation.displayName"),
        (b"{\"displayName\":\"a\0b\"}", "conversation.displayName"),
        (br#"{"displayName":"\ud800"}"#, "conversation.displayName"),
        (br#"{"displayName":"\udc00\ud800"}"#, "conversation.displayName"),
        (br#"{"displayName":"\ud800\u0041"}"#, "conversation.displayName"),
        (b"{\"displayName\":\"\xc0\x80\"}", "conversation.displayName"),
        (b"{\"displayName\":\"\xed\xa0\x80\"}", "conversation.displayName"),
        (b"{\"displayName\":\"\xff\"}", "conversation.displayName"),
        (b"{\"displayName\":\"\\n\xff\"}", "conversation.displayName"),
        (b"{\"displayName\":\"a\nb\"}", "conversation.displayName"),
        (br#"{"legacyChatId":2147483648}"#, "conversation.legacyChatId"),
        (br#"{"legacyChatId":"1e99"}"#, "conversation.legacyChatId"),
        (br#"{"legacyChatId":" 1"}"#, "conversation.legacyChatId"),
        (
            br#"{"audioAnalysis":{"agentAudioEnergy":[0,1e999]}}"#,
            "conversation.audioAnalysis.agentAudioEnergy[1]",
        ),
        (
            br#"{"audioAnalysis":{"agentAudioEnergy":["NaN"]}}"#,
            "conversation.audioAnalysis.agentAudioEnergy[0]",
        ),
        (
            br#"{"audioAnalysis":{"agentAudioEnergy":[null]}}"#,
            "conversation.audioAnalysis.agentAudioEnergy[0]",
        ),
        (br#"{"startTime":"2024-01-01"}"#, "conversation.startTime"),
        (br#"{"persistedAudioDuration":"1h"}"#, "conversation.persistedAudioDuration"),
        (br#"{"campaign":"true"}"#, "conversation.campaign"),
        (br#"{"platformInfo":[]}"#, "conversation.platformInfo"),
        (br#"{"platformInfo":{"originalEventData":[]}}"#, "conversation.platformInfo.originalEventData"),
        (
            br#"{"platformInfo":{"originalEventData":{"a":[1,{"b":"\u0000"}]}}}"#,
            r#"conversation.platformInfo.originalEventData["a"][1]["b"]"#,
        ),
        (
            br#"{"platformInfo":{"originalEventData":{"a":1,"a":2}}}"#,
            r#"conversation.platformInfo.originalEventData["a"]"#,
        ),
        (br#"{"metadata":{"k":{},"k":{}}}"#, r#"conversation.metadata["k"]"#),
        (
            br#"{"metadata":{"k":{"values":[{"stringValue":"a","booleanValue":true}]}}}"#,
            r#"conversation.metadata["k"].values[0].booleanValue"#,
        ),
        (br#"[]"#, "conversation"),
        (br#"{"displayName":"x"} {}"#, "body"),
        (br#"{"displayName":"x"}x"#, "body"),
        (br#"{"displayName":"x",}"#, "conversation"),
        (br#"{"displayName":01}"#, "conversation.displayName"),
        (br#"{"displayName":"x""#, "conversation"),
        (br#"{"displayName":"x"#, "conversation.displayName"),
        (br#"{displayName:"x"}"#, "conversation"),
        (br#"{"displayName":nul}"#, "conversation.displayName"),
        (b"\xef\xbb\xbf{}", "conversation"),
    ];
    for (body, field) in cases {
        assert_eq!(start_fault(body).0, *field, "{}", String::from_utf8_lossy(body));
    }
}

#[test]
fn an_element_of_a_list_is_named_by_its_index() {
    let body = r#"{"messages":[{},{},{},{"text":"\u0000"}]}"#;
    let error = request("POST", &import_target(), body).unwrap_err();
    assert_eq!(error.field(), Some("messages[3].text"));
}

fn nested(levels: usize) -> String {
    // The conversation, platformInfo and originalEventData are three levels.
    let lists = levels - 3;
    let value = format!("{}{}", "[".repeat(lists), "]".repeat(lists));
    format!(r#"{{"platformInfo":{{"originalEventData":{{"a":{value}}}}}}}"#)
}

#[test]
fn depth_is_limited_at_its_edge_and_far_beyond() {
    request("POST", &format!("{CONVERSATION}:start"), nested(DEPTH_MAX)).unwrap();
    for levels in [DEPTH_MAX + 1, 100_000] {
        let (field, text) = start_fault(nested(levels));
        assert!(field.starts_with(r#"conversation.platformInfo.originalEventData["a"][0]"#), "{field}");
        assert!(text.contains("nested deeper than 64 levels"), "{text}");
    }
    start_fault("[".repeat(100_000));
    start_fault(r#"{"platformInfo":"#.repeat(100_000));
    let objects = format!("{}1{}", r#"{"a":"#.repeat(DEPTH_MAX - 2), "}".repeat(DEPTH_MAX - 2));
    let body = format!(r#"{{"platformInfo":{{"originalEventData":{objects}}}}}"#);
    request("POST", &format!("{CONVERSATION}:start"), body).unwrap();
}

#[test]
fn a_small_body_cannot_become_a_huge_request() {
    let body = format!(r#"{{"messages":[{}{{}}]}}"#, "{},".repeat(2_000_000));
    let error = request("POST", &import_target(), body).unwrap_err();
    assert!(error.message().contains("once decoded"), "{error}");
    let body = format!(r#"{{"platformInfo":{{"originalEventData":{{"a":[{}1]}}}}}}"#, "1,".repeat(3_000_000));
    assert!(start_fault(body).1.contains("once decoded"));
}

#[test]
fn a_long_unknown_name_is_not_repeated_in_full() {
    let body = format!(r#"{{"{}":1}}"#, "x".repeat(1_000_000));
    assert!(start_fault(body).1.len() < 300);
}

/// A start request with one change, in the wire form.
fn wire(change: impl FnOnce(&mut DynamicMessage)) -> Vec<u8> {
    let mut conversation = DynamicMessage::new(POOL.get_message_by_name("hansard.v1.Conversation").unwrap());
    change(&mut conversation);
    let mut start =
        DynamicMessage::new(POOL.get_message_by_name("hansard.v1.StartConversationRequest").unwrap());
    start.set_field_by_name("conversation", Value::Message(conversation));
    start.encode_to_vec()
}

fn wire_fault(message: &[u8]) -> String {
    let checked = CONTRACT.check("/hansard.v1.ConversationService/StartConversation", message);
    checked.unwrap_err().field().unwrap().to_owned()
}

#[test]
fn grpc_requests_are_refused_for_the_same_reasons() {
    let nul = wire(|conversation| conversation.set_field_by_name("display_name", Value::String("\0".into())));
    assert_eq!(wire_fault(&nul), "conversation.displayName");
    let body =
        r#"{"platformInfo":{"originalEventData":{"a":[1,{"b":"x"}]}},"metadata":{"k":{"values":["x"]}}}"#;
    let message = request("POST", &format!("{CONVERSATION}:start"), body).unwrap().encode_to_vec();
    let replace =
        |with: u8| message.iter().map(|byte| if *byte == b'x' { with } else { *byte }).collect::<Vec<_>>();
    CONTRACT.check("/hansard.v1.ConversationService/StartConversation", &message).unwrap();
    let paths = [
        r#"conversation.platformInfo.originalEventData["a"][1]["b"]"#,
        r#"conversation.metadata["k"].values[0].stringValue"#,
    ];
    assert!(paths.contains(&wire_fault(&replace(0)).as_str()));
    assert!(paths.contains(&wire_fault(&replace(0xff)).as_str()));
    let late = wire(|conversation| {
        let mut time = DynamicMessage::new(POOL.get_message_by_name("google.protobuf.Timestamp").unwrap());
        time.set_field_by_name("seconds", Value::I64(i64::MAX));
        conversation.set_field_by_name("start_time", Value::Message(time));
    });
    assert_eq!(wire_fault(&late), "conversation.startTime");
    let endless = wire(|conversation| {
        let mut party = DynamicMessage::new(POOL.get_message_by_name("hansard.v1.Party").unwrap());
        party.set_field_by_name("platform_user_id", Value::F64(f64::INFINITY));
        conversation.set_field_by_name("party", Value::Message(party));
    });
    assert_eq!(wire_fault(&endless), "conversation.party.platformUserId");
    assert_eq!(wire_fault(b"\x0b\x0b\x0b"), "body");
    assert_eq!(wire_fault(b"\x2a\x01\x0b"), "conversation");
    assert_eq!(wire_fault(b"\x28\x01"), "conversation");
}

#[test]
fn grpc_and_json_draw_the_line_of_depth_at_the_same_place() {
    let id = CONTRACT.methods["/hansard.v1.ConversationService/StartConversation"].1;
    let accepted =
        request("POST", &format!("{CONVERSATION}:start"), nested(DEPTH_MAX)).unwrap().encode_to_vec();
    check::check(&CONTRACT.schema, id, &accepted).unwrap_err();
    let accepted =
        request("POST", &format!("{CONVERSATION}:start"), nested(DEPTH_MAX - 1)).unwrap().encode_to_vec();
    check::check(&CONTRACT.schema, id, &accepted).unwrap();
}
