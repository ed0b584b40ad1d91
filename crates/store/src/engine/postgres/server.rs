//! Whether a server can hold a store, and whether it keeps what it acknowledges.

use hansard_domain::{Error, Result, Time};

use super::{
    client::{Open, connect, connect_first},
    fault, wall,
};
use crate::engine::DatabaseUrl;

/// The first version whose statements are all known to run.
const VERSION_MIN: i32 = 130_000;

const FACTS: &str = "select current_setting('server_version_num')::int, current_setting('server_encoding'),
    pg_is_in_recovery()";

const DURABILITY: [&str; 3] = ["fsync", "full_page_writes", "synchronous_commit"];

/// Refuses a server that is too old, is a standby, or whose database does not hold every text.
pub(super) fn check(url: &DatabaseUrl, open: &Open) -> Result<()> {
    let refused =
        |reason: &str| Error::failed_precondition(format!("the store {url} cannot be opened: {reason}"));
    let facts = open.row(FACTS, &[]).map_err(|error| refused(&fault::text(&error)))?;
    if facts.get::<_, i32>(0) < VERSION_MIN {
        return Err(refused("the server is older than PostgreSQL 13"));
    }
    if facts.get::<_, String>(1) != "UTF8" {
        return Err(refused("the database's encoding is not UTF8"));
    }
    if facts.get(2) {
        return Err(refused("the server is a standby: name the primary"));
    }
    if !url.is_pooled() && is_pooled(url, open).map_err(|error| refused(&fault::text(&error)))? {
        return Err(refused(&format!("{POOLER} in transaction mode: {REMEDY}")));
    }
    Ok(())
}

const POOLER: &str = "its address leads to a pooler";
/// What an operator does about a pooler.
pub(super) const REMEDY: &str = "add pooling=transaction to the URL (docs/databases.md)";

/// Which of the server's connections this is, for as long as the server lives.
const WHO: &str =
    "select pid || ' ' || backend_start::text from pg_stat_activity where pid = pg_backend_pid()";

/// How often a pooler is looked for: where others are at work, it may look once as if there were none.
const ROUNDS: usize = 4;

/// Whether transactions of one connection run on several of the server's, or those of two on the same.
fn is_pooled(url: &DatabaseUrl, open: &Open) -> Result<bool, tokio_postgres::Error> {
    // Where no second connection is to be had, nothing is found out.
    let Ok(other) = connect(url) else { return Ok(false) };
    let mut is_pooled = false;
    for _ in 0..ROUNDS {
        is_pooled = is_pooled || do_share(open, &other)?;
    }
    other.close();
    Ok(is_pooled)
}

/// A transaction of the other holds what the one had last, or would have next, so that it gets another.
fn do_share(one: &Open, other: &Open) -> Result<bool, tokio_postgres::Error> {
    let who = |open: &Open| open.row(WHO, &[]).map(|row| row.get::<_, String>(0));
    let first = who(one)?;
    other.script("begin")?;
    let (held, second) = (who(other)?, who(one)?);
    other.script("rollback")?;
    Ok(held == first || second != first)
}

/// What a server tells of itself and of one database.
#[derive(Debug, Clone, PartialEq)]
pub struct Survey {
    /// Such as `16.4`.
    pub version: String,
    pub is_encrypted: bool,
    /// Connections that are open, and how many the server takes.
    pub connections: (i64, i64),
    /// Whether the role may make the store's tables.
    pub may_create: bool,
    /// Whether the role sees every row, whatever policies say.
    pub bypasses_policies: bool,
    pub database_bytes: u64,
    /// The server's clock.
    pub time: Time,
    pub(crate) has_store: bool,
}

const SURVEY: &str = "select current_setting('server_version'),
    coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false),
    (select count(*) from pg_stat_activity where backend_type = 'client backend'),
    current_setting('max_connections')::int8,
    has_schema_privilege(current_schema(), 'create'),
    pg_database_size(current_database()),
    (extract(epoch from clock_timestamp()) * 1000000)::int8,
    to_regclass('schema_migration') is not null";

/// Looks at a server, and changes nothing.
pub(crate) fn survey(url: &DatabaseUrl) -> Result<(Survey, Vec<&'static str>)> {
    let connection = connect_first(url)?;
    let open = connection.open().map_err(|fault| fault.error())?;
    let row = open.row(SURVEY, &[]).map_err(Error::internal)?;
    let survey = Survey {
        version: row.get::<_, String>(0).split(' ').next().unwrap_or_default().to_owned(),
        is_encrypted: row.get(1),
        connections: (row.get(2), row.get(3)),
        may_create: row.get::<_, Option<bool>>(4).unwrap_or_default(),
        bypasses_policies: wall::is_bypassed(&open).map_err(Error::internal)?,
        database_bytes: row.get::<_, i64>(5).unsigned_abs(),
        time: Time(row.get(6)),
        has_store: row.get(7),
    };
    Ok((survey, relaxations(&open).map_err(Error::internal)?))
}

/// The settings by which a crash of the server's machine may lose what it acknowledged.
pub(super) fn relaxations(open: &Open) -> Result<Vec<&'static str>, tokio_postgres::Error> {
    let sql = "select current_setting($1) = 'off'";
    let mut relaxed = Vec::new();
    for name in DURABILITY {
        if open.row(sql, &[name])?.get(0) {
            relaxed.push(name);
        }
    }
    Ok(relaxed)
}
