//! A server that may lose what it acknowledged is told at the start, in readiness, metrics and by the doctor.

use crate::ground::{desk_at, make_acme, run_at, serve};
use hansard_cluster::{Own, Settings};
use hansard_conformance::binary::{command, finish};
use hansard_conformance::desk::Desk;
use serde_json::{Value, json};
use std::{
    thread,
    time::{Duration, Instant},
};

const GAUGE: &str = "hansard_store_durability_relaxed";
const SETTINGS: [&str; 3] = ["fsync", "full_page_writes", "synchronous_commit"];
const NOTICED_WITHIN: Duration = Duration::from_secs(30);

fn is_told(desk: &Desk) -> bool {
    let ready: Value = desk.client.get("/readyz").ok();
    let metrics = desk.client.get("/metrics").text();
    let gauge = metrics.contains(&format!("{GAUGE} 1"));
    assert!(gauge || metrics.contains(&format!("{GAUGE} 0")), "{metrics}");
    [ready["durability"] == "relaxed", gauge] == [true, true]
}

#[test]
fn what_may_be_lost_is_told_everywhere_and_as_it_is_now() {
    let own = Own::start(&Settings::default());
    let url = own.url();
    let key = make_acme(&url);
    let server = serve(&url, &[]);
    let desk = desk_at(&server, &key);
    assert_eq!(desk.client.get("/readyz").ok(), json!({"status": "ready"}));
    assert!(!is_told(&desk) && !server.printed().contains("durability: relaxed"));
    assert!(run_at(&url, "doctor").ok().contains("the server keeps what it acknowledges"));
    for (value, expected) in [("off", true), ("on", false)] {
        SETTINGS.iter().for_each(|setting| own.set(setting, value));
        let until = Instant::now() + NOTICED_WITHIN;
        while is_told(&desk) != expected {
            assert!(Instant::now() < until, "{value} is not noticed");
            thread::sleep(Duration::from_millis(100));
        }
        let told =
            run_at(&url, "doctor").ok().contains("relaxed (fsync, full_page_writes, synchronous_commit off)");
        assert_eq!(told, expected, "{value}");
    }
    own.set("fsync", "off");
    let started = serve(&url, &[]);
    assert!(is_told(&desk_at(&started, &key)));
    let at_once =
        "durability: relaxed (fsync off): a crash of the database's machine may lose what was acknowledged";
    assert!(started.printed().contains(at_once), "{}", started.printed());
    let asked = finish(command().args(["doctor", "--server", &started.url(), "--key", &key])).ok();
    assert!(asked.contains("relaxed (fsync off)"), "the doctor of a server: {asked}");
}
