//! `hansard serve`: one store, one port.

use std::{
    net::{SocketAddr, ToSocketAddrs},
    path::PathBuf,
    time::Duration,
};

use clap::Args;

use super::{key::parse_duration, multi_threaded, print, store::StoreArgs};
use crate::{
    config::{Config, Origin, Retention, TlsFiles, detector::NamedDetector},
    serve::{Bound, stop_signal},
    telemetry::Metrics,
};

pub(super) const LISTEN: &str = "127.0.0.1:8080";

/// What whoever starts a server must know of it.
pub(super) const REDACTION: &str =
    "personal data is masked before it is stored, as far as it is found; a profile's `redaction` tunes it";

const EXAMPLES: &str = "\
Examples:
  hansard serve
  hansard serve --data-dir /var/lib/hansard --listen 127.0.0.1:0
  HANSARD_STORE=postgres://hansard:PASSWORD@db.example.com/hansard hansard serve      one of any number of replicas
  hansard serve --listen 0.0.0.0:443 --tls-cert cert.pem --tls-key key.pem
  hansard serve --listen 10.0.0.5:8080 --insecure-bind      behind a proxy that encrypts
  hansard serve --cors-origins https://desk.example.com     for a web page that calls gRPC-Web or JSON
  HANSARD_LISTEN=127.0.0.1:9000 hansard serve --log-format json

The first start on an empty store makes the customer and profile 'default' and prints one admin key, once.
SIGTERM and Ctrl-C finish the work in flight (at most 30 s) and exit 0.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ServeArgs {
    #[command(flatten)]
    pub store: StoreArgs,
    /// Address and port of gRPC and JSON; port 0 takes any free one and prints it
    #[arg(long, value_name = "ADDRESS:PORT", default_value = LISTEN, value_parser = parse_address)]
    pub listen: SocketAddr,
    /// Certificate chain in PEM; serves TLS
    #[arg(long, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// Private key of the certificate in PEM
    #[arg(long, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// Serves clear text on an address that other machines reach
    #[arg(long)]
    pub insecure_bind: bool,
    /// Origin (scheme, host, port) whose web pages may read the answers (CORS); repeatable, '*' is any
    #[arg(long, value_name = "ORIGIN", value_delimiter = ',')]
    pub cors_origins: Vec<Origin>,
    /// Detector that profiles may have asked beside the built-in one: an analyzer of Presidio's API; repeatable
    #[arg(long, value_name = "NAME=URL", value_delimiter = ',')]
    pub external_detectors: Vec<NamedDetector>,
    /// How often conversations whose retention has ended are deleted: a time such as 10m, or 'never'
    #[arg(long, value_name = "TIME", default_value = "10m", value_parser = parse_every)]
    pub retention_interval: Every,
    /// How many of them one transaction deletes at most
    #[arg(long, value_name = "COUNT", default_value_t = Retention::default().batch)]
    pub retention_batch: usize,
}

/// How often something is done; none = never.
#[derive(Debug, Clone, Copy)]
pub struct Every(Option<Duration>);

impl ServeArgs {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let config = self.into_config()?;
        let runtime = multi_threaded()?;
        let done = runtime.block_on(async {
            let mut stop = Box::pin(stop_signal().await?);
            let server = tokio::select! {
                server = Bound::open(&config, Metrics::install()?) => server?,
                () = &mut stop => {
                    tracing::info!("stopped before the store was open; the next start goes on with it");
                    return Ok(());
                }
            };
            announce(&server)?;
            server.run(stop).await
        });
        // An opening that is stopped ends with the process, as by a kill: each of its steps is a transaction.
        runtime.shutdown_background();
        done
    }

    /// The server's settings, checked as a whole.
    pub fn into_config(self) -> anyhow::Result<Config> {
        let config = Config {
            location: self.store.0,
            listen: self.listen,
            tls: TlsFiles::from_pair(self.tls_cert, self.tls_key)?,
            insecure_bind: self.insecure_bind,
            cors_origins: self.cors_origins,
            external_detectors: self.external_detectors,
            retention: Retention { every: self.retention_interval.0, batch: self.retention_batch },
        };
        config.check_exposure()?;
        Ok(config)
    }
}

fn announce(server: &Bound) -> anyhow::Result<()> {
    print(format_args!("serving gRPC, gRPC-Web and JSON on {}", server.url))?;
    let relaxed = server.app.store.relaxations();
    if !relaxed.is_empty() {
        print(format_args!(
            "durability: relaxed ({} off): a crash of the database's machine may lose what was acknowledged",
            relaxed.join(", ")
        ))?;
    }
    if let Some(key) = &server.first_key {
        print("made the customer and the profile 'default', and an admin key that is shown only now:")?;
        print(format_args!("  {key}"))?;
    }
    print(REDACTION)
}

/// Reads a length of time, or that it is never done.
fn parse_every(text: &str) -> Result<Every, String> {
    if text == "never" {
        return Ok(Every(None));
    }
    let duration = parse_duration(text).map_err(|error| format!("{error}, or never"))?;
    Ok(Every(Some(duration.unsigned_abs())))
}

/// Reads an address with its port; a host name counts as its first address.
pub(super) fn parse_address(text: &str) -> Result<SocketAddr, String> {
    let expected = "expected ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080";
    text.to_socket_addrs().ok().and_then(|mut addresses| addresses.next()).ok_or_else(|| expected.to_owned())
}
