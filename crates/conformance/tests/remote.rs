//! The command line against a running server: the same commands, outputs and statuses as on a folder, and clear refusals.

use std::path::Path;

use hansard_conformance::binary::{Finished, command, finish, run_on};
use hansard_conformance::client::Client;
use hansard_conformance::desk::Desk;
use hansard_conformance::house::{House, house, unique};
use hansard_conformance::server::Server;
use hansard_conformance::tls::Authority;
use serde_json::json;

/// Runs a command line on a server with a key.
fn run_at(server: &Server, key: &str, line: &str) -> Finished {
    finish(command().args(line.split(' ')).args(["--server", &server.url()]).env("HANSARD_KEY", key))
}

fn refused(finished: &Finished, parts: &[&str]) {
    assert_eq!(finished.status, 1, "{}", finished.stderr);
    assert!(finished.stdout.is_empty(), "{}", finished.stdout);
    for part in parts {
        assert!(finished.stderr.contains(part), "{part:?} is not in: {}", finished.stderr);
    }
    for raw in ["code:", "MetadataMap", "transport error", "tonic", "panicked"] {
        assert!(!finished.stderr.contains(raw), "raw: {}", finished.stderr);
    }
}

/// The columns of a table that do not depend on the moment.
fn columns(table: &str, wanted: &[&str]) -> Vec<Vec<String>> {
    let head = table.lines().next().unwrap();
    let starts: Vec<usize> = wanted.iter().map(|name| head.find(name).unwrap()).collect();
    let cell = |line: &str, start: usize| {
        line.get(start..).unwrap_or_default().split("  ").next().unwrap().trim().to_owned()
    };
    table.lines().map(|line| starts.iter().map(|start| cell(line, *start)).collect()).collect()
}

#[test]
fn profiles_and_keys_are_managed_as_on_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::build();
    let at_server = |line: &str| run_at(&house.server, &house.keys.operator, line).ok();
    let on_folder = |line: &str| run_on(folder.path(), line).ok();
    let outputs = |line: &str| [at_server(line), on_folder(line)];
    let both = |line: &str| {
        let outputs = outputs(line);
        assert_eq!(outputs[0], outputs[1], "{line}");
        outputs[0].clone()
    };
    let create = "profile create --customer fresh --profile support --language en-US --language de-DE --display-name Hilfe";
    assert_eq!(both(create), "customers/fresh/profiles/support\n", "customer and profile at once");
    both("profile create --customer fresh --profile sales --language en-US");
    let lists = outputs("profile list --customer fresh");
    let [server_rows, folder_rows] =
        lists.each_ref().map(|list| columns(list, &["PROFILE_ID", "LANGUAGES", "NAME"]));
    assert_eq!(server_rows, folder_rows);
    assert_eq!(server_rows[2], ["support", "en-US,de-DE", "Hilfe"]);

    let create = "key create --customer fresh --profile support --user ada --expires 90d --role agent --display-name x";
    let [key, _] = [at_server(create), on_folder(create)];
    assert!(key.starts_with("hsk_") && key.trim_end().lines().count() == 1, "the key alone: {key:?}");
    let client = Client::new(house.server.address(), key.trim_end());
    client.get("/v1/customers/fresh/profiles/support").ok();
    let lists = outputs("key list --customer fresh");
    assert!(!lists[0].contains(key.trim_end()), "never the secret");
    let [server_rows, folder_rows] =
        lists.each_ref().map(|list| columns(list, &["ROLE", "STATE", "PROFILES", "USER", "LAST USED"]));
    assert_eq!(server_rows[0], folder_rows[0]);
    assert_eq!(server_rows[1][..4], folder_rows[1][..4]);
    assert_eq!(server_rows[1][..4], ["agent", "valid", "support", "ada"]);

    let id = lists[0].lines().nth(1).unwrap().split_whitespace().next().unwrap();
    assert_eq!(
        at_server(&format!("key revoke --customer fresh {id}")),
        format!("customers/fresh/apiKeys/{id}\n")
    );
    client.get("/v1/customers/fresh/profiles/support").fails("UNAUTHENTICATED");
    assert!(at_server("key list --customer fresh").contains("revoked"));
}

#[test]
fn refusals_of_a_server_are_sentences() {
    let server = &house().server;
    let keys = &house().keys;
    let key_list = "key list --customer acme";
    refused(&run_at(server, "hsk_wrong", key_list), &["UNAUTHENTICATED", "wrong, revoked or expired"]);
    refused(&run_at(server, "two\nlines", key_list), &["the API key holds characters"]);
    refused(&run_at(server, &keys.reader, key_list), &["the role reader", "PERMISSION_DENIED"]);
    refused(&run_at(server, &keys.other_tenant, key_list), &["customers/acme was not found", "NOT_FOUND"]);
    let absent = format!("key list --customer {}", unique("absent"));
    refused(&run_at(server, &keys.operator, &absent), &["was not found"]);
    let again = "profile create --customer acme --profile support --language en-US";
    refused(&run_at(server, &keys.operator, again), &["ALREADY_EXISTS"]);
    let export = "export --customer acme --profile absent";
    refused(&run_at(server, &keys.admin, export), &["customers/acme/profiles/absent was not found"]);
    refused(
        &run_at(server, &keys.writer, "export --customer acme --profile support"),
        &["PERMISSION_DENIED"],
    );
    let import = finish(
        command()
            .args(["import", "--customer", "acme", "--profile", "support", "--server", &server.url()])
            .args(["--key", &keys.reader])
            .arg(dialog(Path::new(env!("CARGO_TARGET_TMPDIR")), "refused")),
    );
    assert_eq!(import.status, 1);
    assert!(import.stderr.contains("the import stopped") && import.stderr.contains("PERMISSION_DENIED"));
}

