//! Who is let in: the Authorization header, open paths, and that the foreign looks absent.

use std::collections::BTreeMap;

use hansard_conformance::answer::Answer;
use hansard_conformance::client::Client;
use hansard_conformance::contract::{Method, methods};
use hansard_conformance::desk::column;
use hansard_conformance::house::{House, house};
use hansard_conformance::sample::{Target, template};
use serde_json::json;

const PATH: &str = "/v1/customers/acme/profiles/support";

#[test]
fn a_key_goes_by_two_schemes() {
    let key = &house().keys.admin;
    for scheme in ["ApiKey", "Bearer", "bearer", "apikey"] {
        let client = Client::with_authorization(house().server.address(), &format!("{scheme} {key}"));
        client.get(PATH).ok();
    }
}

#[test]
fn all_unauthenticated_answers_are_identical() {
    let address = house().server.address();
    let key = &house().keys.admin;
    let longer = format!("{key}x");
    let expired = house().expired_key();
    let wrong =
        [&key[..key.len() - 1], &longer, &key.to_uppercase(), "hsk_", "", "x", &"k".repeat(5000), &expired];
    let mut clients = vec![Client::anonymous(address)];
    clients.extend(wrong.iter().map(|key| Client::new(address, key)));
    let odd = ["", "ApiKey", "Basic YTpi", &format!("ApiKey  {key} x"), &format!("Nonsense {key}"), key];
    clients.extend(odd.iter().map(|header| Client::with_authorization(address, header)));
    let first = clients[0].get(PATH);
    first.fails("UNAUTHENTICATED");
    for client in &clients {
        for path in [PATH, "/v1/customers/acme/profiles/support/conversations/absent", "/v1/customers"] {
            assert_eq!(client.get(path).text(), first.text(), "1: all 401 bodies are identical");
        }
    }
}

#[test]
fn some_paths_are_open() {
    let anonymous = Client::anonymous(house().server.address());
    for path in ["/healthz", "/readyz", "/openapi.json"] {
        assert_eq!(anonymous.get(path).status, 200, "1, Auth: {path}");
    }
    let metrics = anonymous.get("/metrics");
    assert_eq!(metrics.status, 200, "1: open to the loopback");
    house().admin().get(PATH).ok();
    for tenant in ["acme", "globex"] {
        assert!(!metrics.text().contains(tenant), "1: no tenant names in labels");
    }
}

/// Returns an answer without what differs between any two answers.
fn essence(answer: &Answer) -> (u16, BTreeMap<String, String>, String) {
    let headers = answer.headers.iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let headers = headers.filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str())).collect();
    (answer.status, headers, answer.text())
}

/// Asks with every method of the scope before and after the target exists, and demands the same answers.
fn looks_absent(scope: &str, target: &Target, callers: &[(&str, Client)], build: impl FnOnce()) {
    let in_scope = |method: &&Method| method.binding().template.contains(scope);
    let ask = || -> Vec<(String, Answer)> {
        let mut answers = Vec::new();
        for method in methods().iter().filter(in_scope) {
            for (caller, client) in callers {
                answers.push((
                    format!("{} as {caller}", method.name),
                    target.sample(method).call(client).send(),
                ));
            }
        }
        answers
    };
    let absent = ask();
    build();
    for ((what, before), (_, after)) in absent.iter().zip(ask()) {
        assert_eq!(essence(before), essence(&after), "1: foreign = absent, byte for byte: {what}");
        assert_ne!(after.status, 200, "{what}: {after}");
    }
}

#[test]
fn another_customers_resource_looks_absent() {
    let house = House::build();
    let [conversation, item] = ["conv", "item"].map(str::to_owned);
    let target = Target { customer: "initech".into(), profile: "support".into(), conversation, item };
    let callers = [
        ("admin of another customer", house.client(&house.keys.other_tenant)),
        ("supervisor of another customer", house.client(&house.keys.supervisor)),
        ("reader of another customer", house.client(&house.keys.reader)),
    ];
    looks_absent("customers/*", &target, &callers, || furnish(&house, &target));
}

