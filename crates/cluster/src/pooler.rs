//! PgBouncer in front of a cluster of one test's own, which gives each transaction any of its few connections.

use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    own::{DATABASE, HOST, Own},
    programs::{command, give},
};

const PROGRAM: &str = "pgbouncer";
const STARTED_WITHIN: Duration = Duration::from_secs(10);

/// Ends the pooler when this process is gone, however it went; its standard input is this process's.
const GUARD: &str = r#"pgbouncer -q pgbouncer.ini >pgbouncer.out 2>&1 & read -r _; kill -TERM $!; wait"#;

/// A running pooler, gone with this.
#[derive(Debug)]
pub struct Pooler {
    folder: TempDir,
    port: u16,
    guard: Option<Child>,
}

impl Pooler {
    /// Starts one that has so many connections to the cluster, in transaction mode.
    pub fn start(own: &Own, role: &str, connections: usize) -> Self {
        Self::start_in("transaction", own, role, connections)
    }

    /// Starts one in another mode of its.
    pub fn start_in(mode: &str, own: &Own, role: &str, connections: usize) -> Self {
        let installed = Command::new(PROGRAM).arg("--version").stdout(Stdio::null()).status();
        assert!(installed.is_ok(), "PgBouncer is not installed: apt-get install pgbouncer");
        let folder = tempfile::tempdir().unwrap();
        give(folder.path());
        let port = TcpListener::bind((HOST, 0)).unwrap().local_addr().unwrap().port();
        let settings = format!(
            "[databases]
             {DATABASE} = host={HOST} port={} user={role}
             [pgbouncer]
             listen_addr = {HOST}
             listen_port = {port}
             unix_socket_dir =
             auth_type = any
             pool_mode = {mode}
             default_pool_size = {connections}
             query_wait_timeout = 5
             server_connect_timeout = 3
             server_login_retry = 1
             logfile = pgbouncer.log
             max_client_conn = 200\n",
            own.port()
        );
        let lines: Vec<&str> = settings.lines().map(str::trim_start).collect();
        std::fs::write(folder.path().join("pgbouncer.ini"), lines.join("\n")).unwrap();
        let mut pooler = Self { folder, port, guard: None };
        pooler.start_again();
        pooler
    }

    /// Starts it after it was stopped.
    pub fn start_again(&mut self) {
        let mut guard = command("sh".as_ref(), self.folder.path());
        guard.args(["-c", GUARD]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        self.guard = Some(guard.spawn().unwrap());
        let until = Instant::now() + STARTED_WITHIN;
        while TcpStream::connect((HOST, self.port)).is_err() {
            assert!(Instant::now() < until, "the pooler does not start: {}", self.log());
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Stops it, and cuts the connections of all who came through it.
    pub fn stop(&mut self) {
        let Some(mut guard) = self.guard.take() else { return };
        // Its end of the pipe is closed, so that it stops the pooler.
        drop(guard.stdin.take());
        let _ = guard.wait();
    }

    /// The address of the database through it, with parameters.
    pub fn url(&self, parameters: &str) -> String {
        format!("postgres://any@{HOST}:{}/{DATABASE}{parameters}", self.port)
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("pgbouncer.log")).unwrap_or_default()
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        self.stop();
    }
}
