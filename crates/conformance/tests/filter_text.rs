//! The filter as text: the same selection as the filter's fields, on every call that takes one.

use hansard_conformance::client::escape;
use hansard_conformance::desk::{Desk, column, id_of};
use hansard_conformance::house::house;
use serde_json::{Value, json};

/// Three conversations that differ in everything that is asked for here.
fn world() -> Desk {
    let desk = house().desk();
    let vip = desk.create_tag("vip");
    let region = |region: &str| json!({"region": {"values": [region]}, "score": {"values": [region.len()]}});
    desk.start("a", &json!({"channel": "CHAT", "metadata": region("eu"), "skill": "billing"}));
    desk.start(
        "b",
        &json!({"channel": "SMS", "metadata": region("emea"), "displayName": "Order 17 \"urgent\""}),
    );
    desk.start("c", &json!({"channel": "VOICE"}));
    desk.client.post(&desk.path("b", "/tags"), &json!({"tag": vip})).ok();
    desk.close("b");
    desk
}

fn tag(desk: &Desk) -> String {
    format!("{}/tags/vip", desk.profile)
}

fn select(desk: &Desk, text: &str) -> Vec<String> {
    let page = desk.try_list(&json!({"filterText": text, "orderBy": "start_time"})).ok();
    let mut ids: Vec<String> = page["conversations"].as_array().unwrap().iter().map(id_of).collect();
    ids.sort();
    ids
}

