//! A new database of the tests' own PostgreSQL, looked into from beside the store.

use crate::Fixture;
use hansard_cluster::Database;
use hansard_store::{Engine, Location, MIGRATIONS, Options, Store, TimeSource, fsck};
use postgres::{Client, NoTls, SimpleQueryMessage, types::ToSql};
use std::{
    collections::BTreeMap,
    process::{Command, Stdio},
    sync::Arc,
    thread,
};

/// Reached as through a pooler in transaction mode, or not.
pub(crate) struct Postgres<const IS_POOLED: bool = false> {
    database: Database,
}

/// A column, and whether it holds bytes.
type Column = (String, bool);

impl<const IS_POOLED: bool> Postgres<IS_POOLED> {
    /// Looks into the database from beside the store. On a thread of its own, since the driver blocks.
    fn look<T: Send>(&self, work: impl FnOnce(&mut Client) -> T + Send) -> T {
        self.look_at(&self.database.url_of_superuser(), work)
    }

    fn look_at<T: Send>(&self, url: &str, work: impl FnOnce(&mut Client) -> T + Send) -> T {
        let look = || work(&mut Client::connect(url, NoTls).unwrap());
        thread::scope(|scope| scope.spawn(look).join()).unwrap()
    }

    /// Has the server end every connection of the store; answers how many.
    pub(crate) fn cut_connections(&self) -> i64 {
        let sql = "select count(pg_terminate_backend(pid, 10000)) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid() and application_name = 'hansard'";
        self.look(|client| client.query_one(sql, &[]).unwrap().get(0))
    }

    /// Its address for its owner.
    pub(crate) fn url(&self) -> String {
        self.database.url()
    }

    /// Runs statements as the owner, who is held to row-level security.
    pub(crate) fn as_owner(&self, statements: &str) -> Result<(), String> {
        let run =
            |client: &mut Client| client.batch_execute(statements).map_err(|error| format!("{error:?}"));
        self.look_at(&self.database.url(), run)
    }

    /// The texts of the first column of a query.
    pub(crate) fn names(&self, sql: &str) -> Vec<String> {
        let rows = self.look(|client| client.simple_query(sql).unwrap());
        let name = |message: SimpleQueryMessage| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        };
        rows.into_iter().filter_map(name).collect()
    }

    /// Undoes the last write, an append to the only conversation with messages: what becomes of one that had not been sent to
    /// the standby which now takes over.
    pub(crate) fn lose_last_append(&self) {
        let undo = "delete from message where position = (select max(position) from message);
            update conversation_counter set message_count = message_count - 1 where message_count > 0;
            delete from change where change_seq = (select max(change_seq) from change);
            update profile_head set change_seq = change_seq - 1 where change_seq > 0";
        self.look(|client| client.batch_execute(undo).unwrap());
    }

    /// Copies every table, to [`Self::go_back`] to.
    pub(crate) fn remember(&self) {
        let copy = "create schema before;
            do $$ declare name text; begin
                for name in select tablename from pg_tables where schemaname = 'public' loop
                    execute format('create table before.%1$I as table public.%1$I', name);
                end loop;
            end $$";
        self.look(|client| client.batch_execute(copy).unwrap());
    }

    /// Loses whatever was written since [`Self::remember`].
    pub(crate) fn go_back(&self) {
        let restore = "do $$ declare name text; begin
                perform set_config('session_replication_role', 'replica', true);
                for name in select tablename from pg_tables where schemaname = 'before' loop
                    execute format('delete from public.%I', name);
                    execute format('insert into public.%1$I select * from before.%1$I', name);
                end loop;
            end $$";
        self.look(|client| client.batch_execute(restore).unwrap());
    }

    /// Rows of a table that are deleted or written over and still there.
    pub(crate) fn dead_rows(&self, table: &str) -> i64 {
        let count = format!("select dead_tuple_count from pgstattuple('{table}')");
        self.look(|client| {
            client.batch_execute("create extension if not exists pgstattuple").unwrap();
            client.query_one(&count, &[]).unwrap().get(0)
        })
    }

    /// Every table with its columns, as the database itself tells them.
    fn tables(&self) -> BTreeMap<String, Vec<Column>> {
        let sql = "select table_name::text, column_name::text, data_type = 'bytea'
            from information_schema.columns where table_schema = 'public'";
        let mut tables: BTreeMap<String, Vec<Column>> = BTreeMap::new();
        for row in self.look(|client| client.query(sql, &[]).unwrap()) {
            tables.entry(row.get(0)).or_default().push((row.get(1), row.get(2)));
        }
        tables
    }

    /// Rows of each table that a condition selects, made from the table's columns.
    fn count(
        &self,
        parameter: &(dyn ToSql + Sync),
        condition: impl Fn(&[Column]) -> String,
    ) -> BTreeMap<String, i64> {
        let tables = self.tables();
        assert!(tables.len() > 10, "the store has its tables: {tables:?}");
        let counted = tables.into_iter().filter_map(|(table, columns)| {
            let condition = condition(&columns);
            if condition.is_empty() {
                return None;
            }
            let sql = format!("select count(*) from {table} where {condition}");
            let rows: i64 = self.look(|client| client.query_one(&sql, &[parameter]).unwrap().get(0));
            (rows > 0).then_some((table, rows))
        });
        counted.collect()
    }
}

