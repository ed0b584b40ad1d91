//! The yardsticks: the smallest servers that do the same work, raw SQLite, and the load generator.
//!
//! They live beside the repository and are not ours; this starts them and reads what they print.

use std::{
    net::TcpListener,
    process::{Command, Stdio},
    str::FromStr,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tempfile::TempDir;

use crate::{
    Setup,
    hansard::CONVERSATIONS,
    http::{Post, Target},
    load::Load,
    process::Process,
    random::Random,
};

const START_DEADLINE: Duration = Duration::from_secs(20);

/// What a bare server does with a message before it answers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Mode {
    /// Parses it.
    Echo,
    /// Appends it to one file, with an fdatasync a group.
    Log,
    /// Inserts it into SQLite with FTS5, one transaction a group.
    Sqlfts,
}

/// A bare server: no keys, no checks, no change log.
#[derive(Debug)]
pub(crate) struct Bare {
    _process: Process,
    target: Target,
    _folder: TempDir,
}

impl Bare {
    pub(crate) fn start(setup: &Setup, mode: Mode) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir_in(&setup.scratch)?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mode = match mode {
            Mode::Echo => "echo",
            Mode::Log => "log",
            Mode::Sqlfts => "sqlfts",
        };
        let mut bare = Command::new(setup.yardsticks.join("bare"));
        let process = Process::spawn(bare.args([&address.port().to_string(), mode]).arg(folder.path()))?;
        let target = Target { address, key: None };
        let bare = Self { _process: process, target, _folder: folder };
        bare.await_listening()?;
        Ok(bare)
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// One message into any of the conversations.
    pub(crate) fn append(random: &mut Random) -> Post {
        let (conversation, text) = (random.below(CONVERSATIONS), random.text());
        let body = format!(r#"{{"conv": {conversation}, "speaker": 2, "text": "{text}"}}"#);
        Post { path: "/append".to_owned(), body, idempotency_key: None }
    }

    /// The same as a template for the yardstick's load.
    pub(crate) fn append_template(&self) -> Template {
        Template {
            method: "POST",
            url: format!("http://{}/append", self.target.address),
            header: None,
            body: format!(r#"{{"conv": {{rnd:{CONVERSATIONS}}}, "speaker": 2, "text": "{{text}}"}}"#),
        }
    }

    fn await_listening(&self) -> anyhow::Result<()> {
        let deadline = Instant::now() + START_DEADLINE;
        while std::net::TcpStream::connect(self.target.address).is_err() {
            if Instant::now() > deadline {
                bail!("nothing listens on {}", self.target.address);
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

/// What the load generator sends, in its template language.
#[derive(Debug)]
pub(crate) struct Template {
    pub(crate) method: &'static str,
    pub(crate) url: String,
    pub(crate) header: Option<String>,
    pub(crate) body: String,
}

/// Loads a server with so many clients; a single failed request fails the measurement.
pub(crate) fn hload(setup: &Setup, clients: u32, template: &Template) -> anyhow::Result<Load> {
    let mut hload = Command::new(setup.yardsticks.join("hload"));
    hload.args([template.method, &template.url, "-b", &template.body, "--show"]);
    hload.args(["-c", &clients.to_string(), "-d", &setup.seconds.to_string()]);
    if let Some(header) = &template.header {
        hload.args(["-H", header]);
    }
    let text = printed(&mut hload)?;
    if field::<u64>(&text, "err")? != 0 {
        bail!("the load failed: {text}");
    }
    Ok(Load {
        per_second: field(&text, "rps")?,
        p50_ms: field(&text, "p50_ms")?,
        p99_ms: field(&text, "p99_ms")?,
    })
}

/// Rows a second that SQLite inserts in this way: no server, `synchronous=FULL`, 1000 rows a transaction.
pub(crate) fn raw_rows_per_second(setup: &Setup) -> anyhow::Result<f64> {
    let folder = tempfile::tempdir_in(&setup.scratch)?;
    let mut sqlbench = Command::new(setup.yardsticks.join("sqlbench"));
    sqlbench.arg(folder.path().join("raw.db")).args(["full", "0", "1000", &setup.seconds.to_string()]);
    field(&printed(&mut sqlbench)?, "rows/s")
}

fn printed(command: &mut Command) -> anyhow::Result<String> {
    let output = command.stderr(Stdio::inherit()).output().context("cannot run a yardstick")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    anyhow::ensure!(output.status.success(), "a yardstick failed: {text}");
    Ok(text)
}

/// Reads `name=value` out of a line of such fields.
fn field<T: FromStr>(text: &str, name: &str) -> anyhow::Result<T> {
    text.split_whitespace()
        .find_map(|word| word.strip_prefix(name)?.strip_prefix('=')?.parse().ok())
        .with_context(|| format!("no {name} in {text:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_yardstick_prints_is_read_by_name() {
        let line = "c=64  n=10 rps=5123 p50_ms=1.234 err=0";
        assert_eq!(field::<u64>(line, "rps").unwrap(), 5123);
        assert_eq!(field::<u64>(line, "err").unwrap(), 0);
        assert!(field::<u64>(line, "p99_ms").is_err());
    }
}
