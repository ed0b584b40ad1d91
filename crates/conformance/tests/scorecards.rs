//! Scorecards and their templates: revisions, the life cycle of a scorecard, calibration.

use hansard_conformance::answer::Answer;
use hansard_conformance::client::{escape, runtime};
use hansard_conformance::desk::{Desk, column};
use hansard_conformance::grpc;
use hansard_conformance::house::house;
use hansard_proto::v1 as pb;
use serde_json::{Value, json};

/// A desk with the agent's conversation `a` and the template `qa`: a greeting, and a solution of weight 3 and up to 10.
fn desk() -> Desk {
    let desk = house().desk();
    desk.start("a", &json!({"agent": "customers/acme/users/ada"}));
    let criteria = json!([{"id": "greeting"}, {"id": "solution", "maxValue": 10, "weight": 3}]);
    make_template(&desk, &json!({"displayName": "Quality", "criteria": criteria})).ok();
    desk
}

fn make_template(desk: &Desk, body: &Value) -> Answer {
    desk.client.post(&desk.at("/scorecardTemplates?scorecardTemplateId=qa"), body)
}

fn template(desk: &Desk, revision: &str) -> String {
    format!("{}/scorecardTemplates/qa{revision}", desk.profile)
}

fn name(desk: &Desk, id: &str) -> String {
    format!("{}/scorecards/{id}", desk.profile)
}

fn create(desk: &Desk, id: &str, fields: &Value) -> Answer {
    let mut body = json!({"conversation": desk.name("a"), "template": template(desk, "")});
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    desk.client.post(&desk.at(&format!("/scorecards?scorecardId={id}")), &body)
}

fn update(desk: &Desk, id: &str, body: &Value) -> Answer {
    desk.client.patch(&desk.at(&format!("/scorecards/{id}")), body)
}

fn submitted(greeting: f64, solution: f64) -> Value {
    json!({
        "scores": [{"criterion": "greeting", "value": greeting}, {"criterion": "solution", "value": solution}],
        "status": "SUBMITTED",
    })
}

#[test]
fn a_template_keeps_its_revisions() {
    let desk = desk();
    let at = |rest: &str| desk.at(&format!("/scorecardTemplates/qa{rest}"));
    let first = desk.client.get(&at("")).ok();
    assert_eq!(first["name"], template(&desk, "@1"));
    assert_eq!([&first["criteria"][0]["maxValue"], &first["criteria"][1]["weight"]], [1, 3]);
    make_template(&desk, &json!({"criteria": [{"id": "x"}]})).fails("ALREADY_EXISTS");
    let second = desk.client.patch(&at("@1"), &json!({"displayName": "Better"})).ok();
    assert_eq!([&second["name"], &second["displayName"]], [&json!(template(&desk, "@2")), &json!("Better")]);
    assert_eq!(second["criteria"], first["criteria"], "what the mask does not name stays");
    assert_eq!(desk.client.get(&at("@1")).ok(), first);
    assert_eq!(desk.client.get(&at("")).ok(), second);
    desk.client.patch(&at("@1"), &json!({"displayName": "x"})).fails("FAILED_PRECONDITION");
    desk.client.patch(&at(""), &json!({"displayName": "x", "etag": first["etag"]})).fails("ABORTED");
    desk.client.get(&at("@3")).fails("NOT_FOUND");
    desk.client.get(&at("@x")).invalid("name");
    let listed = desk.client.get(&desk.at("/scorecardTemplates")).ok();
    assert_eq!(column(listed["scorecardTemplates"].as_array().unwrap(), "name"), [template(&desk, "@2")]);
    create(&desk, "s", &json!({"template": template(&desk, "@1")})).ok();
    desk.client.delete(&at("")).fails("FAILED_PRECONDITION");
    desk.client.delete(&desk.at("/scorecards/s")).ok();
    desk.client.delete(&at("@1")).fails("FAILED_PRECONDITION");
    desk.client.delete(&at("@2")).ok();
    desk.client.get(&at("@1")).fails("NOT_FOUND");
}

#[test]
fn a_template_is_checked() {
    let desk = desk();
    let post = |id: &str, body: &Value| {
        desk.client.post(&desk.at(&format!("/scorecardTemplates?scorecardTemplateId={}", escape(id))), body)
    };
    post("t", &json!({})).invalid("criteria");
    post("t@1", &json!({"criteria": [{"id": "x"}]})).invalid("scorecardTemplateId");
    post("", &json!({"criteria": [{"id": "x"}]})).invalid("scorecardTemplateId");
    post("t", &json!({"criteria": [{"id": "x"}, {"id": "x"}]})).invalid("criteria[1].id");
    post("t", &json!({"criteria": [{"id": "x", "weight": -1}]})).invalid("criteria[0].weight");
}

