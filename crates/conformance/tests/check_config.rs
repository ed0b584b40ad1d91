//! `hansard check-config`: settings with where they come from, and every problem with its remedy at once.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use hansard_conformance::binary::{Finished, command, finish};
use hansard_conformance::house::House;
use hansard_conformance::tls::Authority;
use serde_json::Value;

/// Runs the command in a folder of its own, with an address that is free.
fn check(folder: &Path, args: &[&str], variables: &[(&str, &str)]) -> Finished {
    let mut command = command();
    command.current_dir(folder).arg("check-config").args(args).envs(variables.iter().copied());
    finish(&mut command)
}

fn document(finished: &Finished) -> Value {
    serde_json::from_str(&finished.stdout).unwrap_or_else(|error| panic!("{error}: {}", finished.stdout))
}

/// The settings as `key value source`.
fn settings(document: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let entries = document["settings"].as_array().unwrap().iter();
    entries.map(|entry| [&entry["key"], &entry["value"], &entry["from"]].map(text).join(" ")).collect()
}

#[track_caller]
fn holds(finished: &Finished, parts: &[&str]) {
    for part in parts {
        assert!(finished.stdout.contains(part), "{part:?} is not in: {}{}", finished.stdout, finished.stderr);
    }
}

#[test]
fn every_setting_names_its_source() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("h.toml");
    fs::write(
        &file,
        "data-dir = \"from-file\"\nlog-level = \"warn\"\nlog-format = \"json\"\nkey = \"hsk_secret\"",
    )
    .unwrap();
    let args = ["--config", "h.toml", "--listen", "127.0.0.1:0", "--insecure-bind", "--json"];
    let variables =
        [("HANSARD_LOG_LEVEL", "debug"), ("HANSARD_LISTEN", "127.0.0.1:1"), ("HANSARD_SERVER", "http://h")];
    let finished = check(folder.path(), &args, &variables);
    let settings = settings(&document(&finished));
    for expected in [
        "data-dir from-file file",
        "insecure-bind true flag",
        "cors-origins - default",
        "listen 127.0.0.1:0 flag",
        "log-format json file",
        "log-level debug variable",
        "server http://h variable",
        "tls-cert - default",
        "key (not shown) file",
    ] {
        assert!(settings.iter().any(|entry| entry == expected), "{expected:?} is not among {settings:#?}");
    }
    assert!(!finished.stdout.contains("hsk_secret") && !finished.stderr.contains("hsk_secret"));
    let table = check(folder.path(), &args[..5], &variables);
    holds(&table, &["SETTING", "(not shown)"]);
    assert!(!table.stdout.contains("hsk_secret"));
    assert!(!folder.path().join("from-file").exists(), "it makes nothing");
    let by_variable = check(folder.path(), &[], &[("HANSARD_JSON", "true")]);
    assert!(self::settings(&document(&by_variable)).contains(&"insecure-bind false default".to_owned()));
}

#[test]
fn a_good_configuration_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let pair = Authority::new("ca").issue(folder.path(), "server", 2120);
    fs::set_permissions(&pair.key, fs::Permissions::from_mode(0o600)).unwrap();
    let mut args = vec!["--listen", "127.0.0.1:0", "--data-dir", "data"];
    args.extend(pair.flags());
    let finished = check(folder.path(), &args, &[]);
    assert_eq!(finished.status, 0, "{}", finished.stdout);
    holds(&finished, &["'hansard serve' would start", "all is well"]);
}

