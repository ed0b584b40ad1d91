//! The network between one server and the database is cut: packets vanish, and nobody is told.
//!
//! The server stands in a network namespace of its own, where nftables drops what goes to the database and what comes from
//! it; clients reach it all the same. That takes root, so it is run by `cargo xtask soak partition`, and not here.

use crate::trial::{RECOVERED_WITHIN, ROLE, Trial, Way};
use hansard_cluster::{Own, Settings};
use std::{
    process::{Command, id},
    thread,
    time::Duration,
};

const OUTSIDE: &str = "10.231.77.1";
const INSIDE: [u8; 4] = [10, 231, 77, 2];
/// Shorter than what TCP bridges, about as long as a connection is given, and much longer.
const CUTS: [Duration; 3] = [Duration::from_secs(2), Duration::from_secs(7), Duration::from_secs(20)];

/// A network namespace with a way out, gone with this.
struct Namespace {
    name: String,
}

impl Namespace {
    fn new() -> Self {
        let (name, outer) = (format!("hansard-{}", id()), format!("hsk{}", id()));
        run(&["ip", "netns", "add", &name]);
        let made = Self { name };
        let name = made.name.as_str();
        run(&["ip", "link", "add", &outer, "type", "veth", "peer", "name", "inner", "netns", name]);
        run(&["ip", "address", "add", &format!("{OUTSIDE}/30"), "dev", &outer]);
        run(&["ip", "link", "set", &outer, "up"]);
        made.inside(&["ip", "address", "add", "10.231.77.2/30", "dev", "inner"]);
        made.inside(&["ip", "link", "set", "inner", "up"]);
        made
    }

    fn inside(&self, args: &[&str]) {
        run(&[&["ip", "netns", "exec", &self.name], args].concat());
    }

    fn cut(&self, port: u16) {
        let rules = format!(
            "add table inet cut
             add chain inet cut out {{ type filter hook output priority 0; }}
             add chain inet cut in {{ type filter hook input priority 0; }}
             add rule inet cut out tcp dport {port} drop
             add rule inet cut in tcp sport {port} drop"
        );
        self.inside(&["nft", &rules]);
    }

    fn heal(&self) {
        self.inside(&["nft", "delete table inet cut"]);
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = Command::new("ip").args(["netns", "delete", &self.name]).status();
    }
}

fn run(words: &[&str]) {
    let status = Command::new(words[0]).args(&words[1..]).status();
    assert!(status.as_ref().is_ok_and(std::process::ExitStatus::success), "{words:?}: {status:?}");
}

fn open(namespace: &Namespace) -> Trial {
    let own = Own::start(&Settings {
        settings: vec![("listen_addresses".to_owned(), format!("127.0.0.1,{OUTSIDE}"))],
        access: vec![format!("host all all {OUTSIDE}/30 trust")],
        ..Settings::default()
    });
    let near = Way { runner: Vec::new(), url: own.url_of(ROLE, ""), host: [127, 0, 0, 1].into() };
    let runner = ["ip", "netns", "exec", &namespace.name].map(str::to_owned).to_vec();
    let url = format!("{}?sslmode=disable", own.url_of(ROLE, "").replace("127.0.0.1", OUTSIDE));
    Trial::of(own, [Way { runner, url, host: INSIDE.into() }, near])
}

#[test]
#[ignore = "needs root and nftables: cargo xtask soak partition"]
fn the_network_to_the_database_is_cut() {
    let namespace = Namespace::new();
    let mut trial = open(&namespace);
    for cut in CUTS {
        trial.under_load(|trial, progress| {
            let port = trial.own.port();
            namespace.cut(port);
            if cut > RECOVERED_WITHIN {
                trial.await_ready(0, 503);
            }
            thread::sleep(cut);
            for of_profile in progress {
                of_profile.await_more(1, 10, RECOVERED_WITHIN);
            }
            namespace.heal();
            for of_profile in progress {
                of_profile.await_more(0, 10, RECOVERED_WITHIN);
            }
            trial.await_ready(0, 200);
        });
    }
}
