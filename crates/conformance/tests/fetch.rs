//! FetchConversationByPlatformID and FetchConversationByLegacyID: section 2 of the contract.

use hansard_conformance::house::{house, seconds_ago};
use serde_json::json;

#[test]
fn by_platform_id_the_newest_of_several() {
    let desk = house().desk();
    let platform = |account: &str, start: u64| {
        json!({
            "platformInfo": {"platformConversationId": "p1", "platformAccountId": account},
            "startTime": seconds_ago(start),
        })
    };
    desk.start("old", &platform("x", 300));
    desk.start("new", &platform("y", 100));
    desk.start("middle", &platform("x", 200));
    let fetch = |query: &str| desk.client.get(&desk.at(&format!("/conversations:fetchByPlatformId?{query}")));
    assert_eq!(fetch("platformConversationId=p1").ok()["conversation"], desk.conversation("new"));
    let narrowed = fetch("platformConversationId=p1&platformAccountId=x").ok();
    assert_eq!(narrowed["conversation"]["name"], desk.name("middle").as_str());
    fetch("platformConversationId=p2").fails("NOT_FOUND");
    fetch("platformConversationId=p1&platformAccountId=z").fails("NOT_FOUND");
    fetch("").invalid("platformConversationId");
}

/// Letters that no database can make shorter.
fn long_id(last: char) -> String {
    let mut number = 1_u64;
    let mut next = || {
        number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        char::from(b'a' + (number >> 33) as u8 % 26)
    };
    (0..6000).map(|_| next()).chain([last]).collect()
}

#[test]
fn by_a_long_platform_id() {
    let desk = house().desk();
    let [one, other] = ['1', '2'].map(long_id);
    desk.start("one", &json!({"platformInfo": {"platformConversationId": one}}));
    desk.start("other", &json!({"platformInfo": {"platformConversationId": other}}));
    for (id, platform_id) in [("one", one), ("other", other)] {
        let path = format!("/conversations:fetchByPlatformId?platformConversationId={platform_id}");
        assert_eq!(desk.client.get(&desk.at(&path)).ok()["conversation"], desk.conversation(id));
    }
}

#[test]
fn by_platform_id_within_the_profile_only() {
    let desk = house().desk();
    let elsewhere = house().desk();
    elsewhere.start("a", &json!({"platformInfo": {"platformConversationId": "other-profile"}}));
    desk.client
        .get(&desk.at("/conversations:fetchByPlatformId?platformConversationId=other-profile"))
        .fails("NOT_FOUND");
}

#[test]
fn by_legacy_id() {
    let desk = house().desk();
    let [first, second] = ["a", "b"].map(|id| desk.start(id, &json!({})));
    assert_ne!(first["legacyChatId"], second["legacyChatId"]);
    let fetch = |query: &str| desk.client.get(&desk.at(&format!("/conversations:fetchByLegacyId{query}")));
    let id = &second["legacyChatId"];
    assert_eq!(fetch(&format!("?legacyChatId={id}")).ok()["conversation"], second);
    fetch("?legacyChatId=2147483647").fails("NOT_FOUND");
    fetch("").invalid("legacyChatId");
    for bad in ["x", "2147483648", "1.5"] {
        fetch(&format!("?legacyChatId={bad}")).invalid("legacyChatId");
    }
}
