//! ImportConversations and ExportConversations over the wire: whole conversations, each all or nothing.

use hansard_conformance::answer::Answer;
use hansard_conformance::client::runtime;
use hansard_conformance::desk::{Desk, column};
use hansard_conformance::grpc;
use hansard_conformance::house::house;
use hansard_conformance::sample::{Target, template};
use hansard_proto::v1::{ConversationArchive, ExportConversationsRequest, ImportConversationsRequest};
use serde_json::{Value, json};

fn archive(desk: &Desk, id: &str, messages: &[Value]) -> Value {
    json!({
        "conversation": {"name": desk.name(id), "state": "CLOSED", "startTime": "2026-01-05T09:00:00Z", "endTime": "2026-01-05T09:05:00Z"},
        "messages": messages,
    })
}

fn import(desk: &Desk, archives: &[Value]) -> Answer {
    desk.client.post(&desk.at("/conversations:import"), &json!({"conversations": archives}))
}

#[test]
fn whole_conversations_come_in() {
    let desk = house().desk();
    let messages = [
        json!({"text": "hi", "speaker": "VISITOR", "sendTime": "2026-01-05T09:00:01Z"}),
        json!({"text": "ho", "speaker": "AGENT"}),
    ];
    let answer = import(&desk, &[archive(&desk, "a", &messages)]).ok();
    assert_eq!(answer["results"], json!([{"conversation": desk.name("a"), "outcome": "CREATED"}]));
    let conversation = desk.conversation("a");
    assert_eq!(
        [&conversation["state"], &conversation["endTime"]],
        ["CLOSED", "2026-01-05T09:05:00Z"],
        "output-only fields are kept"
    );
    let stored = desk.messages("a");
    assert_eq!(column(&stored, "text"), ["hi", "ho"]);
    assert_eq!(column(&stored, "sequencePosition"), [1, 2]);
    assert_eq!(stored[0]["sendTime"], "2026-01-05T09:00:01Z");
}

#[test]
fn one_that_exists_stays_unchanged() {
    let desk = house().desk();
    import(&desk, &[archive(&desk, "a", &[json!({"text": "first"})])]).ok();
    let before = (desk.conversation("a"), desk.changes());
    let again =
        import(&desk, &[archive(&desk, "a", &[json!({"text": "other"}), json!({"text": "more"})])]).ok();
    assert_eq!(again["results"][0]["outcome"], "ALREADY_EXISTS");
    assert_eq!((desk.conversation("a"), desk.changes()), before);
}

#[test]
fn a_refused_one_leaves_nothing_and_the_others_go_in() {
    let desk = house().desk();
    let bad = archive(&desk, "bad", &[json!({"text": "fine"}), json!({"text": "x".repeat(64 * 1024 + 1)})]);
    let answer = import(&desk, &[archive(&desk, "a", &[]), bad, archive(&desk, "b", &[])]).ok();
    let results = answer["results"].as_array().unwrap();
    assert_eq!(column(results, "outcome"), ["CREATED", "REFUSED", "CREATED"]);
    assert!(
        results[1]["reason"].as_str().unwrap().contains("messages[1].text"),
        "naming the field: {answer}"
    );
    desk.client.get(&desk.path("bad", "")).fails("NOT_FOUND");
    assert_eq!(desk.select(&json!({})), ["a", "b"]);
}

#[test]
fn a_conversation_comes_into_the_profile_that_is_asked_for() {
    let desk = house().desk();
    let elsewhere = house().desk();
    let results = import(&desk, &[archive(&elsewhere, "a", &[])]).ok()["results"].take();
    assert_eq!(results[0]["conversation"], desk.name("a").as_str(), "whatever profile it was exported from");
    desk.conversation("a");
    elsewhere.client.get(&elsewhere.path("a", "")).fails("NOT_FOUND");
}

#[test]
fn what_is_exported_can_be_imported() {
    let desk = house().desk();
    for (id, start) in [("late", "2026-01-06T09:00:00Z"), ("early", "2026-01-05T09:00:00Z")] {
        desk.start(id, &json!({"startTime": start, "skill": "billing"}));
        desk.append(id, "m1", id);
    }
    let mut client = grpc::conversations(desk.client.address(), &house().keys.admin);
    let archives = export(&desk);
    let names: Vec<&str> =
        archives.iter().map(|archive| archive.conversation.as_ref().unwrap().name.as_str()).collect();
    assert_eq!(names, [desk.name("early"), desk.name("late")], "oldest start first");
    let before = ["early", "late"].map(|id| (desk.messages(id), desk.events(id)));
    for id in ["early", "late"] {
        desk.client.delete(&desk.path(id, "")).ok();
    }
    let request = ImportConversationsRequest { parent: desk.profile.clone(), conversations: archives };
    let results = runtime().block_on(client.import_conversations(request)).unwrap().into_inner().results;
    assert!(results.iter().all(|result| result.outcome().as_str_name() == "CREATED"), "{results:?}");
    assert_eq!(["early", "late"].map(|id| (desk.messages(id), desk.events(id))), before);
}

