//! API keys and the audit trail: section 4 and issue 2, section 3.

use std::time::Duration;

use hansard_conformance::desk::{Desk, column};
use hansard_conformance::house::house;
use serde_json::{Value, json};

const KEYS: &str = "/v1/customers/acme/apiKeys";

fn create(body: &Value) -> Value {
    house().admin().post(KEYS, body).ok()
}

/// Returns the path of a key.
fn path(key: &Value) -> String {
    format!("/v1/{}", key["name"].as_str().unwrap())
}

fn secret(key: &Value) -> &str {
    key["secret"].as_str().unwrap()
}

#[test]
fn the_secret_is_shown_once() {
    let created = create(&json!({"role": "READER", "displayName": "dashboards"}));
    assert!(secret(&created).starts_with("hsk_"));
    assert_eq!([&created["role"], &created["displayName"]], ["READER", "dashboards"]);
    let admin = house().admin();
    let got = admin.get(&path(&created)).ok();
    assert_eq!(got["secret"], "", "3.5: only in the answer to create");
    let listed = admin.get(&format!("{KEYS}?pageSize=1000")).text();
    assert!(listed.contains(created["name"].as_str().unwrap()) && !listed.contains(secret(&created)));
    house().client(secret(&created)).get("/v1/customers/acme/profiles/support").ok();
}

#[test]
fn a_revoked_key_ends_at_once_and_stays_listed() {
    let key = create(&json!({"role": "READER"}));
    let client = house().client(secret(&key));
    client.get("/v1/customers/acme/profiles/support").ok();
    let revoked = house().admin().post(&format!("{}:revoke", path(&key)), &json!({})).ok();
    assert!(revoked["revokeTime"].is_string());
    client.get("/v1/customers/acme/profiles/support").fails("UNAUTHENTICATED");
    assert!(house().admin().get(&path(&key)).ok()["revokeTime"].is_string());
}

#[test]
fn a_deleted_key_ends_at_once() {
    let key = create(&json!({"role": "READER"}));
    let client = house().client(secret(&key));
    client.get("/v1/customers/acme/profiles/support").ok();
    house().admin().delete(&path(&key)).ok();
    client.get("/v1/customers/acme/profiles/support").fails("UNAUTHENTICATED");
}

#[test]
fn a_key_expires() {
    // Its start may take longer than the key lives.
    house();
    let expiry = jiff::Timestamp::now() + Duration::from_millis(1500);
    let key = create(&json!({"role": "READER", "expireTime": expiry.to_string()}));
    let client = house().client(secret(&key));
    client.get("/v1/customers/acme/profiles/support").ok();
    std::thread::sleep(Duration::from_millis(1600));
    client.get("/v1/customers/acme/profiles/support").fails("UNAUTHENTICATED");
}

