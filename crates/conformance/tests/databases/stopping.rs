//! A server is stopped at any time, also while it waits for its database to open the store.

use crate::ground::{make_acme, spawn_stuck};
use hansard_cluster::{Own, Settings};
use hansard_conformance::binary::command;
use std::{
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

/// Much less than the database is waited for.
const ENDED_WITHIN: Duration = Duration::from_secs(3);

fn has_ended(server: &mut Child) -> bool {
    let until = Instant::now() + ENDED_WITHIN;
    while server.try_wait().unwrap().is_none() {
        if Instant::now() > until {
            return false;
        }
        thread::sleep(Duration::from_millis(10));
    }
    true
}

#[test]
fn a_server_is_stopped_while_its_store_opens() {
    let own = Own::start(&Settings::default());
    make_acme(&own.url());
    for signal in ["-TERM", "-INT"] {
        let mut serve = command();
        serve.args(["serve", "--listen", "127.0.0.1:0"]).env("HANSARD_STORE", own.url());
        let lock = "lock table conversation_index_progress in access exclusive mode";
        let (mut server, _held) = spawn_stuck(serve, &own, lock);
        assert!(Command::new("kill").arg(signal).arg(server.id().to_string()).status().unwrap().success());
        let ended = has_ended(&mut server);
        if !ended {
            server.kill().unwrap();
        }
        let told = server.wait_with_output().unwrap();
        let said = String::from_utf8(told.stderr).unwrap();
        assert!(ended && told.status.success(), "{signal}: {:?}\n{said}", told.status);
        assert!(said.contains("stopped before the store was open"), "{said}");
    }
}
