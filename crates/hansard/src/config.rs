//! What `serve` needs to know, checked as a whole.
//!
//! It reads nothing: where a value comes from (flag, variable, file, default) is the concern of [`crate::cli`]
//! and [`file::ConfigFile`].

pub mod detector;
pub mod file;
mod origin;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use anyhow::bail;

use detector::NamedDetector;
use hansard_store::Location;
pub use origin::Origin;

/// The settings of one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// What holds all state.
    pub location: Location,
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Certificate and key, where the server itself speaks TLS.
    pub tls: Option<TlsFiles>,
    /// Whether the operator accepts clear text on an address that other machines reach.
    pub insecure_bind: bool,
    /// Whose web pages may read the answers; empty = nobody's.
    pub cors_origins: Vec<Origin>,
    /// Detectors of personal data that profiles may have asked beside ours.
    pub external_detectors: Vec<NamedDetector>,
    pub retention: Retention,
}

/// How what is due to be deleted is swept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// None = never.
    pub every: Option<Duration>,
    /// Conversations that one transaction deletes.
    pub batch: usize,
}

impl Default for Retention {
    fn default() -> Self {
        Self { every: Some(Duration::from_secs(600)), batch: 100 }
    }
}

/// PEM files of the server's certificate chain and private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    pub cert: PathBuf,
    pub key: PathBuf,
}

impl TlsFiles {
    /// Pairs the two files, or refuses one without the other.
    pub fn from_pair(cert: Option<PathBuf>, key: Option<PathBuf>) -> anyhow::Result<Option<Self>> {
        match (cert, key) {
            (Some(cert), Some(key)) => Ok(Some(Self { cert, key })),
            (None, None) => Ok(None),
            (Some(_), None) => bail!("--tls-cert needs --tls-key FILE beside it"),
            (None, Some(_)) => bail!("--tls-key needs --tls-cert FILE beside it"),
        }
    }
}

impl Config {
    /// Refuses to carry keys and conversations in clear text to other machines unless told to.
    pub fn check_exposure(&self) -> anyhow::Result<()> {
        if self.listen.ip().is_loopback() || self.tls.is_some() || self.insecure_bind {
            return Ok(());
        }
        bail!(
            "refusing to listen on {}: other machines reach this address, and API keys and conversations would \
             cross the network in clear text. Give --tls-cert FILE and --tls-key FILE, or --insecure-bind where \
             something in front of Hansard encrypts",
            self.listen
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn listening_on(address: &str) -> Config {
        Config {
            location: Location::Folder("hansard-data".into()),
            listen: address.parse().unwrap(),
            tls: None,
            insecure_bind: false,
            cors_origins: Vec::new(),
            external_detectors: Vec::new(),
            retention: Retention::default(),
        }
    }

    #[test]
    fn clear_text_stays_on_the_machine() {
        assert!(listening_on("127.0.0.1:8080").check_exposure().is_ok());
        assert!(listening_on("[::1]:0").check_exposure().is_ok());
        for open in ["0.0.0.0:8080", "[::]:8080", "192.0.2.7:80"] {
            let refusal = listening_on(open).check_exposure().unwrap_err().to_string();
            assert!(refusal.contains("--tls-cert") && refusal.contains("--insecure-bind"), "{refusal}");
        }
    }

    #[test]
    fn tls_or_the_operators_word_opens_the_network() {
        let config = Config { insecure_bind: true, ..listening_on("0.0.0.0:8080") };
        assert!(config.check_exposure().is_ok());
        let tls = TlsFiles::from_pair(Some("cert.pem".into()), Some("key.pem".into())).unwrap();
        assert!(Config { tls, ..listening_on("0.0.0.0:8080") }.check_exposure().is_ok());
    }

    #[test]
    fn half_a_tls_pair_is_refused() {
        assert!(TlsFiles::from_pair(Some("cert.pem".into()), None).is_err());
        assert!(TlsFiles::from_pair(None, Some("key.pem".into())).is_err());
        assert_eq!(TlsFiles::from_pair(None, None).unwrap(), None);
    }
}