#[test]
fn a_scorecard_is_drafted_scored_and_submitted() {
    let desk = desk();
    let draft = create(&desk, "s", &json!({})).ok();
    assert_eq!([&draft["status"], &draft["calibrationStatus"]], ["DRAFT", "NOT_SCORED"]);
    assert_eq!(draft["template"], template(&desk, "@1"), "the newest revision");
    create(&desk, "s", &json!({})).fails("ALREADY_EXISTS");
    update(&desk, "s", &json!({"status": "SUBMITTED"})).fails("FAILED_PRECONDITION");
    let scored =
        update(&desk, "s", &json!({"scores": [{"criterion": "greeting", "value": 1, "comment": "warm"}]}))
            .ok();
    assert_eq!([&scored["totalScore"], &scored["scores"][0]["comment"]], [&json!(1), &json!("warm")]);
    update(&desk, "s", &json!({"scores": [{"criterion": "x"}]})).invalid("scorecard.scores[0].criterion");
    let over = json!({"scores": [{"criterion": "greeting", "value": 2}]});
    update(&desk, "s", &over).invalid("scorecard.scores[0].value");
    let supervisor = desk.seen_by(house().client(&house().keys.supervisor));
    let done = update(&supervisor, "s", &submitted(1.0, 5.0)).ok();
    assert_eq!([&done["status"], &done["totalScore"]], [&json!("SUBMITTED"), &json!(0.625)]);
    assert!(done["submitter"].as_str().unwrap().starts_with("customers/acme/apiKeys/"), "{done}");
    assert_ne!(done["submitter"], done["author"]);
    assert!(done["submitTime"].is_string());
    update(&supervisor, "s", &submitted(0.0, 5.0)).fails("FAILED_PRECONDITION");
    update(&supervisor, "s", &json!({"status": "DRAFT"})).fails("PERMISSION_DENIED");
    supervisor.client.delete(&supervisor.at("/scorecards/s")).fails("PERMISSION_DENIED");
    let reopened = update(&desk, "s", &json!({"status": "DRAFT"})).ok();
    assert_eq!([&reopened["status"], &reopened["submitter"]], ["DRAFT", ""]);
    update(&supervisor, "s", &submitted(0.0, 5.0)).ok();
    desk.client.patch(&desk.at("/scorecards/s?updateMask=template"), &json!({})).invalid("updateMask");
    assert_eq!(desk.client.delete(&desk.at("/scorecards/s")).ok(), json!({}));
    desk.client.get(&desk.at("/scorecards/s")).fails("NOT_FOUND");
}

#[test]
fn a_calibration_compares_with_a_reference() {
    let desk = desk();
    create(&desk, "reference", &submitted(1.0, 7.0)).ok();
    let calibrated = create(&desk, "s", &json!({"referenceScorecard": name(&desk, "reference")})).ok();
    assert_eq!(calibrated["calibrationStatus"], "DRAFT");
    update(&desk, "s", &json!({"calibrationStatus": "SUBMITTED"})).fails("FAILED_PRECONDITION");
    update(&desk, "s", &submitted(1.0, 5.0)).ok();
    let done = update(&desk, "s", &json!({"calibrationStatus": "SUBMITTED"})).ok();
    assert_eq!(
        [&done["calibrationStatus"], &done["calibrationAgreement"]],
        [&json!("SUBMITTED"), &json!(0.25)]
    );
    desk.client.delete(&desk.at("/scorecards/reference")).fails("FAILED_PRECONDITION");
    desk.start("b", &json!({}));
    create(&desk, "elsewhere", &json!({"conversation": desk.name("b")})).ok();
    for reference in ["elsewhere", "absent", "t"] {
        let body = json!({"referenceScorecard": name(&desk, reference)});
        create(&desk, "t", &body).invalid("scorecard.referenceScorecard");
    }
    create(&desk, "t", &json!({"calibrationStatus": "DRAFT"})).invalid("scorecard.calibrationStatus");
}