#[test]
fn another_profiles_resource_looks_absent() {
    let house = House::build();
    let [profile, conversation, item] = ["later", "conv", "item"].map(str::to_owned);
    let target = Target { customer: "acme".into(), profile, conversation, item };
    let callers = [("admin of another profile", house.client(&house.keys.other_profile))];
    looks_absent("profiles/*", &target, &callers, || fill_profile(&house.admin(), &target));
}

/// Makes the target customer with one of everything.
fn furnish(house: &House, target: &Target) {
    let operator = house.operator();
    let customer = &target.customer;
    operator.post(&format!("/v1/customers?customerId={customer}"), &json!({})).ok();
    let key = operator.post(&format!("/v1/customers/{customer}/apiKeys"), &json!({"role": "ADMIN"})).ok();
    let admin = house.client(key["secret"].as_str().unwrap());
    for (collection, id, body) in
        [("users", "userId", json!({})), ("teams", "teamId", json!({})), ("groups", "groupId", json!({}))]
    {
        admin.post(&format!("/v1/customers/{customer}/{collection}?{id}={}", target.item), &body).ok();
    }
    fill_profile(&admin, target);
}

fn fill_profile(admin: &Client, target: &Target) {
    let path = format!("/v1/customers/{}/profiles?profileId={}", target.customer, target.profile);
    admin.post(&path, &json!({"languageCodes": ["en-US"]})).ok();
    target.start(admin);
    let below = [
        (target.profile_name(), "tags", "tagId", json!({})),
        (target.profile_name(), "moments", "momentId", json!({"type": "KEYWORD"})),
        (target.profile_name(), "usecases", "usecaseId", json!({})),
        (target.conversation_name(), "messages", "messageId", json!({"text": "hi"})),
    ];
    for (parent, collection, id, body) in below {
        admin.post(&format!("/v1/{parent}/{collection}?{id}={}", target.item), &body).ok();
    }
    for (collection, id, body) in target.remarks() {
        let parent = target.conversation_name();
        admin.post(&format!("/v1/{parent}/{collection}?{id}={}", target.item), &body).ok();
    }
    let scorecards = [
        ("scorecardTemplates", "scorecardTemplateId", template()),
        ("scorecards", "scorecardId", target.scorecard()),
    ];
    for (collection, id, body) in scorecards {
        let parent = target.profile_name();
        admin.post(&format!("/v1/{parent}/{collection}?{id}={}", target.item), &body).ok();
    }
    let tag = json!({"tag": format!("{}/tags/{}", target.profile_name(), target.item)});
    admin.post(&format!("/v1/{}/tags", target.conversation_name()), &tag).ok();
}

#[test]
fn a_caller_lists_only_its_own_customer() {
    for (key, own) in [(&house().keys.reader, "acme"), (&house().keys.other_tenant, "globex")] {
        let listed = house().client(key).get("/v1/customers").ok();
        let names = column(listed["customers"].as_array().unwrap(), "name");
        assert_eq!(names, [format!("customers/{own}")], "1, Auth");
    }
}

#[test]
fn a_limited_key_sees_its_profiles_only() {
    let sales = house().client(&house().keys.other_profile);
    sales.get("/v1/customers/acme/profiles/sales").ok();
    sales.get("/v1/customers/acme/profiles/support").fails("NOT_FOUND");
    let profiles = sales.get("/v1/customers/acme/profiles").ok();
    let names = column(profiles["profiles"].as_array().unwrap(), "name");
    assert_eq!(names, ["customers/acme/profiles/sales"]);
}

#[test]
fn an_agent_sees_the_own_conversations_only() {
    let desk = house().desk();
    desk.start("own", &json!({"agent": "customers/acme/users/ada"}));
    desk.start("other", &json!({"agent": "customers/acme/users/bob"}));
    desk.start("nobody", &json!({}));
    let agent = desk.seen_by(house().client(&house().keys.agent));
    agent.conversation("own");
    for id in ["other", "nobody"] {
        agent.client.get(&agent.path(id, "")).fails("NOT_FOUND");
        agent.client.get(&agent.path(id, "/conversationMessages")).fails("NOT_FOUND");
    }
    assert_eq!(agent.select(&json!({})), ["own"], "4: agent (own conversations)");
    assert_eq!(agent.client.get(&agent.at("/conversations:count")).ok()["count"], "1");
}
