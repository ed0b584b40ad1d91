//! Who may remark what, what redaction does to it, and what `skipAnnotations` keeps out.

use hansard_conformance::answer::Answer;
use hansard_conformance::desk::Desk;
use hansard_conformance::house::house;
use serde_json::json;

fn desk() -> Desk {
    let desk = house().desk();
    desk.start("own", &json!({"agent": "customers/acme/users/ada"}));
    desk.start("other", &json!({"agent": "customers/acme/users/bob"}));
    desk
}

fn comment(desk: &Desk, conversation: &str) -> Answer {
    desk.client.post(&desk.path(conversation, "/comments?commentId=c"), &json!({"text": "Well done."}))
}

#[test]
fn agents_comment_on_their_own_and_writers_annotate() {
    let desk = desk();
    let keys = &house().keys;
    let [agent, writer, reader] =
        [&keys.agent, &keys.writer, &keys.reader].map(|key| desk.seen_by(house().client(key)));
    let annotate = |desk: &Desk| {
        let body = json!({"behavior": "greeting", "source": "MODEL"});
        desk.client.post(&desk.path("own", "/behaviorAnnotations"), &body)
    };
    annotate(&writer).ok();
    annotate(&agent).fails("PERMISSION_DENIED");
    annotate(&reader).fails("PERMISSION_DENIED");
    comment(&writer, "own").fails("PERMISSION_DENIED");
    comment(&reader, "own").fails("PERMISSION_DENIED");
    let made = comment(&agent, "own").ok();
    assert_eq!(made["author"], "customers/acme/users/ada");
    let foreign = comment(&agent, "other");
    assert_eq!(foreign.text().replace("other", "absent"), comment(&agent, "absent").text());
    foreign.fails("NOT_FOUND");
    assert_eq!(reader.client.get(&reader.path("own", "/comments/c")).ok(), made);
}

#[test]
fn a_foreign_annotation_looks_absent() {
    let desk = desk();
    comment(&desk, "other").ok();
    let agent = desk.seen_by(house().client(&house().keys.agent));
    for rest in ["/comments/c", "/comments"] {
        let foreign = agent.client.get(&agent.path("other", rest));
        foreign.fails("NOT_FOUND");
        assert_eq!(
            foreign.text().replace("other", "absent"),
            agent.client.get(&agent.path("absent", rest)).text()
        );
    }
}

#[test]
fn a_comment_is_its_authors() {
    let desk = desk();
    let supervisor = desk.seen_by(house().client(&house().keys.supervisor));
    let agent = desk.seen_by(house().client(&house().keys.agent));
    let at = desk.path("own", "/comments/c");
    comment(&supervisor, "own").ok();
    agent.client.patch(&at, &json!({"text": "Best of all."})).fails("PERMISSION_DENIED");
    agent.client.delete(&at).fails("PERMISSION_DENIED");
    let changed = supervisor.client.patch(&at, &json!({"text": "Better."})).ok();
    assert_eq!(changed["text"], "Better.");
    let moderated = desk.client.patch(&at, &json!({"text": "Good."})).ok();
    assert_eq!([&moderated["text"], &moderated["author"]], [&json!("Good."), &changed["author"]]);
    supervisor.client.delete(&at).ok();
}

#[test]
fn texts_are_redacted_unless_the_conversation_is_exempt() {
    let desk = desk();
    let patterns = json!({"redactionPatterns": [{"entityType": "ACCOUNT", "pattern": "[0-9]{9}"}]});
    desk.client.patch(&desk.at("?updateMask=redactionPatterns"), &patterns).ok();
    desk.verb("exempt", "start?featureOverride.skipPiiRedation=true", &json!({})).ok();
    let said = "about 123456789";
    for (conversation, kept) in [("own", "about [ACCOUNT]"), ("exempt", said)] {
        for (collection, field) in [
            ("comments", "text"),
            ("behaviorAnnotations", "behavior"),
            ("actionAnnotations", "action"),
            ("hintAnnotations", "hint"),
        ] {
            let at = desk.path(conversation, &format!("/{collection}"));
            let made = desk.client.post(&at, &json!({field: said})).ok();
            assert_eq!(made[field], kept, "{collection}");
            let at = format!("/v1/{}", made["name"].as_str().unwrap());
            assert_eq!(desk.client.patch(&at, &json!({field: said})).ok()[field], kept, "{collection}");
        }
    }
    let criteria = json!({"criteria": [{"id": "x"}]});
    desk.client.post(&desk.at("/scorecardTemplates?scorecardTemplateId=t"), &criteria).ok();
    let scorecard = json!({
        "conversation": desk.name("own"),
        "template": format!("{}/scorecardTemplates/t", desk.profile),
        "scores": [{"criterion": "x", "value": 1, "comment": said}],
    });
    let made = desk.client.post(&desk.at("/scorecards"), &scorecard).ok();
    assert_eq!(made["scores"][0]["comment"], "about [ACCOUNT]");
}

#[test]
fn skip_annotations_keeps_out_what_no_person_found() {
    let desk = desk();
    desk.verb("quiet", "start?featureOverride.skipAnnotations=true", &json!({})).ok();
    let post = |source: &str| {
        let body = json!({"behavior": "greeting", "source": source});
        desk.client.post(&desk.path("quiet", "/behaviorAnnotations?behaviorAnnotationId=one"), &body)
    };
    for source in ["MODEL", "RULE", "PLATFORM"] {
        post(source).fails("FAILED_PRECONDITION");
    }
    post("USER").ok();
    let at = desk.path("quiet", "/behaviorAnnotations/one");
    desk.client.patch(&at, &json!({"source": "MODEL"})).fails("FAILED_PRECONDITION");
    comment(&desk, "quiet").ok();
}
