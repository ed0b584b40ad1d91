//! skipPiiRedation: a permission of its own, audited, and then nothing is masked.

use hansard_conformance::desk::Desk;
use hansard_conformance::house::house;
use hansard_conformance::secret::{Kind, Secrets, holds};
use hansard_conformance::story;
use serde_json::{Value, json};

const AS_IS: &str = "featureOverride.skipPiiRedation=true";

#[test]
fn an_exempt_conversation_is_stored_as_it_is() {
    let desk = house().desk();
    for kind in Kind::ALL {
        let id = kind.moment();
        let mut secrets = Secrets::of(kind);
        let mut say = |place: &str| secrets.tell(place);
        let body = story::conversation(&mut say);
        story::tell(&desk, &id, AS_IS, &body, &mut say);
        let read: Vec<String> = story::read(&desk, &id).into_iter().map(|(_, answer)| answer).collect();
        let masked =
            secrets.given().iter().filter(|(_, value)| !read.iter().any(|answer| holds(answer, value)));
        let masked: Vec<&str> = masked.map(|(place, _)| place.as_str()).collect();
        assert!(masked.is_empty(), "{kind:?}: {masked:?}");
        let rich = desk.client.get(&desk.path(&id, "/messages/rich")).ok();
        assert!(rich["conversationMessage"].get("redactions").is_none(), "{rich}");
        let annotations = desk.client.get(&desk.path(&id, "/momentAnnotations")).ok();
        assert_eq!(annotations["momentAnnotations"], json!([]));
    }
}

#[test]
fn the_exemption_needs_its_permission_by_every_door() {
    let desk = house().desk();
    let [writer, supervisor] =
        [&house().keys.writer, &house().keys.supervisor].map(|key| desk.seen_by(house().client(key)));
    for caller in [&writer, &supervisor] {
        let start = caller.path("refused", &format!(":start?{AS_IS}"));
        caller.client.post(&start, &json!({})).fails("PERMISSION_DENIED");
    }
    let secret = Kind::Card.value(9);
    import(&writer, "brought", &secret);
    let stored = desk.client.get(&desk.path("brought", "/conversationMessages")).text();
    assert!(!holds(&stored, &secret), "an import is no way around it: {stored}");
    import(&desk, "allowed", &secret);
    assert!(
        holds(&desk.messages("allowed")[0].to_string(), &secret),
        "an admin's import is as it was exported"
    );
    audited(&desk.name("allowed"));
}

/// Brings in a conversation that claims to be exempt; whether it may is the server's to say.
fn import(desk: &Desk, id: &str, secret: &str) {
    let archive = json!({
        "conversation": {"name": desk.name(id), "startTime": "2026-01-05T09:00:00Z"},
        "featureOverride": {"skipPiiRedation": true},
        "messages": [{"text": Kind::Card.told(secret), "speaker": "VISITOR"}],
    });
    desk.client.post(&desk.at("/conversations:import"), &json!({"conversations": [archive]}));
}

#[test]
fn the_exemption_is_audited() {
    let desk = house().desk();
    desk.client.post(&desk.path("a", &format!(":start?{AS_IS}")), &json!({})).ok();
    desk.start("b", &json!({}));
    let entry = audited(&desk.name("a"));
    assert!(entry["actor"].as_str().unwrap().starts_with("customers/acme/apiKeys/"), "{entry}");
    assert!(find_audit(&desk.name("b")).is_none());
}

fn audited(resource: &str) -> Value {
    find_audit(resource).unwrap_or_else(|| panic!("the exemption of {resource} is audited"))
}

fn find_audit(resource: &str) -> Option<Value> {
    let entries = house().admin().get("/v1/customers/acme/auditEntries?pageSize=1000").ok();
    let entries = entries["auditEntries"].as_array().unwrap();
    let is_it = |entry: &&Value| {
        entry["resource"] == resource && entry["action"].as_str().unwrap().contains("skip_pii_redaction")
    };
    entries.iter().find(is_it).cloned()
}
