//! The two servers that are compared, each started on a fresh folder and ended with its value.

use std::{
    io::{BufRead, BufReader, Read},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tempfile::TempDir;

use crate::{Setup, http::post, load::Request};

const START_DEADLINE: Duration = Duration::from_secs(20);
const PROFILE: &str = "customers/acme/profiles/support";

/// A child process that ends with its value, and then its folder.
struct Process {
    child: Child,
    _folder: TempDir,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ours, with authentication, redaction, events, change log and search index, as it always is.
pub(crate) struct Hansard {
    _process: Process,
    address: SocketAddr,
    key: String,
    conversations: u32,
}

impl Hansard {
    pub(crate) fn start(setup: &Setup) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir_in(&setup.scratch)?;
        let run = |line: &str| run_on(&setup.hansard, folder.path(), line);
        run("profile create --customer acme --profile support --language en-US")?;
        let key = run("key create --customer acme --role writer")?;
        let mut serve = Command::new(&setup.hansard);
        serve.arg("serve").arg("--data-dir").arg(folder.path()).args(["--listen", "127.0.0.1:0"]);
        serve.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = serve.spawn().context("cannot run hansard serve")?;
        let stdout = child.stdout.take();
        let process = Process { child, _folder: folder };
        let address = printed_address(stdout.context("serve has no output")?)?;
        for number in 0..setup.conversations {
            let path = format!("/v1/{PROFILE}/conversations/bench-{number}:start");
            post(address, &path, &key, r#"{"channel": "CHAT"}"#)?;
        }
        Ok(Self { _process: process, address, key, conversations: setup.conversations })
    }

    pub(crate) fn request(&self) -> Request {
        let Self { address, key, conversations, .. } = self;
        Request {
            url: format!(
                "http://{address}/v1/{PROFILE}/conversations/bench-{{rnd:{conversations}}}/messages"
            ),
            headers: vec![format!("Authorization: ApiKey {key}")],
            body: r#"{"speaker": "VISITOR", "text": "{text}"}"#.to_owned(),
        }
    }
}

/// The yardstick: parse, one SQLite transaction a group with FTS5, answer. No keys, no checks, no change log.
pub(crate) struct Bare {
    _process: Process,
    address: SocketAddr,
    conversations: u32,
}

impl Bare {
    pub(crate) fn start(setup: &Setup) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir_in(&setup.scratch)?;
        let address = free_address()?;
        let child = Command::new(setup.yardsticks.join("bare"))
            .args([&address.port().to_string(), "sqlfts"])
            .arg(folder.path())
            .spawn()
            .context("cannot run bare")?;
        let process = Process { child, _folder: folder };
        await_listening(address)?;
        Ok(Self { _process: process, address, conversations: setup.conversations })
    }

    pub(crate) fn request(&self) -> Request {
        let Self { address, conversations, .. } = self;
        Request {
            url: format!("http://{address}/append"),
            headers: Vec::new(),
            body: format!(r#"{{"conv": {{rnd:{conversations}}}, "speaker": 2, "text": "{{text}}"}}"#),
        }
    }
}

fn run_on(hansard: &Path, data_dir: &Path, line: &str) -> anyhow::Result<String> {
    let output = Command::new(hansard)
        .args(line.split(' '))
        .arg("--data-dir")
        .arg(data_dir)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run hansard")?;
    if !output.status.success() {
        bail!("hansard {line} failed: {}", output.status);
    }
    Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
}

/// Reads the address that serve prints, and keeps reading so that serve never blocks on its output.
fn printed_address(stdout: impl Read + Send + 'static) -> anyhow::Result<SocketAddr> {
    let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
    let address = lines
        .find_map(|line| line.split_once("http://")?.1.split([' ', '/', ',']).next()?.parse().ok())
        .context("serve printed no address")?;
    thread::spawn(move || lines.for_each(drop));
    Ok(address)
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn await_listening(address: SocketAddr) -> anyhow::Result<()> {
    let deadline = Instant::now() + START_DEADLINE;
    while TcpStream::connect(address).is_err() {
        if Instant::now() > deadline {
            bail!("nothing listens on {address}");
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
