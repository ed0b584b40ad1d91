//! AdminService: customers, profiles and the directory by the standard methods. Sections 2 and 3.5.

use hansard_conformance::client::escape;
use hansard_conformance::desk::{column, id_of};
use hansard_conformance::house::{house, unique};
use serde_json::{Value, json};

/// The plain collections of a customer, with the query name of the id and a further field.
const COLLECTIONS: [(&str, &str); 3] = [("users", "userId"), ("teams", "teamId"), ("groups", "groupId")];

#[test]
fn create_get_update_list_delete() {
    let admin = house().admin();
    let usecases = format!("{}/usecases", house().desk().profile);
    let customer = |collection: &str| format!("customers/acme/{collection}");
    let mut collections: Vec<(String, &str)> =
        COLLECTIONS.iter().map(|(name, id)| (customer(name), *id)).collect();
    collections.push((usecases, "usecaseId"));
    for (parent, query) in collections {
        let id = unique("one");
        let path = format!("/v1/{parent}/{id}");
        let created = admin.post(&format!("/v1/{parent}?{query}={id}"), &json!({"displayName": "One"})).ok();
        assert_eq!(created["name"], format!("{parent}/{id}"));
        assert_eq!(created["displayName"], "One");
        assert!(
            created["createTime"].is_string()
                && created["updateTime"].is_string()
                && created["etag"].is_string(),
            "3.5"
        );
        assert_eq!(admin.get(&path).ok(), created, "answer = the resource");
        admin.post(&format!("/v1/{parent}?{query}={id}"), &json!({})).fails("ALREADY_EXISTS");

        let updated =
            admin.patch(&format!("{path}?updateMask=displayName"), &json!({"displayName": "Uno"})).ok();
        assert_eq!(updated["displayName"], "Uno");
        assert_ne!(updated["etag"], created["etag"]);
        assert_eq!(updated["createTime"], created["createTime"]);

        let listed = admin.get(&format!("/v1/{parent}?pageSize=1000")).ok();
        let items = listed[parent.rsplit('/').next().unwrap()].as_array().unwrap();
        let item =
            items.iter().find(|item| item["name"] == updated["name"]).unwrap_or_else(|| panic!("{listed}"));
        assert_eq!([&item["displayName"], &item["etag"]], [&updated["displayName"], &updated["etag"]]);

        assert_eq!(admin.delete(&path).ok(), json!({}));
        admin.get(&path).fails("NOT_FOUND");
        admin.delete(&path).fails("NOT_FOUND");
        admin
            .patch(&format!("{path}?updateMask=displayName"), &json!({"displayName": "x"}))
            .fails("NOT_FOUND");
    }
}

#[test]
fn etags_guard_update_and_delete() {
    let admin = house().admin();
    for (collection, query) in COLLECTIONS {
        let id = unique("etag");
        let path = format!("/v1/customers/acme/{collection}/{id}");
        let first =
            admin.post(&format!("/v1/customers/acme/{collection}?{query}={id}"), &json!({})).ok()["etag"]
                .take();
        let update = |etag: &Value| {
            admin.patch(&format!("{path}?updateMask=displayName"), &json!({"displayName": "x", "etag": etag}))
        };
        let second = update(&first).ok()["etag"].take();
        update(&first).fails("ABORTED");
        admin.delete(&format!("{path}?etag={}", escape(first.as_str().unwrap()))).fails("ABORTED");
        admin.delete(&format!("{path}?etag={}", escape(second.as_str().unwrap()))).ok();
    }
}

#[test]
fn masks_name_known_input_fields() {
    let admin = house().admin();
    let id = unique("mask");
    let path = format!("/v1/customers/acme/users/{id}");
    admin
        .post(
            &format!("/v1/customers/acme/users?userId={id}"),
            &json!({"displayName": "A", "email": "a@mail.example"}),
        )
        .ok();
    for mask in ["nonsense", "name", "createTime", "displayName,nonsense"] {
        admin.patch(&format!("{path}?updateMask={mask}"), &json!({"displayName": "B"})).invalid("updateMask");
    }
    let cleared = admin.patch(&format!("{path}?updateMask=email"), &json!({"displayName": "B"})).ok();
    assert_eq!([&cleared["displayName"], &cleared["email"]], ["A", ""], "only what the mask names");
    let body_sets = admin.patch(&path, &json!({"displayName": "B"})).ok();
    assert_eq!(body_sets["displayName"], "B", "an absent mask is every field that the body sets");
}

