//! Whether a store is what was written: its files, its structure, and the truths of the record.
//!
//! It reads a stopped folder, a backup or a database and changes none. It mends nothing: what is damaged comes back
//! from a backup.

mod record;

use std::{
    fmt::{self, Display, Formatter},
    path::{Path, PathBuf},
    time::Duration,
};

use hansard_domain::{Error, Result};

use crate::{
    MIGRATIONS, Tx,
    backup::{self, SealState},
    engine::{
        DatabaseUrl, Reach,
        health::Monitor,
        postgres,
        sqlite::{
            inspect,
            snapshot::{self, Image},
            survey::{Survey, beside},
        },
    },
    folder::{DATABASE_FILE, Folder},
    migrate, moving,
};

/// Findings that a report lists; a broken disk may have millions.
const LISTED_MAX: usize = 1000;

/// What is being looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The write-ahead log of a folder.
    Log,
    /// The digest of a backup.
    Seal,
    Pages,
    /// Trees, indexes and references, by SQLite's own checks.
    Structure,
    Record,
}

/// How far a stage is: done and total, in one unit throughout a stage.
pub type Progress<'a> = &'a mut dyn FnMut(Stage, u64, u64);

/// A check reads for as long as it takes.
const WHOLE_RECORD: Duration = Duration::from_secs(24 * 3600);

/// Where something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    File,
    Page(u32),
    /// A resource by its name.
    Resource(String),
}

/// One thing that is not as it was written, or cannot have been written so. It never quotes the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub file: PathBuf,
    pub place: Place,
    pub problem: String,
}

impl Display for Finding {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { file, place, problem } = self;
        match place {
            Place::File => write!(f, "{}: {problem}", file.display()),
            Place::Page(number) => write!(f, "{}: page {number}: {problem}", file.display()),
            Place::Resource(name) => write!(f, "{}: {name}: {problem}", file.display()),
        }
    }
}

/// What was looked at, and what is wrong.
#[derive(Debug, Default)]
pub struct Report {
    /// Pages of the database that match their checksums or do not.
    pub pages: u64,
    /// Committed frames of the write-ahead log.
    pub frames: u64,
    pub conversations: u64,
    pub messages: u64,
    pub events: u64,
    pub changes: u64,
    /// The first findings.
    pub findings: Vec<Finding>,
    /// How many there are.
    pub findings_total: u64,
    /// What was not looked at, and why.
    pub notes: Vec<String>,
    file: PathBuf,
}

impl Report {
    fn of(file: &Path) -> Self {
        Self { file: file.to_owned(), ..Self::default() }
    }

    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.findings_total == 0
    }

    fn find(&mut self, place: Place, problem: impl Into<String>) {
        self.find_in(self.file.clone(), place, problem);
    }

    fn find_in(&mut self, file: PathBuf, place: Place, problem: impl Into<String>) {
        self.findings_total += 1;
        if self.findings.len() < LISTED_MAX {
            self.findings.push(Finding { file, place, problem: problem.into() });
        }
    }
}

/// Checks the store of a folder that no process has in use.
pub fn check_folder(data_dir: &Path, progress: Progress<'_>) -> Result<Report> {
    let file = data_dir.join(DATABASE_FILE);
    if !file.is_file() {
        return Err(Error::failed_precondition(format!("the folder {} holds no store", data_dir.display())));
    }
    let _held = Folder::open(data_dir)?;
    let mut report = Report::of(&file);
    let log_bytes = beside(&file, "-wal").metadata().map_or(0, |log| log.len());
    let log = Survey::of_database(&file, &mut |done| progress(Stage::Log, done, log_bytes))
        .map_err(|error| backup::cannot_read(&file, error))?;
    report.frames = log.committed;
    if let Some(damage) = log.damage {
        report.find_in(beside(&file, "-wal"), Place::File, damage.to_string());
    }
    let bytes = file.metadata().map_err(|error| backup::cannot_read(&file, error))?.len();
    check_pages(&mut report, bytes, &log, progress)?;
    check_contents(&mut report, Image::WithLog(&file), progress)?;
    Ok(report)
}

/// Checks the record of a database; its files are the server's to check.
pub fn check_database(url: &DatabaseUrl, progress: Progress<'_>) -> Result<Report> {
    let mut report = Report::of(Path::new(&url.to_string()));
    let reader = postgres::Reader::new(url, WHOLE_RECORD, &Monitor::new());
    reader.read(&Reach::Store, |tx| {
        moving::refuse_unfinished(tx, url)?;
        check_record(&mut report, tx, progress)
    })?;
    Ok(report)
}

/// Checks a file that `hansard backup` wrote.
pub fn check_backup(file: &Path, progress: Progress<'_>) -> Result<Report> {
    let mut report = Report::of(file);
    let state = backup::check_seal(file, &mut |done, total| progress(Stage::Seal, done, total))?;
    let bytes = match state {
        SealState::Fits(bytes) => bytes,
        SealState::Broken(bytes) => {
            report.find(Place::File, "its contents do not match its seal");
            bytes
        }
        SealState::Absent => {
            report.find(Place::File, "it is cut short, or was not made by 'hansard backup'");
            return Ok(report);
        }
    };
    check_pages(&mut report, bytes, &Survey::default(), progress)?;
    check_contents(&mut report, Image::Sealed(file), progress)?;
    Ok(report)
}

fn check_pages(report: &mut Report, bytes: u64, log: &Survey, progress: Progress<'_>) -> Result<()> {
    let mut show = |done, total| progress(Stage::Pages, done, total);
    let pages = inspect::pages(&report.file, bytes, log, &mut show)
        .map_err(|error| backup::cannot_read(&report.file, error))?;
    report.pages = pages.checked;
    for number in pages.damaged {
        report.find(Place::Page(number), "does not match its checksum");
    }
    if let Some(missing) = pages.missing {
        let (first, last) = (missing.start, missing.end - 1);
        report.find(Place::File, format!("it is cut short: pages {first} to {last} are missing"));
    }
    if pages.unchecked {
        report.notes.push("an early build made this store: its pages get checksums at the next start".into());
    }
    Ok(())
}

/// Has SQLite check what the files hold, and reads the record.
fn check_contents(report: &mut Report, image: Image<'_>, progress: Progress<'_>) -> Result<()> {
    if !report.is_clean() {
        report.notes.push("the files are damaged, so that what they hold was not looked at".into());
        return Ok(());
    }
    let examined = snapshot::examine(image, |tx| {
        progress(Stage::Structure, 0, 1);
        for problem in snapshot::problems(tx)? {
            report.find(Place::File, problem);
        }
        progress(Stage::Structure, 1, 1);
        check_record(report, tx, progress)
    });
    examined.or_else(|error| {
        report.find(Place::File, error.message());
        Ok(())
    })
}

fn check_record(report: &mut Report, tx: &Tx<'_>, progress: Progress<'_>) -> Result<()> {
    let applied = migrate::list_applied(tx)?;
    migrate::check_known(&report.file.display(), &applied, MIGRATIONS)?;
    if applied.len() < MIGRATIONS.len() {
        report
            .notes
            .push("the store is of an older version: start the server once to check the record".into());
        return Ok(());
    }
    record::check(report, tx, &mut |done, total| progress(Stage::Record, done, total))
}
