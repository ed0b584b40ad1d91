//! A cluster of one test's own: with settings of its own, on a port, to be stopped and started again.

use std::{
    fs::Permissions,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::programs::{MAKE_OWNER, OWNER, ROLE, bin, command, demand, give, init, psql};

const STARTED_WITHIN: Duration = Duration::from_secs(60);
pub(crate) const HOST: &str = "127.0.0.1";
pub(crate) const DATABASE: &str = "record";
/// What a held session prints after each statement.
const DONE: &str = "-- done";

/// Ends the server when this process is gone, however it went; its standard input is this process's.
const GUARD: &str = r#"read -r _; "$1" -D data -m "$2" stop >guard.log 2>&1"#;

/// How a cluster is made.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Lines of its configuration, such as `("max_connections", "20")`.
    pub settings: Vec<(String, String)>,
    /// Lines that come before those that trust everybody, such as `host all ada all scram-sha-256`.
    pub access: Vec<String>,
    /// Files in its data folder, for the server alone: name and content.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Where a cluster lives, and whether it outlives this process.
#[derive(Debug)]
enum Home {
    Temporary(TempDir),
    Kept(PathBuf),
}

impl Home {
    fn path(&self) -> &Path {
        match self {
            Self::Temporary(folder) => folder.path(),
            Self::Kept(folder) => folder,
        }
    }

    /// How its server is stopped: orderly where it is to start again.
    fn stop_mode(&self) -> &'static str {
        match self {
            Self::Temporary(_) => "immediate",
            Self::Kept(_) => "fast",
        }
    }
}

/// A running cluster with one database. It is stopped with this, and gone unless it was to be kept.
#[derive(Debug)]
pub struct Own {
    folder: Home,
    port: u16,
    guard: Option<Child>,
}

impl Own {
    /// Makes and starts a cluster that keeps what it acknowledges.
    pub fn start(settings: &Settings) -> Self {
        Self::at(Home::Temporary(tempfile::tempdir().unwrap()), settings)
    }

    /// Starts the cluster of a folder, made when absent, which stays there with what it holds.
    pub fn kept(folder: &Path, settings: &Settings) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        Self::at(Home::Kept(folder.to_owned()), settings)
    }

    /// Where a cluster that is kept in a folder has its tables.
    pub fn tables_in(folder: &Path) -> PathBuf {
        folder.join("data/base")
    }

    fn at(folder: Home, settings: &Settings) -> Self {
        let is_new = !folder.path().join("data").exists();
        if is_new {
            give(folder.path());
            init(folder.path());
        }
        // Free now, and nobody else asks the system for this very one.
        let port = TcpListener::bind((HOST, 0)).unwrap().local_addr().unwrap().port();
        let mut own = Self { folder, port, guard: None };
        own.configure(settings);
        own.start_again();
        if !is_new {
            return own;
        }
        own.run(&[MAKE_OWNER, &format!("create database {DATABASE} owner {OWNER}")], "postgres").unwrap();
        own
    }

    fn configure(&self, settings: &Settings) {
        let data = self.folder.path().join("data");
        let own = [("listen_addresses", HOST), ("unix_socket_directories", ""), ("shared_buffers", "32MB")];
        let mut lines: String = own.iter().map(|(key, value)| format!("{key} = '{value}'\n")).collect();
        lines.push_str(&format!("port = {}\n", self.port));
        for (key, value) in &settings.settings {
            lines.push_str(&format!("{key} = '{value}'\n"));
        }
        let configuration = data.join("postgresql.auto.conf");
        std::fs::write(&configuration, lines).unwrap();
        give(&configuration);
        for (name, content) in &settings.files {
            let file = data.join(name);
            std::fs::write(&file, content).unwrap();
            std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
            give(&file);
        }
        if settings.access.is_empty() {
            return;
        }
        let access = data.join("pg_hba.conf");
        let trusting = std::fs::read_to_string(&access).unwrap();
        std::fs::write(&access, format!("{}\n{trusting}", settings.access.join("\n"))).unwrap();
    }

    /// Starts the server after it was stopped, and waits until it takes connections.
    pub fn start_again(&mut self) {
        let mut start = self.pg_ctl(&["start", "--no-wait", "-l", "server.log"]);
        start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        assert!(start.status().unwrap().success());
        let until = Instant::now() + STARTED_WITHIN;
        while self.run(&["select 1"], "postgres").is_err() {
            assert!(Instant::now() < until, "the server does not start: {}", self.log());
            thread::sleep(Duration::from_millis(20));
        }
        if self.guard.is_none() {
            let mut guard = command("sh".as_ref(), self.folder.path());
            guard
                .args(["-c", GUARD, "guard"])
                .arg(bin("pg_ctl"))
                .arg(self.folder.stop_mode())
                .stdin(Stdio::piped());
            self.guard = Some(guard.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        }
    }

    /// Stops the server as a crash would: nothing is written any more.
    pub fn crash(&self) {
        demand(&mut self.pg_ctl(&["stop", "-m", "immediate"]));
    }

    /// Has the server read its settings anew, with one changed.
    pub fn set(&self, name: &str, value: &str) {
        let alter = format!("alter system set {name} = '{value}'");
        self.run(&[&alter, "select pg_reload_conf()"], "postgres").unwrap();
    }

    fn pg_ctl(&self, args: &[&str]) -> Command {
        let mut pg_ctl = command(bin("pg_ctl").as_os_str(), self.folder.path());
        pg_ctl.args(["-D", "data"]).args(args);
        pg_ctl
    }

    /// The address of its database, for its owner.
    pub fn url(&self) -> String {
        self.url_of(OWNER, "")
    }

    /// The address of its database for a role, with its password after a colon, and parameters.
    pub fn url_of(&self, role: &str, parameters: &str) -> String {
        format!("postgres://{role}@{HOST}:{}/{DATABASE}{parameters}", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Runs statements in its database, and answers their rows, columns parted by `|`.
    pub fn query(&self, statements: &[&str]) -> Result<String, String> {
        self.run(statements, DATABASE)
    }

    /// Runs a statement in a transaction that stays open until what this returns is dropped.
    pub fn hold(&self, statement: &str) -> Held {
        let mut psql = Command::new(bin("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", &self.url_of(ROLE, "")]);
        psql.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = psql.spawn().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        let mut held = Held { child, answers };
        held.run(&format!("begin; {statement}"));
        held
    }

    fn run(&self, statements: &[&str], database: &str) -> Result<String, String> {
        psql(HOST, self.port, database, statements)
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default()
    }
}

/// An open transaction; it is rolled back when this is dropped.
#[derive(Debug)]
pub struct Held {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Held {
    /// Runs a statement in it.
    pub fn run(&mut self, statement: &str) {
        let input = self.child.stdin.as_mut().unwrap();
        writeln!(input, "{statement};\n\\echo {DONE}").unwrap();
        let mut lines = self.answers.by_ref().lines().map_while(Result::ok);
        assert!(lines.any(|line| line == DONE), "{statement}");
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // A client that is gone is noticed by the server at once where it waits for its next statement.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let Some(mut guard) = self.guard.take() else { return };
        // Its end of the pipe is closed, so that it stops the server.
        drop(guard.stdin.take());
        let _ = guard.wait();
    }
}
