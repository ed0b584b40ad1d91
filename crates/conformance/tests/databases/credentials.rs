//! A password is planted wherever one may stand, and looked for in everything that is ever printed.

use crate::ground::{SUPPORT, run_at, serve};
use hansard_cluster::{Own, Settings};
use hansard_conformance::{
    binary::{Finished, command, finish},
    client::Client,
    desk::Desk,
};
use serde_json::json;
use std::os::unix::fs::PermissionsExt;

const PASSWORD: &str = "pl4nted-p4ss";
const ROLE: &str = "ada:pl4nted-p4ss";

fn cluster() -> Own {
    let own = Own::start(&Settings {
        access: vec!["host all ada all scram-sha-256".to_owned()],
        ..Settings::default()
    });
    let role = format!("create role ada superuser login password '{PASSWORD}'");
    own.query(&[&role]).unwrap();
    own
}

fn assert_hidden(what: &str, finished: &Finished) {
    for printed in [&finished.stdout, &finished.stderr] {
        assert!(!printed.contains(PASSWORD), "{what} shows the password: {printed}");
    }
}

#[test]
fn no_command_shows_a_password() {
    let own = cluster();
    let good = own.url_of(ROLE, "");
    let wrong = good.replace("/record", "/absent");
    let nobody = format!("postgres://{ROLE}@127.0.0.1:1/record");
    let misspelt = format!("postgres://{ROLE}@127.0.0.1:port/record");
    let no_url = format!("host=127.0.0.1 user=ada password={PASSWORD}");
    let other = good.replace(PASSWORD, "pl4nted-p4ss-2");
    for url in [&good, &wrong, &nobody, &misspelt, &no_url, &other] {
        for line in [
            "check-config",
            "check-config --json",
            "doctor",
            "doctor --json",
            "key list --customer acme --log-level trace",
            "backup --to x",
            "serve --listen nonsense",
            "serve --help",
            "fsck",
        ] {
            assert_hidden(line, &run_at(url, line));
            let mut by_flag = command();
            by_flag.args(line.split(' ')).args(["--store", url]);
            assert_hidden(line, &finish(&mut by_flag));
        }
        let folder = tempfile::tempdir().unwrap();
        for line in
            ["migrate-store --log-level trace", "migrate-store --help", "check-config", "check-config --json"]
        {
            let mut by_variable = command();
            let from = (by_variable.args(line.split(' ')).env("HANSARD_TO", url), folder.path());
            assert_hidden(line, &finish(from.0.env("HANSARD_FROM", from.1)));
        }
    }
    for url in [&misspelt, &no_url] {
        let refused = run_at(url, "serve");
        assert_eq!(refused.status, 2, "{}", refused.stderr);
        assert!(
            refused.stderr.contains("--store: ") && !refused.stderr.contains("ada"),
            "{}",
            refused.stderr
        );
    }
    let told = run_at(&other, "doctor");
    assert!(told.stdout.contains("password authentication failed"), "{}", told.stdout);
    let shown = run_at(&good, "check-config").ok();
    assert!(shown.contains("record at 127.0.0.1"), "{shown}");
}

#[test]
fn a_file_that_others_may_read_is_told_and_not_quoted() {
    let own = cluster();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("h.toml");
    std::fs::write(&file, format!("store = \"{}\"", own.url_of(ROLE, ""))).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let checked = finish(command().arg("check-config").arg("--config").arg(&file));
    assert_hidden("check-config", &checked);
    let shown = checked.ok();
    assert!(shown.contains("others may read it") && shown.contains("chmod 600"), "{shown}");
    std::fs::write(&file, format!("store = [\"{0}\", \"{0}\"]", own.url_of(ROLE, ""))).unwrap();
    for line in ["check-config", "serve"] {
        assert_hidden(line, &finish(command().arg(line).arg("--config").arg(&file)));
    }
}

#[test]
fn a_server_in_trouble_shows_no_password() {
    let mut own = cluster();
    let url = own.url_of(ROLE, "");
    let server = serve(&url, &["--log-level", "trace"]);
    let desk = Desk::new(
        Client::new(server.address(), &server.printed_key()),
        &SUPPORT.replace("acme", "default").replace("support", "default"),
    );
    desk.start("c", &json!({}));
    own.crash();
    let failed = desk.try_append("c", "m", &json!({"text": "x", "speaker": "VISITOR"}));
    assert_eq!(failed.status, 503, "{failed}");
    assert!(!failed.to_string().contains(PASSWORD));
    server.await_printed("its trouble", |text| text.contains("cannot be reached").then_some(()));
    own.start_again();
    server.await_printed("its recovery", |text| text.contains("is there again").then_some(()));
    desk.append("c", "m", "x");
    let metrics = desk.client.get("/metrics").text();
    assert!(!metrics.contains(PASSWORD));
    assert!(!server.printed().contains(PASSWORD), "{}", server.printed());
    assert!(server.printed().contains("is there again"), "the control: it is looked into what it printed");
}
