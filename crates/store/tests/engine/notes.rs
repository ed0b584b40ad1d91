//! One table and a group that fills it: the smallest store that writes through the door.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use hansard_domain::{Error, Result};
use hansard_store::{Door, Engine, Group, Member, Migration, Options, Reach, Tx};

pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "note",
    sql: "create table note (number bigint not null primary key, text text not null) /*clustered*/;",
}];

/// What a note does when it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Insert,
    /// Inserts, and has a transaction of its own.
    InsertAlone,
    /// Inserts, then fails.
    Fail,
    /// Inserts, then panics.
    Panic,
    /// Waits for the given time before it inserts, so that others gather behind it.
    Dawdle(Duration),
    /// Deletes the note of that number.
    Delete,
    /// Swallows the error of a broken statement, then inserts.
    Swallow,
}

pub(crate) struct Note {
    pub(crate) number: i64,
    pub(crate) text: String,
    pub(crate) deed: Deed,
    outcome: mpsc::Sender<(i64, Result<()>)>,
}

impl Member for Note {
    fn name(&self) -> &'static str {
        "write_note"
    }

    fn alone(&self) -> bool {
        self.deed == Deed::InsertAlone
    }

    fn settle(self, outcome: Result<()>) {
        self.outcome.send((self.number, outcome)).unwrap();
    }
}

/// What the group did, as a test looks at it.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) runs: AtomicUsize,
    pub(crate) commits: AtomicUsize,
    pub(crate) members_committed: AtomicUsize,
    pub(crate) largest_group: AtomicUsize,
}

#[derive(Debug, Default)]
pub(crate) struct Notes {
    counts: Arc<Counts>,
}

impl Group for Notes {
    type Member = Note;

    fn run(&mut self, tx: &Tx<'_>, members: &mut [Note]) -> Result<()> {
        self.counts.runs.fetch_add(1, Ordering::SeqCst);
        self.counts.largest_group.fetch_max(members.len(), Ordering::SeqCst);
        for note in members {
            if note.deed == Deed::Delete {
                tx.execute("delete from note where number = $1", &[note.number.into()])?;
                continue;
            }
            match note.deed {
                Deed::Dawdle(time) => std::thread::sleep(time),
                Deed::Swallow => drop(tx.execute("insert into no_such_table values (1)", &[])),
                _ => {}
            }
            tx.execute(
                "insert into note (number, text) values ($1, $2)",
                &[note.number.into(), (&note.text).into()],
            )?;
            match note.deed {
                Deed::Fail => return Err(Error::aborted("as asked")),
                Deed::Panic => panic!("as asked"),
                _ => {}
            }
        }
        Ok(())
    }

    fn committed(&mut self, members: &[Note]) {
        self.counts.commits.fetch_add(1, Ordering::SeqCst);
        self.counts.members_committed.fetch_add(members.len(), Ordering::SeqCst);
    }
}

/// An open store of notes.
pub(crate) struct Store {
    pub(crate) door: Door<Note>,
    pub(crate) engine: Engine,
    pub(crate) counts: Arc<Counts>,
}

impl Store {
    pub(crate) fn open(folder: &Path) -> Self {
        Self::open_with(&Options::new(folder)).unwrap()
    }

    pub(crate) fn open_with(options: &Options) -> Result<Self> {
        let engine = Engine::open(options, MIGRATIONS)?;
        let counts = Arc::new(Counts::default());
        let door = Door::open(&engine, || Notes { counts: Arc::clone(&counts) })?;
        Ok(Self { door, engine, counts })
    }

    /// Writes a note and waits for the outcome.
    pub(crate) fn write(&self, number: i64, text: &str) -> Result<()> {
        self.apply(number, text, Deed::Insert)
    }

    /// Has a note do its deed and waits for the outcome.
    pub(crate) fn apply(&self, number: i64, text: &str, deed: Deed) -> Result<()> {
        let (outcome, settled) = mpsc::channel();
        self.submit(number, text, deed, &outcome);
        settled.recv().unwrap().1
    }

    pub(crate) fn submit(
        &self,
        number: i64,
        text: &str,
        deed: Deed,
        outcome: &mpsc::Sender<(i64, Result<()>)>,
    ) {
        self.door.submit(Note { number, text: text.to_owned(), deed, outcome: outcome.clone() });
    }

    pub(crate) fn numbers(&self) -> Vec<i64> {
        let read = |tx: &Tx<'_>| tx.rows("select number from note order by number", &[], |row| row.i64(0));
        self.engine.read_blocking("list_numbers", Reach::Store, read).unwrap()
    }

    pub(crate) fn close(self) {
        self.door.close();
        self.engine.close().unwrap();
    }
}
