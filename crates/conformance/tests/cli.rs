//! The command line: section 4 of issue 2, exactly the forms that operators script.

use std::time::Duration;

use hansard_conformance::binary::{command, create_key, run, run_on};
use hansard_conformance::client::Client;
use hansard_conformance::desk::Desk;
use hansard_conformance::house::{House, unique};
use hansard_conformance::server::Server;
use serde_json::json;

#[test]
fn the_first_serve_makes_a_house_and_prints_its_key_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let key = server.printed_key();
    assert_eq!(
        server.printed().matches("hsk_").count(),
        server.printed().matches(&key).count(),
        "one admin key"
    );
    let desk = Desk::new(Client::new(server.address(), &key), "customers/default/profiles/default");
    desk.start("a", &json!({}));
    desk.client.get("/v1/customers/default/apiKeys").ok();
    assert!(server.terminate().success());

    let again = Server::start(folder.path());
    assert!(!again.printed().contains("hsk_"), "printed once: {}", again.printed());
    Desk::new(Client::new(again.address(), &key), &desk.profile).conversation("a");
}

#[test]
fn a_folder_in_use_says_so_and_names_the_command_to_use_instead() {
    let house = House::build();
    let dir = house.folder.path();
    let on_server = |line: &str| format!("hansard {line} --server {}", house.server.url());
    for line in [
        "profile create --customer acme --profile late --language en-US",
        "key create --customer acme --role reader",
        "key list --customer acme",
        "export --customer acme --profile support",
    ] {
        let refused = run_on(dir, line);
        assert_ne!(refused.status, 0, "{line}");
        assert!(refused.stderr.contains("in use"), "{line}: {}", refused.stderr);
        assert!(refused.stderr.contains(&on_server(line)), "{line}: {}", refused.stderr);
        assert!(refused.stdout.is_empty(), "{line}: {}", refused.stdout);
    }
    let second = run(&["serve", "--data-dir", dir.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    assert_ne!(second.status, 0);
    assert!(second.stderr.contains("in use"), "one lock: {}", second.stderr);
    house.admin().get("/v1/customers/acme").ok();
}

#[test]
fn profiles_and_keys_are_made_on_a_stopped_folder() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    run_on(dir, "profile create --customer acme --profile support --language en-US --language de-DE").ok();
    let limited = create_key(dir, "--customer acme --profile support --user ada --expires 90d --role agent");
    let admin = create_key(dir, "--customer acme --role admin");
    let server = Server::start(dir);
    assert!(!server.printed().contains("hsk_"), "the folder is not empty");
    let admin = Client::new(server.address(), &admin);
    let profile = admin.get("/v1/customers/acme/profiles/support").ok();
    assert_eq!(profile["languageCodes"], json!(["en-US", "de-DE"]));
    assert_eq!(profile["defaultLanguageCode"], "en-US", "the first is the default");
    let keys = admin.get("/v1/customers/acme/apiKeys").ok();
    let key = keys["apiKeys"].as_array().unwrap().iter().find(|key| key["role"] == "AGENT").unwrap();
    assert_eq!(key["profiles"], json!(["customers/acme/profiles/support"]));
    assert_eq!(key["user"], "customers/acme/users/ada");
    let expiry: jiff::Timestamp = key["expireTime"].as_str().unwrap().parse().unwrap();
    let days = expiry.duration_since(jiff::Timestamp::now()).as_secs_f64() / 86_400.0;
    assert!((89.9..=90.0).contains(&days), "90d: {days}");
    Client::new(server.address(), &limited).get("/v1/customers/acme/profiles/support").ok();
}

#[test]
fn keys_are_listed_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    run_on(dir, "profile create --customer acme --profile support --language en-US").ok();
    let key = create_key(dir, "--customer acme --role reader");
    let admin = create_key(dir, "--customer acme --role admin");
    let listed = run_on(dir, "key list --customer acme").ok();
    assert!(!listed.contains(&key), "never the secret: {listed}");
    let line = listed.lines().find(|line| line.to_lowercase().contains("reader")).unwrap();
    let id = line.split_whitespace().next().unwrap().rsplit('/').next().unwrap();
    run_on(dir, &format!("key revoke --customer acme {id}")).ok();
    let server = Server::start(dir);
    Client::new(server.address(), &key).get("/v1/customers/acme/profiles/support").fails("UNAUTHENTICATED");
    Client::new(server.address(), &admin).get("/v1/customers/acme/profiles/support").ok();
}

