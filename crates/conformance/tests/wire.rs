//! The JSON form: names, numbers, zero values and what is refused. Section 1 of the contract.

use hansard_conformance::desk::Desk;
use hansard_conformance::house::{house, seconds_ago};
use serde_json::{Value, json};

fn desk() -> Desk {
    let desk = house().desk();
    desk.start("a", &json!({}));
    desk
}

#[test]
fn top_level_fields_are_printed_empty_and_nested_ones_left_out() {
    let desk = house().desk();
    let empty = desk.try_list(&json!({})).ok();
    let expected = json!({
        "conversations": [], "metadata": {}, "totalConversations": 0, "filteredConversations": 0, "nextPageToken": "",
    });
    assert_eq!(empty, expected);
    desk.start("a", &json!({}));
    assert_eq!(
        desk.client.get(&desk.path("a", "/conversationMessages")).ok(),
        json!({"conversationMessages": [], "nextPageToken": ""})
    );
    assert_eq!(desk.client.get(&desk.path("a", "/tags")).ok(), json!({"tags": []}));
    let conversation = desk.conversation("a");
    let zero = |value: &Value| {
        *value == json!("")
            || *value == json!(0)
            || *value == json!(false)
            || *value == json!([])
            || *value == json!({})
            || value.is_null()
    };
    let printed: Vec<_> = conversation.as_object().unwrap().iter().filter(|(_, value)| zero(value)).collect();
    assert!(printed.is_empty(), "nested messages leave such fields out: {printed:?}");
}

#[test]
fn a_standard_methods_answer_is_top_level() {
    let desk = house().desk();
    let tag = desk.client.post(&desk.at("/tags?tagId=bare"), &json!({})).ok();
    assert_eq!([&tag["displayName"], &tag["color"]], ["", ""], "1: printed also when empty");
}

#[test]
fn input_takes_snake_case_numbers_for_enums_and_null() {
    let desk = house().desk();
    let sent = json!({
        "display_name": "Snake", "channel": 2, "multi_language_mode": "NONE", "skill": null, "visitor": null,
        "platform_info": {"platform_conversation_id": "p"}, "start_time": seconds_ago(60),
    });
    let stored = desk.start("a", &sent);
    assert_eq!(stored["displayName"], "Snake");
    assert_eq!(stored["channel"], "VOICE", "1: CHAT 1, VOICE 2, EMAIL 3");
    assert_eq!(stored["platformInfo"], json!({"platformConversationId": "p"}));
    assert!(stored.get("skill").is_none() && stored.get("visitor").is_none());
    let page =
        desk.try_list(&json!({"page_size": 1, "filter": {"live_filter": 1, "channels": [2, "CHAT"]}})).ok();
    assert_eq!(page["conversations"][0]["name"], desk.name("a").as_str());
}

#[test]
fn enum_numbers_follow_the_printed_order() {
    let desk = house().desk();
    let sources = [
        "STUDIO_SYNTHETIC_ANNOTATION",
        "STUDIO_USER_DEFINED",
        "STUDIO_SCRAPED_FROM_PLATFORM",
        "OPERA_SYNTHETIC",
        "OPERA_SIMULATION",
        "BOT",
        "INGESTION_PIPELINE",
        "OPERA_PREVIEW",
        "KA_SIMULATION",
        "VA_SIMULATION",
    ];
    for (index, source) in sources.iter().enumerate() {
        assert_eq!(desk.start(source, &json!({"source": index + 1}))["source"], *source, "3.2: Source (11)");
    }
}

#[test]
fn durations_print_the_fewest_digits() {
    let desk = house().desk();
    desk.start("a", &json!({"startTime": "2026-01-05T09:00:00Z"}));
    for (end, duration) in [
        ("09:01:01.500Z", "61.5s"),
        ("09:01:01Z", "61s"),
        ("09:00:00.000001Z", "0.000001s"),
        ("09:01:01.120Z", "61.12s"),
    ] {
        desk.verb("a", "updateState", &json!({"state": "CLOSED", "endTime": format!("2026-01-05T{end}")}))
            .ok();
        assert_eq!(desk.conversation("a")["duration"], duration, "1");
        desk.verb("a", "updateState", &json!({"state": "LIVE"})).ok();
    }
}

