//! The pages of a database file that nobody has open, each held against its checksum.
//!
//! It reads the file and not the database: what the pages mean is SQLite's to check.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek},
    ops::Range,
    path::Path,
};

use super::{page, survey::Survey};

const BUFFER_BYTES: usize = 1024 * 1024;
/// Where the first page says how many there are.
const PAGES_AT: usize = 28;

/// What was found of a file's pages.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    /// Pages that were held against their checksum.
    pub(crate) checked: u64,
    /// An early build made the file, without checksums.
    pub(crate) unchecked: bool,
    /// Pages that are not what was written.
    pub(crate) damaged: Vec<u32>,
    /// Pages that should follow the end of the file.
    pub(crate) missing: Option<Range<u32>>,
}

/// Reads the pages in the first `bytes` of a file.
///
/// What the log holds too is not looked at: a checkpoint may have been killed while it wrote there.
pub(crate) fn pages(
    file: &Path,
    bytes: u64,
    log: &Survey,
    progress: &mut dyn FnMut(u64, u64),
) -> io::Result<Pages> {
    let mut file = BufReader::with_capacity(BUFFER_BYTES, File::open(file)?);
    let mut found = Pages::default();
    let mut page = vec![0; page::BYTES];
    let present = u32::try_from(bytes / page::BYTES as u64).unwrap_or(u32::MAX);
    if present > 0 {
        file.read_exact(&mut page)?;
        file.rewind()?;
        found.unchecked = page::says_unchecked(&page);
    }
    let expected = match log.database_pages {
        0 if present > 0 && page::is_whole(&page, 1) => stated_pages(&page),
        0 => u32::try_from(bytes.div_ceil(page::BYTES as u64)).unwrap_or(u32::MAX).max(1),
        pages => pages,
    };
    for number in 1..=present.min(expected) {
        file.read_exact(&mut page)?;
        progress(page::offset(number) + page::BYTES as u64, bytes);
        if found.unchecked || log.pages.contains(&number) || page::is_lock_page(number) {
            continue;
        }
        found.checked += 1;
        if !page::is_whole(&page, number) {
            found.damaged.push(number);
        }
    }
    let absent = |number: &u32| !log.pages.contains(number) && !page::is_lock_page(*number);
    found.missing = (present + 1..=expected).find(absent).map(|first| first..expected + 1);
    Ok(found)
}

fn stated_pages(first: &[u8]) -> u32 {
    u32::from_be_bytes([first[PAGES_AT], first[PAGES_AT + 1], first[PAGES_AT + 2], first[PAGES_AT + 3]])
}
