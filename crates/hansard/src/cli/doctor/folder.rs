//! A data folder, looked at from outside: what a server that holds it would suffer from.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use hansard_store::{
    folder::{self, Holder},
    inspection::{self, Inspection},
};
use jiff::{SignedDuration, Timestamp};
use rustix::process::{Resource, getrlimit};

use super::disk;
use crate::cli::finding::{Finding, Findings};

/// The log is kept below it under load.
const WAL_BYTES_MAX: u64 = 256 << 20;
/// Clocks of one machine do not differ by more between two runs.
const AHEAD_MAX: SignedDuration = SignedDuration::from_secs(60);
/// As many connections as a server takes, and its own files.
const OPEN_FILES_MIN: u64 = 4096 + 256;

/// Looks at a folder.
pub(super) fn examine(data_dir: &Path, findings: &mut Findings) {
    let shown = data_dir.display();
    match fs::metadata(data_dir) {
        Ok(found) if found.is_dir() => {
            findings.push(permissions(data_dir, found.permissions().mode()));
        }
        Ok(_) => {
            let detail = format!("{shown} is not a folder");
            return findings.push(Finding::fail("folder", detail, "give --data-dir the folder of a server"));
        }
        Err(error) => {
            let remedy = "'hansard serve' makes it; or give --data-dir another path";
            return findings.push(Finding::fail("folder", format_args!("{shown}: {error}"), remedy));
        }
    }
    let holder = folder::holder(data_dir);
    findings.push(lock(holder.as_ref()));
    findings.push(disk::file_system(data_dir));
    findings.push(disk::space(data_dir));
    findings.push(disk::flush(data_dir));
    store(data_dir, findings);
    findings.push(open_files(holder.as_ref()));
}

fn permissions(data_dir: &Path, mode: u32) -> Finding {
    let remedy = format!("chmod 700 {}", data_dir.display());
    let mode = mode & 0o777;
    match mode {
        mode if mode & 0o007 != 0 => Finding::fail(
            "permissions",
            format_args!("everybody on this machine may enter it ({mode:o})"),
            remedy,
        ),
        mode if mode & 0o070 != 0 => {
            Finding::warn("permissions", format_args!("its group may enter it ({mode:o})"), remedy)
        }
        mode => Finding::ok("permissions", format_args!("its owner alone ({mode:o})")),
    }
}

fn lock(holder: Option<&Holder>) -> Finding {
    let Some(holder) = holder else { return Finding::ok("lock", "free: no process has the folder open") };
    let pid = holder.pid.map_or_else(|| "unknown".to_owned(), |pid| pid.to_string());
    match &holder.address {
        Some(address) => Finding::ok("lock", format_args!("held by the server at {address} (pid {pid})")),
        None => {
            Finding::ok("lock", format_args!("held by a hansard process that serves nothing (pid {pid})"))
        }
    }
}

fn store(data_dir: &Path, findings: &mut Findings) {
    let inspection = match inspection::inspect(data_dir) {
        Ok(Some(inspection)) => inspection,
        Ok(None) => return findings.push(Finding::ok("store", "none yet; 'hansard serve' makes it")),
        Err(error) => {
            let remedy = "'hansard fsck' tells what is damaged; 'hansard restore' brings a backup back";
            return findings.push(Finding::fail("store", error, remedy));
        }
    };
    findings.push(version(&inspection, inspection::version_known()));
    findings.push(wal(inspection.wal_bytes));
    let newest = inspection.newest_change.and_then(|time| Timestamp::from_microsecond(time.0).ok());
    findings.push(clock(newest, Timestamp::now()));
}

pub(super) fn version(Inspection { version, database_bytes, .. }: &Inspection, known: i64) -> Finding {
    let size = disk::size(*database_bytes);
    match *version {
        version if version > known => Finding::fail(
            "store",
            format_args!("version {version}, this hansard knows {known}"),
            "run the newer hansard that wrote it",
        ),
        version if version < known => Finding::warn(
            "store",
            format_args!("version {version}, this hansard's is {known}; {size}"),
            "back up; the next start of this hansard migrates it",
        ),
        version => Finding::ok("store", format_args!("version {version}, {size}")),
    }
}

fn wal(bytes: u64) -> Finding {
    let size = disk::size(bytes);
    if bytes <= WAL_BYTES_MAX {
        return Finding::ok("write-ahead log", size);
    }
    let remedy = "a long read or a backup keeps it; if it stays, restart the server, which folds it in";
    Finding::warn("write-ahead log", format_args!("{size}, more than {}", disk::size(WAL_BYTES_MAX)), remedy)
}

pub(super) fn clock(newest: Option<Timestamp>, now: Timestamp) -> Finding {
    let Some(newest) = newest else { return Finding::ok("clock", "no record to compare it with") };
    let ahead = newest.duration_since(now);
    if ahead > AHEAD_MAX {
        let detail = format!("the newest record is {} s ahead of this machine's clock", ahead.as_secs());
        return Finding::fail("clock", detail, "set the clock (chronyc tracking); it was or is wrong");
    }
    Finding::ok("clock", format_args!("not behind the newest record ({newest:.0})"))
}

/// The limit of the server that holds the folder, else of a process started as this one was.
fn open_files(holder: Option<&Holder>) -> Finding {
    let of_server = holder.and_then(|holder| holder.pid).and_then(limit_of);
    let limit = of_server.or_else(|| getrlimit(Resource::Nofile).current).unwrap_or(u64::MAX);
    let whose = if of_server.is_some() { "of the server" } else { "of this shell" };
    if limit < OPEN_FILES_MIN {
        let detail = format!("the limit {whose} is {limit}, a busy server needs {OPEN_FILES_MIN}");
        return Finding::warn(
            "open files",
            detail,
            "ulimit -n 65536, or LimitNOFILE=65536 in the systemd unit",
        );
    }
    let limit = if limit == u64::MAX { "unlimited".to_owned() } else { limit.to_string() };
    Finding::ok("open files", format_args!("{limit} ({whose})"))
}

fn limit_of(pid: u32) -> Option<u64> {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::finding::Level;

    #[test]
    fn what_others_may_enter_is_told() {
        let level = |mode| permissions(Path::new("d"), mode).level;
        assert_eq!([level(0o40700), level(0o40750), level(0o40755)], [Level::Ok, Level::Warn, Level::Fail]);
    }

    #[test]
    fn versions_logs_and_clocks_are_judged() {
        let at = |version| Inspection { version, database_bytes: 1, wal_bytes: 0, newest_change: None };
        let levels =
            [version(&at(2), 2), version(&at(1), 2), version(&at(3), 2)].map(|finding| finding.level);
        assert_eq!(levels, [Level::Ok, Level::Warn, Level::Fail]);
        assert_eq!([wal(WAL_BYTES_MAX).level, wal(WAL_BYTES_MAX + 1).level], [Level::Ok, Level::Warn]);
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24);
        let levels =
            [-5, 30, 3600].map(|ahead| clock(Some(now + SignedDuration::from_secs(ahead)), now).level);
        assert_eq!(levels, [Level::Ok, Level::Ok, Level::Fail]);
    }
}