#[test]
fn times_are_taken_with_any_offset_and_printed_in_utc() {
    let desk = house().desk();
    for (index, sent) in
        ["2026-01-05T10:00:00+01:00", "2026-01-05T09:00:00Z", "2026-01-05T09:00:00.000Z"].iter().enumerate()
    {
        assert_eq!(
            desk.start(&format!("c{index}"), &json!({"startTime": sent}))["startTime"],
            "2026-01-05T09:00:00Z"
        );
    }
    for bad in ["2026-01-05", "yesterday", "2026-13-05T09:00:00Z", "2026-01-05T09:00:00", ""] {
        desk.try_start("bad", &json!({"startTime": bad})).invalid("startTime");
    }
}

#[test]
fn int64_is_a_string_and_taken_as_either() {
    let desk = desk();
    for (id, size) in [("m1", json!("9007199254740993")), ("m2", json!(12))] {
        let message = json!({"text": "x", "attachments": [{"uri": "u", "sizeBytes": size}]});
        let stored = desk.try_append("a", id, &message).ok();
        let printed = &stored["conversationMessage"]["attachments"][0]["sizeBytes"];
        assert_eq!(printed, size.as_str().unwrap_or("12"), "1: int64 as string");
    }
    assert!(desk.client.get(&desk.at("/conversations:count")).ok()["count"].is_string());
}

#[test]
fn the_flags_of_start_go_by_both_spellings() {
    let desk = house().desk();
    let flags = [
        "skipAnnotations",
        "skipPiiRedation",
        "skipPiiRedaction",
        "synchronousBackend",
        "useOnboardingEmbeddingIndex",
        "skipIndexOnClose",
        "skipAutoQaOnClose",
        "blockingCloseOtherConversation",
        "processWhenConversationClose",
        "skipInsightProcessing",
    ];
    for flag in flags {
        let path = desk.path(flag, &format!(":start?featureOverride.{flag}=true"));
        assert_eq!(desk.client.post(&path, &json!({})).ok()["outcome"], "CREATED", "3.1: {flag}");
    }
    let path = desk.path(
        "snake",
        ":start?feature_override.skip_pii_redation=true&close_agent_other_conversations=false",
    );
    desk.client.post(&path, &json!({})).ok();
    let bad = desk.client.post(&desk.path("b", ":start?featureOverride.skipNonsense=true"), &json!({}));
    assert!(bad.fails("INVALID_ARGUMENT").text().contains("skipNonsense"), "{bad}");
    desk.client
        .post(&desk.path("b", ":start?closeAgentOtherConversations=maybe"), &json!({}))
        .invalid("closeAgentOtherConversations");
}

#[test]
fn unknown_names_are_refused_and_named() {
    let desk = desk();
    let named = |answer: hansard_conformance::answer::Answer, name: &str| {
        assert!(
            answer.fails("INVALID_ARGUMENT").json()["message"].as_str().unwrap().contains(name),
            "{answer}"
        );
    };
    named(desk.try_start("b", &json!({"colour": "red"})), "colour");
    named(desk.try_start("b", &json!({"platformInfo": {"colour": "red"}})), "colour");
    named(desk.try_start("b", &json!({"channel": "PIGEON"})), "channel");
    named(desk.try_start("b", &json!({"channel": 99})), "channel");
    named(desk.try_list(&json!({"filter": {"colour": "red"}})), "colour");
    named(desk.try_list(&json!({"filter": {"sources": ["PIGEON"]}})), "sources");
    named(desk.client.get(&desk.path("a", "?colour=red")), "colour");
    named(desk.client.get(&desk.at("/conversations:count?filter.colour=red")), "colour");
    named(desk.client.get(&desk.path("a", "/conversationMessages?page_sise=1")), "page_sise");
    desk.client.get(&desk.path("b", "")).fails("NOT_FOUND");
}

#[test]
fn wrong_types_are_refused_and_named() {
    let desk = desk();
    for (field, value) in [
        ("displayName", json!(1)),
        ("campaign", json!("yes")),
        ("visitor", json!("v")),
        ("models", json!([])),
    ] {
        desk.try_start("b", &json!({field: value})).invalid(field);
    }
    desk.try_list(&json!({"pageSize": "many"})).invalid("pageSize");
    desk.try_list(&json!({"pageSize": 1.5})).invalid("pageSize");
    desk.client.get(&desk.path("a", "/conversationMessages?pageSize=many")).invalid("pageSize");
    for body in ["[]", "\"text\"", "1", "{", "{}{}", "nope"] {
        let answer = desk.client.call("POST", &desk.path("b", ":start")).bytes(body.to_owned()).send();
        answer.fails("INVALID_ARGUMENT");
    }
}

