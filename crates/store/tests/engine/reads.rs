//! Snapshots: what they see, what they may do, when they end.

use std::{
    thread,
    time::{Duration, Instant},
};

use hansard_domain::{ErrorKind, Result};
use hansard_store::{Options, Reach, Tx, Value};

use crate::notes::Store;

const ENDLESS: &str =
    "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";

#[test]
fn a_read_sees_one_state() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    store.write(1, "before").unwrap();
    let (first, second) = thread::scope(|scope| {
        let (seen, written) = (std::sync::mpsc::channel(), std::sync::mpsc::channel::<()>());
        let read = scope.spawn(|| {
            let (seen, written) = (seen.0, written.1);
            let work = move |tx: &Tx<'_>| {
                let first = count(tx)?;
                seen.send(()).unwrap();
                written.recv().unwrap();
                Ok((first, count(tx)?))
            };
            store.engine.read_blocking("count_twice", Reach::Store, work).unwrap()
        });
        seen.1.recv().unwrap();
        store.write(2, "meanwhile").unwrap();
        written.0.send(()).unwrap();
        read.join().unwrap()
    });
    assert_eq!((first, second), (1, 1));
    assert_eq!(store.engine.read_blocking("count", Reach::Store, count).unwrap(), 2);
}

#[test]
fn long_reads_keep_no_other_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let long = thread::available_parallelism().unwrap().get();
    let options = Options { readers: long + 1, ..Options::new(folder.path()) };
    let store = Store::open_with(&options).unwrap();
    thread::scope(|scope| {
        let (end, ends) = std::sync::mpsc::channel();
        for _ in 0..long {
            let (held, holds) = std::sync::mpsc::channel::<()>();
            let (begun, begins) = std::sync::mpsc::channel();
            let hold = move |tx: &Tx<'_>| {
                begun.send(()).unwrap();
                holds.recv().unwrap();
                count(tx)
            };
            scope.spawn(|| store.engine.read_blocking("hold", Reach::Store, hold).unwrap());
            begins.recv().unwrap();
            end.send(held).unwrap();
        }
        assert_eq!(store.engine.read_blocking("count", Reach::Store, count).unwrap(), 0);
        (0..long).for_each(|_| ends.recv().unwrap().send(()).unwrap());
    });
}

#[test]
fn a_read_that_takes_too_long_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let options =
        Options { readers: 1, read_time_max: Duration::from_millis(200), ..Options::new(folder.path()) };
    let store = Store::open_with(&options).unwrap();
    let in_a_statement = |tx: &Tx<'_>| tx.row(ENDLESS, &[], |row| row.i64(0));
    let between_statements = |tx: &Tx<'_>| {
        count(tx)?;
        thread::sleep(Duration::from_millis(300));
        count(tx).map(Some)
    };
    let started = Instant::now();
    for error in [
        store.engine.read_blocking("endless", Reach::Store, in_a_statement).unwrap_err(),
        store.engine.read_blocking("idle", Reach::Store, between_statements).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Exhausted);
        assert!(error.message().contains("took too long"), "{error}");
    }
    assert!(started.elapsed() < Duration::from_secs(3));
    assert_eq!(store.engine.read_blocking("count", Reach::Store, count).unwrap(), 0, "the reader goes on");
}

#[test]
fn a_panic_fails_its_read_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_with(&Options { readers: 1, ..Options::new(folder.path()) }).unwrap();
    let error = store
        .engine
        .read_blocking("panic", Reach::Store, |_| -> Result<()> { panic!("as asked") })
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Internal);
    assert_eq!(error.message(), "internal error");
    assert_eq!(store.engine.read_blocking("count", Reach::Store, count).unwrap(), 0);
}

#[test]
fn a_read_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    let write = |tx: &Tx<'_>| tx.execute("insert into note (number, text) values (1, '')", &[]);
    store.engine.read_blocking("write", Reach::Store, write).unwrap_err();
    assert!(store.numbers().is_empty());
    store.write(1, "the door does").unwrap();
}

#[tokio::test]
async fn a_read_is_awaited_without_a_thread_of_the_caller() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_with(&Options { readers: 2, ..Options::new(folder.path()) }).unwrap();
    let slow = |tx: &Tx<'_>| {
        thread::sleep(Duration::from_millis(100));
        count(tx)
    };
    let (one, two) = tokio::join!(
        store.engine.read("one", Reach::Store, slow),
        store.engine.read("two", Reach::Store, slow)
    );
    assert_eq!((one.unwrap(), two.unwrap()), (0, 0));
}

#[test]
fn parameters_are_counted_by_their_number() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    let swapped = |tx: &Tx<'_>| {
        let params = [Value::from("first"), Value::from("second")];
        tx.row("select $2, $1, $2", &params, |row| Ok((row.string(0)?, row.string(1)?, row.string(2)?)))
    };
    let found = store.engine.read_blocking("swap", Reach::Store, swapped).unwrap().unwrap();
    assert_eq!(found, ("second".to_owned(), "first".to_owned(), "second".to_owned()));
}

#[test]
fn values_come_back_as_they_went_in() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    let echo = |tx: &Tx<'_>| {
        let bytes: &[u8] = &[0, 255];
        let params =
            [i64::MIN.into(), 0.1.into(), "\u{0}é".into(), bytes.into(), None::<i64>.into(), true.into()];
        tx.row("select $1, $2, $3, $4, $5, $6", &params, |row| {
            assert_eq!(row.i64(0)?, i64::MIN);
            assert_eq!(row.f64(1)?.to_bits(), 0.1f64.to_bits());
            assert_eq!(row.text(2)?, "\u{0}é");
            assert_eq!(row.bytes(3)?, [0, 255]);
            assert_eq!(row.opt_i64(4)?, None);
            assert!(row.bool(5)?);
            Ok(())
        })
    };
    assert_eq!(store.engine.read_blocking("echo", Reach::Store, echo).unwrap(), Some(()));
}

#[test]
fn a_value_of_another_type_names_its_column() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path());
    let wrong = |tx: &Tx<'_>| tx.row("select 'x' as colour", &[], |row| row.i64(0));
    let error = store.engine.read_blocking("wrong", Reach::Store, wrong).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Internal);
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("(colour) should be an integer but is a text"), "{source}");
}

fn count(tx: &Tx<'_>) -> Result<i64> {
    Ok(tx.row("select count(*) from note", &[], |row| row.i64(0))?.unwrap_or_default())
}
