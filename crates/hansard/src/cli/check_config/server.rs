//! Whether `serve` could work with the settings on this machine: files, certificate, address, folder or database.
//!
//! It tries each thing and leaves nothing behind.

use std::{
    fs,
    io::ErrorKind,
    net::{SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use hansard_store::{DatabaseUrl, Location, folder};
use jiff::{SignedDuration, Timestamp};

use super::settings::{Origin, STORE, Settings, spelled};
use crate::{
    cli::{
        doctor,
        finding::{Finding, Findings, Level},
        serve::parse_address,
    },
    config::{Config, Retention, TlsFiles},
    listener::{Tls, certificate_validity},
    telemetry,
};

/// A certificate that ends sooner is worth a word.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_hours(30 * 24);
const OPEN_TO_OTHERS: u32 = 0o077;

/// Checks the settings of a server.
pub(super) fn check(settings: &Settings, findings: &mut Findings) {
    let path = |key: &str| settings.get(key).map(PathBuf::from);
    if let Some(level) = settings.get("log-level")
        && let Err(error) = telemetry::check_level(level)
    {
        findings.push(Finding::fail("log level", format_args!("{error:#}"), "give one of these words"));
    }
    let tls = match TlsFiles::from_pair(path("tls-cert"), path("tls-key")) {
        Ok(tls) => tls,
        Err(error) => {
            findings.push(Finding::fail("tls", error, "give both files, or neither"));
            None
        }
    };
    if let Some(files) = &tls {
        check_tls(files, findings);
    }
    let location = location(settings, findings);
    match &location {
        Location::Folder(data_dir) => check_data_dir(data_dir, findings),
        Location::Postgres(url) => check_database(url, findings),
    }
    if let Some(listen) = settings.get("listen").and_then(|listen| parse_address(listen).ok()) {
        check_listen(listen, &location, findings);
        let insecure_bind = settings.get("insecure-bind") == Some("true");
        let config = Config {
            location,
            listen,
            tls,
            insecure_bind,
            cors_origins: Vec::new(),
            external_detectors: Vec::new(),
            retention: Retention::default(),
        };
        if let Err(error) = config.check_exposure() {
            findings.push(Finding::fail("exposure", error, "one of these, or a loopback address"));
        }
    }
}

fn check_tls(files: &TlsFiles, findings: &mut Findings) {
    let mut readable = true;
    for (flag, file) in [("--tls-cert", &files.cert), ("--tls-key", &files.key)] {
        if let Err(error) = fs::read(file) {
            let detail = format!("{flag} {}: {error}", file.display());
            findings.push(Finding::fail("tls", detail, "give a file that the server's user may read"));
            readable = false;
        }
    }
    let mode = fs::metadata(&files.key).map(|found| found.permissions().mode()).unwrap_or_default();
    if mode & OPEN_TO_OTHERS != 0 {
        let key = files.key.display();
        let detail = format!("others than the owner may read the private key {key}");
        findings.push(Finding::warn("tls", detail, format_args!("chmod 600 {key}")));
    }
    if !readable {
        return;
    }
    if let Err(error) = Tls::from_pem(&files.cert, &files.key) {
        let remedy =
            "give the chain in PEM, the server's own certificate first, and the private key of that one";
        findings.push(Finding::fail("tls", format_args!("{error:#}"), remedy));
    }
    match certificate_validity(&files.cert) {
        Ok((begin, end)) => findings.0.extend(check_dates(&files.cert, begin, end, Timestamp::now())),
        Err(error) => {
            findings.push(Finding::fail("tls", format_args!("{error:#}"), "give a certificate in PEM"));
        }
    }
}

fn check_dates(cert: &Path, begin: Timestamp, end: Timestamp, now: Timestamp) -> Option<Finding> {
    let cert = cert.display();
    if end <= now {
        return Some(Finding::fail("tls", format_args!("{cert} expired at {end}"), "renew the certificate"));
    }
    if begin > now {
        let remedy = "wait, or look at this machine's clock";
        return Some(Finding::fail("tls", format_args!("{cert} is not valid before {begin}"), remedy));
    }
    let is_near = end.duration_since(now) < RENEW_BEFORE;
    is_near
        .then(|| Finding::warn("tls", format_args!("{cert} expires at {end}"), "renew the certificate soon"))
}

/// The store that serve would open; a URL that cannot be read is noted, and never shown.
fn location(settings: &Settings, findings: &mut Findings) -> Location {
    let folder = || Location::Folder(settings.get("data-dir").map(PathBuf::from).unwrap_or_default());
    let (of_store, of_folder) = (settings.origin(STORE), settings.origin("data-dir"));
    if (of_store, of_folder) == (Origin::Flag, Origin::Flag) {
        let detail = "--store and --data-dir exclude each other";
        findings.push(Finding::fail("store", detail, "give one of them"));
    }
    let Some(text) = settings.get(STORE).filter(|_| of_store <= of_folder) else { return folder() };
    match text.parse() {
        Ok(url) => Location::Postgres(url),
        Err(error) => {
            let error: hansard_domain::Error = error;
            let remedy = format!("mend {}", spelled(STORE, of_store));
            findings.push(Finding::fail("store", error, remedy));
            folder()
        }
    }
}

/// Whatever a doctor would not call well; a store that is not there yet is.
fn check_database(url: &DatabaseUrl, findings: &mut Findings) {
    let mut found = Findings::default();
    doctor::database::examine(url, &mut found);
    findings.0.extend(found.0.into_iter().filter(|finding| finding.level != Level::Ok));
}

/// The folder itself, or what would hold it where it is absent.
fn check_data_dir(data_dir: &Path, findings: &mut Findings) {
    let shown = data_dir.display();
    let existing = data_dir.ancestors().map(or_here).find(|folder| folder.exists());
    let existing = existing.unwrap_or(Path::new("/"));
    if !existing.is_dir() {
        let detail = format!("{} is not a folder", existing.display());
        findings.push(Finding::fail("data folder", detail, "give --data-dir the path of a folder"));
        return;
    }
    if let Err(error) = tempfile::tempfile_in(existing) {
        let detail = match existing == data_dir {
            true => format!("{shown} cannot be written: {error}"),
            false => format!("{shown} is absent and cannot be made in {}: {error}", existing.display()),
        };
        let remedy = "let the server's user own it, and see 'hansard doctor --data-dir'";
        findings.push(Finding::fail("data folder", detail, remedy));
    }
}

/// The empty path is the working directory.
fn or_here(path: &Path) -> &Path {
    if path.as_os_str().is_empty() { Path::new(".") } else { path }
}

fn check_listen(listen: SocketAddr, location: &Location, findings: &mut Findings) {
    let Err(error) = TcpListener::bind(listen) else { return };
    let remedy = match error.kind() {
        ErrorKind::AddrInUse => {
            let holder = match location {
                Location::Folder(data_dir) => folder::holder(data_dir),
                Location::Postgres(_) => None,
            };
            let held_by_own = holder
                .and_then(|holder| holder.address)
                .is_some_and(|address| address.ends_with(&listen.to_string()));
            if held_by_own {
                let detail = format!("{listen} is served already, by the server of this data folder");
                findings.push(Finding::warn("listen", detail, "stop it before another is started"));
                return;
            }
            "another process listens there: stop it, or give --listen another port"
        }
        ErrorKind::PermissionDenied => {
            "ports below 1024 need the capability CAP_NET_BIND_SERVICE (systemd: AmbientCapabilities=)"
        }
        ErrorKind::AddrNotAvailable => "no interface of this machine has that address: see 'ip address'",
        _ => "give --listen another address and port",
    };
    findings.push(Finding::fail("listen", format_args!("cannot listen on {listen}: {error}"), remedy));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_certificate_is_looked_at_on_its_days() {
        let at = |day: &str| format!("2026-{day}T00:00:00Z").parse::<Timestamp>().unwrap();
        let found =
            |now| check_dates(Path::new("c"), at("02-01"), at("06-01"), now).map(|finding| finding.level);
        assert_eq!(found(at("01-31")), Some(Level::Fail), "not yet");
        assert_eq!(found(at("03-01")), None);
        assert_eq!(found(at("05-15")), Some(Level::Warn), "soon");
        assert_eq!(found(at("06-01")), Some(Level::Fail), "over");
    }

    #[test]
    fn an_absent_folder_is_judged_by_what_would_hold_it() {
        let there = tempfile::tempdir().unwrap();
        let mut findings = Findings::default();
        check_data_dir(&there.path().join("a/b"), &mut findings);
        assert!(findings.0.is_empty(), "{findings}");
        let file = there.path().join("file");
        fs::write(&file, "").unwrap();
        check_data_dir(&file.join("sub"), &mut findings);
        assert!(findings.has_failed());
        assert_eq!(fs::read_dir(there.path()).unwrap().count(), 1, "nothing is made");
    }
}
