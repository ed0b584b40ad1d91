//! Who may: the key in any of three headers, and the roles of the Conversation Service, on every route.

use hansard_conformance::answer::Answer;
use hansard_conformance::client::Client;
use hansard_conformance::house::house;
use hansard_conformance::records::{BASE, Records, message, path};
use serde_json::{Value, json};

#[test]
fn the_key_goes_in_any_of_three_headers() {
    let desk = house().desk();
    let body = json!({"role": "ADMIN", "profiles": [desk.profile]});
    let key = desk.client.post("/v1/customers/acme/apiKeys", &body).ok();
    let secret = key["secret"].as_str().unwrap();
    let anonymous = Client::anonymous(desk.client.address());
    let list = |name: &str, value: &str| anonymous.call("GET", BASE).header(name, value).send();
    list("X-API-Key", secret).page();
    list("X-WIIL-API-Key", secret).page();
    list("Authorization", &format!("ApiKey {secret}")).page();
    list("Authorization", &format!("Bearer {secret}")).page();
    for name in ["X-API-Key", "X-WIIL-API-Key", "Authorization"] {
        list(name, "hsk_wrong").refused(401);
        list(name, "").refused(401);
    }
    anonymous.get(BASE).refused(401);
    let twice = anonymous.call("GET", BASE).header("X-API-Key", secret).header("X-WIIL-API-Key", "hsk_wrong");
    twice.send().refused(401);
}

/// What a caller of each role may do.
struct Act {
    name: &'static str,
    call: fn(&Records, id: &str) -> Answer,
    /// Besides admin, who may everything.
    allowed: &'static [&'static str],
}

fn summary() -> Value {
    json!({"summary": "s", "key_points": [], "action_items": [], "sentiment": "NEUTRAL"})
}

const READERS: &[&str] = &["supervisor", "agent", "writer", "reader"];
const ACTS: [Act; 12] = [
    Act { name: "get", call: |records, id| records.try_get(id), allowed: READERS },
    Act {
        name: "list",
        call: |records, _| records.client.get(&format!("{BASE}?project_id={}", records.project)),
        allowed: READERS,
    },
    Act {
        name: "by-channel",
        call: |records, _| records.client.get(&path("by-channel/x", "")),
        allowed: READERS,
    },
    Act {
        name: "messages",
        call: |records, id| records.client.get(&path(id, "/messages")),
        allowed: READERS,
    },
    Act {
        name: "create",
        call: |records, id| records.try_create(&records.minimal(&format!("{id}-new"))),
        allowed: &["agent", "writer"],
    },
    Act {
        name: "append",
        call: |records, id| records.append(id, &message("m1", "hi", 1)),
        allowed: &["agent", "writer"],
    },
    Act {
        name: "status",
        call: |records, id| records.set_status(id, &json!({"status": "ACTIVE"})),
        allowed: &["agent", "writer"],
    },
    Act {
        name: "summary",
        call: |records, id| records.summarize(id, &summary()),
        allowed: &["agent", "writer"],
    },
    Act {
        name: "call-transfer",
        call: |records, id| {
            records.transfer(id, &json!({"transfer_target": "1234", "transfer_status": "pending"}))
        },
        allowed: &["agent", "writer"],
    },
    Act { name: "decommission", call: |records, id| records.decommission(id), allowed: &["agent", "writer"] },
    Act {
        name: "decommission again",
        call: |records, id| records.decommission(id),
        allowed: &["agent", "writer"],
    },
    Act { name: "delete", call: |records, id| records.delete(id), allowed: &[] },
];

#[test]
fn the_roles_are_those_of_the_service() {
    let records = Records::open();
    for role in ["admin", "supervisor", "agent", "writer", "reader", "operator"] {
        let limits = if role == "operator" { json!([]) } else { json!([records.desk.profile]) };
        let body = json!({"role": role.to_uppercase(), "profiles": limits, "user": (role == "agent").then_some("customers/acme/users/ada")});
        let maker = if role == "operator" { house().operator() } else { house().admin() };
        let key = maker.post("/v1/customers/acme/apiKeys", &body).ok();
        let caller = records.seen_by(Client::new(records.client.address(), key["secret"].as_str().unwrap()));
        let own = json!({"agent": "customers/acme/users/ada"});
        records.desk.start(role, &own);
        for act in &ACTS {
            let answer = (act.call)(&caller, role);
            let may = role == "admin" || act.allowed.contains(&role);
            let passed = [200, 201].contains(&answer.status);
            assert!(
                passed == may || role == "agent" && act.name == "create",
                "{} as {role}: {answer}",
                act.name
            );
            if !passed && role != "operator" {
                answer.refused(403);
            }
        }
    }
}

#[test]
fn an_agent_sees_its_own_alone() {
    let records = Records::open();
    let body =
        json!({"role": "AGENT", "profiles": [records.desk.profile], "user": "customers/acme/users/ada"});
    let key = house().admin().post("/v1/customers/acme/apiKeys", &body).ok();
    let agent = records.seen_by(Client::new(records.client.address(), key["secret"].as_str().unwrap()));
    records.desk.start("own", &json!({"agent": "customers/acme/users/ada"}));
    records.begin("other", &json!({}));
    assert_eq!(agent.select(""), ["own"]);
    agent.try_get("own").data(200);
    agent.try_get("other").refused(404);
}
