//! The database that a store is moved into.
//!
//! It is filled in transactions that hold each a batch of rows and the note of it. What is read of it is read elsewhere.

use hansard_domain::{Error, ErrorKind, Result, Time};

use super::{
    mark::{self, Mark, Note},
    rows::Cells,
    tables::{self, MADE_BY_OPENING},
};
use crate::{
    Claim, Migration, Secret, Tx, Value,
    engine::{DatabaseUrl, Failure, Fault, Reach, Writer, health::Monitor, postgres, sqlite::Table},
    migrate,
};

pub(super) struct Target<'u> {
    url: &'u DatabaseUrl,
    writer: Writer,
}

impl<'u> Target<'u> {
    pub(super) fn open(url: &'u DatabaseUrl) -> Result<Self> {
        let writer = postgres::Writer::open(url, &Monitor::new())?;
        Ok(Self { url, writer: Writer::Postgres(Box::new(writer)) })
    }

    /// Begins the move of a source, or finds it begun; a database with anything else in it is refused.
    pub(super) fn begin(
        &self,
        mark: &Mark,
        tables: &[Table],
        migrations: &[Migration],
        now: Time,
    ) -> Result<()> {
        if let Some(begun) = self.transact(mark::find)? {
            return self.check_same(&begun, mark);
        }
        migrate::migrate(&self.writer, self.url, migrations, now)?;
        self.transact(|tx| {
            if mark::find(tx)?.is_some() {
                return Err(Error::unavailable(
                    "another 'hansard migrate-store' has just begun there; retry",
                ));
            }
            self.refuse_record(tx, tables, &mark.source)?;
            for table in MADE_BY_OPENING {
                tx.execute(&format!("delete from {table}"), &[])?;
            }
            mark::put(tx, mark, tables, now)
        })
    }

    fn check_same(&self, begun: &Mark, mark: &Mark) -> Result<()> {
        if begun.source != mark.source {
            return Err(Error::failed_precondition(format!(
                "{} holds the unfinished move of another folder: run that one to its end, or name an empty database",
                self.url
            )));
        }
        if begun.version != mark.version {
            return Err(Error::failed_precondition(format!(
                "the move into {} was begun by a hansard whose stores have version {}, this one's have {}: finish it with \
                 the one that began it, or begin again in an empty database",
                self.url, begun.version, mark.version
            )));
        }
        Ok(())
    }

    /// Only what an opening makes by itself may be there.
    fn refuse_record(&self, tx: &Tx<'_>, tables: &[Table], source: &str) -> Result<()> {
        let is_of_record = |table: &&Table| !MADE_BY_OPENING.contains(&table.name.as_str());
        for table in tables.iter().filter(is_of_record) {
            let sql = format!("select 1 from {} limit 1", table.name);
            if tx.row(&sql, &[], |row| row.i64(0))?.is_none() {
                continue;
            }
            let is_same = Secret::identity(tx)?.is_some_and(|identity| identity == source);
            return Err(Error::failed_precondition(if is_same {
                format!(
                    "{} holds the store of this folder already: its move has finished, and 'hansard serve --store' serves \
                     it. To move it again, name an empty database",
                    self.url
                )
            } else {
                format!(
                    "{} holds a record already (the table {} has rows): name an empty database, which 'createdb' makes",
                    self.url, table.name
                )
            }));
        }
        Ok(())
    }

    /// How far a table has come.
    pub(super) fn note(&self, table: &Table) -> Result<Note> {
        self.transact(|tx| mark::note(tx, &table.name))
    }

    /// Writes rows and how far the table has come with them.
    pub(super) fn put(&self, table: &Table, page: &[Cells], before: u64, after: &Note) -> Result<()> {
        let insert = tables::insert(table);
        self.transact(|tx| {
            mark::advance(tx, &table.name, before, after)?;
            let mut values: Vec<Value<'_>> = Vec::with_capacity(table.columns.len());
            for cells in page {
                values.clear();
                values.extend(cells.iter().map(Value::from));
                tx.execute(&insert, &values)?;
            }
            Ok(())
        })
        .map_err(|error| refused_row(table, error))
    }

    /// Tells the server how much of what there is, by which it plans.
    pub(super) fn analyze(&self, table: &Table) -> Result<()> {
        self.transact(|tx| tx.script(&format!("analyze {}", table.name)))
    }

    /// Makes the store one that is served.
    pub(super) fn finish(&self) -> Result<()> {
        self.transact(mark::remove)
    }

    /// Nobody else makes or fills tables meanwhile.
    fn transact<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let work = |tx: &Tx<'_>| {
            tx.confine(&Reach::Store)?;
            work(tx)
        };
        self.writer.transact(&[Claim::Schema], work).map_err(interrupted)
    }
}

/// What is in the way may go, and then the move goes on.
fn interrupted(Failure { error, fault }: Failure) -> Error {
    let what = match fault {
        Some(Fault::Lost(reason)) => format!("the database cannot be reached any more ({reason})"),
        Some(Fault::DiskFull) => "the disk of the database's server is full".to_owned(),
        Some(Fault::Busy | Fault::Conflict | Fault::Interrupted) => {
            "another transaction stood in the way".to_owned()
        }
        Some(Fault::Broken(_) | Fault::Damaged(_) | Fault::Statement) | None => return error,
    };
    Error::unavailable(format!(
        "{what}. Nothing is lost: run the same command again, and it goes on where it stopped"
    ))
}

fn refused_row(table: &Table, error: Error) -> Error {
    match error.kind() {
        ErrorKind::Internal => Error::failed_precondition(format!(
            "the database refused rows of {}: somebody else writes there, or it is damaged. Begin again in an empty one",
            table.name
        ))
        .with_source(error),
        _ => error,
    }
}
