//! Slow and many: whoever means well is served while a thousand others do their worst.
//!
//! The server runs in a memory cgroup. Latencies are judged against those of the same run before the attack. This
//! target is to run alone: it needs the machine to itself, and takes it.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use hansard_conformance::{
    attack::{
        Target,
        honest::{self, Latencies},
        reset::{self, Resets},
        slow::{self, Slow},
        upload::{self, Answers},
        watch::{self, Watchers},
    },
    binary::{self, create_key, run_on},
    cgroup::Cgroup,
    client::{Client, runtime},
    desk::Desk,
    server::Server,
};
use serde_json::json;
use tempfile::TempDir;

const MEMORY_BYTES_MAX: u64 = 512 << 20;
const SLOW_SOCKETS: usize = 1000;
const WATCHERS: usize = 2000;
const RESETTING_CONNECTIONS: usize = 2;
const UPLOADS: usize = 16;
const HONEST_CLIENTS: usize = 2;

const QUIET: Duration = Duration::from_secs(5);
/// Until the watchers are there.
const GATHERING: Duration = Duration::from_secs(6);
/// Longer than a head may take.
const ATTACK: Duration = Duration::from_secs(15);
const GIVEN_BACK_WITHIN: Duration = Duration::from_secs(20);
const SLOWDOWN_MAX: u32 = 3;
/// What else the machine does can spoil an attempt; one is enough.
const ATTEMPTS: usize = 3;
/// A quiet answer that is faster counts as slow as this: attackers and server share the cores.
const QUIET_FLOOR: Duration = Duration::from_millis(10);

/// What the server did to the attackers.
#[derive(Default)]
struct Told {
    slow: Arc<Slow>,
    watchers: Arc<Watchers>,
    resets: Arc<Resets>,
    uploads: Answers,
}

struct Scene {
    server: Server,
    key: String,
    _folder: TempDir,
    /// Removed after the server has ended.
    group: Option<Cgroup>,
}

impl Scene {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for profile in ["honest", "hostile", "watched"] {
            run_on(
                folder.path(),
                &format!("profile create --customer acme --profile {profile} --language en-US"),
            )
            .ok();
        }
        let key = create_key(folder.path(), "--customer acme --role admin");
        let group = Cgroup::with_memory(MEMORY_BYTES_MAX)
            .inspect_err(|error| println!("NO CGROUP ({error}): memory is judged by its resident peak alone"))
            .ok();
        let mut command = binary::command();
        command.arg("serve").arg("--data-dir").arg(folder.path()).args(["--listen", "127.0.0.1:0"]);
        command.args(["--log-level", "warn"]);
        let command = match &group {
            Some(group) => group.wrap(&command),
            None => command,
        };
        Self { server: Server::spawn(command), key, _folder: folder, group }
    }

    fn desk(&self, profile: &str) -> Desk {
        let client = Client::new(self.server.address(), &self.key);
        Desk::new(client, &format!("customers/acme/profiles/{profile}"))
    }

    fn honest(&self, length: Duration) -> Latencies {
        let conversations: Vec<String> = (0..HONEST_CLIENTS).map(|number| format!("h{number}")).collect();
        let (address, authorization) = (self.server.address(), format!("ApiKey {}", self.key));
        let path = self.desk("honest").at("");
        honest::run(address, &authorization, &path, &conversations, Instant::now() + length)
    }

    /// Attacks in all ways at once, and measures how the honest fare from when all attackers are there.
    fn attack(&self, attempt: usize, told: &Told) -> Latencies {
        let target = Target {
            address: self.server.address(),
            authorization: format!("ApiKey {}", self.key),
            profile: self.desk("hostile").profile,
            until: Instant::now() + GATHERING + ATTACK,
        };
        let idle = Target { profile: self.desk("watched").profile, ..target.clone() };
        let watching = watch::watch(idle, WATCHERS, Arc::clone(&told.watchers));
        let dripping = slow::drip(target.clone(), SLOW_SOCKETS, Arc::clone(&told.slow));
        let mut attackers = vec![runtime().spawn(watching), runtime().spawn(dripping)];
        thread::sleep(GATHERING);
        println!("resident with watchers {} MiB", self.server.memory_bytes() >> 20);
        let resets = Arc::clone(&told.resets);
        attackers.push(runtime().spawn(reset::reset(target.clone(), RESETTING_CONNECTIONS, resets)));
        let answers = Arc::clone(&told.uploads);
        attackers.push(runtime().spawn(upload::upload(target, uploads(attempt), answers)));
        let latencies = self.honest(ATTACK);
        for attacker in attackers {
            runtime().block_on(attacker).unwrap();
        }
        latencies
    }

    fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.server.pid())).unwrap().count()
    }

    /// Waits until the server holds no more descriptors than before.
    fn await_given_back(&self, before: usize) {
        let deadline = Instant::now() + GIVEN_BACK_WITHIN;
        while self.descriptors() > before + 16 {
            assert!(Instant::now() < deadline, "{} descriptors, {before} before", self.descriptors());
            thread::sleep(Duration::from_millis(100));
        }
    }
}

