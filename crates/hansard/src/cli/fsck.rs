//! `hansard fsck`: whether a stopped folder or a backup is what was written.

use std::path::PathBuf;

use clap::Args;
use hansard_store::{
    Location,
    fsck::{self, Finding, Place, Report, Stage},
};
use serde_json::{Value, json};

use super::{
    print,
    progress::{Bar, Bars},
    store::StoreArgs,
};

const EXAMPLES: &str = "\
Examples:
  hansard fsck --data-dir /var/lib/hansard               a folder whose server is stopped
  hansard fsck --backup /backup/hansard-monday.backup    a backup, before you need it
  hansard fsck --store postgres://db/hansard             what the record promises, in a database; also while it is used
  hansard fsck --json | jq '.findings[].problem'

Checks every page against its checksum, the write-ahead log, SQLite's own structure, and what the record
promises: numbers without gaps, counters that count, bodies that can be read. It changes nothing. Findings name
files, pages and resources, never what was said.

When something is damaged: keep the folder as it is, check your backups with --backup, newest first, and
restore the first clean one into a new folder with 'hansard restore --from FILE --data-dir NEW --verify'.
Exit status: 0 clean, 1 damaged or not checkable.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct FsckArgs {
    #[command(flatten)]
    pub store: StoreArgs,
    /// Backup file to check instead of a store
    #[arg(long, value_name = "FILE")]
    pub backup: Option<PathBuf>,
    /// Prints the report as JSON
    #[arg(long)]
    pub json: bool,
}

impl FsckArgs {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let mut bars = Bars::default();
        let mut show = |stage, done, total| bars.show(stage, || Bar::new(verb(stage)), done, total);
        let report = match (&self.backup, &self.store.0) {
            (Some(backup), _) => fsck::check_backup(backup, &mut show)?,
            (None, Location::Folder(data_dir)) => fsck::check_folder(data_dir, &mut show)?,
            (None, Location::Postgres(url)) => fsck::check_database(url, &mut show)?,
        };
        let checked = match &self.backup {
            Some(backup) => backup.display().to_string(),
            None => self.store.0.to_string(),
        };
        bars.clear();
        if self.json {
            print(to_json(&checked, &report))?;
        } else {
            print_lines(&checked, &report)?;
        }
        let found = report.findings_total;
        anyhow::ensure!(
            report.is_clean(),
            "{checked} is damaged (findings: {found}): keep it as it is and {}",
            self.remedy()
        );
        Ok(())
    }
}

impl FsckArgs {
    fn remedy(&self) -> &'static str {
        match (&self.backup, &self.store.0) {
            (None, Location::Postgres(_)) => "restore the newest dump of it into a new database",
            _ => "restore the newest backup that 'hansard fsck --backup FILE' finds clean",
        }
    }
}

fn print_lines(checked: &str, report: &Report) -> anyhow::Result<()> {
    for finding in &report.findings {
        print(finding)?;
    }
    for note in &report.notes {
        print(format_args!("note: {note}"))?;
    }
    let Report { pages, frames, conversations, messages, events, changes, .. } = report;
    let verdict = if report.is_clean() { "clean" } else { "damaged" };
    print(format_args!(
        "{checked}: {verdict}; looked at {pages} pages, {frames} log frames, {conversations} conversations, \
         {messages} messages, {events} events, {changes} changes"
    ))
}

fn to_json(checked: &str, report: &Report) -> Value {
    json!({
        "checked": checked,
        "clean": report.is_clean(),
        "pages": report.pages,
        "logFrames": report.frames,
        "conversations": report.conversations,
        "messages": report.messages,
        "events": report.events,
        "changes": report.changes,
        "findingsTotal": report.findings_total,
        "findings": report.findings.iter().map(finding_to_json).collect::<Vec<_>>(),
        "notes": report.notes,
    })
}

fn finding_to_json(finding: &Finding) -> Value {
    let mut json = json!({ "file": finding.file, "problem": finding.problem });
    match &finding.place {
        Place::File => {}
        Place::Page(number) => json["page"] = (*number).into(),
        Place::Resource(name) => json["resource"] = name.as_str().into(),
    }
    json
}

fn verb(stage: Stage) -> &'static str {
    match stage {
        Stage::Log => "reading the log",
        Stage::Seal => "checking the seal",
        Stage::Pages => "checking pages",
        Stage::Structure => "checking the structure",
        Stage::Record => "checking the record",
    }
}
