//! Our server as a child process, with everything on: keys, checks, positions, change log, audit, metrics.

use std::{
    ffi::OsStr,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tempfile::TempDir;

use crate::{
    Setup,
    http::{Http, Post, Target},
    process::Process,
    random::Random,
    share::Share,
    yardstick::Template,
};

pub(crate) const PROFILE: &str = "customers/acme/profiles/support";
/// Live conversations that appends fall into.
pub(crate) const CONVERSATIONS: u32 = 256;
const STOP_PATIENCE: Duration = Duration::from_secs(40);
const READY_PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(1);

/// A server on its folder. A folder of its own goes with it.
#[derive(Debug)]
pub(crate) struct Hansard {
    process: Process,
    target: Target,
    _folder: Option<TempDir>,
}

impl Hansard {
    /// Serves an empty folder that knows one profile and one key.
    pub(crate) fn fresh(setup: &Setup) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir_in(&setup.scratch)?;
        let key = prepare(setup, folder.path())?;
        let server = Self::serve(setup, folder.path(), Some(key))?;
        Ok(Self { _folder: Some(folder), ..server })
    }

    /// Serves an empty folder and starts the conversations that appends fall into.
    pub(crate) async fn with_conversations(setup: &Setup) -> anyhow::Result<Self> {
        Self::fresh(setup)?.and_conversations().await
    }

    /// The same, but nothing is looked for in texts.
    pub(crate) async fn without_masking(setup: &Setup) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir_in(&setup.scratch)?;
        let key = prepare(setup, folder.path())?;
        let admin = run_on(setup, folder.path(), "key create --customer acme --role admin")?;
        let server = Self::serve(setup, folder.path(), Some(key))?;
        let mut http = Http::connect(&server.target).await?;
        http.act_as(&admin);
        let body = r#"{"redaction": {"disabledEntityTypes": ["*"]}}"#.to_owned();
        let path = format!("/v1/{PROFILE}?updateMask=redaction");
        http.patch(Post { path, body, ..Post::default() }).await?;
        Self { _folder: Some(folder), ..server }.and_conversations().await
    }

    async fn and_conversations(self) -> anyhow::Result<Self> {
        let mut http = Http::connect(&self.target).await?;
        for number in 0..CONVERSATIONS {
            let path = format!("/v1/{}:start", Self::conversation(number));
            let body = r#"{"channel": "CHAT"}"#.to_owned();
            http.post(Post { path, body, ..Post::default() }).await?;
        }
        Ok(self)
    }

    /// Serves an empty database and starts the conversations that appends fall into.
    pub(crate) async fn on_database(setup: &Setup, url: &str) -> anyhow::Result<Self> {
        let key = prepare(setup, Place::Database(url))?;
        Self::serve(setup, Place::Database(url), Some(key))?.and_conversations().await
    }

    /// Serves what others filled, and returns when it is listening.
    pub(crate) fn serve<'p>(
        setup: &Setup,
        place: impl Into<Place<'p>>,
        key: Option<String>,
    ) -> anyhow::Result<Self> {
        Self::spawn(serving(setup, place.into()), key)
    }

    /// The same on a part of a processor.
    pub(crate) fn serve_within<'p>(
        share: &Share,
        setup: &Setup,
        place: impl Into<Place<'p>>,
        key: Option<String>,
    ) -> anyhow::Result<Self> {
        Self::spawn(share.wrap(&serving(setup, place.into())), key)
    }

    fn spawn(mut serve: Command, key: Option<String>) -> anyhow::Result<Self> {
        let mut process = Process::spawn(serve.stdout(Stdio::piped()).stderr(Stdio::null()))?;
        let stdout = process.child().stdout.take();
        let address = printed_address(stdout.context("serve has no output")?)?;
        Ok(Self { process, target: Target { address, key }, _folder: None })
    }

    /// Waits until it takes requests.
    pub(crate) async fn await_ready(&self) -> anyhow::Result<()> {
        let deadline = Instant::now() + READY_PATIENCE;
        loop {
            let ready = async { Http::connect(&self.target).await?.get("/readyz").await };
            match ready.await {
                Ok(_) => return Ok(()),
                Err(error) if Instant::now() > deadline => return Err(error.context("never ready")),
                Err(_) => tokio::time::sleep(POLL).await,
            }
        }
    }

    pub(crate) fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// Asks it to leave, which leaves the folder in order.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        let status = self.process.terminate(STOP_PATIENCE)?;
        anyhow::ensure!(status.success(), "serve ended with {status}");
        Ok(())
    }

    /// The resource name of a conversation that appends fall into.
    pub(crate) fn conversation(number: u32) -> String {
        format!("{PROFILE}/conversations/bench-{number}")
    }

    /// One message into any of the conversations.
    pub(crate) fn append(random: &mut Random) -> Post {
        let conversation = Self::conversation(random.below(CONVERSATIONS));
        Post {
            path: format!("/v1/{conversation}/messages"),
            body: format!(r#"{{"speaker": "VISITOR", "text": "{}"}}"#, random.text()),
            idempotency_key: None,
        }
    }

    /// The same as a template for the yardstick's load.
    pub(crate) fn append_template(&self) -> Template {
        let path = format!("conversations/bench-{{rnd:{CONVERSATIONS}}}/messages");
        self.template(&path, r#"{"speaker": "VISITOR", "text": "{text}"}"#)
    }

    /// A template of requests below the profile; without a body it reads.
    pub(crate) fn template(&self, path: &str, body: &str) -> Template {
        self.template_at(&format!("{PROFILE}/{path}"), body)
    }

    /// The same of any path of the API.
    pub(crate) fn template_at(&self, path: &str, body: &str) -> Template {
        let Target { address, key } = &self.target;
        Template {
            method: if body.is_empty() { "GET" } else { "POST" },
            url: format!("http://{address}/v1/{path}"),
            header: key.as_ref().map(|key| format!("Authorization: ApiKey {key}")),
            body: body.to_owned(),
        }
    }
}

/// Where a store is: a folder that nobody serves, or a database.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'p> {
    Folder(&'p Path),
    Database(&'p str),
}

impl<'p> From<&'p Path> for Place<'p> {
    fn from(folder: &'p Path) -> Self {
        Self::Folder(folder)
    }
}

impl<'p> Place<'p> {
    fn args(self) -> [&'p OsStr; 2] {
        match self {
            Self::Folder(folder) => ["--data-dir".as_ref(), folder.as_os_str()],
            Self::Database(url) => ["--store".as_ref(), url.as_ref()],
        }
    }
}

fn serving(setup: &Setup, place: Place<'_>) -> Command {
    let mut serve = Command::new(&setup.hansard);
    serve.arg("serve").args(place.args()).args(["--listen", "127.0.0.1:0"]);
    serve
}

/// Makes the profile, and returns a key for it.
pub(crate) fn prepare<'p>(setup: &Setup, place: impl Into<Place<'p>>) -> anyhow::Result<String> {
    let place = place.into();
    run_on(setup, place, "profile create --customer acme --profile support --language en-US")?;
    create_key(setup, place)
}

/// Makes a key for the profile.
pub(crate) fn create_key<'p>(setup: &Setup, place: impl Into<Place<'p>>) -> anyhow::Result<String> {
    run_on(setup, place, "key create --customer acme --role writer")
}

/// Runs a command on a store, and returns what it prints.
pub(crate) fn run_on<'p>(setup: &Setup, place: impl Into<Place<'p>>, line: &str) -> anyhow::Result<String> {
    let output = Command::new(&setup.hansard)
        .args(line.split(' '))
        .args(place.into().args())
        .env("HANSARD_LOG_LEVEL", "warn")
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