/// Returns the conversations that an attempt uploads to.
fn uploads(attempt: usize) -> Vec<String> {
    (0..UPLOADS).map(|number| format!("upload-{attempt}-{number}")).collect()
}

fn report(name: &str, latencies: &Latencies) {
    let [median, most] = [0.5, 0.99].map(|part| latencies.quantile(part).as_secs_f64() * 1e3);
    println!("{name}: {} answers, p50 {median:.1} ms, p99 {most:.1} ms", latencies.count());
}

/// The attack took place, and each kind met its defence.
fn check_attackers(told: &Told) {
    let Told { slow, watchers, resets, uploads } = told;
    println!("{slow:?}\n{watchers:?}\n{resets:?}");
    assert!(slow.opened.load(Relaxed) >= SLOW_SOCKETS, "slow sockets are let in");
    assert!(slow.cut.load(Relaxed) >= SLOW_SOCKETS / 2, "a head that does not end is not waited for");
    assert_eq!(watchers.accepted.load(Relaxed), WATCHERS, "watchers are served");
    assert_eq!(watchers.cut.load(Relaxed), 0, "and kept while they are quiet");
    assert!(resets.streams.load(Relaxed) > 1000, "streams were reset");
    assert!(resets.sent_away.load(Relaxed) > 0, "whoever resets and resets is sent away");
    assert_eq!(resets.endured.load(Relaxed), 0, "each of them");
    let answers = uploads.lock().unwrap();
    println!("uploads: {answers:?}");
    assert!(answers.len() >= UPLOADS);
    assert!(answers.iter().all(|status| [200, 429, 503].contains(status)), "{answers:?}");
    assert!(answers.contains(&200), "there is room for some: {answers:?}");
}

/// Measures before, during and after an attack; returns by how much the honest were too slow, if they were.
fn attempt(scene: &Scene, number: usize) -> Option<String> {
    for conversation in uploads(number) {
        scene.desk("hostile").start(&conversation, &json!({}));
    }
    let quiet = scene.honest(QUIET);
    report("quiet", &quiet);
    let descriptors = scene.descriptors();
    let told = Told::default();
    let attacked = scene.attack(number, &told);
    report("attacked", &attacked);
    check_attackers(&told);
    scene.await_given_back(descriptors);
    assert_eq!(scene.desk("honest").client.get("/readyz").status, 200, "ready afterwards");
    let peak = scene.server.peak_memory_bytes();
    println!("resident peak {} MiB", peak >> 20);
    assert!(peak < MEMORY_BYTES_MAX, "resident peak: {peak}");
    assert_eq!(scene.group.as_ref().map_or(0, Cgroup::kills), 0, "the memory was enough");
    let allowed = quiet.quantile(0.99).max(QUIET_FLOOR) * SLOWDOWN_MAX;
    let most = attacked.quantile(0.99);
    (most > allowed).then(|| format!("p99 {most:?}; {SLOWDOWN_MAX} times the quiet one is {allowed:?}"))
}

#[test]
fn honest_clients_are_served_while_a_thousand_do_their_worst() {
    let scene = Scene::open();
    for number in 0..HONEST_CLIENTS {
        scene.desk("honest").start(&format!("h{number}"), &json!({}));
    }
    scene.honest(Duration::from_secs(1));
    let mut slow = Vec::new();
    while slow.len() < ATTEMPTS {
        match attempt(&scene, slow.len()) {
            None => return,
            Some(reason) => slow.push(reason),
        }
        println!("too slow: {}", slow[slow.len() - 1]);
    }
    panic!("the honest were too slow in every attempt: {slow:?}");
}
