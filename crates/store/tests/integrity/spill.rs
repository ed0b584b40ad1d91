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
    let length = || {
        let sql = "select sum(length(content)) from message";
        writer.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    writer.execute_batch("pragma cache_size = 10; pragma wal_autocheckpoint = 0; begin immediate").unwrap();
    let before = length();
    for round in 1..=4 {
        writer.execute("update message set content = content || '0123456789'", []).unwrap();
        assert_eq!(length(), before + 10 * 70 * round, "the transaction sees what it wrote");
    }
    writer.execute_batch("savepoint s; update message set content = ''; rollback to s").unwrap();
    assert_eq!(length(), before + 2800, "and not what it undid");
    writer.execute_batch("update message set content = content || '!'; commit").unwrap();
    assert_eq!(length(), before + 2870);
    drop(writer);
    Store::open(&Options::new(folder.path())).unwrap().close().unwrap();
    let report = fsck::check_folder(folder.path(), &mut |_, _, _| {}).unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
}
