//! Whether a server can hold a store, and keeps what it acknowledges.

use super::{client::Open, fault};
use crate::engine::DatabaseUrl;
use hansard_domain::{Error, Result};

/// The first version whose statements are all known to run.
const VERSION_MIN: i32 = 130_000;

const FACTS: &str = "select current_setting('server_version_num')::int, current_setting('server_encoding'),
    pg_is_in_recovery(), current_setting('fsync'), current_setting('full_page_writes'),
    current_setting('synchronous_commit')";

/// Refuses a server that is too old, is a standby, or whose database does not hold every text.
pub(super) fn check(url: &DatabaseUrl, open: &mut Open) -> Result<()> {
    let refused =
        |reason: &str| Error::failed_precondition(format!("the store {url} cannot be opened: {reason}"));
    let asked = open.call(FACTS, Vec::new()).and_then(|call| open.rows_of_each(&[call]));
    let answered = asked.map_err(|(_, error)| refused(&fault::text(&error)))?.concat();
    let facts = answered.first().ok_or_else(|| refused("the server does not say what it is"))?;
    if facts.get::<_, i32>(0) < VERSION_MIN {
        return Err(refused("the server is older than PostgreSQL 13"));
    }
    if facts.get::<_, String>(1) != "UTF8" {
        return Err(refused("the database's encoding is not UTF8"));
    }
    if facts.get(2) {
        return Err(refused("the server is a standby: name the primary"));
    }
    let relaxed = ["fsync", "full_page_writes", "synchronous_commit"].into_iter().zip(3..);
    let relaxed: Vec<&str> = relaxed
        .filter(|(_, column)| facts.get::<_, String>(*column) == "off")
        .map(|(name, _)| name)
        .collect();
    let is_relaxed = !relaxed.is_empty();
    metrics::gauge!("hansard_store_durability_relaxed").set(if is_relaxed { 1.0 } else { 0.0 });
    if is_relaxed {
        tracing::warn!(
            off = relaxed.join(", "),
            "durability: relaxed: a crash of the server may lose what was acknowledged"
        );
    }
    Ok(())
}
