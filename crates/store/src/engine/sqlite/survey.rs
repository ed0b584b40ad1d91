//! What recovery would make of a write-ahead log, and the damage that it would not notice.
//!
//! SQLite takes the first bad frame of a log for its end, and drops whatever lies behind. That is right
//! after a power cut and wrong after bit rot: here the two are told apart. Nothing is changed.

use std::{
    collections::BTreeSet,
    fmt::{self, Display, Formatter},
    fs::File,
    io::{self, BufReader, ErrorKind, Read},
    path::{Path, PathBuf},
};

use hansard_domain::{Error, Result};

use super::{
    frames::{Chain, FRAME_BYTES, Frame, LOG_HEADER_BYTES, LogHeader, Order},
    shim,
};

const BUFFER_BYTES: usize = 1024 * 1024;
/// The part of the shared index that says how far the log was committed; it is there twice.
const INDEX_HEADER_BYTES: usize = 48;

/// What a log holds.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    /// Frames up to the last commit that SQLite would find.
    pub(crate) committed: u64,
    /// The size of the database after them, in pages; 0 without a commit.
    pub(crate) database_pages: u32,
    /// The pages that they hold.
    pub(crate) pages: BTreeSet<u32>,
    /// Why this log cannot be what its writer left.
    pub(crate) damage: Option<Damage>,
    uncommitted: Vec<u32>,
}

/// What is wrong with a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Damage {
    /// The header does not match its checksum, though frames were written after it.
    Header,
    /// This frame does not match its checksum, though a later transaction was written after it.
    Frame(u64),
    /// The log ends after the first number of frames, though it had the second.
    CutShort(u64, u64),
}

impl Survey {
    /// Reads the log of a database that no process has open; an absent log is an empty one.
    pub(crate) fn of_database(database: &Path, progress: &mut dyn FnMut(u64)) -> io::Result<Self> {
        let file = match File::open(beside(database, "-wal")) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            file => BufReader::with_capacity(BUFFER_BYTES, file?),
        };
        let index = match File::open(beside(database, "-shm")) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            file => committed_by_index(&mut file?)?,
        };
        Self::read(file, index, progress)
    }

    /// A transaction is synced before the next one begins. So a frame that goes on from a commit proves that
    /// all before it once lay whole on the disk: a bad one there is damage. Without such a successor a bad frame
    /// is the end of a write that a power cut tore, of which nobody was told.
    fn read(
        mut log: impl Read,
        index: Option<(u64, [u8; 8])>,
        progress: &mut dyn FnMut(u64),
    ) -> io::Result<Self> {
        let mut survey = Self::default();
        let mut header = [0; LOG_HEADER_BYTES];
        if !fill(&mut log, &mut header)? {
            return Ok(survey);
        }
        let header = LogHeader::of(&header);
        let mut bad = (!header.is_whole).then_some(Damage::Header);
        let (mut chain, mut after_commit) = (Chain::of(&header), true);
        let mut bytes = [0; FRAME_BYTES];
        let mut number = 0;
        while fill(&mut log, &mut bytes)? {
            number += 1;
            progress(LOG_HEADER_BYTES as u64 + number * FRAME_BYTES as u64);
            let frame = chain.next(&bytes);
            // Behind the end of the log lie frames of older ones, whole and with other salts.
            let is_current = frame.salts == header.salts || !header.is_whole;
            if bad.is_none() && frame.is_whole && is_current {
                survey.take(&frame, number);
            } else {
                let first = *bad.get_or_insert(Damage::Frame(number));
                if after_commit && frame.follows && is_current {
                    survey.damage.get_or_insert(first);
                }
            }
            after_commit = frame.database_pages != 0;
        }
        let acknowledged = index.filter(|(_, salts)| *salts == header.salts).map_or(0, |(frames, _)| frames);
        if acknowledged > survey.committed {
            survey.damage.get_or_insert(match bad {
                Some(Damage::Frame(at)) if at <= acknowledged => Damage::Frame(at),
                _ => Damage::CutShort(survey.committed, acknowledged),
            });
        }
        Ok(survey)
    }

    fn take(&mut self, frame: &Frame, number: u64) {
        self.uncommitted.push(frame.page);
        if frame.database_pages != 0 {
            self.committed = number;
            self.database_pages = frame.database_pages;
            self.pages.extend(self.uncommitted.drain(..));
        }
    }
}

impl Display for Damage {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => f.write_str("its header does not match its checksum")?,
            Self::Frame(number) => write!(f, "frame {number} does not match its checksum")?,
            Self::CutShort(left, had) => write!(f, "it is cut off after frame {left} of {had}")?,
        }
        f.write_str(", and recovery would drop answered writes from there on")
    }
}

/// Refuses a database, which nobody may have open, whose log was damaged since it was written.
pub(crate) fn check_log(database: &Path) -> Result<()> {
    let survey = Survey::of_database(database, &mut |_| {}).map_err(|error| {
        Error::failed_precondition(format!("the log of {} cannot be read: {error}", database.display()))
    })?;
    match survey.damage {
        None => Ok(()),
        Some(damage) => {
            let text = shim::describe(&beside(database, "-wal"), &damage.to_string());
            Err(Error::failed_precondition(text))
        }
    }
}

/// A file beside the database, named after it.
pub(crate) fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// How many frames the shared index says were committed, and of which log.
///
/// It outlives a killed process, though not a power cut; and it is written after the log was synced, so
/// that what it says is never too much.
fn committed_by_index(index: &mut impl Read) -> io::Result<Option<(u64, [u8; 8])>> {
    let mut twice = [0; 2 * INDEX_HEADER_BYTES];
    if !fill(index, &mut twice)? {
        return Ok(None);
    }
    let (header, copy) = twice.split_at(INDEX_HEADER_BYTES);
    let word = |at: usize| u32::from_ne_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let native = if cfg!(target_endian = "big") { Order::Big } else { Order::Little };
    if header != copy || native.sum([0, 0], &header[..40]) != [word(40), word(44)] {
        return Ok(None);
    }
    let mut salts = [0; 8];
    salts.copy_from_slice(&header[32..40]);
    Ok(Some((word(16).into(), salts)))
}

/// Reads so many bytes; false where the file ends before.
fn fill(from: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match from.read_exact(bytes) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        read => read.map(|()| true),
    }
}