#[test]
fn an_empty_body_is_an_empty_message() {
    let desk = house().desk();
    assert_eq!(desk.client.call("POST", &desk.path("a", ":start")).send().ok()["outcome"], "CREATED");
    assert_eq!(
        desk.client.call("POST", &desk.path("a", ":close")).send().ok(),
        json!({}),
        "1: empty responses are {{}}"
    );
    assert_eq!(desk.client.call("POST", &desk.at("/conversations")).send().ok()["totalConversations"], 1);
}

#[test]
fn errors_are_a_status_with_details() {
    let desk = desk();
    let absent = desk.client.get(&desk.path("absent", ""));
    absent.fails("NOT_FOUND");
    assert_eq!(absent.header("content-type").map(|value| value.starts_with("application/json")), Some(true));
    assert!(
        absent.json()["message"].as_str().unwrap().contains(&desk.name("absent")),
        "named as the request names it"
    );
    let invalid = desk.verb("a", "updateDisplayName", &json!({}));
    invalid.invalid("displayName");
    let detail = &invalid.json()["details"][0];
    assert_eq!(detail["@type"], "type.googleapis.com/google.rpc.BadRequest");
    assert!(detail["fieldViolations"][0]["description"].is_string());
}

#[test]
fn a_known_path_with_a_wrong_method_is_405_with_allow() {
    let desk = desk();
    let cases = [
        ("PUT", desk.path("a", ""), ["DELETE", "GET", "PATCH"].as_slice()),
        ("GET", desk.path("a", ":start"), &["POST"]),
        ("DELETE", desk.at("/conversations"), &["POST"]),
        ("PATCH", desk.at("/conversations:count"), &["GET", "POST"]),
        ("GET", desk.path("a", ":updateSkill"), &["POST"]),
        ("POST", desk.at("/changes"), &["GET"]),
    ];
    for (verb, path, allowed) in cases {
        let answer = desk.client.call(verb, &path).send();
        assert_eq!(answer.status, 405, "{answer}");
        let allow = answer.header("allow").unwrap_or_else(|| panic!("Allow: {answer}"));
        let mut methods: Vec<&str> =
            allow.split(',').map(str::trim).filter(|method| !["HEAD", "OPTIONS"].contains(method)).collect();
        methods.sort_unstable();
        assert_eq!(methods, allowed, "{answer}");
    }
}

#[test]
fn an_unknown_path_is_not_found() {
    let client = house().admin();
    for path in [
        "/v1/nonsense",
        "/",
        "/v2/customers",
        "/v1/customers/acme/profiles/support/conversations/a:nonsense",
        "/v1/customers//profiles",
    ] {
        let answer = client.get(path);
        assert!([404, 400].contains(&answer.status), "{answer}");
        assert!(answer.json()["code"].is_i64(), "{answer}");
    }
}

#[test]
fn too_large_a_body_is_413_with_code_8() {
    let desk = desk();
    let body = format!("{{\"displayName\":\"{}\"}}", "x".repeat(9 * 1024 * 1024));
    let answer = desk.client.call("POST", &desk.path("b", ":start")).bytes(body).send();
    assert_eq!(answer.status, 413, "1: {answer}");
    assert_eq!(answer.json()["code"], 8);
}

#[test]
fn the_request_id_is_told_to_the_client() {
    let answer = desk().client.get("/v1/customers/acme/profiles/support");
    assert!(answer.header("x-request-id").is_some_and(|id| !id.is_empty()), "issue 4: {:?}", answer.headers);
}

#[test]
fn text_comes_back_with_the_identical_code_points() {
    let desk = desk();
    let texts = [
        "e\u{301} is not \u{e9}",
        "\u{fb01} \u{212b}",
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
        "a\u{202e}b\u{feff}",
        "tab\tline\r\nend",
        "\u{1}\u{1f}\u{7f}",
        "\u{10ffff}\u{fffd}\u{ffff}",
        "  spaces  ",
        "'; drop table message; --",
        "</script>&amp;\\u0041",
    ];
    for (index, text) in texts.iter().enumerate() {
        let id = format!("m{index}");
        assert_eq!(desk.append("a", &id, text)["text"], *text);
        let path = desk.path("a", &format!("/messages/{id}"));
        assert_eq!(desk.client.get(&path).ok()["conversationMessage"]["text"], *text, "1, Text");
    }
}
