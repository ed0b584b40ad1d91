//! Decommissioning all active conversations of a deployment: a dry run, a job, and what watchers hear.

use std::time::{Duration, Instant};

use hansard_conformance::answer::Answer;
use hansard_conformance::desk::column;
use hansard_conformance::house::{house, unique};
use hansard_conformance::records::{Records, path};
use serde_json::{Value, json};

/// More than one transaction ends.
const ACTIVE: usize = 130;

fn shut_down(records: &Records, body: &Value) -> Answer {
    records.client.post(&path("decommission", ""), body)
}

/// Waits until a job has ended and returns what it tells then.
fn ended(records: &Records, job: &Value) -> Value {
    let id = job["job_id"].as_str().unwrap();
    let deadline = Instant::now() + Duration::from_secs(120);
    let mut last = 0;
    loop {
        let told = records.client.get(&path("decommission", &format!("/{id}"))).data(200);
        let done = told["decommissioned"].as_i64().unwrap();
        assert!(done >= last && done <= told["total"].as_i64().unwrap(), "progress: {told}");
        last = done;
        if told["job_status"] != "running" {
            return told;
        }
        assert!(Instant::now() < deadline, "{told}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Fills a project with active conversations of `desk`, and with what must stay as it is.
fn deployment() -> Records {
    let records = Records::open();
    for index in 0..ACTIVE {
        records.begin(&format!("a{index}"), &json!({"deployment_config_id": "desk"}));
    }
    records.begin("ended", &json!({"deployment_config_id": "desk", "status": "FAILED"}));
    records.begin("other", &json!({"deployment_config_id": "desk2"}));
    records.begin("deleted", &json!({"deployment_config_id": "desk"}));
    records.delete("deleted").data(200);
    records
}

#[test]
fn a_dry_run_counts_exactly_and_ends_nothing() {
    let records = deployment();
    let changes = records.desk.changes();
    let counted = shut_down(&records, &json!({"deployment_config_id": "desk", "dry_run": true})).data(200);
    assert_eq!(counted, json!({"deployment_config_id": "desk", "dry_run": true, "total": ACTIVE}));
    assert_eq!(records.desk.changes(), changes);
}

#[test]
fn a_job_ends_all_active_ones_and_watchers_hear_of_each() {
    let records = deployment();
    records.transfer("a7", &json!({"transfer_target": "1234", "transfer_status": "pending"})).data(200);
    let neighbour = Records::open();
    neighbour.begin("a1", &json!({"deployment_config_id": "desk"}));
    let before = records.desk.changes().len();
    let answer = shut_down(&records, &json!({"deployment_config_id": "desk", "status": "ABANDONED"}));
    let begun = answer.data(202);
    assert_eq!(begun["total"], ACTIVE);
    let told = ended(&records, &begun);
    assert_eq!([&told["job_status"], &told["decommissioned"]], [&json!("completed"), &json!(ACTIVE)]);
    assert!(told["ended_at"].as_i64() >= told["started_at"].as_i64());

    let changes = records.desk.changes();
    let closed = changes[before..].iter().filter(|change| change["kind"] == "CONVERSATION_CLOSED");
    let mut heard: Vec<String> = closed.map(|change| change["conversation"].to_string()).collect();
    heard.sort();
    heard.dedup();
    assert_eq!(heard.len(), ACTIVE, "each of them");
    assert_eq!(records.select("status=ACTIVE"), ["other"]);
    assert_eq!(records.select("status=ABANDONED").len(), ACTIVE);
    assert_eq!(records.get("ended")["status"], "FAILED", "what has ended stays as it is");
    let last = records.get("a7");
    assert_eq!(last["call_transfer"]["transfer_status"], "failed");
    let entry = last["state_history"].as_array().unwrap().last().unwrap();
    assert_eq!(entry["reason"], "decommissioned");
    assert!(entry["metadata"]["actor"].is_string(), "{entry}");
    assert_eq!(neighbour.get("a1")["status"], "ACTIVE", "nothing elsewhere");
    let again = shut_down(&records, &json!({"deployment_config_id": "desk"})).data(202);
    assert_eq!(ended(&records, &again)["decommissioned"], 0, "repeating it ends nothing more");
    assert_eq!(column(&records.desk.changes(), "kind"), column(&changes, "kind"));
}

#[test]
fn a_retry_key_has_one_job() {
    let records = Records::open();
    records.begin("a", &json!({}));
    let key = unique("key");
    let send = |body: &Value| {
        let call = records.client.call("POST", &path("decommission", "")).header("idempotency-key", &key);
        call.json(body).send()
    };
    let body = json!({"deployment_config_id": "deploy_789"});
    let first = send(&body).data(202);
    assert_eq!(send(&body).data(202)["job_id"], first["job_id"]);
    send(&json!({"deployment_config_id": "other"})).refused(409);
}

#[test]
fn a_job_is_seen_by_its_own_project_only() {
    let records = Records::open();
    let job = shut_down(&records, &json!({"deployment_config_id": "none"})).data(202);
    assert_eq!(ended(&records, &job)["total"], 0);
    let id = format!("/{}", job["job_id"].as_str().unwrap());
    Records::open().client.get(&path("decommission", &id)).refused(404);
    let reader = records.seen_by(house().client(&house().keys.reader));
    let query = format!("{id}?project_id={}", records.project);
    reader.client.get(&path("decommission", &query)).refused(403);
    records.client.get(&path("decommission", "/nothing")).refused(404);
}

#[test]
fn what_is_asked_must_be_clear() {
    let records = Records::open();
    let both = json!({"decommission_service_id": "a", "deployment_config_id": "d"});
    shut_down(&records, &both).refused_naming("deployment_config_id");
    shut_down(&records, &json!({"deployment_config_id": ""})).refused_naming("deployment_config_id");
    shut_down(&records, &json!({"decommission_service_id": "a", "dry_run": true})).refused_naming("dry_run");
    let active = json!({"deployment_config_id": "d", "status": "ACTIVE"});
    shut_down(&records, &active).refused_naming("status");
}

#[test]
fn an_agent_ends_its_own_alone() {
    let records = Records::open();
    let body =
        json!({"role": "AGENT", "profiles": [records.desk.profile], "user": "customers/acme/users/ada"});
    let key = house().admin().post("/v1/customers/acme/apiKeys", &body).ok();
    let agent = records.seen_by(house().client(key["secret"].as_str().unwrap()));
    let deployed = json!({"deploymentConfigId": "desk"});
    records.desk.start("own", &json!({"agent": "customers/acme/users/ada", "deployment": deployed}));
    records.begin("other", &json!({"deployment_config_id": "desk"}));
    let counted = shut_down(&agent, &json!({"deployment_config_id": "desk", "dry_run": true}));
    if counted.status != 403 {
        assert_eq!(counted.data(200)["total"], 1, "what it does not see it does not count");
        let job = shut_down(&agent, &json!({"deployment_config_id": "desk"})).data(202);
        ended(&agent, &job);
    }
    assert_eq!(records.get("other")["status"], "ACTIVE");
}
