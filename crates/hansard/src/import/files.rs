//! The files of an import: what the inputs name, folders walked in order.
//!
//! Recordings that lie beside their vCon are passed over; they are never read.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

use super::source::Hint;

/// Where conversations come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file, or a folder with everything below it.
    Path(PathBuf),
    Stdin,
}

impl From<&OsStr> for Input {
    /// `-` is the standard input.
    fn from(argument: &OsStr) -> Self {
        if argument == "-" { Self::Stdin } else { Self::Path(argument.into()) }
    }
}

/// Endings of recordings and of other media that vCons refer to.
const MEDIA: [&str; 20] = [
    "3gp", "aac", "aiff", "amr", "avi", "flac", "gsm", "m4a", "mkv", "mov", "mp3", "mp4", "mpeg", "mpg",
    "oga", "ogg", "opus", "wav", "webm", "wma",
];

/// One file to read, or why something that an input names is none.
#[derive(Debug)]
pub(super) enum Entry {
    File { path: PathBuf, bytes: u64, hint: Hint },
    Stdin,
    Unreadable { path: PathBuf, reason: String },
}

/// Lists the files of all inputs; those of a folder in the order of their paths.
pub(super) fn list(inputs: &[Input]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for input in inputs {
        match input {
            Input::Stdin => entries.push(Entry::Stdin),
            Input::Path(path) => list_path(path, &mut entries),
        }
    }
    entries
}

fn list_path(path: &Path, entries: &mut Vec<Entry>) {
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => list_folder(path, entries),
        Ok(found) => {
            entries.push(Entry::File { path: path.to_owned(), bytes: found.len(), hint: hint(path) });
        }
        Err(error) => entries.push(unreadable(path, &error)),
    }
}

/// Hidden files and links to folders are passed over, so that a walk ends.
fn list_folder(folder: &Path, entries: &mut Vec<Entry>) {
    let names = fs::read_dir(folder).and_then(|found| found.map(|entry| Ok(entry?.path())).collect());
    let mut paths: Vec<PathBuf> = match names {
        Ok(paths) => paths,
        Err(error) => return entries.push(unreadable(folder, &error)),
    };
    paths.sort();
    let hidden = |path: &Path| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    for path in paths.into_iter().filter(|path| !hidden(path) && !is_media(path)) {
        let links_to_folder = path.is_symlink() && path.is_dir();
        if !links_to_folder {
            list_path(&path, entries);
        }
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Entry {
    Entry::Unreadable { path: path.to_owned(), reason: format!("cannot be read: {error}") }
}

fn extension(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

fn is_media(path: &Path) -> bool {
    MEDIA.contains(&extension(path).as_str())
}

fn hint(path: &Path) -> Hint {
    if matches!(extension(path).as_str(), "jsonl" | "ndjson") { Hint::Lines } else { Hint::Unknown }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn folders_are_walked_in_order_without_media_and_hidden_files() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        for name in ["c.jsonl", "a.json", "b/z.txt", "b/y.MP3", ".hidden"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        let listed: Vec<String> = list(&[Input::Path(folder.path().to_owned())])
            .iter()
            .map(|entry| match entry {
                Entry::File { path, .. } => path.strip_prefix(folder.path()).unwrap().display().to_string(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(listed, ["a.json", "b/z.txt", "c.jsonl"]);
    }

    #[test]
    fn what_is_absent_is_told() {
        let listed = list(&[Input::Path("no/such/file".into()), Input::from(OsStr::new("-"))]);
        assert!(matches!(&listed[..], [Entry::Unreadable { .. }, Entry::Stdin]));
    }
}