/// Exports the profile as JSON lines would hold it.
fn export(desk: &Desk) -> Vec<ConversationArchive> {
    let mut client = grpc::conversations(desk.client.address(), &house().keys.admin);
    let request = ExportConversationsRequest { parent: desk.profile.clone(), ..Default::default() };
    runtime().block_on(async {
        let mut stream = client.export_conversations(request).await.unwrap().into_inner();
        let mut archives = Vec::new();
        while let Some(archive) = stream.message().await.unwrap() {
            archives.push(archive);
        }
        archives
    })
}

/// A desk whose conversation `a` has one of everything that can be remarked on it.
fn remarked() -> Desk {
    let desk = house().desk();
    desk.start("a", &json!({}));
    desk.append("a", "m1", "hello");
    let [customer, conversation, item] = ["acme", "a", "qa"].map(str::to_owned);
    let profile = desk.profile.rsplit('/').next().unwrap().to_owned();
    let target = Target { customer, profile, conversation, item };
    for (collection, id, mut body) in target.remarks() {
        if collection != "comments" {
            let message = format!("{}/messages/m1", desk.name("a"));
            body.as_object_mut().unwrap().extend([
                ("message".to_owned(), json!(message)),
                ("endIndex".to_owned(), json!(5)),
                ("source".to_owned(), json!("MODEL")),
            ]);
        }
        desk.client.post(&desk.path("a", &format!("/{collection}?{id}=one")), &body).ok();
    }
    desk.client.post(&desk.at("/scorecardTemplates?scorecardTemplateId=qa"), &template()).ok();
    let mut scorecard = target.scorecard();
    scorecard["scores"] = json!([{"criterion": "greeting", "value": 1, "comment": "warm"}]);
    scorecard["status"] = json!("SUBMITTED");
    desk.client.post(&desk.at("/scorecards?scorecardId=s1"), &scorecard).ok();
    scorecard["referenceScorecard"] = json!(format!("{}/scorecards/s1", desk.profile));
    scorecard["calibrationStatus"] = json!("SUBMITTED");
    desk.client.post(&desk.at("/scorecards?scorecardId=s2"), &scorecard).ok();
    desk
}

#[test]
fn what_was_remarked_comes_back_in_another_profile() {
    let (desk, other) = (remarked(), house().desk());
    let archives = export(&desk);
    let mut client = grpc::conversations(desk.client.address(), &house().keys.admin);
    let parent = other.profile.clone();
    let request = ImportConversationsRequest { parent, conversations: archives.clone() };
    let results = runtime().block_on(client.import_conversations(request)).unwrap().into_inner().results;
    assert_eq!(results[0].outcome().as_str_name(), "CREATED", "{results:?}");
    let text = |archive: &ConversationArchive| format!("{archive:#?}");
    let moved = text(&archives[0]).replace(&format!("{}/", desk.profile), &format!("{}/", other.profile));
    let again = text(&export(&other)[0]);
    for (before, after) in moved.lines().zip(again.lines()) {
        let is_given_anew = ["etag: ", "legacy_chat_id: "].iter().any(|field| before.contains(field));
        assert!(before == after || is_given_anew, "{before} is now {after}");
    }
    assert_eq!(moved.lines().count(), again.lines().count());
    let archive = &archives[0];
    let counts = [archive.moment_annotations.len(), archive.comments.len(), archive.scorecards.len()];
    assert_eq!((counts, archive.scorecard_templates.len()), ([1, 1, 2], 1), "the export holds them");
}

#[test]
fn a_template_that_is_another_refuses_the_conversation() {
    let (desk, other) = (remarked(), house().desk());
    let another = json!({"criteria": [{"id": "farewell"}]});
    other.client.post(&other.at("/scorecardTemplates?scorecardTemplateId=qa"), &another).ok();
    let mut client = grpc::conversations(desk.client.address(), &house().keys.admin);
    let mut archives = export(&desk);
    let mut import = |conversations: Vec<ConversationArchive>| {
        let request = ImportConversationsRequest { parent: other.profile.clone(), conversations };
        let mut results =
            runtime().block_on(client.import_conversations(request)).unwrap().into_inner().results;
        results.remove(0)
    };
    let refused = import(archives.clone());
    assert_eq!(refused.outcome().as_str_name(), "REFUSED");
    assert!(refused.reason.contains("scorecardTemplates/qa@1"), "{}", refused.reason);
    archives[0].scorecard_templates.clear();
    other.client.delete(&other.at("/scorecardTemplates/qa")).ok();
    let missing = import(archives);
    assert!(missing.reason.contains("scorecards[0].template"), "{}", missing.reason);
    other.client.get(&other.path("a", "")).fails("NOT_FOUND");
}

#[test]
fn an_import_holds_at_most_1000() {
    let desk = house().desk();
    let archives: Vec<Value> = (0..1001).map(|index| archive(&desk, &format!("c{index}"), &[])).collect();
    import(&desk, &archives).invalid("conversations");
    assert_eq!(desk.client.get(&desk.at("/conversations:count")).ok()["count"], "0");
}
