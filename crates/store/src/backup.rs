//! A store in one file: written while a server serves, and brought back into an empty folder.
//!
//! The file is the database image followed by a seal: a mark, the image's length and its SHA-256. So a
//! backup that is cut short or has one wrong bit is told from a good one, which SQLite alone cannot do;
//! and SQLite's own tools open it, since they ignore what follows the image.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use hansard_domain::{Error, Result};
use sha2::{Digest, Sha256};

use crate::{
    engine::sqlite::{
        check_log,
        snapshot::{self, Image},
    },
    folder::{self, DATABASE_FILE, Folder},
    migrate::{self, Migration},
    secret::random,
};

const MARK: &[u8; 16] = b"hansard backup 1";
const SEAL_BYTES: usize = MARK.len() + 8 + 32;
const CHUNK_BYTES: usize = 1024 * 1024;

/// What was backed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackupReport {
    /// The size of the backup file.
    pub bytes: u64,
    /// The version of the store in it.
    pub version: i64,
}

/// What was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestoreReport {
    /// The size of the restored database.
    pub bytes: u64,
    /// Its version; opening it brings it to the newest.
    pub version: i64,
}

/// How far a backup or a restore is: done and total, in one unit throughout a call.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64);

/// Writes a committed state of the store in `data_dir` to a new file.
///
/// Needs no lock: a server may be serving the folder. The file appears under its name only when it is
/// whole and on disk; an existing file is not overwritten.
pub fn backup(data_dir: &Path, to: &Path, progress: Progress<'_>) -> Result<BackupReport> {
    let store = data_dir.join(DATABASE_FILE);
    if !store.is_file() {
        return Err(Error::failed_precondition(format!("the folder {} holds no store", data_dir.display())));
    }
    refuse_existing(to)?;
    check_unserved(data_dir, &store)?;
    let partial = Partial::create(to)?;
    snapshot::copy(&store, &partial.path, progress)?;
    let version = snapshot::examine(Image::Sealed(&partial.path), migrate::list_applied)
        .map(|all| migrate::version(&all))?;
    let bytes = seal(&partial.path).map_err(|error| cannot_write(to, error))?;
    refuse_existing(to)?;
    partial.keep_as(to)?;
    Ok(BackupReport { bytes, version })
}

/// Where no server has checked the log before SQLite recovers from it, that is for us to do.
fn check_unserved(data_dir: &Path, store: &Path) -> Result<()> {
    match Folder::open(data_dir) {
        Ok(_held) => check_log(store),
        Err(_served) => Ok(()),
    }
}

/// Makes the store of an empty or absent folder from a backup file.
///
/// The file's seal is always checked; `verify` has SQLite check every page, index and reference too.
pub fn restore(
    from: &Path,
    data_dir: &Path,
    migrations: &[Migration],
    verify: bool,
    progress: Progress<'_>,
) -> Result<RestoreReport> {
    let mut backup = File::open(from).map_err(|error| cannot_read(from, error))?;
    let sealed = Seal::read(&mut backup).map_err(|error| cannot_read(from, error))?;
    let sealed = sealed.ok_or_else(|| unsealed(from))?;
    let folder = Folder::open(data_dir)?;
    let store = folder.path().join(DATABASE_FILE);
    refuse_store(&store)?;
    Partial::remove_old(&store).map_err(|error| cannot_write(&store, error))?;
    let partial = Partial::create(&store)?;
    let digest = copy_image(&mut backup, sealed.image_bytes, &partial.path, progress)
        .map_err(|error| cannot_write(&partial.path, error))?;
    if digest != sealed.digest {
        return Err(Error::failed_precondition(format!(
            "the backup {} is damaged: its contents do not match its checksum",
            from.display()
        )));
    }
    let applied = snapshot::examine(Image::Sealed(&partial.path), |tx| {
        if verify {
            snapshot::verify(tx)?;
        }
        migrate::list_applied(tx)
    })?;
    migrate::check_known(&from.display(), &applied, migrations)?;
    partial.keep_as(&store)?;
    Ok(RestoreReport { bytes: sealed.image_bytes, version: migrate::version(&applied) })
}

/// Whether a file is the backup that it says to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SealState {
    /// The image of so many bytes is what was sealed.
    Fits(u64),
    /// The image of so many bytes is another.
    Broken(u64),
    Absent,
}

/// Holds a backup against its seal.
pub(crate) fn check_seal(from: &Path, progress: Progress<'_>) -> Result<SealState> {
    let mut check = || {
        let mut backup = File::open(from)?;
        let Some(sealed) = Seal::read(&mut backup)? else { return Ok(SealState::Absent) };
        let bytes = sealed.image_bytes;
        let digest = hash_copy(&mut backup, bytes, &mut io::sink(), progress)?;
        Ok(if digest == sealed.digest { SealState::Fits(bytes) } else { SealState::Broken(bytes) })
    };
    check().map_err(|error| cannot_read(from, error))
}

/// What follows the image in a backup file.
struct Seal {
    image_bytes: u64,
    digest: [u8; 32],
}

