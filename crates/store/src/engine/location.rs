//! Where a store is kept.

use std::{
    fmt::{self, Debug, Display},
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use hansard_domain::{Error, Result};
use percent_encoding::percent_decode_str;
use tokio_postgres::{
    Config,
    config::{Host, SslMode},
};

/// How a URL of a database begins.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];
/// A server that does not answer within this is not there.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// How long what was sent may stay unanswered by the server's machine.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(5);
/// How soon, and how often, a connection without traffic is looked at.
const ALIVE: (Duration, Duration, u32) = (Duration::from_secs(2), Duration::from_secs(1), 3);
const POOLING: &str = "has a pooling other than transaction: leave the word out where there is no pooler, and before one in \
    session mode; one in statement mode cannot lead to a store";

/// The place of a store, which decides its engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// SQLite in a folder, held by one process at a time.
    Folder(PathBuf),
    /// A database of a PostgreSQL server, shared by any number of processes.
    Postgres(DatabaseUrl),
}

impl Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => Display::fmt(&folder.display(), f),
            Self::Postgres(url) => Display::fmt(url, f),
        }
    }
}

/// Whom a connection to a database trusts, in the words of PostgreSQL's own clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslRule {
    /// Clear text.
    Disable,
    /// TLS where the server has it.
    Prefer,
    /// TLS, whoever the server is.
    Require,
    /// TLS with a certificate of a known authority.
    VerifyCa,
    /// The same, for the very name of the URL.
    VerifyFull,
}

/// The address of a PostgreSQL database. It shows itself without credentials.
#[derive(Clone)]
pub struct DatabaseUrl {
    text: Box<str>,
    config: Box<Config>,
    ssl: SslRule,
    /// Certificates of the authorities to trust instead of the public ones.
    roots: Option<PathBuf>,
    is_pooled: bool,
}

impl DatabaseUrl {
    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    pub(crate) fn ssl(&self) -> SslRule {
        self.ssl
    }

    pub(crate) fn roots(&self) -> Option<&Path> {
        self.roots.as_deref()
    }

    /// Whether a pooler stands before the server that may run each transaction on another connection.
    pub(crate) fn is_pooled(&self) -> bool {
        self.is_pooled
    }
}

impl FromStr for DatabaseUrl {
    type Err = Error;

    /// No error quotes the text, which may hold a password wherever it is wrong.
    fn from_str(url: &str) -> Result<Self> {
        let wrong = |what: &str| Error::invalid("store", what);
        if !SCHEMES.iter().any(|scheme| url.starts_with(scheme)) {
            return Err(wrong("must be a URL that begins with postgres://"));
        }
        let (base, query) = split_query(url);
        let (mut rest, mut ssl, mut roots, mut is_pooled) = (Vec::new(), None, None, false);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("sslmode", word)) => ssl = Some(rule(word)?),
                Some(("sslrootcert", file)) => {
                    let file = percent_decode_str(file).decode_utf8();
                    let file = file.map_err(|_| wrong("has an sslrootcert that is not UTF-8"))?;
                    roots = Some(PathBuf::from(file.as_ref()));
                }
                Some(("pooling", "transaction")) => is_pooled = true,
                Some(("pooling", _)) => return Err(wrong(POOLING)),
                _ => rest.push(pair),
            }
        }
        let mut config = Config::from_str(&format!("{base}?{}", rest.join("&"))).map_err(|_| {
            wrong("must be postgres://USER:PASSWORD@HOST:PORT/DATABASE, with parameters that docs/operating.md names")
        })?;
        add_defaults(&mut config, &rest);
        let ssl = match ssl {
            _ if all(&config, |host| matches!(host, Host::Unix(_))) => SslRule::Disable,
            Some(rule) if roots.is_some() => rule.with_roots(),
            Some(rule) => rule,
            None if all(&config, is_of_this_machine) => SslRule::Prefer,
            None => SslRule::VerifyFull,
        };
        config.ssl_mode(ssl.of_driver());
        Ok(Self { text: url.into(), config: Box::new(config), ssl, roots, is_pooled })
    }
}

