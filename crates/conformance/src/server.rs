//! A running server: one child process on a store, ended by its own pid.
//!
//! A guard process ends the server even when the test process is killed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::{binary, store};

const START_DEADLINE: Duration = Duration::from_secs(60);

/// A server that listens on a loopback port of its own.
pub struct Server {
    child: Child,
    guard: Child,
    scheme: String,
    address: SocketAddr,
    printed: Arc<Mutex<String>>,
}

impl Server {
    /// Serves the folder and waits until it is ready.
    pub fn start(data_dir: &Path) -> Self {
        Self::start_with(data_dir, &[])
    }

    /// Serves the folder with further arguments and waits until it is ready.
    pub fn start_with(data_dir: &Path, args: &[&str]) -> Self {
        let mut command = binary::command();
        command.arg("serve").args(store::flags(data_dir)).args(["--listen", "127.0.0.1:0"]).args(args);
        Self::spawn(command)
    }

    /// Spawns a command that serves, and waits until it has printed its address and answers.
    pub fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let printed = Arc::new(Mutex::new(String::new()));
        collect(child.stdout.take().unwrap(), Arc::clone(&printed));
        collect(child.stderr.take().unwrap(), Arc::clone(&printed));
        let guard = guard(child.id());
        let unknown = ([127, 0, 0, 1], 0).into();
        let mut server = Self { child, guard, scheme: String::new(), address: unknown, printed };
        (server.scheme, server.address) = server.await_printed("its address", address_in);
        // Over TLS its address is the sign: it prints it when it listens.
        if server.scheme == "http" {
            server.await_ready();
        }
        server
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Returns everything printed so far, on both streams.
    pub fn printed(&self) -> String {
        self.printed.lock().unwrap().clone()
    }

    /// Returns the key that the first serve on an empty folder prints.
    pub fn printed_key(&self) -> String {
        self.await_printed("a key", key_in)
    }

    /// Waits until what is printed holds what `find` looks for.
    pub fn await_printed<T>(&self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        let deadline = Instant::now() + START_DEADLINE;
        while Instant::now() < deadline {
            if let Some(found) = find(&self.printed.lock().unwrap()) {
                return found;
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("the server did not print {what}:\n{}", self.printed())
    }

    fn await_ready(&self) {
        let client = crate::client::Client::anonymous(self.address);
        let deadline = Instant::now() + START_DEADLINE;
        while Instant::now() < deadline {
            if client.call("GET", "/readyz").try_send().is_ok_and(|answer| answer.status == 200) {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("the server is not ready:\n{}", self.printed())
    }

    /// Ends the server as a power cut would: kill -9.
    pub fn kill(mut self) {
        self.end();
    }

    /// Sends SIGTERM and waits for the end.
    pub fn terminate(mut self) -> ExitStatus {
        let sent = Command::new("kill").arg("-TERM").arg(self.pid().to_string()).status().unwrap();
        assert!(sent.success());
        self.child.wait().unwrap()
    }

    /// Waits for the server to end by itself.
    pub fn await_end(mut self) -> ExitStatus {
        let deadline = Instant::now() + START_DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "the server does not end:\n{}", self.printed());
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Returns the peak of resident memory since the start, in bytes.
    pub fn peak_memory_bytes(&self) -> u64 {
        self.status_bytes("VmHWM:")
    }

    /// Returns the resident memory, in bytes.
    pub fn memory_bytes(&self) -> u64 {
        self.status_bytes("VmRSS:")
    }

    fn status_bytes(&self, field: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find(|line| line.starts_with(field)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }

    /// Leaves the folder to be removed when this process ends, for a server that is never dropped.
    pub fn remove_at_exit(&mut self, folder: &Path) {
        writeln!(self.guard.stdin.as_ref().unwrap(), "{}", folder.display()).unwrap();
    }

    fn end(&mut self) {
        let _ = self.guard.kill();
        let _ = self.guard.wait();
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// Starts a shell that kills `pid` when this process is gone, however it went, and then removes the folder
/// that it was told about.
fn guard(pid: u32) -> Child {
    Command::new("sh")
        .args(["-c", "while read -r line; do folder=$line; done; kill -9 \"$0\"; [ -z \"$folder\" ] || rm -rf \"$folder\"", &pid.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn collect(stream: impl Read + Send + 'static, printed: Arc<Mutex<String>>) {
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut printed = printed.lock().unwrap();
            printed.push_str(&line);
            printed.push('\n');
        }
    });
}

fn address_in(text: &str) -> Option<(String, SocketAddr)> {
    let (before, after) = text.split_once("://")?;
    let scheme = before.rsplit(' ').next()?.to_owned();
    let address: String = after.chars().take_while(|c| c.is_ascii_digit() || ".:".contains(*c)).collect();
    Some((scheme, address.parse().ok()?))
}

fn key_in(text: &str) -> Option<String> {
    let start = text.find("hsk_")?;
    Some(text[start..].chars().take_while(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)).collect())
}
