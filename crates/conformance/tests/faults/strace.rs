//! Runs the binary under strace: to be killed at a call, or to have its calls written down.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use hansard_conformance::binary::{self, Finished};

/// Every call that changes a file or makes a change durable, besides opening one; those with a question
/// mark are not on every machine.
pub(crate) const CALLS: [&str; 15] = [
    "?mkdir",
    "mkdirat",
    "write",
    "writev",
    "pwrite64",
    "pwritev",
    "ftruncate",
    "fallocate",
    "fsync",
    "fdatasync",
    "?rename",
    "renameat",
    "renameat2",
    "?unlink",
    "unlinkat",
];

/// Whether strace can trace here; in CI it must.
pub(crate) fn works() -> bool {
    let mut probe = Command::new("strace");
    probe.args(["-f", "-o", "/dev/null", "true"]).stdout(Stdio::null()).stderr(Stdio::null());
    let works = probe.status().is_ok_and(|status| status.success());
    let in_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(works || !in_ci, "strace is missing or may not trace here");
    if !works {
        println!("SKIPPED: strace is missing or may not trace here");
    }
    works
}

/// The words of a command line, split at spaces, with options that take paths.
pub(crate) fn arguments(line: &str, paths: &[(&str, &Path)]) -> Vec<OsString> {
    let words = line.split(' ').map(OsString::from);
    words.chain(paths.iter().flat_map(|(option, path)| [option.into(), path.into()])).collect()
}

/// Runs the binary until just before a thread's so manyth call of a kind; false when it ended before that.
pub(crate) fn kill_at(call: &str, number: usize, args: &[OsString]) -> bool {
    let inject = format!("inject={call}:signal=KILL:when={number}");
    let mut strace = Command::new("strace");
    strace.args(["-f", "-o", "/dev/null", "-e", &format!("trace={call}"), "-e", &inject]);
    let ended = binary::finish(through(&mut strace, args));
    assert!(ended.status == 0 || ended.status == -1, "{}", ended.stderr);
    ended.status == -1
}

/// A command that runs the binary with one flush of each thread failing; the process is the binary's own.
pub(crate) fn failing_flush(number: usize, args: &[OsString]) -> Command {
    let inject = format!("inject=fsync,fdatasync:error=EIO:when={number}");
    let mut strace = Command::new("strace");
    strace.args(["-D", "-f", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", &inject]);
    through(&mut strace, args);
    strace
}

/// Runs the binary to its end; answers its calls, one a line.
pub(crate) fn calls_of(args: &[OsString]) -> String {
    let written = tempfile::NamedTempFile::new().unwrap();
    let mut strace = Command::new("strace");
    let trace = format!("trace=?open,openat,?creat,{}", CALLS.join(","));
    strace.args(["-f", "-y", "-s", "8", "-e", &trace, "-o"]).arg(written.path());
    let ended: Finished = binary::finish(through(&mut strace, args));
    ended.ok();
    std::fs::read_to_string(written.path()).unwrap()
}

/// Completes strace's own command line with the binary's, in its clean environment.
fn through<'c>(strace: &'c mut Command, args: &[OsString]) -> &'c mut Command {
    let binary = binary::command();
    strace.arg(binary.get_program()).args(args).stdin(Stdio::null());
    for (name, value) in binary.get_envs() {
        assert!(value.is_none(), "the clean environment only lacks variables");
        strace.env_remove(name);
    }
    strace
}