impl<const IS_POOLED: bool> Postgres<IS_POOLED> {
    fn location(&self) -> Location {
        let words = if IS_POOLED { "?pooling=transaction" } else { "" };
        Location::Postgres(format!("{}{words}", self.database.url()).parse().unwrap())
    }
}

impl<const IS_POOLED: bool> Fixture for Postgres<IS_POOLED> {
    fn new() -> Self {
        Self { database: Database::new() }
    }

    fn open_at(&self, time: Arc<dyn TimeSource>) -> Store {
        Store::open(&Options { time, ..Options::at(self.location()) }).unwrap()
    }

    fn make_old(&self, steps: usize, rows: &[String]) {
        Engine::open(&Options::at(self.location()), &MIGRATIONS[..steps]).unwrap().close().unwrap();
        self.look(|client| client.batch_execute(&rows.join(";\n")).unwrap());
    }

    fn rows_with(&self, text: &str) -> BTreeMap<String, i64> {
        self.count(&text, |columns| {
            let held = columns.iter().map(|(column, is_bytes)| match is_bytes {
                true => format!("strpos(encode({column}, 'escape'), $1) > 0"),
                false => format!("strpos({column}::text, $1) > 0"),
            });
            held.collect::<Vec<_>>().join(" or ")
        })
    }

    fn rows_of_conversation(&self, number: i64) -> BTreeMap<String, i64> {
        self.count(&number, |columns| {
            let belongs = columns.iter().any(|(column, _)| column == "conversation_key");
            if belongs { "conversation_key = $1".to_owned() } else { String::new() }
        })
    }

    fn change(&self, sql: &str) {
        let changed = self.look(|client| client.execute(sql, &[]).unwrap());
        assert!(changed > 0, "{sql}");
    }

    fn findings(&self) -> Vec<fsck::Finding> {
        let address = self.database.url().parse().unwrap();
        fsck::check_database(&address, &mut |_, _, _| {}).unwrap().findings
    }

    fn back_up_and_restore(&self) -> Self {
        let restored = Self::new();
        let mut dump = Command::new("pg_dump")
            .arg(self.database.url_of_superuser())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let dumped = dump.stdout.take().unwrap();
        let mut restore = Command::new("psql");
        restore
            .args(["-q", "-v", "ON_ERROR_STOP=1"])
            .arg(restored.database.url_of_superuser())
            .stdin(dumped)
            .stdout(Stdio::null());
        assert!(restore.status().unwrap().success());
        assert!(dump.wait().unwrap().success());
        restored
    }
}
