//! A database, looked at from outside: what the servers that share it would suffer from.

use hansard_store::{
    DatabaseUrl,
    inspection::{self, Survey},
};
use jiff::{SignedDuration, Timestamp};

use super::folder::{clock, version};
use crate::cli::finding::{Finding, Findings};

/// What one more server takes: readers, writers, the listener, and one that looks whether the database is there.
const CONNECTIONS_OF_ONE: i64 = 10;
/// Clocks of servers and database that differ by more are not kept.
const SKEW_MAX: SignedDuration = SignedDuration::from_secs(1);

/// Looks at a database.
pub(in crate::cli) fn examine(url: &DatabaseUrl, findings: &mut Findings) {
    let found = match inspection::inspect_database(url) {
        Ok(found) => found,
        Err(error) => {
            let remedy = "look whether the server runs and takes this role (psql with the same URL); \
                          sslmode and sslrootcert of the URL say whom to trust";
            return findings.push(Finding::fail("database", error, remedy));
        }
    };
    let server = &found.server;
    let encrypted = if server.is_encrypted { "TLS" } else { "no TLS" };
    findings.push(Finding::ok("database", format_args!("{url}, PostgreSQL {}, {encrypted}", server.version)));
    findings.push(relaxed(found.relaxed));
    findings.push(wall(server.bypasses_policies));
    findings.push(connections(server.connections));
    findings.push(skew(server, Timestamp::now()));
    match &found.store {
        _ if found.is_unfinished => {
            let remedy = "run the same 'hansard migrate-store' again: it goes on where it stopped";
            findings.push(Finding::fail("store", "a move into it has not finished", remedy));
        }
        Some(store) => {
            findings.push(version(store, inspection::version_known()));
            let newest = store.newest_change.and_then(|time| Timestamp::from_microsecond(time.0).ok());
            findings.push(clock(newest, Timestamp::now()));
        }
        None if server.may_create => {
            findings.push(Finding::ok("store", "none yet; 'hansard serve' makes it"));
        }
        None => {
            let detail = "none yet, and this role may make no tables";
            findings.push(Finding::fail("store", detail, "grant create on schema public to the role"));
        }
    }
}

/// Judges the settings by which a server may lose what it acknowledged.
pub(super) fn relaxed<'n>(off: impl IntoIterator<Item = &'n str>) -> Finding {
    let off: Vec<&str> = off.into_iter().collect();
    if off.is_empty() {
        return Finding::ok("durability", "the server keeps what it acknowledges");
    }
    let detail =
        format!("relaxed ({} off): a crash of its machine may lose what was acknowledged", off.join(", "));
    Finding::warn("durability", detail, "switch them on in postgresql.conf, and reload")
}

/// Judges whether a statement that forgets its tenant would find others' rows.
fn wall(is_bypassed: bool) -> Finding {
    if is_bypassed {
        let detail = "the role may bypass it: there is no second wall between tenants";
        return Finding::warn(
            "row-level security",
            detail,
            "take a role that is no superuser and has no bypassrls",
        );
    }
    Finding::ok("row-level security", "the role is held to it")
}

fn connections((open, most): (i64, i64)) -> Finding {
    let detail = format!("{open} of {most} are open");
    if most - open < 2 * CONNECTIONS_OF_ONE {
        let remedy = format!("raise max_connections: each server takes {CONNECTIONS_OF_ONE}");
        return Finding::warn("connections", detail, remedy);
    }
    Finding::ok("connections", detail)
}

/// The clocks of all who write decide times together.
fn skew(server: &Survey, now: Timestamp) -> Finding {
    let Ok(there) = Timestamp::from_microsecond(server.time.0) else {
        return Finding::fail("clock of the server", "has no possible time", "set its clock");
    };
    let ahead = there.duration_since(now);
    let detail = format!("{:+.3} s from this machine's", ahead.as_secs_f64());
    if ahead.abs() > SKEW_MAX {
        return Finding::warn("clock of the server", detail, "keep both clocks (chronyc tracking)");
    }
    Finding::ok("clock of the server", detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::finding::Level;

    #[test]
    fn settings_and_connections_are_judged() {
        assert_eq!([relaxed([]).level, relaxed(["fsync"]).level], [Level::Ok, Level::Warn]);
        assert_eq!([wall(false).level, wall(true).level], [Level::Ok, Level::Warn]);
        assert_eq!([connections((3, 100)).level, connections((90, 100)).level], [Level::Ok, Level::Warn]);
    }
}
