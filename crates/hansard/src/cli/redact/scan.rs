//! Looks for values in the bytes of every file of a folder, in each form in which a value may lie there.
//!
//! It knows nothing of a store's pages: whatever the file is, no byte sequence of a value may be in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use anyhow::Context;
use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use hansard_domain::filter::fold;

const CHUNK_BYTES: usize = 1 << 20;
/// Letters of the pieces that the index of keywords holds.
const PIECE: usize = 3;
/// Pieces that must all be in one file to tell of a value; fewer are there by chance.
const PIECES_MIN: usize = 4;
/// Fewer bytes of base64 are anywhere.
const BASE64_MIN: usize = 5;

/// A form of a value in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Finding {
    pub(super) file: PathBuf,
    /// Which of the values, from 0.
    pub(super) value: usize,
    pub(super) form: &'static str,
}

/// What to look for.
pub(super) struct Scan {
    automaton: AhoCorasick,
    /// Of each pattern the value, the form, and of a piece its number.
    meanings: Vec<(usize, Form)>,
    /// How many pieces each value has.
    pieces: Vec<usize>,
    longest: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Whole(&'static str),
    Piece(usize),
}

impl Scan {
    pub(super) fn new(values: &[String]) -> anyhow::Result<Self> {
        let (mut patterns, mut meanings, mut pieces) = (Vec::new(), Vec::new(), Vec::new());
        for (index, value) in values.iter().enumerate() {
            for (form, pattern) in forms(value) {
                patterns.push(pattern);
                meanings.push((index, Form::Whole(form)));
            }
            let of_value = pieces_of(value);
            pieces.push(of_value.len());
            for (number, piece) in of_value.into_iter().enumerate() {
                patterns.push(piece.into_bytes());
                meanings.push((index, Form::Piece(number)));
            }
        }
        let longest = patterns.iter().map(Vec::len).max().unwrap_or_default();
        let automaton = AhoCorasickBuilder::new().ascii_case_insensitive(true).build(&patterns)?;
        Ok(Self { automaton, meanings, pieces, longest })
    }

    /// Everything that is found in the files of a folder, at any depth.
    pub(super) fn folder(&self, folder: &Path) -> anyhow::Result<Vec<Finding>> {
        let mut findings = Vec::new();
        let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                findings.extend(self.folder(&path)?);
            } else if path.is_file() {
                findings.extend(self.file(&path).with_context(|| format!("cannot read {}", path.display()))?);
            }
        }
        findings.sort();
        Ok(findings)
    }

    fn file(&self, path: &Path) -> io::Result<Vec<Finding>> {
        let mut file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            opened => opened?,
        };
        let mut whole: BTreeSet<(usize, &'static str)> = BTreeSet::new();
        let mut pieces: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        let (mut buffer, mut kept) = (vec![0; CHUNK_BYTES + self.longest], 0);
        loop {
            let read = file.read(&mut buffer[kept..])?;
            if read == 0 {
                break;
            }
            let filled = kept + read;
            for hit in self.automaton.find_overlapping_iter(&buffer[..filled]) {
                match self.meanings[hit.pattern().as_usize()] {
                    (value, Form::Whole(form)) => drop(whole.insert((value, form))),
                    (value, Form::Piece(piece)) => drop(pieces.entry(value).or_default().insert(piece)),
                }
            }
            // A value may lie across two reads.
            kept = filled.min(self.longest);
            buffer.copy_within(filled - kept..filled, 0);
        }
        let in_pieces = pieces
            .into_iter()
            .filter(|(value, found)| self.pieces[*value] >= PIECES_MIN && found.len() == self.pieces[*value]);
        let found = whole.into_iter().chain(in_pieces.map(|(value, _)| (value, "pieces of three letters")));
        Ok(found.map(|(value, form)| Finding { file: path.to_owned(), value, form }).collect())
    }
}

/// A value as it may be written; case does not count where it is looked for.
fn forms(value: &str) -> Vec<(&'static str, Vec<u8>)> {
    let folded = fold(value);
    let mut forms = vec![("text", value.as_bytes().to_vec()), ("text", folded.as_bytes().to_vec())];
    for text in [value, &folded] {
        let units: Vec<u16> = text.encode_utf16().collect();
        forms.push(("UTF-16", units.iter().flat_map(|unit| unit.to_le_bytes()).collect()));
        forms.push(("UTF-16", units.iter().flat_map(|unit| unit.to_be_bytes()).collect()));
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        forms.push(("hexadecimal", hex.into_bytes()));
        forms.extend((0..3).map(|offset| ("base64", inner_base64(text, offset))));
    }
    forms.retain(|(form, pattern)| !pattern.is_empty() && (*form != "base64" || pattern.len() >= BASE64_MIN));
    forms.sort();
    forms.dedup();
    forms
}

/// The letters of base64 that only the value decides, where `offset` other bytes stand before it.
fn inner_base64(text: &str, offset: usize) -> Vec<u8> {
    let bytes: Vec<u8> = std::iter::repeat_n(0, offset).chain(text.bytes()).collect();
    let encoded = STANDARD_NO_PAD.encode(&bytes).into_bytes();
    let first = (offset * 8).div_ceil(6);
    let end = bytes.len() * 8 / 6;
    encoded.get(first..end).unwrap_or_default().to_vec()
}

/// Three letters in a row of the folded value, each once.
fn pieces_of(value: &str) -> BTreeSet<String> {
    let letters: Vec<char> = fold(value).chars().collect();
    letters.windows(PIECE).map(|piece| piece.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn found(content: &[u8]) -> Vec<&'static str> {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("sub")).unwrap();
        fs::write(folder.path().join("sub/file"), content).unwrap();
        let scan = Scan::new(&["Zqxj Vkwp".to_owned(), "absent9".to_owned()]).unwrap();
        let findings = scan.folder(folder.path()).unwrap();
        assert!(findings.iter().all(|finding| finding.value == 0), "{findings:?}");
        findings.into_iter().map(|finding| finding.form).collect()
    }

    #[test]
    fn each_form_is_found_and_nothing_else() {
        assert!(found(b"zqxj and Vkwp").is_empty());
        assert!(found(b"x ZQXJ VKWP y").contains(&"text"));
        let utf16: Vec<u8> = "zqxj vkwp".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(found(&utf16), ["UTF-16"]);
        assert_eq!(found(b"5a71786a20566b7770"), ["hexadecimal"]);
        for before in ["", "a", "ab"] {
            let text = STANDARD_NO_PAD.encode(format!("{before}Zqxj Vkwp and more"));
            assert_eq!(found(text.as_bytes()), ["base64"]);
        }
        let pieces: Vec<String> = pieces_of("zqxj vkwp").into_iter().collect();
        assert_eq!(found(pieces.join("\0").as_bytes()), ["pieces of three letters"]);
        assert!(found(pieces[1..].join("\0").as_bytes()).is_empty());
    }

    #[test]
    fn a_value_across_two_reads_is_found() {
        for at in [CHUNK_BYTES - 4, CHUNK_BYTES, CHUNK_BYTES + 5] {
            let mut content = vec![b'.'; 2 * CHUNK_BYTES];
            content[at..at + 9].copy_from_slice(b"zqxj vkwp");
            assert!(found(&content).contains(&"text"), "{at}");
        }
    }
}
