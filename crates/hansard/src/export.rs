//! Writes conversations as JSONL that import takes back with nothing lost.
//!
//! It streams: at most one conversation is in memory, and a file appears under its name only when it is whole.

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use hansard_proto::v1::{
    ConversationArchive, ConversationFilter, ExportConversationsRequest,
    conversation_service_client::ConversationServiceClient,
};
use indicatif::{ProgressBar, ProgressStyle};
use tonic::Streaming;

use crate::{
    client::{ANSWER_BYTES_MAX, Transport},
    import::archive,
};

/// Where the lines go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    File(PathBuf),
    Stdout,
}

impl From<&std::ffi::OsStr> for Output {
    /// `-` is the standard output.
    fn from(argument: &std::ffi::OsStr) -> Self {
        if argument == "-" { Self::Stdout } else { Self::File(argument.into()) }
    }
}

/// What to export and how to show it.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub filter: Option<ConversationFilter>,
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

/// Exports the conversations of the profile `parent`, oldest start first.
pub async fn run<T: Transport>(
    client: ConversationServiceClient<T>,
    parent: String,
    output: Output,
    options: Options,
) -> Result<Summary> {
    let started = Instant::now();
    let mut client = client.max_decoding_message_size(ANSWER_BYTES_MAX);
    let request = ExportConversationsRequest { parent, filter: options.filter };
    let archives = client.export_conversations(request).await.context("the export was refused")?.into_inner();
    let bar = progress(options.quiet);
    let mut summary = match output {
        Output::File(path) => to_file(archives, &path, &bar).await?,
        Output::Stdout => to_writer(archives, BufWriter::new(io::stdout()), &bar).await?.0,
    };
    bar.finish_and_clear();
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

/// Writes beside the file and renames, so that a broken export leaves the old file as it was.
async fn to_file(
    archives: Streaming<ConversationArchive>,
    path: &Path,
    bar: &ProgressBar,
) -> Result<Summary> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let shown = || format!("cannot write {}", path.display());
    let file = tempfile::Builder::new().prefix(".export-").tempfile_in(folder).with_context(shown)?;
    let (summary, writer) = to_writer(archives, BufWriter::new(file), bar).await?;
    let file = writer.into_inner().map_err(io::IntoInnerError::into_error).with_context(shown)?;
    file.as_file().sync_all().with_context(shown)?;
    file.persist(path).with_context(shown)?;
    Ok(summary)
}

async fn to_writer<W: Write>(
    mut archives: Streaming<ConversationArchive>,
    mut writer: W,
    bar: &ProgressBar,
) -> Result<(Summary, W)> {
    let mut summary = Summary::default();
    while let Some(archive) = archives.message().await.context("the export broke off")? {
        let mut line = archive::to_line(&archive)?;
        line.push(b'\n');
        writer.write_all(&line)?;
        summary.conversations += 1;
        summary.messages += archive.messages.len() as u64;
        summary.bytes += line.len() as u64;
        bar.inc(1);
    }
    writer.flush()?;
    Ok((summary, writer))
}