#[test]
fn every_problem_is_named_at_once() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("plain"), "").unwrap();
    let file = "lisen = \"x\"\nlog-levle = \"info\"\ncors-origins = [\"desk.example.com\"]\nlog-format = \"loud\"\n\
        insecure-bind = \"perhaps\"\n[tls]\ncert = \"x\"\n";
    fs::write(folder.path().join("h.toml"), file).unwrap();
    let args = [
        "--config",
        "h.toml",
        "--tls-cert",
        "none.pem",
        "--data-dir",
        "plain/sub",
        "--listen",
        "203.0.113.7:1",
    ];
    let variables = [("HANSARD_LOG_LEVEL", "info,=="), ("HANSARD_DATADIR", "x")];
    let finished = check(folder.path(), &args, &variables);
    assert_eq!(finished.status, 1);
    holds(
        &finished,
        &[
            "nearest known key is \"listen\"",
            "nearest known key is \"log-level\"",
            "cors-origins",
            "loud",
            "insecure-bind: expected true or false",
            "\"tls\"",
            "--tls-cert needs --tls-key",
            "plain is not a folder",
            "refusing to listen on 203.0.113.7:1",
            "cannot listen on 203.0.113.7:1",
            "HANSARD_DATADIR is no setting",
            "did you mean HANSARD_DATA_DIR?",
            "--log-level \"info,==\"",
        ],
    );
    let json = check(folder.path(), &[&args[..], &["--json"]].concat(), &variables);
    let document = document(&json);
    assert_eq!((json.status, &document["ok"]), (1, &Value::Bool(false)));
    for finding in document["findings"].as_array().unwrap() {
        assert!(finding["remedy"].as_str().is_some_and(|remedy| !remedy.is_empty()), "{finding}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_one_problem_among_others() {
    let folder = tempfile::tempdir().unwrap();
    let finished = check(folder.path(), &["--config", "absent.toml", "--tls-key", "k"], &[]);
    assert_eq!(finished.status, 1);
    holds(&finished, &["cannot read absent.toml", "--tls-key needs --tls-cert"]);
    fs::write(folder.path().join("h.toml"), "listen = ").unwrap();
    let finished = check(folder.path(), &["--config", "h.toml", "--tls-key", "k"], &[]);
    holds(&finished, &["line 1", "--tls-key needs --tls-cert"]);
}

#[test]
fn certificates_are_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("ca");
    let (good, old) =
        (authority.issue(folder.path(), "good", 2120), authority.issue(folder.path(), "old", 2021));
    let (cert, key) = (good.cert.to_str().unwrap(), good.key.to_str().unwrap());
    let with =
        |flags: [&str; 4]| check(folder.path(), &[&flags[..], &["--listen", "127.0.0.1:0"]].concat(), &[]);
    let expired = with(old.flags());
    assert_eq!(expired.status, 1);
    holds(&expired, &["expired at 2021-12-31", "renew the certificate"]);
    let mixed = with(["--tls-cert", cert, "--tls-key", old.key.to_str().unwrap()]);
    assert_eq!(mixed.status, 1);
    holds(&mixed, &["do not make a pair"]);
    let swapped = with(["--tls-cert", key, "--tls-key", cert]);
    assert_eq!(swapped.status, 1);
    holds(&swapped, &["is not readable as PEM"]);
    let absent = with(["--tls-cert", "no.pem", "--tls-key", "no.key"]);
    holds(&absent, &["--tls-cert no.pem", "--tls-key no.key"]);
    fs::set_permissions(&good.key, fs::Permissions::from_mode(0o644)).unwrap();
    let open = with(good.flags());
    assert_eq!(open.status, 0, "a word, not a failure: {}", open.stdout);
    holds(&open, &["warn", "others than the owner may read the private key", "chmod 600"]);
}

#[test]
fn an_address_in_use_is_told_and_by_whom() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let finished = check(folder.path(), &["--listen", &listen], &[]);
    assert_eq!(finished.status, 1);
    holds(&finished, &["another process listens there"]);

    let house = House::build();
    let (listen, dir) = (house.server.address().to_string(), house.folder.path().to_str().unwrap());
    let finished = check(folder.path(), &["--listen", &listen, "--data-dir", dir], &[]);
    assert_eq!(finished.status, 0, "{}", finished.stdout);
    holds(&finished, &["by the server of this data folder"]);
}

/// What check-config calls good, serve starts with, and what it calls wrong serve refuses.
#[test]
fn serve_agrees() {
    let folder = tempfile::tempdir().unwrap();
    for args in [
        &["--listen", "0.0.0.0:0"][..],
        &["--listen", "nowhere"],
        &["--listen", "127.0.0.1:0", "--tls-cert", "x"],
        &["--listen", "127.0.0.1:0", "--cors-origins", "https://a.example/path"],
        &["--listen", "127.0.0.1:0", "--log-level", "=="],
    ] {
        assert_eq!(check(folder.path(), args, &[]).status, 1, "{args:?}");
        let served = finish(command().current_dir(folder.path()).arg("serve").args(args));
        assert_ne!(served.status, 0, "{args:?}");
    }
}