#[test]
fn lists_are_paged() {
    let admin = house().admin();
    let prefix = unique("page");
    for index in 0..5 {
        admin.post(&format!("/v1/customers/acme/groups?groupId={prefix}.{index}"), &json!({})).ok();
    }
    let mut ids = Vec::new();
    let mut token = String::new();
    loop {
        let page = admin.get(&format!("/v1/customers/acme/groups?pageSize=2&pageToken={token}")).ok();
        let groups = page["groups"].as_array().unwrap();
        assert!(groups.len() <= 2);
        ids.extend(groups.iter().map(id_of));
        token = escape(page["nextPageToken"].as_str().unwrap());
        if token.is_empty() {
            break;
        }
    }
    let own: Vec<_> = ids.iter().filter(|id| id.starts_with(&format!("{prefix}."))).collect();
    assert_eq!(own.len(), 5, "{ids:?}");
    admin.get("/v1/customers/acme/groups?pageSize=-1").invalid("pageSize");
    admin.get("/v1/customers/acme/groups?pageToken=AAAA").invalid("pageToken");
    let groups = admin.get("/v1/customers/acme/groups?pageSize=1").ok();
    let token = escape(groups["nextPageToken"].as_str().unwrap());
    admin.get(&format!("/v1/customers/acme/teams?pageToken={token}")).invalid("pageToken");
}

#[test]
fn a_profile_has_languages() {
    let admin = house().admin();
    let create =
        |body: Value| admin.post(&format!("/v1/customers/acme/profiles?profileId={}", unique("lang")), &body);
    let first = create(json!({"languageCodes": ["de-DE", "en-US"]})).ok();
    assert_eq!(first["defaultLanguageCode"], "de-DE", "the first of them unless given");
    assert_eq!(
        create(json!({"languageCodes": ["de-DE", "en-US"], "defaultLanguageCode": "en-US"})).ok()["defaultLanguageCode"],
        "en-US"
    );
    create(json!({"languageCodes": ["de-DE"], "defaultLanguageCode": "fr-FR"}))
        .invalid("defaultLanguageCode");
    create(json!({"languageCodes": ["not a tag"]})).invalid("languageCodes[0]");
}

#[test]
fn a_profiles_patterns_mask_what_is_stored() {
    let desk = house().desk();
    let patterns = json!({"redactionPatterns": [{"entityType": "ACCOUNT_NUMBER", "pattern": "[0-9]{9}"}]});
    desk.client.patch(&desk.at("?updateMask=redactionPatterns"), &patterns).ok();
    desk.start("a", &json!({}));
    let stored = desk.append("a", "m1", "It is 123456789, thanks.");
    assert_eq!(stored["text"], "It is [ACCOUNT_NUMBER], thanks.");
    assert_eq!(stored["redactions"], json!([{"entityType": "ACCOUNT_NUMBER", "start": 6, "end": 22}]));
    let unmasked = desk.path("b", ":start?featureOverride.skipPiiRedation=true");
    desk.client.post(&unmasked, &json!({})).ok();
    assert_eq!(
        desk.append("b", "m1", "It is 123456789.")["text"],
        "It is 123456789.",
        "3.1: obeyed by later calls"
    );
    let bad = json!({"redactionPatterns": [{"entityType": "X", "pattern": "(("}]});
    desk.client.patch(&desk.at("?updateMask=redactionPatterns"), &bad).fails("INVALID_ARGUMENT");
}

#[test]
fn customers_are_the_operators_matter() {
    let operator = house().operator();
    let id = unique("customer");
    let created = operator.post(&format!("/v1/customers?customerId={id}"), &json!({"displayName": "C"})).ok();
    assert_eq!(created["name"], format!("customers/{id}"));
    let listed = operator.get("/v1/customers?pageSize=1000").ok();
    let names = column(listed["customers"].as_array().unwrap(), "name");
    for name in ["customers/acme", "customers/globex", &format!("customers/{id}")] {
        assert!(names.contains(&json!(name)), "4: store-wide: {names:?}");
    }
    operator.delete(&format!("/v1/customers/{id}")).ok();
    operator.get(&format!("/v1/customers/{id}")).fails("NOT_FOUND");
    house().admin().post(&format!("/v1/customers?customerId={id}"), &json!({})).fails("PERMISSION_DENIED");
}

#[test]
fn a_changed_user_changes_what_lists_select() {
    let desk = house().desk();
    let admin = house().admin();
    let id = unique("user");
    let user = admin.post(&format!("/v1/customers/acme/users?userId={id}"), &json!({})).ok()["name"]
        .as_str()
        .unwrap()
        .to_owned();
    desk.start("a", &json!({"agent": user}));
    assert_eq!(desk.select(&json!({})), ["a"]);
    admin.patch(&format!("/v1/{user}?updateMask=isDevUser"), &json!({"isDevUser": true})).ok();
    assert_eq!(desk.select(&json!({})), Vec::<String>::new(), "5: includeDevUsers");
    assert_eq!(desk.select(&json!({"includeDevUsers": true})), ["a"]);
}
