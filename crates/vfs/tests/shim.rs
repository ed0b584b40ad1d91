//! A shim under a real database: what it forwards, alters and refuses.
#![allow(clippy::unwrap_used)]

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use hansard_vfs::{Code, FileKind, FileShim, Inner, Result, Shim, SyncFlags, register};
use rusqlite::{Connection, OpenFlags, ffi};

fn open(file: &Path, vfs: &str) -> Connection {
    try_open(file, vfs).unwrap()
}

fn try_open(file: &Path, vfs: &str) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags_and_vfs(file, OpenFlags::default(), vfs)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(connection)
}

fn insert(connection: &Connection, text: &str) -> rusqlite::Result<usize> {
    connection.execute("insert into note (text) values (?)", [text])
}

fn texts(connection: &Connection) -> Vec<String> {
    let mut select = connection.prepare("select text from note order by id").unwrap();
    let rows = select.query_map([], |row| row.get(0)).unwrap();
    rows.map(|row| row.unwrap()).collect()
}

fn code_of(error: &rusqlite::Error) -> i32 {
    error.sqlite_error().unwrap().extended_code
}

const SCHEMA: &str = "create table note (id integer primary key, text text not null)";

/// Forwards everything, and counts.
#[derive(Default)]
struct Counting {
    opened: Mutex<Vec<(Option<PathBuf>, FileKind)>>,
    deleted: Mutex<Vec<PathBuf>>,
    calls: Arc<[AtomicUsize; 4]>,
}

struct CountingFile(Arc<[AtomicUsize; 4]>);

impl Shim for &'static Counting {
    type File = CountingFile;

    fn open(&self, path: Option<&Path>, kind: FileKind) -> Result<CountingFile> {
        self.opened.lock().unwrap().push((path.map(Path::to_owned), kind));
        Ok(CountingFile(Arc::clone(&self.calls)))
    }

    fn delete(&self, path: &Path, _: bool, forward: impl FnOnce() -> Result<()>) -> Result<()> {
        self.deleted.lock().unwrap().push(path.to_owned());
        forward()
    }
}

impl FileShim for CountingFile {
    fn read(&self, inner: &Inner, bytes: &mut [u8], offset: u64) -> Result<()> {
        self.0[0].fetch_add(1, Ordering::Relaxed);
        inner.read_at(bytes, offset)
    }

    fn write(&self, inner: &Inner, bytes: &[u8], offset: u64) -> Result<()> {
        self.0[1].fetch_add(1, Ordering::Relaxed);
        inner.write_at(bytes, offset)
    }

    fn truncate(&self, inner: &Inner, size: u64) -> Result<()> {
        self.0[2].fetch_add(1, Ordering::Relaxed);
        inner.truncate(size)
    }

    fn sync(&self, inner: &Inner, flags: SyncFlags) -> Result<()> {
        self.0[3].fetch_add(1, Ordering::Relaxed);
        inner.sync(flags)
    }
}

#[test]
fn a_database_in_wal_mode_works_through_a_shim_that_forwards() {
    let counting: &'static Counting = Box::leak(Box::default());
    register("counting", counting).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a b.db");
    let (one, two) = (open(&file, "counting"), open(&file, "counting"));
    one.execute_batch(SCHEMA).unwrap();
    insert(&one, "one").unwrap();
    assert_eq!(texts(&two), ["one"], "connections share the index of the log");
    insert(&two, "two").unwrap();
    let reading = one.unchecked_transaction().unwrap();
    assert_eq!(texts(&one), ["one", "two"]);
    insert(&two, "three").unwrap();
    assert_eq!(texts(&one), ["one", "two"], "a snapshot");
    drop(reading);
    one.execute_batch("pragma wal_checkpoint(truncate)").unwrap();
    drop((one, two));

    let again = open(&file, "counting");
    assert_eq!(texts(&again), ["one", "two", "three"]);
    let intact: String = again.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(intact, "ok");
    drop(again);
    let plain = Connection::open(&file).unwrap();
    assert_eq!(texts(&plain).len(), 3, "without the shim the file is the same");

    let opened = counting.opened.lock().unwrap();
    let wal = folder.path().join("a b.db-wal");
    assert!(opened.contains(&(Some(file), FileKind::MainDatabase)), "{opened:?}");
    assert!(opened.contains(&(Some(wal.clone()), FileKind::Wal)), "{opened:?}");
    assert!(counting.deleted.lock().unwrap().contains(&wal), "the last to close deletes the log");
    assert!(counting.calls.iter().all(|calls| calls.load(Ordering::Relaxed) > 0), "{:?}", counting.calls);
}

