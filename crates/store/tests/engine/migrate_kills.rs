//! Migrations that end at any statement or any write to the disk: the next start finishes them.

use std::{
    env,
    path::Path,
    process::{self, Stdio},
    sync::atomic::{AtomicU64, Ordering},
};

use hansard_store::{Engine, MIGRATIONS, Migration, Options, Reach, Tx};
use hansard_vfs::{FileKind, FileShim, Inner, Shim, SyncFlags};
use rusqlite::{Batch, Connection, OpenFlags, fallible_iterator::FallibleIterator};

use crate::child;

/// A later step as large steps are: tables made anew, rows moved, indexes dropped and made.
const LATER: &str = "
    create table note (number bigint not null primary key, text text not null) /*clustered*/;
    insert into note (number, text)
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 300)
        select i, 'text ; ' || i from n;
    create index note_by_text on note (text);
    alter table note add column colour text not null default 'red';
    update note set colour = 'blue' where number % 2 = 0;
    create table note_anew (number bigint not null primary key, text text not null, colour text not null);
    insert into note_anew select number, text, colour from note;
    drop table note;
    alter table note_anew rename to note;
    create trigger note_added after insert on note begin
        update note set colour = 'green' where number = new.number;
    end;
    insert into note values (1000, 'last', 'none');
    create unique index note_by_colour on note (colour, number);
    delete from note where number < 10;";
/// Opens a file, which is the end of a process with the shim below.
const KILL: &str = "attach 'killed-here' as killed";
const FAIL: &str = "insert into no_such_table values (1)";
const KILL_AT: &str = "STORE_TEST_KILL_AT";
const STOP_AT: &str = "STORE_TEST_STOP_AT";
/// Kills at writes and syncs, spread over all of them.
const IO_KILLS: u64 = 60;

fn all() -> Vec<Migration> {
    let later = Migration { version: MIGRATIONS.len() as i64 + 1, name: "later", sql: LATER };
    MIGRATIONS.iter().copied().chain([later]).collect()
}

/// The statements of each step.
fn statements() -> Vec<Vec<String>> {
    let scratch = Connection::open_in_memory().unwrap();
    let split = |step: &Migration| {
        let mut batch = Batch::new(&scratch, step.sql);
        let mut statements = Vec::new();
        while let Some(mut statement) = batch.next().unwrap() {
            statements.push(statement.expanded_sql().unwrap());
            let mut rows = statement.raw_query();
            while rows.next().unwrap().is_some() {}
        }
        statements
    };
    all().iter().map(split).collect()
}

/// Every place of every step, as step and statement; the last is behind the last statement.
fn places() -> Vec<(usize, usize)> {
    let of_step = |(step, statements): (usize, Vec<String>)| (0..=statements.len()).map(move |at| (step, at));
    statements().into_iter().enumerate().flat_map(of_step).collect()
}

/// The steps up to one that has another statement in the given place.
fn stopped_at((step, at): (usize, usize), stop: &str) -> Vec<Migration> {
    let mut statements = statements().swap_remove(step);
    statements.insert(at, stop.to_owned());
    let mut steps = all();
    steps.truncate(step + 1);
    let ended = statements.iter().map(|statement| format!("{};\n", statement.trim_end_matches(';')));
    steps[step].sql = ended.collect::<String>().leak();
    steps
}

/// The schema, the steps taken and the rows of a store that was brought to the newest version.
fn newest(folder: &Path) -> Vec<String> {
    let engine = Engine::open(&Options::new(folder), &all()).unwrap();
    let state = |tx: &Tx<'_>| {
        let text = |sql: &str| tx.rows(sql, &[], |row| row.string(0));
        let mut state =
            text("select type || ' ' || name || ' ' || coalesce(sql, '') from sqlite_schema order by 1")?;
        state.extend(text("select version || name || checksum from schema_migration order by version")?);
        state.extend(text("select number || text || colour from note order by number")?);
        state.extend(text("pragma integrity_check")?);
        Ok(state)
    };
    let state = engine.read_blocking("state", Reach::Store, state).unwrap();
    engine.close().unwrap();
    state
}

fn steps_taken(folder: &Path) -> usize {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let store = Connection::open_with_flags(folder.join("hansard.db"), flags).unwrap();
    let count = store.query_row("select count(*) from schema_migration", [], |row| row.get::<_, i64>(0));
    usize::try_from(count.unwrap()).unwrap()
}

