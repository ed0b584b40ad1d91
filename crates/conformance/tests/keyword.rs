//! messageKeyword: raw text, whatever its case, in any language; and the snippet that shows it.

use hansard_conformance::client::escape;
use hansard_conformance::house::house;
use serde_json::json;

#[test]
fn a_keyword_is_plain_text() {
    let desk = house().desk();
    let texts = [
        ("latin", "Where is my REFUND? I paid 100%_*"),
        ("german", "Die Straße ist gesperrt"),
        ("chinese", "我要退款"),
        ("arabic", "أريد استرداد أموالي"),
        ("quotes", r#"He said "AND" OR 'x' -- (a_b)"#),
    ];
    for (id, text) in texts {
        desk.start(id, &json!({}));
        desk.append(id, "m1", text);
    }
    let found = |keyword: &str| desk.select(&json!({"messageKeyword": keyword}));
    assert_eq!(found("refund"), ["latin"]);
    assert_eq!(found("0%_*"), ["latin"]);
    assert_eq!(found("STRAẞE"), ["german"]);
    assert_eq!(found("退款"), ["chinese"]);
    assert_eq!(found("款"), ["chinese"]);
    assert_eq!(found("استرداد"), ["arabic"]);
    assert_eq!(found(r#""AND" or 'X' -- ("#), ["quotes"]);
    assert_eq!(found("a_b"), ["quotes"]);
    assert_eq!(found("a b"), [] as [&str; 0]);
    assert_eq!(found("Is"), ["german", "latin"]);
    assert_eq!(found("Is "), ["latin"]);
    assert_eq!(found(&"%\"*' OR ".repeat(12_500)), [] as [&str; 0], "100 KB of junk");
    let count =
        desk.client.get(&desk.at(&format!("/conversations:count?filter.messageKeyword={}", escape("退"))));
    assert_eq!(count.ok()["count"], "1");
    let both = json!({"messageKeyword": "is", "languageCode": "xx"});
    assert_eq!(desk.select(&both), [] as [&str; 0], "fields are ANDed");
}

#[test]
fn the_snippet_shows_where() {
    let desk = house().desk();
    desk.start("c", &json!({}));
    desk.append("c", "m1", "Hello");
    desk.append("c", "m2", "Ünd nun: mein GELD zurück");
    let page = desk.try_list(&json!({"filter": {"messageKeyword": "geld"}})).ok();
    let snippet = &page["metadata"][desk.name("c").as_str()]["snippet"];
    assert_eq!(
        *snippet,
        json!({"text": "Ünd nun: mein GELD zurück", "matchStart": 15, "matchEnd": 19}),
        "{page}"
    );
    let page = desk.try_list(&json!({})).ok();
    assert_eq!(page["metadata"][desk.name("c").as_str()].get("snippet"), None);
}

#[test]
fn what_is_deleted_or_left_out_is_not_found() {
    let desk = house().desk();
    for id in ["a", "b", "c"] {
        desk.start(id, &json!({}));
        desk.append(id, "m1", "a secret word");
        desk.append(id, "m2", "nothing else");
    }
    let hidden = format!("{}?featureOverride.skipIndexOnClose=true", desk.path("hidden", ":start"));
    desk.client.post(&hidden, &json!({})).ok();
    desk.append("hidden", "m1", "a secret word");
    let found = || desk.select(&json!({"messageKeyword": "SECRET"}));
    assert_eq!(found(), ["a", "b", "c", "hidden"]);
    desk.client.delete(&desk.path("a", "/messages/m1")).ok();
    desk.client.delete(&desk.path("b", "")).ok();
    desk.close("hidden");
    assert_eq!(found(), ["c"], "3.1: once closed");
    desk.verb("hidden", "updateState", &json!({"state": "LIVE"})).ok();
    assert_eq!(found(), ["c", "hidden"]);
}