#[test]
fn what_a_scorecard_names_must_be_there() {
    let desk = desk();
    let elsewhere = house().desk();
    create(&desk, "s", &json!({"conversation": ""})).invalid("scorecard.conversation");
    create(&desk, "s", &json!({"conversation": elsewhere.name("a")})).invalid("scorecard.conversation");
    create(&desk, "s", &json!({"conversation": desk.name("absent")})).fails("NOT_FOUND");
    create(&desk, "s", &json!({"template": ""})).invalid("scorecard.template");
    let absent = create(&desk, "s", &json!({"template": template(&desk, "@9")}));
    absent.invalid("scorecard.template");
    assert!(absent.text().contains("create it first"), "{absent}");
}

#[test]
fn scorecards_are_listed_by_conversation_and_page() {
    let desk = desk();
    desk.start("b", &json!({"agent": "customers/acme/users/bob"}));
    for (id, conversation) in [("s1", "a"), ("s2", "b"), ("s3", "a")] {
        create(&desk, id, &json!({"conversation": desk.name(conversation)})).ok();
    }
    let ids = |desk: &Desk, rest: &str| {
        let page = desk.client.get(&desk.at(&format!("/scorecards?{rest}"))).ok();
        let names = column(page["scorecards"].as_array().unwrap(), "name");
        let ids = names.iter().map(|name| name.as_str().unwrap().rsplit('/').next().unwrap().to_owned());
        (ids.collect::<Vec<_>>(), escape(page["nextPageToken"].as_str().unwrap()))
    };
    let of_a = format!("conversation={}", desk.name("a"));
    assert_eq!(ids(&desk, &of_a).0, ["s1", "s3"]);
    let (first, token) = ids(&desk, "pageSize=2");
    assert_eq!(first, ["s1", "s2"]);
    assert_eq!(ids(&desk, &format!("pageSize=2&pageToken={token}")).0, ["s3"]);
    desk.client.get(&desk.at(&format!("/scorecards?{of_a}&pageToken={token}"))).invalid("pageToken");
    let agent = desk.seen_by(house().client(&house().keys.agent));
    assert_eq!(ids(&agent, "").0, ["s1", "s3"], "those of its own conversations");
    agent.client.get(&agent.at("/scorecards/s1")).ok();
    let foreign = agent.client.get(&agent.at("/scorecards/s2")).text();
    assert_eq!(foreign.replace("s2", "s9"), agent.client.get(&agent.at("/scorecards/s9")).text());
    let of_b = format!("/scorecards?conversation={}", desk.name("b"));
    agent.client.get(&agent.at(&of_b)).fails("NOT_FOUND");
}

#[test]
fn a_scorecard_is_a_change_of_its_conversation() {
    let desk = desk();
    create(&desk, "s", &json!({})).ok();
    let written = desk.changes().pop().unwrap();
    assert_eq!(
        [&written["kind"], &written["resource"]],
        [&json!("SCORECARD_WRITTEN"), &json!(name(&desk, "s"))]
    );
    assert_eq!(written["conversation"], desk.name("a").as_str());
    update(&desk, "s", &submitted(1.0, 1.0)).ok();
    desk.client.delete(&desk.at("/scorecards/s")).ok();
    let kinds = column(&desk.changes(), "kind");
    assert_eq!(kinds[kinds.len() - 2..], ["SCORECARD_WRITTEN", "SCORECARD_DELETED"]);
    create(&desk, "s", &json!({})).ok();
    desk.client.delete(&desk.path("a", "")).ok();
    desk.client.get(&desk.at("/scorecards/s")).fails("NOT_FOUND");
    assert_eq!(desk.client.get(&desk.at("/scorecards")).ok()["scorecards"], json!([]));
}

#[test]
fn grpc_says_the_same() {
    let desk = desk();
    let mut client = grpc::annotations(desk.client.address(), &house().keys.admin);
    let request = pb::CreateScorecardRequest {
        parent: desk.profile.clone(),
        scorecard_id: "s".to_owned(),
        scorecard: Some(pb::Scorecard {
            conversation: desk.name("a"),
            template: template(&desk, "@1"),
            ..Default::default()
        }),
    };
    let created = runtime().block_on(client.create_scorecard(request)).unwrap().into_inner();
    assert_eq!(created.status(), pb::conversation_filter::ScorecardStatusFilter::Draft);
    let request = pb::GetScorecardRequest { name: name(&desk, "s") };
    assert_eq!(runtime().block_on(client.get_scorecard(request)).unwrap().into_inner(), created);
    let request = pb::GetScorecardTemplateRequest { name: template(&desk, "") };
    let template = runtime().block_on(client.get_scorecard_template(request)).unwrap().into_inner();
    assert_eq!((template.name, template.criteria.len()), (created.template, 2));
}