impl PartialEq for DatabaseUrl {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for DatabaseUrl {}

/// Separates the parameters; a password may hold a question mark.
fn split_query(url: &str) -> (&str, &str) {
    let host = url.find('@').unwrap_or_default();
    match url[host..].split_once('?') {
        Some((before, query)) => (&url[..host + before.len()], query),
        None => (url, ""),
    }
}

fn rule(word: &str) -> Result<SslRule> {
    Ok(match word {
        "disable" => SslRule::Disable,
        "prefer" => SslRule::Prefer,
        "require" => SslRule::Require,
        "verify-ca" => SslRule::VerifyCa,
        "verify-full" => SslRule::VerifyFull,
        _ => {
            let words = "has an sslmode other than disable, prefer, require, verify-ca and verify-full";
            return Err(Error::invalid("store", words));
        }
    })
}

/// What is never left to the system, unless the URL says otherwise.
fn add_defaults(config: &mut Config, given: &[&str]) {
    let is_given = |key: &str| given.iter().any(|pair| pair.split('=').next() == Some(key));
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_WITHIN);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(ACKNOWLEDGED_WITHIN);
    }
    if config.get_application_name().is_none() {
        config.application_name("hansard");
    }
    if !is_given("keepalives_idle") {
        config.keepalives_idle(ALIVE.0).keepalives_interval(ALIVE.1).keepalives_retries(ALIVE.2);
    }
}

fn all(config: &Config, is: impl Fn(&Host) -> bool) -> bool {
    config.get_hosts().iter().all(is)
}

fn is_of_this_machine(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    }
}

impl SslRule {
    /// Where authorities are named, their certificates are asked for.
    fn with_roots(self) -> Self {
        if self == Self::Require { Self::VerifyCa } else { self }
    }

    fn of_driver(self) -> SslMode {
        match self {
            Self::Disable => SslMode::Disable,
            Self::Prefer => SslMode::Prefer,
            Self::Require | Self::VerifyCa | Self::VerifyFull => SslMode::Require,
        }
    }
}

impl Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = match self.config.get_hosts().first() {
            Some(Host::Tcp(name)) => name.clone(),
            Some(Host::Unix(folder)) => folder.display().to_string(),
            None => "localhost".to_owned(),
        };
        write!(f, "{} at {host}", self.config.get_dbname().unwrap_or("its database"))
    }
}

impl Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SECRET: &str = "s3cret?";

    fn url(rest: &str) -> Result<DatabaseUrl> {
        format!("postgres://ada:{SECRET}@{rest}").parse()
    }

    #[test]
    fn nothing_that_is_shown_holds_the_password() {
        let good = url("db.example.com/hansard?sslmode=require").unwrap();
        assert_eq!(good.config().get_password(), Some(SECRET.as_bytes()));
        let shown = format!("{good} {good:?} {:?}", Location::Postgres(good.clone()));
        assert!(shown.contains("hansard at db.example.com") && !shown.contains(SECRET), "{shown}");
        for rest in ["db/x?sslmode=s3cret?", "db/x?nonsense=1", "db:port/x", "db/x?sslcert=c"] {
            let error = url(rest).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
        }
        assert!("host=db password=s3cret".parse::<DatabaseUrl>().is_err());
    }

    #[test]
    fn a_pooler_in_transaction_mode_is_named_by_a_word() {
        assert!(!url("db/x").unwrap().is_pooled());
        let pooled = url("db:6432/x?connect_timeout=2&pooling=transaction&sslmode=disable").unwrap();
        assert!(pooled.is_pooled() && pooled.ssl() == SslRule::Disable);
        for word in ["session", "statement", "", "Transaction"] {
            let error = url(&format!("db/x?pooling={word}")).unwrap_err().to_string();
            assert!(error.contains("pooling") && error.contains("session mode"), "{error}");
        }
    }

    #[test]
    fn servers_elsewhere_must_prove_their_name() {
        let rule = |rest: &str| url(rest).unwrap().ssl();
        assert_eq!(rule("db.example.com/x"), SslRule::VerifyFull);
        assert_eq!(rule("localhost/x"), SslRule::Prefer);
        assert_eq!(rule("127.0.0.1,[::1]/x"), SslRule::Prefer);
        assert_eq!(rule("127.0.0.1,db/x"), SslRule::VerifyFull);
        assert_eq!(rule("%2Frun%2Fpostgresql/x?sslmode=verify-full"), SslRule::Disable);
        assert_eq!(rule("db/x?sslmode=require"), SslRule::Require);
        assert_eq!(rule("db/x?sslmode=disable"), SslRule::Disable);
        let trusting = url("db/x?sslmode=require&sslrootcert=%2Fetc%2Fca%20s.pem&options=-c%20a=1").unwrap();
        assert_eq!(trusting.ssl(), SslRule::VerifyCa, "as PostgreSQL's own clients take it");
        assert_eq!(trusting.roots(), Some(Path::new("/etc/ca s.pem")));
    }
}