#[test]
fn text_selects_what_the_fields_select() {
    let desk = world();
    for (text, filter, ids) in [
        (
            "state = CLOSED AND tags:\"vip\"",
            json!({"liveFilter": "CLOSED_ONLY", "tags": [tag(&desk)]}),
            &["b"][..],
        ),
        ("channel = (CHAT OR SMS)", json!({"channels": ["CHAT", "SMS"]}), &["a", "b"]),
        (
            "channel != VOICE",
            json!({"channels": ["CHANNEL_UNSPECIFIED", "CHAT", "EMAIL", "SMS", "WHATSAPP"]}),
            &["a", "b"],
        ),
        (
            "metadata.region = \"e*\" -skill:*",
            json!({"metadata": [{"key": "region", "prefix": "e"}], "skills": [""]}),
            &["b"],
        ),
        ("NOT metadata.region:*", json!({"metadata": [{"key": "region", "exists": false}]}), &["c"]),
        (
            "metadata.score > 2 AND metadata.score <= 4",
            json!({"metadata": [{"key": "score", "range": {"min": 3, "max": 4}}]}),
            &["b"],
        ),
        (r#"displayName:"17 \"URGENT\"""#, json!({"displayNameContains": "17 \"urgent\""}), &["b"]),
        (
            "-agent:* duration < 1h",
            json!({"unassigned": true, "maxConversationDuration": "3600s"}),
            &["a", "b", "c"],
        ),
        ("", json!({}), &["a", "b", "c"]),
    ] {
        assert_eq!(select(&desk, text), ids, "{text}");
        let mut listed = desk.select(&filter);
        listed.sort();
        assert_eq!(listed, ids, "{filter}");
    }
}

#[test]
fn every_call_that_takes_a_filter_takes_a_text() {
    let desk = world();
    let text = "state = CLOSED";
    let body = json!({"filterText": text});
    let count = |answer: Value| answer["count"].clone();
    assert_eq!(count(desk.client.post(&desk.at("/conversations:count"), &body).ok()), "1");
    let query = escape(text);
    assert_eq!(
        count(desk.client.get(&desk.at(&format!("/conversations:count?filterText={query}"))).ok()),
        "1"
    );
    let sample = desk.client.post(&desk.at("/conversations:sample"), &body).ok();
    assert_eq!(column(sample["samples"].as_array().unwrap(), "conversation"), [desk.name("b")]);
    let changes = desk.client.get(&desk.at(&format!("/changes?filterText={query}"))).ok();
    let changes = column(changes["changes"].as_array().unwrap(), "conversation");
    assert!(!changes.is_empty() && changes.iter().all(|name| *name == desk.name("b").as_str()));
    let export = desk.client.get(&desk.at(&format!("/conversations:export?filterText={query}"))).text();
    assert_eq!(export.lines().filter(|line| line.contains("conversation")).count(), 1, "{export}");
}

#[test]
fn a_query_holds_every_field_that_is_no_list_of_objects() {
    let desk = world();
    let count = |query: &str| {
        desk.client.get(&desk.at(&format!("/conversations:count?{query}"))).ok()["count"].clone()
    };
    assert_eq!(count("filter.channels=CHAT&filter.channels=SMS&filter.liveFilter=LIVE_ONLY"), "1");
    assert_eq!(count("filter.users_or_groups.users=customers/acme/users/nobody"), "0");
    assert_eq!(count("filter.minConversationDuration=0s&filter.unassigned=true"), "3");
    let refused = desk.client.get(&desk.at("/conversations:count?filter.metadata=region"));
    refused.invalid("filter.metadata");
}

#[test]
fn both_hold_and_what_cannot_is_refused() {
    let desk = world();
    let both = |filter: Value, text: &str| desk.try_list(&json!({"filter": filter, "filterText": text}));
    let listed = both(json!({"channels": ["CHAT", "SMS"]}), "channel = (SMS OR VOICE)").ok();
    assert_eq!(id_of(&listed["conversations"][0]), "b");
    assert_eq!(listed["filteredConversations"], 1);
    both(json!({"channels": ["CHAT"]}), "channel = SMS").invalid("filterText");
    both(json!({"tags": [tag(&desk)]}), "tags:gold").invalid("filterText");
}

#[test]
fn an_error_points_at_the_column() {
    let desk = world();
    let error = desk.try_list(&json!({"filterText": "tags:\"vip\" AND chanel = CHAT"}));
    assert_eq!(
        error.invalid("filterText").json()["message"],
        "filterText: column 16: unknown field \"chanel\"; did you mean channel?"
    );
    desk.client.get(&desk.at("/changes?filterText=state")).invalid("filterText");
    desk.client.get(&desk.at("/conversations:export?filterText=(")).invalid("filterText");
}

#[test]
fn a_page_token_is_of_the_selection_and_not_of_its_spelling() {
    let desk = world();
    let page = |request: Value| desk.try_list(&request);
    let first = page(json!({"pageSize": 1, "filterText": "channel = (CHAT OR SMS)"})).ok();
    let token = first["nextPageToken"].as_str().unwrap();
    page(json!({"pageSize": 1, "filter": {"channels": ["CHAT", "SMS"]}, "pageToken": token})).ok();
    page(json!({"pageSize": 1, "filterText": "channel = CHAT", "pageToken": token})).invalid("pageToken");
}

/// Two conversations; all that can be remarked is remarked on `a`, and other things on `b`.
fn remarked() -> Desk {
    let desk = house().desk();
    let moment = |id: &str| format!("{}/moments/{id}", desk.profile);
    desk.client
        .post(&desk.at("/scorecardTemplates?scorecardTemplateId=qa"), &json!({"criteria": [{"id": "x"}]}))
        .ok();
    for (id, own, adherence) in [("a", "one", "ADHERED"), ("b", "two", "NOT_ADHERED")] {
        desk.start(id, &json!({}));
        desk.append(id, "m1", &format!("said {own}"));
        for (collection, body) in [
            ("momentAnnotations", json!({"moment": moment(own), "adherence": adherence})),
            ("behaviorAnnotations", json!({"behavior": format!("greets {own}"), "adherence": adherence})),
            ("actionAnnotations", json!({"action": own, "liveAssist": id == "a"})),
            ("hintAnnotations", json!({"hint": own})),
        ] {
            desk.client.post(&desk.path(id, &format!("/{collection}")), &body).ok();
        }
    }
    desk.client.post(&desk.path("a", "/comments"), &json!({"text": "Well done."})).ok();
    let scorecard = json!({"conversation": desk.name("a"), "template": format!("{}/scorecardTemplates/qa", desk.profile)});
    desk.client.post(&desk.at("/scorecards?scorecardId=s"), &scorecard).ok();
    desk
}

#[test]
fn what_is_remarked_is_found() {
    let desk = remarked();
    for (text, ids) in [
        ("text:\"ONE\"", &["a"][..]),
        ("moment.one = ADHERED", &["a"]),
        ("moment.one = NOT_ADHERED", &[]),
        ("behavior:\"greets one\" OR behavior.\"greets two\" = ADHERED", &["a"]),
        ("action:(one OR two)", &["a", "b"]),
        ("action:one action:two", &[]),
        ("hint:two", &["b"]),
        ("NOT comments:*", &["b"]),
        ("live_assist:*", &["a"]),
        ("scorecard_template = qa", &["a"]),
        ("scorecard_template = qa@2", &[]),
        ("scorecard_status = NOT_SCORED", &["b"]),
        ("scorecard_submitter = ada", &[]),
        ("calibration_status = NOT_SCORED", &["a", "b"]),
    ] {
        assert_eq!(select(&desk, text), ids, "{text}");
    }
}