#[test]
fn what_is_wrong_is_told_on_standard_error() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    run_on(dir, "profile create --customer acme --profile support --language en-US").ok();
    let refused = [
        "key create --customer acme --role emperor",
        "key create --customer acme",
        "key create --customer absent --role admin",
        "key create --customer acme --profile absent --role reader",
        "key create --customer acme --expires soon --role reader",
        "profile create --customer acme --profile other",
        "profile create --customer acme --profile other --language not_a_tag!",
        "profile create --customer a/b --profile other --language en-US",
        "serve --listen nowhere",
        "nonsense",
        "serve --nonsense",
    ];
    for line in refused {
        let finished = run_on(dir, line);
        assert_ne!(finished.status, 0, "{line}");
        assert!(
            !finished.stderr.trim().is_empty() && finished.stdout.is_empty(),
            "{line}: {}",
            finished.stdout
        );
        assert!(!finished.stderr.contains("panicked"), "{line}: {}", finished.stderr);
    }
}

#[test]
fn a_non_loopback_address_needs_tls_or_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let refused = run(&["serve", "--data-dir", folder.path().to_str().unwrap(), "--listen", "0.0.0.0:0"]);
    assert_ne!(refused.status, 0);
    for way in ["--tls-cert", "--tls-key", "--insecure-bind"] {
        assert!(refused.stderr.contains(way), "names {way}: {}", refused.stderr);
    }
}

#[test]
fn variables_are_flags() {
    let folder = tempfile::tempdir().unwrap();
    let mut serve = command();
    serve.arg("serve").env("HANSARD_DATA_DIR", folder.path()).env("HANSARD_LISTEN", "127.0.0.1:0");
    let server = Server::spawn(serve);
    assert!(folder.path().read_dir().unwrap().next().is_some());
    assert!(server.terminate().success());
}

#[test]
fn help_has_examples() {
    for args in [
        &["--help"][..],
        &["serve", "--help"],
        &["check-config", "--help"],
        &["doctor", "--help"],
        &["profile", "create", "--help"],
        &["profile", "list", "--help"],
        &["key", "create", "--help"],
        &["key", "list", "--help"],
        &["key", "revoke", "--help"],
        &["backup", "--help"],
        &["restore", "--help"],
        &["fsck", "--help"],
        &["import", "--help"],
        &["export", "--help"],
        &["demo", "--help"],
    ] {
        let help = run(args).ok();
        assert!(help.contains("hansard "), "{args:?}: {help}");
        assert!(help.to_lowercase().contains("example"), "{args:?}: {help}");
    }
    assert!(run(&["--version"]).ok().contains("hansard"));
}

