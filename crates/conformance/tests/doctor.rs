//! `hansard doctor`: a folder and a server, each finding with its remedy.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use hansard_conformance::binary::{Finished, command, finish, run_on};
use hansard_conformance::house::{House, house};
use serde_json::Value;

fn examine(folder: &Path) -> (Finished, Value) {
    let finished = finish(command().args(["doctor", "--json", "--data-dir"]).arg(folder));
    let document = serde_json::from_str(&finished.stdout)
        .unwrap_or_else(|error| panic!("{error}: {} {}", finished.stdout, finished.stderr));
    (finished, document)
}

fn finding<'a>(document: &'a Value, check: &str) -> &'a Value {
    let findings = document["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["check"] == check);
    let found = found.unwrap_or_else(|| panic!("no {check}: {document:#}"));
    assert_eq!(found["level"] == "ok", found["remedy"].is_null(), "a remedy where it is not well: {found}");
    found
}

/// A stopped folder that is as it should be, whatever the umask of this run.
fn healthy() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    run_on(folder.path(), "profile create --customer acme --profile support --language en-US").ok();
    folder
}

#[test]
fn a_healthy_folder_is_well() {
    let folder = healthy();
    let before: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    let (_, document) = examine(folder.path());
    for check in ["permissions", "lock", "store", "write-ahead log", "clock"] {
        assert_eq!(finding(&document, check)["level"], "ok", "{document:#}");
    }
    for check in ["file system", "disk space", "flush", "open files"] {
        finding(&document, check);
    }
    assert!(finding(&document, "store")["detail"].as_str().unwrap().starts_with("version "));
    assert!(finding(&document, "lock")["detail"].as_str().unwrap().contains("free"));
    for entry in fs::read_dir(folder.path()).unwrap() {
        let name = entry.unwrap().file_name();
        let of_sqlite = name.to_string_lossy().ends_with("-wal") || name.to_string_lossy().ends_with("-shm");
        assert!(of_sqlite || before.contains(&name), "{name:?} was left behind");
    }
    run_on(folder.path(), "profile list --customer acme").ok();
}

#[test]
fn a_folder_in_use_is_looked_at_too() {
    let house = House::build();
    let (_, document) = examine(house.folder.path());
    let lock = finding(&document, "lock")["detail"].as_str().unwrap().to_owned();
    assert!(lock.contains(&house.server.url()) && lock.contains(&house.server.pid().to_string()), "{lock}");
    assert!(finding(&document, "open files")["detail"].as_str().unwrap().contains("of the server"));
    house.admin().get("/v1/customers/acme").ok();
}

#[test]
fn what_is_wrong_with_a_folder_fails() {
    let folder = healthy();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let (finished, document) = examine(folder.path());
    assert_eq!((finished.status, &finding(&document, "permissions")["level"]), (1, &"fail".into()));
    assert!(finding(&document, "permissions")["remedy"].as_str().unwrap().starts_with("chmod 700"));

    let folder = healthy();
    fs::write(folder.path().join("hansard.db"), "this is no database at all, but a text of some length")
        .unwrap();
    let (finished, document) = examine(folder.path());
    assert_eq!((finished.status, &finding(&document, "store")["level"]), (1, &"fail".into()));
    assert!(finding(&document, "store")["remedy"].as_str().unwrap().contains("hansard fsck"));

    let (finished, document) = examine(&folder.path().join("absent"));
    assert_eq!((finished.status, &document["ok"]), (1, &Value::Bool(false)));
    finding(&document, "folder");
}

#[test]
fn memory_is_no_place_for_a_record() {
    let shared_memory = Path::new("/dev/shm");
    let Ok(folder) = tempfile::tempdir_in(shared_memory) else {
        println!("SKIPPED: no {}", shared_memory.display());
        return;
    };
    let (finished, document) = examine(folder.path());
    let found = finding(&document, "file system");
    if found["detail"].as_str().unwrap().starts_with("tmpfs") {
        assert_eq!((finished.status, &found["level"]), (1, &"fail".into()));
    }
}

fn at_server(args: &[&str], key: &str) -> Finished {
    let url = house().server.url();
    finish(command().args(["doctor", "--server", &url, "--key", key]).args(args))
}

#[test]
fn a_running_server_is_well() {
    let printed = at_server(&[], &house().keys.reader).ok();
    for part in [
        "reachable",
        "clock",
        "readiness",
        "version",
        "READER of customers/acme, all profiles",
        "gRPC",
        "it serves",
    ] {
        assert!(printed.contains(part), "{part:?} is not in: {printed}");
    }
    assert!(!printed.contains("FAIL"), "{printed}");
    let limited = at_server(&[], &house().keys.other_profile).ok();
    assert!(limited.contains("ADMIN of customers/acme, 1 profiles"), "{limited}");
}

#[test]
fn a_round_trip_leaves_nothing() {
    let desk = house().desk();
    let profile = desk.profile.rsplit('/').next().unwrap();
    let args = ["--round-trip", "--customer", "acme", "--profile", profile];
    assert!(at_server(&args, &house().keys.admin).ok().contains("round trip"));
    assert!(desk.select(&serde_json::json!({})).is_empty());
    assert!(desk.changes().len() > 1, "it did write");
    let reader = at_server(&args, &house().keys.reader);
    assert_eq!(reader.status, 1);
    assert!(reader.stdout.contains("PERMISSION_DENIED"), "{}", reader.stdout);
    let (before, without) = (desk.changes(), at_server(&[], &house().keys.admin));
    without.ok();
    assert_eq!(desk.changes(), before, "it writes only where it is asked to");
}

#[test]
fn what_is_wrong_with_a_server_fails() {
    let wrong_key = at_server(&[], "hsk_wrong");
    assert_eq!(wrong_key.status, 1);
    assert!(
        wrong_key.stdout.contains("wrong, revoked or expired")
            && wrong_key.stdout.contains("hansard key list")
    );
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let gone =
        finish(command().args(["doctor", "--key", "k", "--json", "--server", &format!("http://{unused}")]));
    let document: Value = serde_json::from_str(&gone.stdout).unwrap();
    assert_eq!((gone.status, &finding(&document, "reachable")["level"]), (1, &"fail".into()));
    let usage = finish(command().args(["doctor", "--round-trip", "--data-dir", "x"]));
    assert!(usage.stderr.contains("give --server"), "{}", usage.stderr);
}

#[test]
fn whoami_tells_what_a_key_is() {
    let told = house().client(&house().keys.agent).get("/whoami").ok();
    assert_eq!(told["customer"], "customers/acme");
    assert_eq!(told["role"], "AGENT");
    assert_eq!(told["actor"], "customers/acme/users/ada");
    assert!(told["apiKey"].as_str().unwrap().starts_with("customers/acme/apiKeys/"));
    let limited = house().client(&house().keys.other_profile).get("/whoami").ok();
    assert_eq!(limited["profiles"], serde_json::json!(["customers/acme/profiles/sales"]));
    house().client("hsk_wrong").get("/whoami").fails("UNAUTHENTICATED");
}
