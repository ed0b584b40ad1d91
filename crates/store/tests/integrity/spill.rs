//! A transaction that is larger than its cache: SQLite replaces pages in the log, and mends the log's checksums
//! only when it commits. That is no damage.

use hansard_store::{Options, Store, fsck};
use rusqlite::{Connection, OpenFlags};

use crate::files::{closed_store, database};

#[test]
fn pages_that_one_transaction_writes_twice_are_read_back() {
    let folder = closed_store();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let writer = Connection::open_with_flags_and_vfs(database(&folder), flags, "hansard-checked").unwrap();
    let number = |sql: &str| writer.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let length = || number("select sum(length(conversation_id)) from change");
    let rows = number("select count(*) from change");
    writer.execute_batch("pragma cache_size = 10; pragma wal_autocheckpoint = 0; begin immediate").unwrap();
    let before = length();
    for round in 1..=4 {
        writer.execute("update change set conversation_id = conversation_id || '0123456789'", []).unwrap();
        assert_eq!(length(), before + 10 * rows * round, "the transaction sees what it wrote");
    }
    writer.execute_batch("savepoint s; update change set conversation_id = ''; rollback to s").unwrap();
    assert_eq!(length(), before + 40 * rows, "and not what it undid");
    writer.execute_batch("update change set conversation_id = conversation_id || '!'; commit").unwrap();
    assert_eq!(length(), before + 41 * rows);
    drop(writer);
    Store::open(&Options::new(folder.path())).unwrap().close().unwrap();
    let report = fsck::check_folder(folder.path(), &mut |_, _, _| {}).unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
}
