use serde_json::json as value;

use super::*;

fn field_at_fault(result: Result<DynamicMessage, Error>) -> String {
    result.unwrap_err().field().unwrap().to_owned()
}

#[test]
fn a_body_fills_its_field_and_the_query_the_rest() {
    let target = format!(
        "{CONVERSATION}:start?closeAgentOtherConversations=true&featureOverride.skipPiiRedation=true\
         &feature_override.skip_annotations=true"
    );
    let message =
        request("POST", &target, r#"{"displayName":"A","platform_info":{"platformAccountId":"p"}}"#);
    assert_eq!(
        json(&message.unwrap()),
        value!({
            "parent": "customers/acme/profiles/support",
            "conversationId": "c1",
            "closeAgentOtherConversations": true,
            "featureOverride": {"skipPiiRedation": true, "skipAnnotations": true},
            "conversation": {"displayName": "A", "platformInfo": {"platformAccountId": "p"}},
        })
    );
}

#[test]
fn the_right_spelling_of_the_misspelt_flag_is_taken_too() {
    for name in ["skipPiiRedaction", "skip_pii_redaction", "skipPiiRedation", "skip_pii_redation"] {
        let message =
            request("POST", &format!("{CONVERSATION}:start?featureOverride.{name}=true"), "").unwrap();
        assert_eq!(json(&message)["featureOverride"], value!({"skipPiiRedation": true}), "{name}");
        let body = format!(r#"{{"conversations":[{{"featureOverride":{{"{name}":true}}}}]}}"#);
        let message = request("POST", &format!("{PROFILE}/conversations:import"), body).unwrap();
        assert_eq!(json(&message)["conversations"][0]["featureOverride"], value!({"skipPiiRedation": true}));
    }
}

#[test]
fn a_whole_body_leaves_room_for_query_flags() {
    let target = format!("{CONVERSATION}/messages:batchCreate?allowClosed=true");
    let message = request("POST", &target, r#"{"messages":[{"text":"hi"}]}"#).unwrap();
    assert_eq!(
        json(&message),
        value!({
            "parent": "customers/acme/profiles/support/conversations/c1",
            "messages": [{"text": "hi"}],
            "allowClosed": true,
        })
    );
}

#[test]
fn a_query_holds_lists_enums_times_and_masks() {
    let target = format!(
        "{PROFILE}/conversations:count?filter.sources=BOT&filter.sources=0&filter.skills=a%2Cb&filter.skills=c+d\
         &filter.rangeStartTime=2024-01-01T02:00:00%2B02:00&filter.minConversationDuration=1.50s&filter.channel=VOICE"
    );
    assert_eq!(
        json(&request("GET", &target, "").unwrap())["filter"],
        value!({
            "sources": ["BOT", "SOURCE_UNSPECIFIED"],
            "skills": ["a,b", "c d"],
            "rangeStartTime": "2024-01-01T00:00:00Z",
            "minConversationDuration": "1.500s",
            "channel": "VOICE",
        })
    );
    let message = request("PATCH", &format!("{CONVERSATION}?updateMask=displayName,skill"), "{}").unwrap();
    assert_eq!(json(&message)["updateMask"], value!("displayName,skill"));
}

#[test]
fn what_a_query_cannot_hold_is_refused_by_name() {
    let target = format!("{PROFILE}/conversations:count");
    for (query, field) in [
        ("nonsense=1", "nonsense"),
        ("filter=1", "filter"),
        ("filter.users=1", "filter.users"),
        ("filter.users.userName=1", "filter.users.userName"),
        ("filter.metadata.key=x", "filter.metadata.key"),
        ("filter.channel=PHONE", "filter.channel"),
        ("filter.channel=1.5", "filter.channel"),
        ("filter.rangeStartTime.seconds=1", "filter.rangeStartTime.seconds"),
        ("filter.rangeStartTime=yesterday", "filter.rangeStartTime"),
        ("filter.includeDevUsers=yes", "filter.includeDevUsers"),
        ("filter.includeDevUsers=true&filter.include_dev_users=true", "filter.include_dev_users"),
        ("filter.languageCode=%00", "filter.languageCode"),
        ("filter.languageCode=%ff", "filter.languageCode"),
        ("filter.languageCode=%zz", "filter.languageCode"),
        ("parent=customers/other/profiles/support", "parent"),
        ("%ff=1", "query"),
    ] {
        assert_eq!(field_at_fault(request("GET", &format!("{target}?{query}"), "")), field, "{query}");
    }
    let target = format!("{CONVERSATION}:start?conversation.displayName=x");
    assert_eq!(field_at_fault(request("POST", &target, "")), "conversation.displayName");
    let target = format!("{CONVERSATION}/messages?pageSize=2147483648");
    assert_eq!(field_at_fault(request("POST", &target, "")), "pageSize");
}

#[test]
fn path_query_and_body_may_agree_but_not_differ() {
    let name = "customers/acme/profiles/support/conversations/c1";
    request("POST", &format!("{CONVERSATION}:close"), format!(r#"{{"name":"{name}"}}"#)).unwrap();
    request("POST", &format!("{CONVERSATION}:close?name={name}"), "").unwrap();
    request("PATCH", CONVERSATION, format!(r#"{{"name":"{name}"}}"#)).unwrap();
    request("PATCH", CONVERSATION, r#"{"name":""}"#).unwrap();
    assert_eq!(field_at_fault(request("POST", &format!("{CONVERSATION}:close"), r#"{"name":"x"}"#)), "name");
    assert_eq!(field_at_fault(request("PATCH", CONVERSATION, r#"{"name":"x"}"#)), "conversation.name");
    let target = format!("{CONVERSATION}/messages:batchCreate?allowClosed=true");
    request("POST", &target, r#"{"allowClosed":true}"#).unwrap();
    assert_eq!(field_at_fault(request("POST", &target, r#"{"allowClosed":false}"#)), "allowClosed");
}

#[test]
fn an_encoded_slash_or_dots_never_reach_another_resource() {
    let message = request("GET", "/v1/customers/acme/profiles/a%2Fb/conversations/..", "").unwrap();
    assert_eq!(json(&message)["name"], "customers/acme/profiles/a%2Fb/conversations/..");
    let wrong = request("GET", "/v1/customers/acme/profiles/%zz/conversations/c1", "");
    assert_eq!(field_at_fault(wrong), "name");
    let wrong = request("POST", "/v1/customers/acme/profiles/p/conversations/%c0%af:start", "");
    assert_eq!(field_at_fault(wrong), "conversationId");
}

#[test]
fn a_method_without_body_takes_an_empty_object_only() {
    for body in ["", "  ", "{}", " { } \n"] {
        request("DELETE", CONVERSATION, body).unwrap();
    }
    for body in ["[]", "{\"name\":\"x\"}", "null", "{", "{}{}"] {
        assert_eq!(field_at_fault(request("DELETE", CONVERSATION, body)), "body");
    }
}

#[test]
fn bare_scalars_stand_for_metadata_values() {
    let body = r#"{"metadataValues":{"a.b":{"values":["US",1700000000000,true,{"stringValue":"US"}]}}}"#;
    let message = request("POST", &format!("{CONVERSATION}:upsertMetadata"), body).unwrap();
    assert_eq!(
        json(&message)["metadataValues"]["a.b"]["values"],
        value!([
            {"stringValue": "US"},
            {"numberValue": 1_700_000_000_000.0},
            {"booleanValue": true},
            {"stringValue": "US"},
        ])
    );
}