#[test]
fn the_last_use_is_kept() {
    let key = create(&json!({"role": "READER"}));
    assert!(key.get("lastUseTime").is_none());
    house().client(secret(&key)).get("/v1/customers/acme/profiles/support").ok();
    let deadline = std::time::Instant::now() + Duration::from_secs(75);
    while house().admin().get(&path(&key)).ok().get("lastUseTime").is_none() {
        assert!(std::time::Instant::now() < deadline, "accurate to a minute");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn keys_are_the_admins_matter() {
    let keys = &house().keys;
    for key in [&keys.supervisor, &keys.agent, &keys.writer, &keys.reader] {
        let client = house().client(key);
        client.post(KEYS, &json!({"role": "READER"})).fails("PERMISSION_DENIED");
        client.get(KEYS).fails("PERMISSION_DENIED");
        client.get("/v1/customers/acme/auditEntries").fails("PERMISSION_DENIED");
    }
}

#[test]
fn an_admin_cannot_make_an_operator() {
    let answer = house().admin().post(KEYS, &json!({"role": "OPERATOR"}));
    assert!(["PERMISSION_DENIED", "INVALID_ARGUMENT"].contains(&answer.code()), "4: store-wide: {answer}");
}

#[test]
fn a_limited_admin_cannot_widen_a_key() {
    let sales = house().client(&house().keys.other_profile);
    let sales_only = json!(["customers/acme/profiles/sales"]);
    let wider = [
        json!({"role": "ADMIN"}),
        json!({"role": "READER", "profiles": ["customers/acme/profiles/support"]}),
        json!({"role": "READER", "profiles": ["customers/acme/profiles/sales", "customers/acme/profiles/support"]}),
    ];
    for body in wider {
        let answer = sales.post(KEYS, &body);
        assert_ne!(answer.status, 200, "4: profiles, where the key is limited to some: {answer}");
    }
    let own = create(&json!({"role": "ADMIN", "profiles": sales_only}));
    let widened =
        house().client(secret(&own)).patch(&format!("{}?updateMask=profiles", path(&own)), &json!({}));
    assert_ne!(widened.status, 200, "{widened}");
    assert_eq!(house().admin().get(&path(&own)).ok()["profiles"], sales_only);
}

#[test]
fn a_key_names_a_role_and_profiles_of_its_customer() {
    let admin = house().admin();
    admin.post(KEYS, &json!({})).invalid("role");
    admin
        .post(KEYS, &json!({"role": "READER", "profiles": ["customers/globex/profiles/support"]}))
        .invalid("profiles[0]");
    admin.post(KEYS, &json!({"role": "READER", "user": "customers/globex/users/u"})).invalid("user");
}

#[test]
fn skipping_redaction_needs_a_permission_of_its_own() {
    let desk = house().desk();
    let start = |desk: &Desk, id: &str| {
        desk.client.post(&desk.path(id, ":start?featureOverride.skipPiiRedation=true"), &json!({}))
    };
    for key in [&house().keys.writer, &house().keys.supervisor] {
        start(&desk.seen_by(house().client(key)), "refused").fails("PERMISSION_DENIED");
    }
    desk.client.get(&desk.path("refused", "")).fails("NOT_FOUND");
    start(&desk, "allowed").ok();
    let entry = audit_of(&desk.name("allowed"), "skip_pii_redaction");
    assert!(entry["actor"].as_str().unwrap().starts_with("customers/acme/apiKeys/"), "3.1: audited: {entry}");
}

/// Returns the newest audit entry on a resource whose action holds this word.
fn audit_of(resource: &str, action: &str) -> Value {
    let entries = house().admin().get("/v1/customers/acme/auditEntries?pageSize=1000").ok();
    let entries = entries["auditEntries"].as_array().unwrap();
    let is_it =
        |entry: &&Value| entry["resource"] == resource && entry["action"].as_str().unwrap().contains(action);
    entries.iter().find(is_it).unwrap_or_else(|| panic!("{action} of {resource}: {entries:?}")).clone()
}

#[test]
fn key_changes_and_deletions_are_audited() {
    let desk = house().desk();
    desk.start("a", &json!({}));
    desk.append("a", "m1", "x");
    desk.client.delete(&desk.path("a", "/messages/m1")).ok();
    desk.client.delete(&desk.path("a", "")).ok();
    let key = create(&json!({"role": "READER"}));
    house().admin().post(&format!("{}:revoke", path(&key)), &json!({})).ok();
    let key = key["name"].as_str().unwrap();
    let message = format!("{}/messages/m1", desk.name("a"));
    let acts = [
        (desk.name("a"), "delete"),
        (message, "delete"),
        (key.to_owned(), "create"),
        (key.to_owned(), "revoke"),
    ];
    for (resource, action) in acts {
        let entry = audit_of(&resource, action);
        assert!(
            entry["eventTime"].is_string() && !entry["requestId"].as_str().unwrap().is_empty(),
            "{entry}"
        );
    }
}

#[test]
fn audit_entries_are_listed_newest_first_and_of_the_own_customer() {
    create(&json!({"role": "READER"}));
    create(&json!({"role": "READER"}));
    let entries = house().admin().get("/v1/customers/acme/auditEntries?pageSize=1000").ok();
    let entries = entries["auditEntries"].as_array().unwrap();
    let times = column(entries, "eventTime");
    assert!(times.is_sorted_by(|later, earlier| later.as_str() >= earlier.as_str()), "{times:?}");
    assert!(
        entries
            .iter()
            .all(|entry| entry["name"].as_str().unwrap().starts_with("customers/acme/auditEntries/"))
    );
    house().client(&house().keys.other_tenant).get("/v1/customers/acme/auditEntries").fails("NOT_FOUND");
}
