//! Filters over what was remarked on conversations: each field alone decides.

use hansard_conformance::desk::Desk;
use hansard_conformance::house::{house, unique};
use serde_json::{Value, json};

/// A desk with the conversations `a`, on which everything is remarked, and `b`, on which nothing is.
fn desk() -> Desk {
    let desk = house().desk();
    for id in ["a", "b"] {
        desk.start(id, &json!({}));
        desk.append(id, "m1", "hello");
    }
    let remark = |collection: &str, body: Value| {
        desk.client.post(&desk.path("a", &format!("/{collection}")), &body).ok();
    };
    let moment = format!("{}/moments/greeting", desk.profile);
    remark("momentAnnotations", json!({"moment": moment, "adherence": "ADHERED"}));
    remark("behaviorAnnotations", json!({"behavior": "empathy", "adherence": "NOT_ADHERED"}));
    remark("actionAnnotations", json!({"action": "refund", "liveAssist": true}));
    remark("hintAnnotations", json!({"hint": "offer"}));
    remark("comments", json!({"text": "well done"}));
    desk
}

fn decides(desk: &Desk, with: &Value, without: &Value) {
    assert_eq!(desk.select(with), ["a"], "{with}");
    let others = desk.select(without);
    assert!(others.is_empty() || others == ["b"], "{without}: {others:?}");
}

#[test]
fn annotations_select() {
    let desk = desk();
    let moments = |name: &str, adherence: &str| {
        let moment = format!("{}/moments/{name}", desk.profile);
        json!({"moments": [{"momentWithAdherence": [{"momentName": moment, "adherence": adherence}]}]})
    };
    decides(&desk, &moments("greeting", "ADHERED"), &moments("greeting", "NOT_ADHERED"));
    decides(&desk, &moments("greeting", "ADHERENCE_TYPE_UNSPECIFIED"), &moments("other", "ADHERED"));
    let behaviors = |adherences: &[&str]| {
        let all = adherences.iter().map(|one| json!({"behaviorName": "empathy", "adherence": one}));
        json!({"behaviors": [{"behaviorWithAdherence": all.collect::<Vec<_>>()}]})
    };
    decides(&desk, &behaviors(&["NOT_ADHERED"]), &behaviors(&["NOT_ADHERED", "ADHERED"]));
    decides(&desk, &json!({"actions": ["other", "refund"]}), &json!({"actions": ["other"]}));
    let actions = |names: &[&str]| json!({"actionFilters": [{"actionName": names}]});
    decides(&desk, &actions(&["refund"]), &actions(&["refund", "other"]));
    let hints = |names: &[&str]| json!({"hintNameFilters": [{"hintNames": names}]});
    decides(&desk, &hints(&["offer"]), &hints(&["offer", "other"]));
    let [comments, assist] = ["commentsFilter", "liveAssistFilter"];
    decides(&desk, &json!({comments: "WITH_COMMENTS"}), &json!({comments: "WITHOUT_COMMENTS"}));
    decides(&desk, &json!({assist: "WITH_LIVE_ASSIST"}), &json!({assist: "WITHOUT_LIVE_ASSIST"}));
    let text = json!({"filterText": "comments:*"});
    assert_eq!(desk.select_in_order(&text), ["a"], "the same as text");
}

#[test]
fn what_is_taken_back_selects_no_more() {
    let desk = desk();
    let with = json!({"commentsFilter": "WITH_COMMENTS"});
    desk.client.post(&desk.path("a", "/comments?commentId=second"), &json!({"text": "again"})).ok();
    let comments = desk.client.get(&desk.path("a", "/comments")).ok();
    for comment in comments["comments"].as_array().unwrap() {
        assert_eq!(desk.select(&with), ["a"], "until the last is gone");
        desk.client.delete(&format!("/v1/{}", comment["name"].as_str().unwrap())).ok();
    }
    assert_eq!(desk.select(&with), [] as [&str; 0]);
    desk.client.delete(&desk.path("a", "")).ok();
    assert_eq!(desk.select(&json!({"actions": ["refund"]})), [] as [&str; 0]);
}

#[test]
fn one_scorecard_must_be_all_that_is_asked() {
    let desk = desk();
    let template = desk.at("/scorecardTemplates?scorecardTemplateId=qa");
    desk.client.post(&template, &json!({"criteria": [{"id": "tone"}]})).ok();
    let template = |revision: &str| format!("{}/scorecardTemplates/qa@{revision}", desk.profile);
    let body = json!({"conversation": desk.name("a"), "template": template("1")});
    desk.client.post(&desk.at("/scorecards"), &body).ok();
    let status = |status: &str| json!({"scorecardStatusFilter": status});
    decides(&desk, &status("DRAFT"), &status("NOT_SCORED"));
    assert_eq!(desk.select(&status("SUBMITTED")), [] as [&str; 0]);
    let templates = |revision: &str| json!({"scorecardTemplateNameFilters": [template(revision)]});
    decides(&desk, &templates("*"), &templates("2"));
    let both = json!({"scorecardTemplateNameFilters": [template("1")], "scorecardStatusFilter": "DRAFT"});
    decides(&desk, &both, &json!({"scorecardSubmitterNameFilters": ["customers/acme/users/ada"]}));
    let calibration = |status: &str| json!({"calibrationStatusFilter": status});
    assert_eq!(desk.select(&calibration("NOT_SCORED")).len(), 2);
    assert_eq!(desk.select(&calibration("SUBMITTED")), [] as [&str; 0]);
}

#[test]
fn groups_are_resolved_when_asked() {
    let desk = house().desk();
    let (id, group) = (unique("user"), unique("group"));
    let name = format!("customers/acme/groups/{group}");
    let user = json!({"displayName": "Ada", "groups": [name]});
    desk.client
        .post(&format!("/v1/customers/acme/groups?groupId={group}"), &json!({"displayName": "G"}))
        .ok();
    desk.client.post(&format!("/v1/customers/acme/users?userId={id}"), &user).ok();
    desk.start("a", &json!({"agent": format!("customers/acme/users/{id}")}));
    desk.start("b", &json!({}));
    let filter = json!({"usersOrGroups": {"groups": [name]}});
    assert_eq!(desk.select(&filter), ["a"]);
    desk.client
        .patch(&format!("/v1/customers/acme/users/{id}?updateMask=groups"), &json!({"groups": []}))
        .ok();
    assert_eq!(desk.select(&filter), [] as [&str; 0]);
}