#[test]
fn a_failure_at_any_statement_leaves_the_steps_before_and_is_made_up_for() {
    let uninterrupted = newest(tempfile::tempdir().unwrap().path());
    let places = places();
    assert!(places.len() > 40, "{} places", places.len());
    for place in places {
        let folder = tempfile::tempdir().unwrap();
        Engine::open(&Options::new(folder.path()), &stopped_at(place, FAIL)).unwrap_err();
        assert_eq!(steps_taken(folder.path()), place.0, "{place:?}");
        assert_eq!(newest(folder.path()), uninterrupted, "{place:?}");
    }
}

#[test]
fn a_kill_at_any_statement_is_made_up_for() {
    let uninterrupted = newest(tempfile::tempdir().unwrap().path());
    for (step, at) in places() {
        let folder = tempfile::tempdir().unwrap();
        let mut process = child::command(&[], "migrate_kills::migrate_and_be_killed", folder.path());
        let status = process.env(STOP_AT, format!("{step} {at}")).stderr(Stdio::null()).status().unwrap();
        assert_eq!(status.code(), None, "step {step}, statement {at}: it was killed");
        assert_eq!(steps_taken(folder.path()), step, "step {step}, statement {at}");
        assert_eq!(newest(folder.path()), uninterrupted, "step {step}, statement {at}");
    }
}

#[test]
fn a_kill_at_any_write_or_sync_is_made_up_for() {
    let uninterrupted = newest(tempfile::tempdir().unwrap().path());
    let run = |kill_at: u64| {
        let folder = tempfile::tempdir().unwrap();
        let mut process = child::command(&[], "migrate_kills::migrate_and_be_killed", folder.path());
        let output = process.env(KILL_AT, kill_at.to_string()).stderr(Stdio::null()).output().unwrap();
        (folder, output)
    };
    let (_, whole) = run(u64::MAX);
    let text = String::from_utf8(whole.stdout).unwrap();
    let total: u64 =
        text.lines().find_map(|line| line.split("calls ").nth(1)).unwrap().trim().parse().unwrap();
    assert!(total > IO_KILLS, "{total} calls");
    for number in 0..IO_KILLS {
        let kill_at = 1 + number * total / IO_KILLS;
        let (folder, killed) = run(kill_at);
        assert_eq!(killed.status.code(), None, "call {kill_at}: it was killed");
        assert_eq!(newest(folder.path()), uninterrupted, "call {kill_at} of {total}");
    }
    println!("{IO_KILLS} kills over {total} writes and syncs");
}

#[test]
#[ignore = "run by the tests above"]
fn migrate_and_be_killed() {
    let number = |text: &str| text.parse().unwrap();
    let kill_at = env::var(KILL_AT).map_or(u64::MAX, |text| number(&text));
    hansard_vfs::register_as_default("killer", Killer { kill_at }).unwrap();
    let steps = match env::var(STOP_AT) {
        Ok(place) => {
            let (step, at) = place.split_once(' ').unwrap();
            stopped_at((number(step) as usize, number(at) as usize), KILL)
        }
        Err(_) => all(),
    };
    Engine::open(&Options::new(child::folder()), &steps).unwrap().close().unwrap();
    println!("calls {}", CALLS.load(Ordering::SeqCst));
}

static CALLS: AtomicU64 = AtomicU64::new(0);

/// Ends the process without a word at one of its writes, or where it opens a certain file.
#[derive(Clone, Copy)]
struct Killer {
    kill_at: u64,
}

impl Killer {
    fn count(self) {
        if CALLS.fetch_add(1, Ordering::SeqCst) + 1 == self.kill_at {
            process::abort();
        }
    }
}

impl Shim for Killer {
    type File = Self;

    fn open(&self, path: Option<&Path>, _: FileKind) -> hansard_vfs::Result<Self> {
        if path.is_some_and(|path| path.ends_with("killed-here")) {
            process::abort();
        }
        Ok(*self)
    }
}

impl FileShim for Killer {
    fn write(&self, inner: &Inner, bytes: &[u8], offset: u64) -> hansard_vfs::Result<()> {
        self.count();
        inner.write_at(bytes, offset)
    }

    fn truncate(&self, inner: &Inner, size: u64) -> hansard_vfs::Result<()> {
        self.count();
        inner.truncate(size)
    }

    fn sync(&self, inner: &Inner, flags: SyncFlags) -> hansard_vfs::Result<()> {
        self.count();
        inner.sync(flags)
    }
}
