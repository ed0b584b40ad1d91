//! Conversations out as vCons and in again, elsewhere, with nothing lost.

use std::fs;
use std::path::Path;

use hansard_conformance::binary::{command, create_key, finish, run_on};
use hansard_conformance::client::Client;
use hansard_conformance::data;
use hansard_conformance::desk::Desk;
use hansard_conformance::house::house;
use hansard_conformance::server::Server;
use hansard_conformance::store;
use serde_json::{Value, json};
use tempfile::TempDir;

/// What an import gives anew.
const ANEW: [&str; 3] = ["etag", "updateTime", "legacyChatId"];

/// A stopped folder with one profile of a customer.
fn folder(customer: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    run_on(folder.path(), &format!("profile create --customer {customer} --profile p --language en-US")).ok();
    folder
}

fn import(data_dir: &Path, customer: &str, sources: &[&Path]) {
    let mut import = command();
    import
        .args(["import", "--customer", customer, "--profile", "p"])
        .args(store::flags(data_dir))
        .args(sources);
    finish(&mut import).ok();
}

/// The JSONL export, free of what an import gives anew and of the customer's name.
fn record(data_dir: &Path, customer: &str) -> Vec<String> {
    let lines = run_on(data_dir, &format!("export --customer {customer} --profile p")).ok();
    let plain = |line: &str| {
        let mut archive: Value =
            serde_json::from_str(&line.replace(&format!("customers/{customer}/"), "customers/X/")).unwrap();
        let conversation = archive["conversation"].as_object_mut().unwrap();
        ANEW.iter().for_each(|field| drop(conversation.remove(*field)));
        archive.to_string()
    };
    lines.lines().map(plain).collect()
}

#[test]
fn every_real_conversation_comes_back_from_a_vcon() {
    let Some(data) = data::folder() else { return };
    let from = folder("acme");
    let sources = ["vcon", "transcripts", "dialogs"].map(|name| data.join(name));
    import(from.path(), "acme", &sources.each_ref().map(AsRef::as_ref));
    let elsewhere = tempfile::tempdir().unwrap();
    let (files, lines) = (elsewhere.path().join("vcons"), elsewhere.path().join("all.jsonl"));
    for to in [&files, &lines] {
        let to = to.display();
        run_on(from.path(), &format!("export --customer acme --profile p --format vcon --to {to}")).ok();
    }
    let expected = record(from.path(), "acme");
    assert_eq!(expected.len(), data::vcons().len() + data::transcripts().len() + data::dialogs().len());
    assert_eq!(fs::read_dir(&files).unwrap().count(), expected.len(), "a file for each");
    for source in [&files, &lines] {
        let into = folder("globex");
        import(into.path(), "globex", &[source]);
        let found = record(into.path(), "globex");
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected);
        }
    }
}

#[test]
fn a_server_exports_and_imports_vcons() {
    let desk = house().desk();
    desk.start("rich", &json!({
        "channel": "VOICE", "startTime": "2026-01-05T09:00:00.5Z", "displayName": "Straße", "direction": "OUTBOUND",
        "agentInfo": {"displayName": "Ada", "platformSpeakerId": "ada@example.com"},
        "visitor": {"displayName": "Vic", "platformVisitorId": "+4930123456"},
        "platformInfo": {"originalEventData": {"n": [1, {"deep": null}]}}, "summary": {"summary": "short", "sentiment": "MIXED"},
    }));
    for (id, speaker) in [("m1", "VISITOR"), ("m2", "AGENT"), ("m3", "BOT")] {
        let message = json!({"text": format!("{id} said"), "speaker": speaker, "sendTime": "2026-01-05T09:00:02Z", "metadata": {"k": id}});
        desk.try_append("rich", id, &message).ok();
    }
    desk.client.delete(&desk.path("rich", "/messages/m2")).ok();
    desk.close("rich");
    let (url, key) = (house().server.url(), &house().keys.admin);
    let profile = desk.profile.rsplit('/').next().unwrap();
    let at = ["--customer", "acme", "--profile", profile, "--server", &url, "--key", key];
    let vcon = finish(command().args(["export", "--format", "vcon"]).args(at)).ok();
    assert_eq!(vcon.lines().count(), 1, "standard output has one a line");
    let vcon_json: Value = serde_json::from_str(&vcon).unwrap();
    assert_eq!(vcon_json["dialog"][0]["type"], "recording");
    assert_eq!(vcon_json["analysis"][0]["body"][0]["message"], "m1 said");
    assert_eq!(vcon_json["analysis"][0]["body"].as_array().unwrap().len(), 2, "none for a deleted message");

    let other = folder("globex");
    let file = other.path().with_extension("vcon.json");
    fs::write(&file, vcon).unwrap();
    let admin = create_key(other.path(), "--customer globex --role admin");
    import(other.path(), "globex", &[&file]);
    fs::remove_file(&file).unwrap();
    let server = Server::start(other.path());
    let copy = Desk::new(Client::new(server.address(), &admin), "customers/globex/profiles/p");
    let content = |desk: &Desk| {
        let mut conversation = desk.conversation("rich");
        let fields = conversation.as_object_mut().unwrap();
        ANEW.iter().for_each(|field| drop(fields.remove(*field)));
        let messages = desk.client.get(&desk.path("rich", "/conversationMessages?showDeleted=true")).ok();
        let customer = desk.profile.split("/profiles/").next().unwrap();
        let all = json!([conversation, messages["conversationMessages"], desk.events("rich")]).to_string();
        all.replace(&desk.profile, "P").replace(customer, "C")
    };
    assert_eq!(content(&copy), content(&desk));
}
