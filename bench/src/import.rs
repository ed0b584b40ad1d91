//! `hansard import` of made-up two-party dialogs, into a folder or into a running server.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use crate::{Setup, hansard::Hansard, process::Process, random::Random};

/// Messages of one file.
pub(crate) const MESSAGES: u32 = 200_000;
const MESSAGES_PER_DIALOG: u32 = 20;
const PATIENCE: Duration = Duration::from_secs(600);

/// A file of dialogs, one a line.
#[derive(Debug)]
pub(crate) struct Dialogs(PathBuf);

impl Dialogs {
    /// Writes a file whose conversations no other number has.
    pub(crate) fn write(folder: &Path, number: u32) -> anyhow::Result<Self> {
        let path = folder.join(format!("dialogs-{number}.jsonl"));
        let mut file = BufWriter::new(File::create(&path)?);
        let mut random = Random::new(number);
        for dialog in 0..MESSAGES / MESSAGES_PER_DIALOG {
            write!(file, r#"{{"conversation_id": "dlg-{number}-{dialog}", "utterances": ["#)?;
            for index in 0..MESSAGES_PER_DIALOG {
                let (comma, speaker) =
                    (if index > 0 { "," } else { "" }, ["user", "assistant"][index as usize % 2]);
                let text = random.text();
                write!(file, r#"{comma}{{"index": {index}, "speaker": "{speaker}", "text": "{text}"}}"#)?;
            }
            writeln!(file, "]}}")?;
        }
        file.flush()?;
        Ok(Self(path))
    }

    /// Imports the file into the folder of a stopped server; returns the time from start to exit.
    pub(crate) fn import_into_folder(&self, setup: &Setup, folder: &Path) -> anyhow::Result<Duration> {
        self.import(setup, |import| import.arg("--data-dir").arg(folder))
    }

    /// Imports the file into a running server; returns the time from start to exit.
    pub(crate) fn import_into_server(&self, setup: &Setup, server: &Hansard) -> anyhow::Result<Duration> {
        let target = server.target();
        let key = target.key.as_deref().unwrap_or_default();
        let url = format!("http://{}", target.address);
        self.import(setup, |import| import.args(["--server", &url]).env("HANSARD_KEY", key))
    }

    fn import(
        &self,
        setup: &Setup,
        place: impl FnOnce(&mut Command) -> &mut Command,
    ) -> anyhow::Result<Duration> {
        let mut import = Command::new(&setup.hansard);
        import.args(["import", "--customer", "acme", "--profile", "support"]).arg(&self.0);
        place(&mut import).stderr(Stdio::null());
        let begun = Instant::now();
        let status = Process::spawn(&mut import)?.wait(PATIENCE)?;
        anyhow::ensure!(status.success(), "the import ended with {status}");
        Ok(begun.elapsed())
    }
}
