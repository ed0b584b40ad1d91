//! Holds what a crashed disk has against what was promised.

use std::{iter::Sum, path::Path};

use hansard_domain::{
    ErrorKind,
    change::{Change, ChangeKind},
};
use rusqlite::Connection;

use crate::{
    desk::{self, Desk},
    run::Run,
    script::{Deed, Step, Talk, talks_after},
};

/// What is told of one crash.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Acknowledged writes that were there.
    pub(crate) kept: usize,
    /// Acknowledged writes that were not.
    pub(crate) lost: usize,
    /// Writes that were there though nobody had acknowledged them yet.
    pub(crate) beyond: usize,
    /// Disks on which the store itself saw that acknowledged writes are gone, and refused to open.
    pub(crate) refused: usize,
}

impl Verdict {
    pub(crate) const REFUSED: Self = Self { kept: 0, lost: 0, beyond: 0, refused: 1 };

    /// Nothing that was promised is missing.
    pub(crate) fn is_kept(&self) -> bool {
        self.lost == 0 && self.refused == 0
    }
}

impl Sum for Verdict {
    fn sum<I: Iterator<Item = Self>>(verdicts: I) -> Self {
        verdicts.fold(Self::default(), |sum, one| Self {
            kept: sum.kept + one.kept,
            lost: sum.lost + one.lost,
            beyond: sum.beyond + one.beyond,
            refused: sum.refused + one.refused,
        })
    }
}

/// Opens the store of a folder, which is what the disk of the run held when so much had happened.
///
/// Panics where the store is anything but a committed prefix of the run, or does not go on from there.
pub(crate) fn judge(run: &Run, at: usize, folder: &Path) -> Verdict {
    let _told = ToldOnPanic(format!("the crash came after {at} of {} events", run.disk.now()));
    let desk = match Desk::open(&desk::options(folder)) {
        Ok(desk) => desk,
        Err(error) if error.kind() == ErrorKind::FailedPrecondition => {
            println!("refused to open: {error}");
            return Verdict::REFUSED;
        }
        Err(error) => panic!("{error}"),
    };
    let (verdict, steps) = examine(run, at, &desk);
    desk.set_up().unwrap();
    go_on(&desk, &steps);
    desk.store.close().unwrap();
    check_integrity(&folder.join("hansard.db"));
    verdict
}

/// Says where it was when a check fails.
struct ToldOnPanic(String);

impl Drop for ToldOnPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("{}", self.0);
        }
    }
}

/// The verdict, and how many steps of each writer are there.
fn examine(run: &Run, at: usize, desk: &Desk) -> (Verdict, Vec<usize>) {
    let promised = run.writers.iter().map(|writer| passed(&writer.acknowledged, at));
    if !desk.is_set_up() {
        let lost = promised.sum::<usize>() + usize::from(run.set_up <= at);
        return (Verdict { lost, ..Verdict::default() }, vec![0; run.writers.len()]);
    }
    let (mut verdict, mut found, mut numbers) = (Verdict::default(), Vec::new(), Vec::new());
    let mut talks = Vec::new();
    for (writer, promised) in promised.enumerate() {
        let submitted = passed(&run.writers[writer].submitted, at);
        let (own, own_numbers) = talks_of(desk, writer, submitted);
        let steps = (0..=submitted).rev().find(|steps| talks_after(writer, *steps) == own);
        let steps = steps.unwrap_or_else(|| panic!("half a write of writer {writer}: {own:#?}"));
        verdict.kept += steps.min(promised);
        verdict.lost += promised.saturating_sub(steps);
        verdict.beyond += steps.saturating_sub(promised);
        found.push(steps);
        numbers.extend(own_numbers);
        talks.extend(own);
    }
    numbers.sort_unstable();
    assert!((1..).zip(&numbers).all(|(wanted, number)| wanted == *number), "numbers: {numbers:?}");
    check_changes(&desk.changes(), &run.changes, &talks);
    (verdict, found)
}

/// How many of the places lie at or before one.
fn passed(places: &[usize], at: usize) -> usize {
    places.partition_point(|place| *place <= at)
}

fn talks_of(desk: &Desk, writer: usize, submitted: usize) -> (Vec<Talk>, Vec<i64>) {
    let (mut talks, mut numbers) = (Vec::new(), Vec::new());
    for talk in talks_after(writer, submitted + 1) {
        if let Some((talk, number)) = desk.talk(&talk.id) {
            talks.push(talk);
            numbers.push(number);
        }
    }
    (talks, numbers)
}

/// The log is a beginning of the run's, up to the end of a group, and tells exactly what is there. It goes on
/// only with what the run, when it failed, did not know to be committed.
///
/// A group is what was committed at one time.
fn check_changes(found: &[Change], run: &[Change], talks: &[Talk]) {
    assert!((1..).zip(found).all(|(number, change)| change.cursor.0 == number), "changes have no gap");
    assert!(run.starts_with(found) || found.starts_with(run), "the log is another than the run's");
    if let (Some(last), Some(next)) = (found.last(), run.get(found.len())) {
        assert!(last.change_time < next.change_time, "half a group: {last:?}, without {next:?}");
    }
    let told = |kind| found.iter().filter(|change| change.kind == kind).count();
    let messages = talks.iter().flat_map(|talk| &talk.messages);
    assert_eq!(told(ChangeKind::ConversationStarted), talks.len());
    assert_eq!(told(ChangeKind::MessageCreated), messages.clone().count());
    assert_eq!(told(ChangeKind::MessageDeleted), messages.filter(|said| said.deleted).count());
    assert_eq!(told(ChangeKind::EventCreated), talks.iter().map(|talk| talk.events).sum::<usize>());
}

/// Repeats the last keyed step that is there, which must change nothing, and does the next.
fn go_on(desk: &Desk, steps: &[usize]) {
    for (writer, &done) in steps.iter().enumerate() {
        let step = |number| Step { writer, number };
        let repeated = (0..done).rev().find(|&number| matches!(step(number).deed(), Deed::Append(_)));
        if let Some(repeated) = repeated {
            assert!(desk.perform(step(repeated)).unwrap(), "step {repeated} of {writer} is known");
        }
        assert!(!desk.perform(step(done)).unwrap());
        let (talks, _) = talks_of(desk, writer, done + 1);
        assert_eq!(talks, talks_after(writer, done + 1), "the store goes on");
    }
}

fn check_integrity(database: &Path) {
    let connection = Connection::open(database).unwrap();
    let rows = |pragma: &str| -> Vec<String> {
        let mut pragma = connection.prepare(pragma).unwrap();
        let rows = pragma.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    assert_eq!(rows("pragma integrity_check"), ["ok"]);
    assert_eq!(rows("pragma foreign_key_check"), Vec::<String>::new());
}
