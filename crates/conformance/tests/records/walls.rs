//! Tenant walls: the key decides organization and project; what is foreign answers as what is absent.

use hansard_conformance::answer::Answer;
use hansard_conformance::house::house;
use hansard_conformance::records::{BASE, Records, path};
use serde_json::{Value, json};

/// Returns an error's body without what tells one answer from another.
fn told(answer: &Answer) -> Value {
    answer.refused(404);
    let mut body = answer.json();
    body.as_object_mut().unwrap().remove("timestamp");
    body
}

#[test]
fn a_foreign_organization_or_project_is_404() {
    let records = Records::open();
    let other = house().desk();
    let project = other.profile.rsplit('/').next().unwrap();
    for (field, value) in [
        ("organization_id", "globex"),
        ("organization_id", "nobody"),
        ("project_id", project),
        ("project_id", "nothing"),
    ] {
        let mut record = records.minimal("a");
        record[field] = json!(value);
        records.try_create(&record).refused(404);
    }
    assert_eq!(other.select(&json!({})), [""; 0], "nothing stored there");
    assert_eq!(records.select(""), [""; 0], "nor here");
    for query in [
        format!("project_id={project}"),
        "project_id=nothing".to_owned(),
        "organization_id=globex".to_owned(),
    ] {
        records.client.get(&format!("{BASE}?{query}")).refused(404);
    }
    assert_eq!(records.select(&format!("project_id={}&organization_id=acme", records.project)), [""; 0]);
}

#[test]
fn a_foreign_record_answers_as_an_absent_one() {
    let (records, other) = (Records::open(), Records::open());
    let globex = house().client(&house().keys.other_tenant);
    globex.post("/v1/customers/globex/profiles/support/conversations/hidden:start", &json!({}));
    other.begin("hidden", &json!({}));
    let same = |foreign: &Answer, absent: &Answer| {
        let swapped = told(foreign).to_string().replace("hidden", "absent");
        assert_eq!(swapped, told(absent).to_string());
    };
    let status = json!({"status": "FAILED"});
    same(&records.try_get("hidden"), &records.try_get("absent"));
    same(&records.delete("hidden"), &records.delete("absent"));
    same(&records.set_status("hidden", &status), &records.set_status("absent", &status));
    same(&records.decommission("hidden"), &records.decommission("absent"));
    let messages = |id: &str| records.client.get(&path(id, "/messages"));
    same(&messages("hidden"), &messages("absent"));
    assert_eq!(other.get("hidden")["status"], "ACTIVE");
}

#[test]
fn a_key_of_several_projects_names_one() {
    let (first, second) = (Records::open(), Records::open());
    let admin = house().admin();
    let both = [first.seen_by(admin.clone()), second.seen_by(admin)];
    for records in &both {
        records.begin("same-id", &json!({"record_id": records.project}));
    }
    for records in &both {
        let query = format!("?project_id={}", records.project);
        let read = records.client.get(&path("same-id", &query)).data(200);
        assert_eq!(read["record_id"], records.project.as_str());
        let page = records.client.get(&format!("{BASE}{query}")).page();
        assert_eq!(page["meta"]["totalCount"], 1);
        let status = path("same-id", &format!("/status{query}"));
        let ended = records.client.patch(&status, &json!({"status": "FAILED"})).data(200);
        assert_eq!(ended["project_id"], records.project.as_str());
    }
    both[0].client.get(BASE).refused_naming("project_id");
    both[0].try_get("same-id").refused_naming("project_id");
    let mut record = both[0].minimal("unnamed");
    record.as_object_mut().unwrap().remove("project_id");
    both[0].try_create(&record).refused_naming("project_id");
}