#[test]
fn a_backup_while_serving_is_restored_and_verified() {
    let house = House::build();
    let desk = house.desk();
    desk.start("a", &json!({"displayName": "kept"}));
    for index in 0..50 {
        desk.append("a", &format!("m{index}"), "kept");
    }
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("backup.db");
    let restored = elsewhere.path().join("restored");
    std::thread::scope(|scope| {
        let writer =
            scope.spawn(|| (0..200).for_each(|index| drop(desk.append("a", &format!("later{index}"), "x"))));
        run_on(house.folder.path(), &format!("backup --to {}", file.display())).ok();
        writer.join().unwrap();
    });
    run(&["fsck", "--backup", &file.to_string_lossy()]).ok();
    run_on(&restored, &format!("restore --from {} --verify", file.display())).ok();
    run_on(&restored, "fsck").ok();
    let server = Server::start(&restored);
    let copy = Desk::new(Client::new(server.address(), &house.keys.admin), &desk.profile);
    assert_eq!(copy.conversation("a")["displayName"], "kept");
    let messages = copy.messages("a");
    assert!((50..=250).contains(&messages.len()));
    assert_eq!(messages, desk.messages("a")[..messages.len()]);
    let changes = copy.changes();
    assert_eq!(changes, desk.changes()[..changes.len()], "the record as it was after some change");
    assert_eq!(changes.last().unwrap()["sequence"], messages.len());

    let onto_another = run_on(house.folder.path(), &format!("restore --from {} --verify", file.display()));
    assert_ne!(onto_another.status, 0, "a folder in use is not overwritten");
}

#[test]
fn a_damaged_backup_is_refused() {
    let house = House::build();
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("backup.db");
    run_on(house.folder.path(), &format!("backup --to {}", file.display())).ok();
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0xa5);
    std::fs::write(&file, bytes).unwrap();
    let refused =
        run_on(&elsewhere.path().join("restored"), &format!("restore --from {} --verify", file.display()));
    assert_ne!(refused.status, 0, "--verify finds the damage: {}", refused.stdout);
    let checked = run(&["fsck", "--backup", &file.to_string_lossy()]);
    assert_eq!(checked.status, 1, "{}", checked.stdout);
    assert!(checked.stdout.contains("its contents do not match its seal"), "{}", checked.stdout);
}

#[test]
fn fsck_tells_a_good_folder_from_a_damaged_one() {
    let folder = tempfile::tempdir().unwrap();
    run_on(folder.path(), "profile create --customer acme --profile support --language en-US").ok();
    let report = run_on(folder.path(), "fsck --json").ok();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!((&report["clean"], &report["findingsTotal"]), (&json!(true), &json!(0)), "{report}");

    let server = Server::start(folder.path());
    let refused = run_on(folder.path(), "fsck");
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("in use by a running server"), "{}", refused.stderr);
    server.terminate();

    let database = folder.path().join("hansard.db");
    let mut bytes = std::fs::read(&database).unwrap();
    bytes[2 * 8192 + 100] ^= 1;
    std::fs::write(&database, bytes).unwrap();
    let damaged = run_on(folder.path(), "fsck");
    assert_eq!(damaged.status, 1);
    assert!(damaged.stdout.contains("page 3: does not match its checksum"), "{}", damaged.stdout);
    assert!(damaged.stderr.contains("restore the newest backup"), "{}", damaged.stderr);
    let damaged = run_on(folder.path(), "fsck --json");
    let report: serde_json::Value = serde_json::from_str(&damaged.stdout).unwrap();
    assert_eq!(report["findings"][0]["page"], 3, "{report}");
}

#[test]
fn no_text_of_a_message_is_in_a_log() {
    let house = House::build();
    let desk = house.desk();
    let word = unique("secretword");
    desk.start("a", &json!({"displayName": word, "metadata": {"k": {"values": [word]}}}));
    desk.append("a", "m1", &word);
    desk.try_append("a", "m2", &json!({"text": format!("{word}\u{0}")})).fails("INVALID_ARGUMENT");
    desk.try_start("b", &json!({word.as_str(): 1, "displayName": word})).fails("INVALID_ARGUMENT");
    std::thread::sleep(Duration::from_millis(200));
    let printed = house.server.printed();
    let lines: Vec<&str> = printed.lines().filter(|line| line.contains(&word)).collect();
    assert!(lines.is_empty(), "{lines:?}");
    for key in [&house.keys.admin, &house.keys.operator] {
        assert!(!printed.contains(key.as_str()), "no key either");
    }
}

#[test]
fn sigterm_ends_an_idle_server() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Server::start(folder.path()).terminate().code(), Some(0));
}