#[test]
fn connections_of_many_threads_use_one_shim() {
    let counting: &'static Counting = Box::leak(Box::default());
    register("threads", counting).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("threads.db");
    open(&file, "threads").execute_batch(SCHEMA).unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let connection = open(&file, "threads");
                connection.busy_timeout(std::time::Duration::from_secs(30)).unwrap();
                (0..25).for_each(|_| assert_eq!(insert(&connection, "x").unwrap(), 1));
            });
        }
    });
    assert_eq!(texts(&open(&file, "threads")).len(), 100);
}

/// Stores every byte inverted, and reads it back.
struct Inverting;

impl Shim for Inverting {
    type File = Self;

    fn open(&self, _: Option<&Path>, _: FileKind) -> Result<Self> {
        Ok(Self)
    }
}

impl FileShim for Inverting {
    fn read(&self, inner: &Inner, bytes: &mut [u8], offset: u64) -> Result<()> {
        let size = inner.size()?;
        let there = size.saturating_sub(offset).min(bytes.len() as u64) as usize;
        let read = inner.read_at(bytes, offset);
        bytes[..there].iter_mut().for_each(|byte| *byte = !*byte);
        read
    }

    fn write(&self, inner: &Inner, bytes: &[u8], offset: u64) -> Result<()> {
        let inverted: Vec<u8> = bytes.iter().map(|byte| !byte).collect();
        inner.write_at(&inverted, offset)
    }
}

#[test]
fn a_hook_may_write_and_read_other_bytes() {
    register("inverting", Inverting).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("inverted.db");
    let connection = open(&file, "inverting");
    connection.execute_batch(SCHEMA).unwrap();
    insert(&connection, "hidden").unwrap();
    drop(connection);
    assert_eq!(texts(&open(&file, "inverting")), ["hidden"]);
    let bytes = std::fs::read(&file).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"hidden"));
    assert!(try_open(&file, "unix").is_err(), "without the shim it is no database");
}

/// Fails or panics once it is told to.
#[derive(Default)]
struct Failing {
    fails: AtomicBool,
    panics: AtomicBool,
}

struct FailingFile(&'static Failing);

impl Shim for &'static Failing {
    type File = FailingFile;

    fn open(&self, path: Option<&Path>, _: FileKind) -> Result<FailingFile> {
        let refused = path.is_some_and(|path| path.ends_with("refused.db"));
        if refused { Err(Code::CANNOT_OPEN) } else { Ok(FailingFile(self)) }
    }
}

impl FileShim for FailingFile {
    fn sync(&self, inner: &Inner, flags: SyncFlags) -> Result<()> {
        assert!(!self.0.panics.load(Ordering::Relaxed), "planted");
        if self.0.fails.load(Ordering::Relaxed) { Err(Code::SYNC) } else { inner.sync(flags) }
    }
}

#[test]
fn what_a_hook_refuses_fails_the_statement_with_its_code() {
    let failing: &'static Failing = Box::leak(Box::default());
    register("failing", failing).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let connection = open(&folder.path().join("a.db"), "failing");
    connection.execute_batch(SCHEMA).unwrap();
    failing.fails.store(true, Ordering::Relaxed);
    assert_eq!(code_of(&insert(&connection, "a").unwrap_err()), ffi::SQLITE_IOERR_FSYNC);
    failing.fails.store(false, Ordering::Relaxed);
    failing.panics.store(true, Ordering::Relaxed);
    assert_eq!(code_of(&insert(&connection, "b").unwrap_err()), Code::PANIC.number(), "a panic is an error");
    failing.panics.store(false, Ordering::Relaxed);
    insert(&connection, "c").unwrap();
    assert_eq!(texts(&connection), ["c"]);
    let error = try_open(&folder.path().join("refused.db"), "failing").unwrap_err();
    assert_eq!(code_of(&error), ffi::SQLITE_CANTOPEN);
    assert!(!folder.path().join("refused.db").exists());
}

#[test]
fn a_name_is_taken_once() {
    register("taken", Inverting).unwrap();
    assert_eq!(register("taken", Inverting), Err(Code::MISUSE));
    assert_eq!(register("no\0name", Inverting), Err(Code::MISUSE));
}
