//! Tests that need a process of their own: one ignored test of this program, run by another.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const FOLDER: &str = "STORE_TEST_FOLDER";

/// A command that runs the named ignored test on a folder, under a wrapper if there is one.
pub(crate) fn command(wrapper: &[&str], test: &str, folder: &Path) -> Command {
    let program = env::current_exe().unwrap();
    let mut words: Vec<&OsStr> = wrapper.iter().map(OsStr::new).collect();
    words.push(program.as_os_str());
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).args(["--exact", test, "--ignored", "--nocapture"]);
    command.env(FOLDER, folder).stdin(Stdio::null());
    command
}

/// The folder that the parent of this process named.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env::var_os(FOLDER).expect("run by another test"))
}

/// A process that is killed, as kill -9 does, when the test is done with it.
pub(crate) struct Killed(pub(crate) Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Waits until something holds, and fails after a limit.
pub(crate) fn wait_for(what: &str, limit: Duration, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < limit, "waited {limit:?} in vain for {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Whether the tests run where nothing may be left out.
pub(crate) fn in_ci() -> bool {
    env::var("CI").is_ok_and(|value| value == "true")
}