fn dialog(folder: &Path, id: &str) -> std::path::PathBuf {
    let file = folder.join(format!("{id}.json"));
    let dialog =
        json!({"conversation_id": id, "utterances": [{"index": 0, "speaker": "user", "text": "hi"}]});
    std::fs::write(&file, dialog.to_string()).unwrap();
    file
}

#[test]
fn a_server_that_cannot_be_reached_is_told() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let at = |url: String| {
        finish(command().args(["key", "list", "--customer", "acme", "--key", "k", "--server", &url]))
    };
    refused(
        &at(format!("http://{unused}")),
        &["cannot reach", "refused", "is 'hansard serve' running there?"],
    );
    refused(&at(format!("https://{}", house().server.address())), &["cannot reach", "use http://"]);
    refused(&at("ftp://127.0.0.1".into()), &["begins with http:// or https://"]);
    refused(&at("http://".into()), &["is not a URL"]);
}

#[test]
fn a_private_authority_is_trusted_where_it_is_named() {
    let house = House::build();
    let keys = house.keys.clone();
    let folder = house.folder;
    assert!(house.server.terminate().success());
    let files = tempfile::tempdir().unwrap();
    let (authority, other) = (Authority::new("one"), Authority::new("other"));
    let ca = authority.write(&files.path().join("ca.pem"));
    let other_ca = other.write(&files.path().join("other.pem"));
    let pair = authority.issue(files.path(), "server", 2120);
    let server = Server::start_with(folder.path(), &pair.flags());
    assert!(server.url().starts_with("https://"));
    let at = |ca: Option<&Path>, url: &str, rest: &[&str]| {
        let mut command = command();
        command.args(rest).args(["--customer", "acme", "--server", url, "--key", &keys.admin]);
        ca.map(|ca| command.arg("--ca-cert").arg(ca));
        finish(&mut command)
    };
    let list = ["key", "list"];
    assert!(at(Some(&ca), &server.url(), &list).ok().contains("admin"));
    refused(&at(None, &server.url(), &list), &["--ca-cert"]);
    refused(&at(Some(&other_ca), &server.url(), &list), &["not the one that issued"]);
    refused(&at(Some(&files.path().join("none")), &server.url(), &list), &["cannot read --ca-cert"]);
    refused(
        &at(Some(&ca), &server.url().replace("127.0.0.1", "localhost"), &list),
        &["use a host name or address"],
    );
    refused(&at(None, &server.url().replace("https", "http"), &list), &["does it speak TLS?"]);
    refused(&at(Some(&ca), &server.url().replace("https", "http"), &list), &["goes with https:// only"]);

    let file = dialog(files.path(), "over-tls");
    at(Some(&ca), &server.url(), &["import", "--profile", "support", file.to_str().unwrap()]).ok();
    let exported = at(Some(&ca), &server.url(), &["export", "--profile", "support"]).ok();
    assert!(exported.contains("over-tls"));
    let doctor = finish(
        command().args(["doctor", "--server", &server.url(), "--key", &keys.admin, "--ca-cert"]).arg(&ca),
    );
    assert!(doctor.ok().contains("trusted until 2120"));
}

#[test]
fn jsonl_goes_through_a_running_server_and_back() {
    let (from, into) = (house().desk(), house().desk());
    for id in ["a", "b"] {
        from.start(id, &json!({"displayName": id, "metadata": {"k": {"values": [id, 2.5]}}, "startTime": "2026-01-05T09:00:00Z"}));
        (0..30)
            .for_each(|index| drop(from.append(id, &format!("m{index}"), &format!("{id} {index} \u{e9}"))));
    }
    from.close("a");
    let files = tempfile::tempdir().unwrap();
    let file = files.path().join("all.jsonl");
    let profile = |desk: &Desk| desk.profile.rsplit('/').next().unwrap().to_owned();
    let (server, key) = (&house().server, &house().keys.admin);
    run_at(
        server,
        key,
        &format!("export --customer acme --profile {} --to {}", profile(&from), file.display()),
    )
    .ok();
    let import = format!("import --customer acme --profile {} {}", profile(&into), file.display());
    run_at(server, key, &import).ok();
    for id in ["a", "b"] {
        let plain = |desk: &Desk| json!(desk.messages(id)).to_string().replace(&desk.profile, "P");
        assert_eq!(plain(&from), plain(&into));
        assert_eq!(from.conversation(id)["state"], into.conversation(id)["state"]);
    }
    let again = run_at(server, key, &import);
    assert_eq!(again.status, 0);
    assert!(again.stderr.contains("2 already there"), "{}", again.stderr);
}

#[test]
fn a_folder_in_use_names_the_same_command_for_its_server() {
    let house = House::build();
    let dir = house.folder.path();
    let line = "key create --customer acme --role reader";
    let refusal = run_on(dir, line);
    let url = house.server.url();
    refused(&refusal, &["in use", &url, &format!("hansard {line} --server {url}"), "HANSARD_KEY"]);
    let command_line = refusal.stderr.lines().find(|line| line.trim().starts_with("hansard ")).unwrap();
    let words = command_line.trim().split(' ').skip(1);
    let key = finish(command().args(words).env("HANSARD_KEY", &house.keys.admin)).ok();
    assert!(key.starts_with("hsk_"), "it works as it stands there: {key}");
}
