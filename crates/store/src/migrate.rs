//! Brings a store to the newest version, one numbered step after another.
//!
//! There is no way back, and no step is ever changed once released. What the steps make is in
//! `migrations/`.

use std::fmt::Display;

use hansard_domain::{Error, Result, Time};
use sha2::{Digest, Sha256};

use crate::{
    engine::{Claim, Reach, Writer},
    hex,
    tx::{Row, Tx},
};

/// One step: a script in the common subset of SQLite and PostgreSQL.
///
/// `/*clustered*/` at the end of a `create table` statement asks for rows stored in key order. What one of the engines alone
/// has to do stands between a line `/*sqlite` or `/*postgres` and a line `*/`.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Counted from 1 without gaps.
    pub version: i64,
    pub name: &'static str,
    pub sql: &'static str,
}

impl Migration {
    pub(crate) fn checksum(&self) -> String {
        hex(&Sha256::digest(self.sql))
    }
}

/// A step that a store has taken.
pub(crate) struct Applied {
    version: i64,
    name: String,
    checksum: String,
}

/// Applies what the store has not applied; each step and its row are one transaction.
///
/// Another process may do the same at the same time: whoever comes second finds it done.
pub(crate) fn migrate(
    writer: &Writer,
    store: &dyn Display,
    migrations: &[Migration],
    apply_time: Time,
) -> Result<()> {
    check_list(migrations)?;
    let applied = writer.transact(&[Claim::Schema], prepare).map_err(|failure| failure.error)?;
    check_known(store, &applied, migrations)?;
    for migration in &migrations[applied.len()..] {
        let apply = |tx: &Tx<'_>| apply(tx, migration, apply_time);
        writer.transact(&[Claim::Schema], apply).map_err(|failure| {
            failure.error.with_source(format!("migration {} ({})", migration.version, migration.name))
        })?;
        tracing::info!(version = migration.version, name = migration.name, "the store was migrated");
    }
    Ok(())
}

/// The steps of the list are 1, 2, 3 ...: anything else is a fault of the build.
fn check_list(migrations: &[Migration]) -> Result<()> {
    let counted = (1..).zip(migrations).all(|(number, migration)| migration.version == number);
    if counted { Ok(()) } else { Err(Error::internal("the migrations are not numbered 1, 2, 3 ...")) }
}

fn prepare(tx: &Tx<'_>) -> Result<Vec<Applied>> {
    tx.script(
        "create table if not exists schema_migration (
           version bigint primary key,
           name text not null,
           checksum text not null,
           apply_time bigint not null
         )",
    )?;
    list_applied(tx)
}

/// The steps that the store has taken, in order.
pub(crate) fn list_applied(tx: &Tx<'_>) -> Result<Vec<Applied>> {
    tx.rows("select version, name, checksum from schema_migration order by version", &[], |row: &Row<'_>| {
        Ok(Applied { version: row.i64(0)?, name: row.string(1)?, checksum: row.string(2)? })
    })
}

/// The version of a store that has taken these steps.
pub(crate) fn version(applied: &[Applied]) -> i64 {
    applied.last().map_or(0, |last| last.version)
}

/// Refuses a store that this list did not make. `store` is what the text calls it.
pub(crate) fn check_known(store: &dyn Display, applied: &[Applied], migrations: &[Migration]) -> Result<()> {
    let (has, known) = (version(applied), migrations.last().map_or(0, |last| last.version));
    if has > known {
        return Err(Error::failed_precondition(format!(
            "the store {store} has version {has}, and this hansard knows versions up to {known} only: \
             run a newer hansard"
        )));
    }
    let differs = applied.iter().zip(migrations).find(|(applied, migration)| {
        applied.version != migration.version || applied.checksum != migration.checksum()
    });
    match differs {
        None => Ok(()),
        Some((applied, _)) => Err(Error::failed_precondition(format!(
            "the store {store} was made by another build: its migration {} ({}) is not the one that this \
             hansard has",
            applied.version, applied.name
        ))),
    }
}

fn apply(tx: &Tx<'_>, migration: &Migration, apply_time: Time) -> Result<()> {
    if version(&list_applied(tx)?) >= migration.version {
        return Ok(());
    }
    tx.confine(&Reach::Store)?;
    tx.script(migration.sql)?;
    tx.raise_walls()?;
    tx.execute(
        "insert into schema_migration (version, name, checksum, apply_time) values ($1, $2, $3, $4)",
        &[
            migration.version.into(),
            migration.name.into(),
            (&migration.checksum()).into(),
            apply_time.0.into(),
        ],
    )?;
    Ok(())
}
