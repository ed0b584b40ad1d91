//! A server on a small file system that is filled to the last byte, and emptied again.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use hansard_conformance::binary::{self, create_key, run, run_on};
use hansard_conformance::client::Client;
use hansard_conformance::desk::{Desk, column};
use hansard_conformance::server::Server;
use serde_json::json;

use crate::strace::arguments;

const FOLDER: &str = "CONFORMANCE_FULL_DISK";
const WRITERS: usize = 8;
/// The server notices what space there is within seconds; then it must stay as it is.
const SETTLES_WITHIN: Duration = Duration::from_secs(20);
const STAYS_FULL: usize = 20;
const RESUMES_WITHIN: Duration = Duration::from_secs(10);

#[test]
fn a_full_disk_answers_503_reads_on_and_resumes() {
    let folder = tempfile::tempdir().unwrap();
    let wrappers: [&[&str]; 2] =
        [&["unshare", "--mount", "--"], &["unshare", "--user", "--map-root-user", "--mount", "--"]];
    let can_mount = |wrapper: &&&[&str]| {
        let mut probe = Command::new(wrapper[0]);
        probe.args(&wrapper[1..]).args(["mount", "-t", "tmpfs", "tmpfs"]).arg(folder.path());
        probe.output().is_ok_and(|probe| probe.status.success())
    };
    let Some(wrapper) = wrappers.iter().find(can_mount) else {
        let in_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!in_ci, "a small file system cannot be mounted here");
        println!("SKIPPED: a small file system cannot be mounted here");
        return;
    };
    let mut inside = Command::new(wrapper[0]);
    inside.args(&wrapper[1..]).arg(std::env::current_exe().unwrap());
    inside.args(["--exact", "full_disk::fill_the_disk", "--ignored", "--nocapture"]);
    inside.env(FOLDER, folder.path()).env("HANSARD_BIN", binary::command().get_program());
    let ended = inside.output().unwrap();
    let told = String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && told.contains("1 passed"), "{told}");
    println!("{}", told.lines().filter(|line| line.starts_with("round")).collect::<Vec<_>>().join("\n"));
}

#[test]
#[ignore = "run by a_full_disk_answers_503_reads_on_and_resumes, where it can mount"]
fn fill_the_disk() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).expect("run by another test"));
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=32m", "tmpfs"]).arg(&folder).status();
    assert!(mount.unwrap().success());
    let data = folder.join("data");
    run_on(&data, "profile create --customer acme --profile support --language en-US").ok();
    let key = create_key(&data, "--customer acme --role admin");
    let (mut server, mut desk) = serve(&data, &key);
    desk.start("a", &json!({}));
    let mut acknowledged = [0; WRITERS];
    for round in 0..2 {
        let hog = Hog::start(&folder.join("hog"));
        append_until_refused(&desk, &mut acknowledged);
        assert_stays_full(&desk, &mut acknowledged);
        drop(hog);
        let freed = Instant::now();
        while !append(&desk, 0, &mut acknowledged[0]) {
            assert!(freed.elapsed() < RESUMES_WITHIN, "writes do not resume");
            thread::sleep(Duration::from_millis(50));
        }
        println!("round {round}: writes resumed {} ms after there was space", freed.elapsed().as_millis());
        assert_eq!(desk.client.get("/readyz").status, 200);
        assert_kept(&desk, &acknowledged);
        server.kill();
        (server, desk) = serve(&data, &key);
        assert_kept(&desk, &acknowledged);
    }
    assert_eq!(server.terminate().code(), Some(0));
    assert_intact(&data);
}

fn serve(data: &Path, key: &str) -> (Server, Desk) {
    let server = Server::start(data);
    let desk = Desk::new(Client::new(server.address(), key), "customers/acme/profiles/support");
    (server, desk)
}

/// Appends a writer's next message; true when that was acknowledged, and else it says clearly why not.
fn append(desk: &Desk, writer: usize, acknowledged: &mut usize) -> bool {
    let id = format!("w{writer}-{acknowledged}");
    let answer = desk.try_append("a", &id, &json!({"text": id.repeat(200), "speaker": "VISITOR"}));
    if answer.status == 200 {
        *acknowledged += 1;
        return true;
    }
    assert_eq!((answer.status, answer.code()), (503, "UNAVAILABLE"), "{answer}");
    assert!(answer.text().contains("disk is full"), "{answer}");
    false
}

fn append_until_refused(desk: &Desk, acknowledged: &mut [usize; WRITERS]) {
    thread::scope(|scope| {
        for (writer, acknowledged) in acknowledged.iter_mut().enumerate() {
            scope.spawn(move || while append(desk, writer, acknowledged) {});
        }
    });
}

/// No write gets through any more, everything can be read, and the server says that it is not ready.
fn assert_stays_full(desk: &Desk, acknowledged: &mut [usize; WRITERS]) {
    let until = Instant::now() + SETTLES_WITHIN;
    let mut refused = 0;
    while refused < STAYS_FULL {
        assert!(Instant::now() < until, "the disk is full, and writes are acknowledged now and then");
        refused = if append(desk, 0, &mut acknowledged[0]) { 0 } else { refused + 1 };
        thread::sleep(Duration::from_millis(100));
    }
    let ready = desk.client.get("/readyz");
    assert_eq!(ready.status, 503, "{ready}");
    assert!(ready.text().contains("disk"), "{ready}");
    assert_eq!(desk.client.get("/healthz").status, 200);
    assert_kept(desk, acknowledged);
}

/// What was acknowledged is there once, in each writer's order, and positions have no gap.
fn assert_kept(desk: &Desk, acknowledged: &[usize; WRITERS]) {
    let messages = desk.messages("a");
    assert_eq!(column(&messages, "sequencePosition"), (1..=messages.len()).collect::<Vec<_>>());
    for (writer, acknowledged) in acknowledged.iter().enumerate() {
        let prefix = format!("{}/messages/w{writer}-", desk.name("a"));
        let names = messages.iter().map(|message| message["name"].as_str().unwrap());
        let own: Vec<&str> = names.filter_map(|name| name.strip_prefix(&prefix)).collect();
        let expected: Vec<String> = (0..*acknowledged).map(|number| number.to_string()).collect();
        assert_eq!(own, expected, "writer {writer}: lost 0, and what was refused is not there");
    }
}

fn assert_intact(data: &Path) {
    let elsewhere = tempfile::tempdir().unwrap();
    let (backup, restored) = (elsewhere.path().join("backup"), elsewhere.path().join("restored"));
    run(&arguments("backup", &[("--data-dir", data), ("--to", &backup)])).ok();
    run(&arguments("restore --verify", &[("--from", &backup), ("--data-dir", &restored)])).ok();
}

/// Takes all the space there is, and what becomes free, until it is dropped.
struct Hog {
    file: PathBuf,
    stop: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Hog {
    fn start(file: &Path) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let mut taken = File::create(file).unwrap();
        let take = move || {
            while !stopped.load(Ordering::Relaxed) {
                // Large bites while there is much, so that the server meets the end and not the start of it.
                let bite =
                    [512 * 1024, 4096].into_iter().find(|bite| taken.write_all(&vec![0; *bite]).is_ok());
                if bite.is_none() {
                    thread::sleep(Duration::from_millis(5));
                }
            }
        };
        Self { file: file.to_owned(), stop, thread: Some(thread::spawn(take)) }
    }
}

impl Drop for Hog {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.take().unwrap().join().unwrap();
        fs::remove_file(&self.file).unwrap();
    }
}
