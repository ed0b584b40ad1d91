//! The `hansard` binary under test: where it is, and how it is run to its end.
//!
//! It does not keep a server running; `server` does.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use crate::store;

const DEADLINE: Duration = Duration::from_secs(60);

/// Returns a command for the binary, free of the `HANSARD_*` variables of the test run itself.
pub fn command() -> Command {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    let mut command = Command::new(BINARY.get_or_init(locate));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HANSARD_")) {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// Takes the binary that `HANSARD_BIN` names, or builds it beside this test.
fn locate() -> PathBuf {
    if let Some(path) = std::env::var_os("HANSARD_BIN") {
        return path.into();
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo).args(["build", "--quiet", "--package", "hansard"]).status().unwrap();
    assert!(built.success(), "the binary does not build");
    let test = std::env::current_exe().unwrap();
    let profile_dir = test.ancestors().nth(2).unwrap();
    profile_dir.join("hansard")
}

/// What a finished command left behind.
pub struct Finished {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    /// Returns standard output, after demanding success.
    pub fn ok(self) -> String {
        assert_eq!(self.status, 0, "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self.stdout
    }
}

impl From<Output> for Finished {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        let status = output.status.code().unwrap_or(-1);
        Self { status, stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// Runs a command to its end, which must come in time.
pub fn finish(command: &mut Command) -> Finished {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let pid = child.id();
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    let Ok(output) = ended.recv_timeout(DEADLINE) else {
        let _ = Command::new("kill").arg("-9").arg(pid.to_string()).status();
        panic!("{command:?} does not end");
    };
    output.unwrap().into()
}

/// Runs the binary to its end.
pub fn run<S: AsRef<OsStr>>(args: &[S]) -> Finished {
    finish(command().args(args))
}

/// Runs a command line, split at spaces, on the store of a folder: `profile create --customer acme ...`.
pub fn run_on(data_dir: &Path, line: &str) -> Finished {
    finish(command().args(line.split(' ')).args(store::flags(data_dir)))
}

/// Makes a key on the folder of a stopped server; `rest` follows `key create`.
pub fn create_key(data_dir: &Path, rest: &str) -> String {
    let printed = run_on(data_dir, &format!("key create {rest}")).ok();
    let key = printed.trim_end();
    assert!(
        key.starts_with("hsk_") && !key.contains(char::is_whitespace),
        "prints the key alone: {printed:?}"
    );
    key.to_owned()
}
