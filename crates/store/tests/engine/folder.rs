//! One process a folder, and nobody else may look in.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, thread, time::Duration};

use hansard_domain::{ErrorKind, Result};
use hansard_store::{
    Engine, Folder, Options,
    folder::{Holder, holder as holder_of},
    inspection,
};

use crate::{
    child::{self, Killed, wait_for},
    notes::{MIGRATIONS, Store},
};

#[test]
fn a_folder_in_use_names_who_uses_it() {
    let folder = tempfile::tempdir().unwrap();
    let process = child::command(&[], "folder::hold", folder.path()).spawn().unwrap();
    let process = Killed(process);
    let announced =
        || fs::read_to_string(folder.path().join("hansard.lock")).is_ok_and(|text| text.contains("http"));
    wait_for("the other process", Duration::from_secs(20), announced);

    let error = Folder::open(folder.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::FailedPrecondition);
    let holder = format!("in use by a running server (pid {}, http://127.0.0.1:8080)", process.0.id());
    assert!(error.message().ends_with(&holder), "{error}");
    assert!(error.message().contains(&*folder.path().to_string_lossy()), "{error}");

    let address = Some("http://127.0.0.1:8080".to_owned());
    assert_eq!(holder_of(folder.path()), Some(Holder { pid: Some(process.0.id()), address }));

    drop(process);
    wait_for("the lock of a killed process", Duration::from_secs(5), || Folder::open(folder.path()).is_ok());
}

#[test]
#[ignore = "run by a_folder_in_use_names_who_uses_it"]
fn hold() {
    let folder = Folder::open(child::folder()).unwrap();
    folder.announce("http://127.0.0.1:8080").unwrap();
    thread::sleep(Duration::from_secs(60));
}

#[test]
fn a_process_cannot_open_its_own_folder_twice() {
    let folder = tempfile::tempdir().unwrap();
    let first = Engine::open(&Options::new(folder.path()), MIGRATIONS).unwrap();
    let error = Engine::open(&Options::new(folder.path()), MIGRATIONS).unwrap_err();
    assert!(error.message().contains("in use by another hansard process"), "{error}");
    drop(first);
    Engine::open(&Options::new(folder.path()), MIGRATIONS).unwrap();
}

#[test]
fn a_look_from_outside_takes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(inspection::inspect(folder.path()).unwrap(), None, "no store yet");
    let store = hansard_store::Store::open(&Options::new(folder.path())).unwrap();
    let (in_use, held) = (inspection::inspect(folder.path()).unwrap(), holder_of(folder.path()));
    assert!(held.is_some_and(|holder| holder.pid == Some(std::process::id()) && holder.address.is_none()));
    store.close().unwrap();
    drop(store);
    let closed = inspection::inspect(folder.path()).unwrap();
    for look in [in_use, closed].map(Option::unwrap) {
        assert_eq!((look.version, look.newest_change), (inspection::version_known(), None));
    }
    assert_eq!(holder_of(folder.path()), None);
    Folder::open(folder.path()).unwrap();
}

#[test]
fn what_it_makes_is_for_its_owner_alone() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("made/below");
    let store = Store::open(&folder);
    store.write(1, "private").unwrap();
    assert_eq!(mode(&folder), 0o700);
    for file in fs::read_dir(&folder).unwrap() {
        let file = file.unwrap().path();
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[test]
fn a_clean_end_leaves_no_log_behind() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    store.write(1, "a note").unwrap();
    store.close();
    let log = fs::metadata(folder.path().join("hansard.db-wal")).map_or(0, |log| log.len());
    assert_eq!(log, 0);
    let store = Store::open(folder.path());
    assert_eq!(store.numbers(), [1]);
}

#[test]
fn what_is_no_store_is_refused() {
    let text =
        open_over(|file| fs::write(file, "just some notes, and long enough to be read".repeat(200)).unwrap());
    assert!(text.contains("page 1 does not match its checksum"), "{text}");
    let text = open_over(|file| {
        let other = rusqlite::Connection::open(file).unwrap();
        other.execute_batch("create table contact (name text); pragma application_id = 7").unwrap();
    });
    assert!(text.ends_with("is a database, but not a Hansard store"), "{text}");
}

fn open_over(make: impl FnOnce(&Path)) -> String {
    let folder = tempfile::tempdir().unwrap();
    make(&folder.path().join("hansard.db"));
    let opened: Result<Engine> = Engine::open(&Options::new(folder.path()), MIGRATIONS);
    opened.unwrap_err().message().to_owned()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
