//! Where the servers under test keep their stores: in the folders that tests name, or with `HANSARD_TEST_STORE=postgres` in
//! a database for each folder, which goes some time after the folder has gone.
//!
//! Tests of what SQLite does with its files name `--data-dir` themselves; `cargo xtask test` leaves them out there.

use std::{env, ffi::OsString, fs, path::Path};

use hansard_cluster::Database;

use crate::binary::run_on;

const VARIABLE: &str = "HANSARD_TEST_STORE";

/// Returns whether stores are databases.
pub fn is_shared() -> bool {
    match env::var(VARIABLE).as_deref() {
        Ok("postgres") => true,
        Ok("sqlite") | Err(_) => false,
        Ok(other) => panic!("{VARIABLE}={other}: it is postgres or sqlite"),
    }
}

/// Returns whether the store that stands for a folder holds bytes: in its files, or in any row of its database.
pub fn holds(data_dir: &Path, wanted: &[u8]) -> bool {
    let is_in = |bytes: &[u8]| bytes.windows(wanted.len()).any(|window| window == wanted);
    if is_shared() {
        return is_in(&Database::of_folder(data_dir).dump());
    }
    fs::read_dir(data_dir).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() { holds(&path, wanted) } else { is_in(&fs::read(&path).unwrap_or_default()) }
    })
}

/// Returns a backup of the store that stands for a folder, made by way of a file: by the service, or by the database's own program.
pub fn back_up(data_dir: &Path, file: &Path) -> Vec<u8> {
    if is_shared() {
        return Database::of_folder(data_dir).dump();
    }
    run_on(data_dir, &format!("backup --to {}", file.display())).ok();
    let backup = fs::read(file).unwrap();
    fs::remove_file(file).unwrap();
    backup
}

/// Returns the flags that name the store which stands for a folder.
pub fn flags(data_dir: &Path) -> [OsString; 2] {
    if is_shared() {
        ["--store".into(), Database::of_folder(data_dir).url().into()]
    } else {
        ["--data-dir".into(), data_dir.into()]
    }
}
