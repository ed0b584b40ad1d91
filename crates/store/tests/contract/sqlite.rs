//! SQLite in a temporary folder, looked into from beside the store.

use crate::{Files, Fixture};
use hansard_store::{Engine, MIGRATIONS, Options, Store, TimeSource, backup, fsck};
use rusqlite::{Connection, OpenFlags};
use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc};
use tempfile::TempDir;

pub(crate) struct Sqlite {
    folder: TempDir,
}

impl Sqlite {
    fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn connect(&self, flags: OpenFlags) -> Connection {
        let file = self.data_dir().join("hansard.db");
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        // As the store does: without its layer the pages would get no checksums.
        Connection::open_with_flags_and_vfs(file, flags, "hansard-checked").unwrap()
    }

    /// Every table with its columns, as the file itself tells them.
    fn tables(connection: &Connection) -> Vec<(String, Vec<String>)> {
        let mut listed = connection
            .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
            .unwrap();
        let names: Vec<String> =
            listed.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
        let columns_of = |table: &String| {
            let mut listed = connection.prepare("select name from pragma_table_info(?1)").unwrap();
            listed.query_map([table], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
        };
        names.into_iter().map(|table| (table.clone(), columns_of(&table))).collect()
    }

    /// Rows of each table that a condition selects, made from the table's columns.
    fn count(
        &self,
        parameter: &dyn rusqlite::ToSql,
        condition: impl Fn(&[String]) -> String,
    ) -> BTreeMap<String, i64> {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_ONLY);
        let tables = Self::tables(&connection);
        assert!(tables.len() > 10, "the store has its tables: {tables:?}");
        let counted = tables.into_iter().filter_map(|(table, columns)| {
            let condition = condition(&columns);
            if condition.is_empty() {
                return None;
            }
            let sql = format!("select count(*) from {table} where {condition}");
            let rows: i64 = connection.query_row(&sql, [parameter], |row| row.get(0)).unwrap();
            (rows > 0).then_some((table, rows))
        });
        counted.collect()
    }
}

impl Fixture for Sqlite {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn open_at(&self, time: Arc<dyn TimeSource>) -> Store {
        Store::open(&Options { time, ..Options::new(self.data_dir()) }).unwrap()
    }

    fn rows_with(&self, text: &str) -> BTreeMap<String, i64> {
        self.count(&text, |columns| {
            let held = columns.iter().map(|column| format!("instr(cast({column} as text), ?1) > 0"));
            held.collect::<Vec<_>>().join(" or ")
        })
    }

    fn rows_of_conversation(&self, number: i64) -> BTreeMap<String, i64> {
        self.count(&number, |columns| {
            let belongs = columns.iter().any(|column| column == "conversation_key");
            if belongs { "conversation_key = ?1".to_owned() } else { String::new() }
        })
    }

    fn change(&self, sql: &str) {
        let connection = self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE);
        assert!(connection.execute(sql, []).unwrap() > 0, "{sql}");
    }

    fn make_old(&self, steps: usize, rows: &[String]) {
        Engine::open(&Options::new(self.data_dir()), &MIGRATIONS[..steps]).unwrap().close().unwrap();
        self.connect(OpenFlags::SQLITE_OPEN_READ_WRITE).execute_batch(&rows.join(";\n")).unwrap();
    }

    fn findings(&self) -> Vec<fsck::Finding> {
        fsck::check_folder(&self.data_dir(), &mut |_, _, _| {}).unwrap().findings
    }

    fn back_up_and_restore(&self) -> Self {
        let restored = Self::new();
        let file = restored.folder.path().join("backup");
        backup::backup(&self.data_dir(), &file, &mut |_, _| {}).unwrap();
        backup::restore(&file, &restored.data_dir(), MIGRATIONS, true, &mut |_, _| {}).unwrap();
        restored
    }
}

impl Files for Sqlite {
    fn files_with(&self, text: &str) -> Vec<String> {
        let files = fs::read_dir(self.data_dir()).unwrap().map(|entry| entry.unwrap().path());
        let holds = |bytes: &[u8]| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        let found = files.filter(|file| file.is_file() && fs::read(file).is_ok_and(|bytes| holds(&bytes)));
        found.map(|file| file.file_name().unwrap().to_string_lossy().into_owned()).collect()
    }
}