impl Seal {
    /// `None` when the file does not end in a seal that fits it.
    fn read(file: &mut File) -> io::Result<Option<Self>> {
        let length = file.metadata()?.len();
        let Some(image_bytes) = length.checked_sub(SEAL_BYTES as u64) else { return Ok(None) };
        let mut seal = [0; SEAL_BYTES];
        file.seek(SeekFrom::Start(image_bytes))?;
        file.read_exact(&mut seal)?;
        file.rewind()?;
        let (head, digest) = seal.split_at(MARK.len() + 8);
        let fits = head == Self::head(image_bytes);
        Ok(digest.try_into().ok().filter(|_| fits).map(|digest| Self { image_bytes, digest }))
    }

    fn write(&self, file: &mut File) -> io::Result<()> {
        file.write_all(&Self::head(self.image_bytes))?;
        file.write_all(&self.digest)
    }

    fn head(image_bytes: u64) -> Vec<u8> {
        [MARK.as_slice(), &image_bytes.to_le_bytes()].concat()
    }
}

/// Appends the seal to an image; returns the size of the whole.
fn seal(path: &Path) -> io::Result<u64> {
    let mut file = File::options().read(true).append(true).open(path)?;
    let image_bytes = file.metadata()?.len();
    let digest = hash_copy(&mut file, image_bytes, &mut io::sink(), &mut |_, _| {})?;
    Seal { image_bytes, digest }.write(&mut file)?;
    file.sync_all()?;
    Ok(image_bytes + SEAL_BYTES as u64)
}

fn copy_image(
    backup: &mut File,
    image_bytes: u64,
    to: &Path,
    progress: Progress<'_>,
) -> io::Result<[u8; 32]> {
    let mut image = File::options().write(true).open(to)?;
    let digest = hash_copy(backup, image_bytes, &mut image, progress)?;
    image.sync_all()?;
    Ok(digest)
}

/// Copies so many bytes, and answers their SHA-256.
fn hash_copy(
    from: &mut File,
    bytes: u64,
    to: &mut dyn Write,
    progress: Progress<'_>,
) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut done = 0;
    while done < bytes {
        let wanted = chunk.len().min((bytes - done) as usize);
        let part = &mut chunk[..wanted];
        from.read_exact(part)?;
        hash.update(&*part);
        to.write_all(part)?;
        done += wanted as u64;
        progress(done, bytes);
    }
    Ok(hash.finalize().into())
}

/// A file under a temporary name beside its own, removed unless it is kept.
///
/// Only a killed process leaves one behind; no other process ever takes its name.
struct Partial {
    path: PathBuf,
    kept: bool,
}

const PARTIAL: &str = ".partial-";

impl Partial {
    fn create(beside: &Path) -> Result<Self> {
        let mut name = OsString::from(beside);
        name.push(format!("{PARTIAL}{:016x}", u64::from_le_bytes(random()?)));
        let path = PathBuf::from(name);
        folder::private_file(&path).map_err(|error| cannot_write(&path, error))?;
        Ok(Self { path, kept: false })
    }

    /// Removes what killed processes left beside a file that no other process is making.
    fn remove_old(beside: &Path) -> io::Result<()> {
        let (Some(folder), Some(name)) = (beside.parent(), beside.file_name()) else { return Ok(()) };
        let prefix = [name.as_encoded_bytes(), PARTIAL.as_bytes()].concat();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_name().as_encoded_bytes().starts_with(&prefix) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// Gives the file, whose contents are on disk, its name.
    fn keep_as(mut self, name: &Path) -> Result<()> {
        let parent = name.parent().filter(|parent| !parent.as_os_str().is_empty());
        fs::rename(&self.path, name)
            .and_then(|()| {
                self.kept = true;
                folder::sync_folder(parent.unwrap_or(Path::new(".")))
            })
            .map_err(|error| cannot_write(name, error))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.kept {
            // It is of no use to anyone, and the error that led here is the one to tell.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn refuse_existing(file: &Path) -> Result<()> {
    match file.symlink_metadata() {
        Ok(_) => Err(Error::failed_precondition(format!("the file {} exists already", file.display()))),
        Err(_) => Ok(()),
    }
}

/// A stray log counts as a store: SQLite would apply it to the restored file.
fn refuse_store(store: &Path) -> Result<()> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut file = OsString::from(store);
        file.push(suffix);
        if Path::new(&file).exists() {
            return Err(Error::failed_precondition(format!(
                "the folder holds a store already: {} exists",
                Path::new(&file).display()
            )));
        }
    }
    Ok(())
}

fn unsealed(backup: &Path) -> Error {
    Error::failed_precondition(format!(
        "{} is not a whole backup: it is cut short, or was not made by 'hansard backup'",
        backup.display()
    ))
}

pub(crate) fn cannot_read(file: &Path, error: io::Error) -> Error {
    Error::failed_precondition(format!("{} cannot be read: {error}", file.display())).with_source(error)
}

fn cannot_write(file: &Path, error: io::Error) -> Error {
    Error::failed_precondition(format!("{} cannot be written: {error}", file.display())).with_source(error)
}
