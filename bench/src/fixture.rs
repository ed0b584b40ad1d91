//! A folder with a gigabyte of conversations, filled once and kept for the next run of the same binary.

use std::{
    fs::{self, File},
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::bail;
use tempfile::TempDir;

use crate::{Setup, hansard::prepare, import::Dialogs};

const SIZE_BYTES: u64 = 1 << 30;
const DATABASE: &str = "hansard.db";
const PREFIX: &str = "gibibyte-";

/// Returns the filled folder. It is made anew where another binary made it, which may store otherwise.
pub(crate) fn gibibyte(setup: &Setup) -> anyhow::Result<PathBuf> {
    let mut hash = DefaultHasher::new();
    fs::read(&setup.hansard)?.hash(&mut hash);
    let kept = setup.scratch.join(format!("{PREFIX}{:016x}", hash.finish()));
    if !kept.is_dir() {
        remove_others(&setup.scratch)?;
        println!("filling a folder with 1 GiB, once for this binary");
        let filling = tempfile::tempdir_in(&setup.scratch)?;
        fill(setup, filling.path())?;
        fs::rename(filling.keep(), &kept)?;
    }
    Ok(kept)
}

/// Returns a copy that goes with its value.
pub(crate) fn copy(setup: &Setup, folder: &Path) -> anyhow::Result<TempDir> {
    let copy = tempfile::tempdir_in(&setup.scratch)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        fs::copy(entry.path(), copy.path().join(entry.file_name()))?;
    }
    Ok(copy)
}

/// Has the system forget the files' pages, so that the next reader waits for the disk.
pub(crate) fn forget_pages(folder: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let mut of = std::ffi::OsString::from("of=");
        of.push(entry?.path());
        // GNU dd writes nothing here: with no blocks to copy, it advises the system about the whole file.
        let advice = ["oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none"];
        let status = Command::new("dd").arg("if=/dev/null").arg(of).args(advice).status()?;
        if !status.success() {
            bail!("dd cannot drop cached pages: {status}");
        }
    }
    Ok(())
}

/// Reads the files of a folder and of those within, so that the next reader waits for no disk.
pub(crate) fn remember_pages(folder: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remember_pages(&entry.path())?;
        } else if entry.file_type()?.is_file() {
            io::copy(&mut File::open(entry.path())?, &mut io::sink())?;
        }
    }
    Ok(())
}

fn fill(setup: &Setup, folder: &Path) -> anyhow::Result<()> {
    prepare(setup, folder)?;
    let inputs = tempfile::tempdir_in(&setup.scratch)?;
    let mut number = 0;
    while fs::metadata(folder.join(DATABASE))?.len() < SIZE_BYTES {
        Dialogs::write(inputs.path(), number)?.import_into_folder(setup, folder)?;
        number += 1;
    }
    Ok(())
}

fn remove_others(scratch: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(scratch)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}
