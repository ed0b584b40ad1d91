//! Looks for words on the disk, in every form in which a store could keep them.
//!
//! It looks into files, and into what a process has open and nobody can see any more. It knows nothing of the store's
//! format: a canary is made so that each of its pieces is found wherever it lies.

mod canary;
mod form;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use flate2::read::{GzDecoder, ZlibDecoder};

pub use canary::{Canaries, Canary};
pub use form::Form;

const INFLATED_BYTES: u64 = 4 << 20;
/// Compressed forms that cannot be looked into here: Zstandard, LZ4, XZ and bzip2.
const CLOSED: [&[u8]; 4] = [b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18", b"\xfd7zXZ\x00", b"BZh91AY&SY"];
/// How streams of zlib (without a preset dictionary) and of gzip begin.
const INFLATABLE: [&[u8]; 5] = [b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"\x1f\x8b"];

/// Something found that should not be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    pub file: PathBuf,
    pub offset: usize,
    /// Where the canary had been told; empty for compressed data that cannot be looked into.
    pub place: String,
    pub form: Form,
}

/// A search for many words at once.
pub struct Search {
    automaton: AhoCorasick,
    /// Beginnings of what is compressed.
    streams: AhoCorasick,
    /// Of each pattern, the place of its canary and its form.
    patterns: Vec<(String, Form)>,
}

impl Search {
    pub fn new(canaries: &[Canary]) -> Self {
        let mut texts = Vec::new();
        let mut patterns = Vec::new();
        for canary in canaries {
            for (form, text) in form::all(&canary.text) {
                texts.push(text);
                patterns.push((canary.place.clone(), form));
            }
        }
        for closed in CLOSED {
            texts.push(closed.to_vec());
            patterns.push((String::new(), Form::Closed));
        }
        let [automaton, streams] =
            [AhoCorasick::new(texts), AhoCorasick::new(INFLATABLE)].map(Result::unwrap);
        Self { automaton, streams, patterns }
    }

    /// Searches all files below a folder.
    pub fn folder(&self, folder: &Path) -> Vec<Trace> {
        files(folder).iter().flat_map(|file| self.file(file)).collect()
    }

    /// Searches what a process has open and has been removed from its folder.
    pub fn removed_files_of(&self, pid: u32) -> Vec<Trace> {
        let open = fs::read_dir(format!("/proc/{pid}/fd")).unwrap().filter_map(Result::ok);
        open.filter(|entry| {
            let target = fs::read_link(entry.path()).unwrap_or_default();
            target.to_string_lossy().ends_with("(deleted)")
                && fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_file())
        })
        .flat_map(|entry| self.file(&entry.path()))
        .collect()
    }

    /// Searches bytes that came from `file`, and what they hold compressed.
    pub fn bytes(&self, file: &Path, bytes: &[u8]) -> Vec<Trace> {
        let mut traces = self.plain(file, bytes, 0);
        for stream in self.streams.find_iter(bytes) {
            let inflated = inflate(&bytes[stream.start()..]);
            traces.extend(self.plain(file, &inflated, stream.start()));
        }
        traces
    }

    fn file(&self, file: &Path) -> Vec<Trace> {
        // Files come and go while a server works.
        fs::read(file).map_or(Vec::new(), |bytes| self.bytes(file, &bytes))
    }

    fn plain(&self, file: &Path, bytes: &[u8], base: usize) -> Vec<Trace> {
        self.automaton
            .find_overlapping_iter(bytes)
            .map(|found| {
                let (place, form) = &self.patterns[found.pattern().as_usize()];
                let offset = base + found.start();
                Trace { file: file.to_owned(), offset, place: place.clone(), form: *form }
            })
            .collect()
    }
}

/// Returns all files below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// Inflates what begins like a stream, as far as it goes.
fn inflate(bytes: &[u8]) -> Vec<u8> {
    let mut inflated = Vec::new();
    // A stream that is cut off or damaged later gives what came before.
    let _ = if bytes[0] == INFLATABLE[0][0] {
        ZlibDecoder::new(bytes).take(INFLATED_BYTES).read_to_end(&mut inflated)
    } else {
        GzDecoder::new(bytes).take(INFLATED_BYTES).read_to_end(&mut inflated)
    };
    inflated
}
