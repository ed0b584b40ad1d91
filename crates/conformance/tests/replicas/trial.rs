//! A cluster with some servers on it, two profiles under load, watchers, and the proof at the end.

use hansard_cluster::{Own, Settings};
use hansard_conformance::{
    binary::{command, finish},
    client::Client,
    desk::Desk,
    round::{Progress, Round},
    server::Server,
    watcher::{Told, Watcher, assert_told},
};
use serde_json::Value;
use std::{
    net::{IpAddr, SocketAddr},
    process::Command,
    thread,
    time::{Duration, Instant},
};

/// What the servers come as; who looks into the database from beside them comes as its owner.
pub(crate) const ROLE: &str = "ada";
pub(crate) const PROFILES: [&str; 2] = ["support", "sales"];
/// Issue 6, section 4: work goes on so soon after a fault was healed.
pub(crate) const RECOVERED_WITHIN: Duration = Duration::from_secs(10);
/// Before a fault, so that it meets work.
const WARM: usize = 20;
const WRITERS: usize = 6;

/// How a server is started.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    /// What runs the program, where it is not this process.
    pub(crate) runner: Vec<String>,
    /// Where it finds the database.
    pub(crate) url: String,
    pub(crate) host: IpAddr,
}

pub(crate) struct Trial {
    pub(crate) own: Own,
    ways: [Way; 2],
    servers: Vec<Option<Server>>,
    addresses: Vec<SocketAddr>,
    key: String,
    /// Each load has conversations of its own.
    loads: usize,
}

impl Trial {
    /// Makes a cluster with these settings, and serves it twice.
    pub(crate) fn open(settings: &Settings) -> Self {
        let own = Own::start(settings);
        let way = Way { runner: Vec::new(), url: own.url_of(ROLE, ""), host: [127, 0, 0, 1].into() };
        Self::of(own, [way.clone(), way])
    }

    /// Serves a cluster in two ways.
    pub(crate) fn of(own: Own, ways: [Way; 2]) -> Self {
        own.query(&[&format!("create role {ROLE} login"), &format!("alter database record owner to {ROLE}")])
            .unwrap();
        let (servers, addresses, key) = (Vec::new(), Vec::new(), String::new());
        let mut trial = Self { own, ways, servers, addresses, key, loads: 0 };
        PROFILES.iter().for_each(|profile| trial.make_profile(profile));
        trial.key = trial.run("key create --customer acme --role admin").trim_end().to_owned();
        for number in 0..2 {
            trial.addresses.push((trial.ways[number].host, 0).into());
            trial.servers.push(None);
            trial.serve(number);
        }
        trial
    }

    fn run(&self, line: &str) -> String {
        finish(command().args(line.split(' ')).env("HANSARD_STORE", self.own.url_of(ROLE, ""))).ok()
    }

    /// Makes a profile, which every server has heard of when this returns.
    pub(crate) fn make_profile(&self, profile: &str) {
        self.run(&format!("profile create --customer acme --profile {profile} --language en-US"));
        let begun = Instant::now();
        for server in 0..self.servers.len() {
            let desk = self.desk(server, profile);
            while desk.client.get(&desk.at("")).status != 200 {
                assert!(begun.elapsed() < RECOVERED_WITHIN, "server {server} does not hear of {profile}");
                thread::sleep(Duration::from_millis(5));
            }
        }
    }

    /// Starts a server, where it was before.
    pub(crate) fn serve(&mut self, number: usize) {
        let Way { runner, url, .. } = &self.ways[number];
        let mut serve = command();
        if let [program, args @ ..] = &runner[..] {
            let binary = serve.get_program().to_owned();
            serve = Command::new(program);
            serve.args(args).arg(binary);
        }
        serve.args(["serve", "--insecure-bind", "--log-level", "warn"]).env("HANSARD_STORE", url);
        serve.args(["--listen", &self.addresses[number].to_string()]);
        let server = Server::spawn(serve);
        self.addresses[number] = server.address();
        self.servers[number] = Some(server);
    }

    pub(crate) fn kill(&mut self, number: usize) {
        self.servers[number].take().unwrap().kill();
    }

    pub(crate) fn pid(&self, number: usize) -> String {
        self.servers[number].as_ref().unwrap().pid().to_string()
    }

    /// An admin of a profile at a server.
    pub(crate) fn desk(&self, server: usize, profile: &str) -> Desk {
        let client = Client::new(self.addresses[server], &self.key);
        Desk::new(client, &format!("customers/acme/profiles/{profile}"))
    }

    /// The same at each server, beginning with one.
    pub(crate) fn desks(&self, first: usize, profile: &str) -> Vec<Desk> {
        (0..2).map(|number| self.desk((first + number) % 2, profile)).collect()
    }

    /// Waits until readiness says what is true.
    pub(crate) fn await_ready(&self, server: usize, status: u16) {
        let begun = Instant::now();
        let client = Client::anonymous(self.addresses[server]);
        while client.get("/readyz").status != status {
            assert!(begun.elapsed() < RECOVERED_WITHIN, "server {server} does not say {status}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Lets writers write and watchers watch in both profiles at both servers while something happens, and proves then that
    /// nothing was lost, doubled, left out or told in another order.
    pub(crate) fn under_load(&mut self, happens: impl FnOnce(&mut Self, &[Progress])) {
        self.loads += 1;
        let conversation = format!("c{}", self.loads);
        let mut rounds: Vec<(Round, Vec<Desk>)> = Vec::new();
        let mut watched: Vec<(Watcher, Desk, String)> = Vec::new();
        for profile in PROFILES {
            let desks = self.desks(0, profile);
            let cursor = desks[0].changes().last().map_or_else(String::new, cursor_of);
            rounds.push((Round::begin(&desks[0], &conversation, &cursor, WRITERS), desks));
            for server in 0..2 {
                let desks = self.desks(server, profile);
                let from = desks[0].changes().last().map_or_else(String::new, cursor_of);
                watched.push((Watcher::start(desks, &from), self.desk(0, profile), from));
            }
        }
        Round::persist(&mut rounds, |progress| {
            for server in 0..2 {
                progress.iter().for_each(|progress| progress.await_more(server, WARM, RECOVERED_WITHIN));
            }
            happens(self, progress);
        });
        let mut acknowledged = 0;
        for (round, desks) in &mut rounds {
            round.verify(&desks[1]);
            acknowledged += round.acknowledged();
        }
        for (watcher, desk, from) in watched {
            prove_told(watcher, &desk, &from);
        }
        println!("{acknowledged} appends acknowledged; lost 0, duplicates 0, gaps 0");
        self.run("fsck");
    }
}

/// Demands that a watcher was told the whole log after a cursor.
pub(crate) fn prove_told(watcher: Watcher, desk: &Desk, from: &str) -> Vec<Told> {
    let changes = desk.changes_after(from);
    let told = watcher.end_after(&cursor_of(changes.last().unwrap()));
    assert_told(&told, &changes);
    told
}

pub(crate) fn cursor_of(change: &Value) -> String {
    change["cursor"].as_str().unwrap().to_owned()
}
