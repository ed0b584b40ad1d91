//! Writes conversations as JSONL or as vCons that import takes back with nothing lost.
//!
//! It streams: at most one conversation is in memory, and a file appears under its name only when it is whole.

mod parties;
pub mod vcon;

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use hansard_proto::v1::{
    ConversationArchive, ExportConversationsRequest, conversation_service_client::ConversationServiceClient,
};
use indicatif::{ProgressBar, ProgressStyle};
use tonic::Streaming;

use crate::{
    client::{ANSWER_BYTES_MAX, Transport, explain, question::Question},
    import::archive,
};

/// Where the lines go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    File(PathBuf),
    /// A file for each conversation, named by its id.
    Folder(PathBuf),
    Stdout,
}

/// The form of a conversation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// The record as it is.
    #[default]
    Jsonl,
    /// The IETF's container of conversations.
    Vcon,
}

impl Format {
    fn encode(self, archive: &ConversationArchive) -> Result<Vec<u8>> {
        match self {
            Self::Jsonl => archive::to_line(archive),
            Self::Vcon => Ok(serde_json::to_vec(&vcon::from_archive(archive)?)?),
        }
    }
}

/// In which form to export, and whether to tell of it.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub format: Format,
    /// Shows neither progress nor a summary.
    pub quiet: bool,
}

/// What an export wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    pub conversations: u64,
    pub messages: u64,
    pub bytes: u64,
    pub elapsed: Duration,
}

/// Exports the conversations that are asked for, oldest start first.
pub async fn run<T: Transport>(
    client: ConversationServiceClient<T>,
    question: Question,
    output: Output,
    options: Options,
) -> Result<Summary> {
    let started = Instant::now();
    let mut client = client.max_decoding_message_size(ANSWER_BYTES_MAX);
    let Question { parent, filter, filter_text } = question;
    let request = ExportConversationsRequest { parent, filter, filter_text };
    let archives =
        client.export_conversations(request).await.map_err(|status| explain(&status))?.into_inner();
    let bar = progress(options.quiet);
    let mut lines = Lines { archives, format: options.format, bar };
    let mut summary = match output {
        Output::File(path) => lines.write_file(&path).await?,
        Output::Folder(path) => lines.write_folder(&path).await?,
        Output::Stdout => lines.write_stream(BufWriter::new(io::stdout())).await?.0,
    };
    lines.bar.finish_and_clear();
    summary.elapsed = started.elapsed();
    if !options.quiet {
        let Summary { conversations, messages, elapsed, .. } = summary;
        let seconds = elapsed.as_secs_f64();
        // A closed standard error must not fail a finished export.
        drop(writeln!(
            io::stderr(),
            "{conversations} conversations with {messages} messages in {seconds:.1} s"
        ));
    }
    Ok(summary)
}

fn progress(quiet: bool) -> ProgressBar {
    let bar = if quiet { ProgressBar::hidden() } else { ProgressBar::no_length() };
    match ProgressStyle::with_template("{spinner} {pos} conversations, {per_sec}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// The conversations on their way out.
struct Lines {
    archives: Streaming<ConversationArchive>,
    format: Format,
    bar: ProgressBar,
}

impl Lines {
    /// The next conversation in its form, with its id.
    async fn next(&mut self, summary: &mut Summary) -> Result<Option<(String, Vec<u8>)>> {
        let next = self.archives.message().await;
        let Some(archive) = next.map_err(|status| explain(&status).context("the export broke off"))? else {
            return Ok(None);
        };
        let mut line = self.format.encode(&archive)?;
        line.push(b'\n');
        summary.conversations += 1;
        summary.messages += archive.messages.len() as u64;
        summary.bytes += line.len() as u64;
        self.bar.inc(1);
        let name = archive.conversation.map(|conversation| conversation.name).unwrap_or_default();
        Ok(Some((name.rsplit('/').next().unwrap_or_default().to_owned(), line)))
    }

    async fn write_stream<W: Write>(&mut self, mut writer: W) -> Result<(Summary, W)> {
        let mut summary = Summary::default();
        while let Some((_, line)) = self.next(&mut summary).await? {
            writer.write_all(&line)?;
        }
        writer.flush()?;
        Ok((summary, writer))
    }

    /// Writes beside the file and renames, so that a broken export leaves the old file as it was.
    async fn write_file(&mut self, path: &Path) -> Result<Summary> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let shown = || format!("cannot write {}", path.display());
        let file = tempfile::Builder::new().prefix(".export-").tempfile_in(folder).with_context(shown)?;
        let (summary, writer) = self.write_stream(BufWriter::new(file)).await?;
        let file = writer.into_inner().map_err(io::IntoInnerError::into_error).with_context(shown)?;
        file.as_file().sync_all().with_context(shown)?;
        file.persist(path).with_context(shown)?;
        Ok(summary)
    }

    /// Writes a file for each conversation; one of the same name is replaced, any other stays.
    async fn write_folder(&mut self, folder: &Path) -> Result<Summary> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let mut summary = Summary::default();
        while let Some((id, line)) = self.next(&mut summary).await? {
            let path = folder.join(format!("{id}.vcon.json"));
            let shown = || format!("cannot write {}", path.display());
            let mut file =
                tempfile::Builder::new().prefix(".export-").tempfile_in(folder).with_context(shown)?;
            file.write_all(&line).with_context(shown)?;
            file.persist(&path).with_context(shown)?;
        }
        // One flush for all of them: one each would take longer than the export.
        let flushed = File::open(folder).and_then(|folder| Ok(rustix::fs::syncfs(folder)?));
        flushed.with_context(|| format!("cannot flush {}", folder.display()))?;
        Ok(summary)
    }
}
