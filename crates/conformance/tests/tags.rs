//! Tags on conversations, stars, and the directory of tags and moments.

use hansard_conformance::desk::{Desk, column};
use hansard_conformance::house::house;
use serde_json::{Value, json};

fn desk() -> Desk {
    let desk = house().desk();
    desk.start("a", &json!({}));
    desk
}

fn tags(desk: &Desk) -> Vec<Value> {
    desk.client.get(&desk.path("a", "/tags")).ok()["tags"].as_array().unwrap().clone()
}

fn add(desk: &Desk, tag: &str) -> hansard_conformance::answer::Answer {
    desk.client.post(&desk.path("a", "/tags"), &json!({"tag": tag}))
}

#[test]
fn tags_are_added_listed_and_deleted() {
    let desk = desk();
    let [vip, angry] = ["vip", "angry"].map(|id| desk.create_tag(id));
    assert_eq!(add(&desk, &vip).ok(), json!({}));
    add(&desk, &angry).ok();
    assert_eq!(column(&tags(&desk), "name"), [angry.as_str(), &vip]);
    assert_eq!(desk.conversation("a")["tags"], json!([angry, vip]));
    assert_eq!(desk.client.delete(&desk.path("a", "/tags/vip")).ok(), json!({}), "2: the bare id");
    assert_eq!(desk.conversation("a")["tags"], json!([angry]));

    let kinds = column(&desk.events("a"), "type");
    assert_eq!(kinds.iter().filter(|kind| *kind == "TAG_ADDED").count(), 2, "3.4");
    assert_eq!(desk.events_of("a", "TAG_REMOVED")[0]["tag"]["tag"], vip.as_str());
    let changes = column(&desk.changes(), "kind");
    assert!(changes.contains(&json!("TAG_ADDED")) && changes.contains(&json!("TAG_REMOVED")), "6");
}

#[test]
fn adding_twice_is_a_no_op() {
    let desk = desk();
    let vip = desk.create_tag("vip");
    add(&desk, &vip).ok();
    let before = (desk.conversation("a"), desk.events("a"), desk.changes());
    assert_eq!(add(&desk, &vip).ok(), json!({}));
    assert_eq!((desk.conversation("a"), desk.events("a"), desk.changes()), before);
}

#[test]
fn deleting_an_absent_one_is_not_found() {
    let desk = desk();
    desk.create_tag("vip");
    desk.client.delete(&desk.path("a", "/tags/vip")).fails("NOT_FOUND");
    desk.client.delete(&desk.path("a", "/tags/unknown")).fails("NOT_FOUND");
}

#[test]
fn a_tag_must_exist() {
    let desk = desk();
    let unknown = add(&desk, &format!("{}/tags/unknown", desk.profile));
    assert!(["NOT_FOUND", "INVALID_ARGUMENT"].contains(&unknown.code()), "1, References: {unknown}");
    add(&desk, "vip").invalid("tag");
    add(&desk, "").invalid("tag");
    let elsewhere = house().desk().create_tag("vip");
    let other_profile = add(&desk, &elsewhere);
    assert!(["NOT_FOUND", "INVALID_ARGUMENT"].contains(&other_profile.code()), "{other_profile}");
    assert!(tags(&desk).is_empty());
}

#[test]
fn a_star_is_the_callers_own() {
    let desk = desk();
    let star = |desk: &Desk| desk.client.post(&desk.path("a", "/addConversationStarTag"), &json!({})).ok();
    assert_eq!(star(&desk), json!({}));
    assert_eq!(tags(&desk).len(), 1);
    star(&desk);
    assert_eq!(tags(&desk).len(), 1, "adding twice is a no-op");
    star(&desk.seen_by(house().client(&house().keys.supervisor)));
    assert_eq!(tags(&desk).len(), 2, "2: a key bound to no user stars as itself");
}

#[test]
fn the_directory_has_the_standard_methods() {
    let desk = house().desk();
    for (collection, query, extra) in
        [("tags", "tagId", ("color", "#c2410c")), ("moments", "momentId", ("type", "KEYWORD"))]
    {
        let at = |rest: &str| desk.at(&format!("/{collection}{rest}"));
        let body = json!({"displayName": "One", extra.0: extra.1});
        let created = desk.client.post(&at(&format!("?{query}=one")), &body).ok();
        assert_eq!(created["name"], format!("{}/{collection}/one", desk.profile));
        assert_eq!([&created["displayName"], &created[extra.0]], ["One", extra.1]);
        assert!(created["createTime"].is_string() && created["etag"].is_string(), "3.5");
        desk.client.post(&at(&format!("?{query}=one")), &body).fails("ALREADY_EXISTS");
        assert_eq!(desk.client.get(&at("/one")).ok(), created);
        assert_eq!(desk.client.get(&at("")).ok()[collection], json!([created]));
        let patched =
            desk.client.patch(&at("/one?updateMask=displayName"), &json!({"displayName": "1", extra.0: ""}));
        let refused_or_kept = patched.status == 400 || patched.ok()[extra.0] == extra.1;
        assert!(refused_or_kept, "only what the mask names: {patched}");
        assert_eq!(desk.client.delete(&at("/one")).ok(), json!({}));
        desk.client.get(&at("/one")).fails("NOT_FOUND");
    }
}

#[test]
fn a_tag_in_use_is_deleted_only_by_force() {
    let desk = desk();
    let vip = desk.create_tag("vip");
    add(&desk, &vip).ok();
    desk.client.delete(&desk.at("/tags/vip")).fails("FAILED_PRECONDITION");
    assert_eq!(desk.client.delete(&desk.at("/tags/vip?force=true")).ok(), json!({}));
    assert!(tags(&desk).is_empty());
    assert!(desk.conversation("a").get("tags").is_none());
}
