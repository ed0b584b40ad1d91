//! A server from its start to its end: open, bind, serve, stop.

mod first_key;
mod sweeper;
mod watchdog;

use crate::{
    app::App,
    auth,
    config::{Config, Origin, Retention},
    dialect,
    layers::authenticate::Authenticate,
    listener::{self, Tls},
    router::{self, Parts, Port},
    service::removal,
    telemetry::Metrics,
};
use anyhow::Context;
use hansard_domain::{
    Error,
    caller::{Caller, Permission},
};
use hansard_store::{Health, Options};
use http::{Extensions, HeaderMap};
use std::{io, net::SocketAddr, sync::Arc};
use tokio::net::TcpListener;

/// A server that has its store and its port.
pub struct Bound {
    pub app: Arc<App>,
    /// Such as `http://127.0.0.1:8080`.
    pub url: String,
    /// The admin key of a store that was made just now.
    pub first_key: Option<String>,
    listener: TcpListener,
    tls: Option<Tls>,
    port: Port,
    retention: Retention,
}

impl Bound {
    /// Opens the store, which gets a first admin key where it is empty, and binds the port.
    pub async fn open(config: &Config, metrics: Metrics) -> anyhow::Result<Self> {
        config.check_exposure()?;
        let tls = config.tls.as_ref().map(|files| Tls::from_pem(&files.cert, &files.key)).transpose()?;
        let (options, detectors) = (Options::at(config.location.clone()), config.external_detectors.clone());
        let app = tokio::task::spawn_blocking(move || App::open_with(&options, detectors)).await??;
        let first_key = first_key::ensure(&app).await?;
        let listener = TcpListener::bind(config.listen)
            .await
            .with_context(|| format!("cannot listen on {}", config.listen))?;
        let address = listener.local_addr()?;
        let url = url(address, tls.is_some());
        app.store.announce(&url)?;
        let port = port(&app, metrics, config.cors_origins.clone()).await?;
        Ok(Self { app, url, first_key, listener, tls, port, retention: config.retention })
    }

    /// Where it listens, with the port that it has taken.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` resolves or the store fails, finishes the work in flight and closes the store.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> anyhow::Result<()> {
        let app = self.app;
        removal::hand::resume(&app).await?;
        let upkeep = tokio::spawn(watchdog::keep_up(Arc::clone(&app)));
        let clock = tokio::spawn(watchdog::watch_clock(Arc::clone(&app)));
        let jobs = tokio::spawn(removal::hand::keep_resuming(Arc::clone(&app)));
        let sweeper = tokio::spawn(sweeper::keep_sweeping(Arc::clone(&app), self.retention));
        let watched = Arc::clone(&app);
        let stopping = async move {
            tokio::select! {
                () = stop => tracing::info!("stopping: no new work is taken"),
                reason = watchdog::failure(&watched) => tracing::error!(reason, "the store failed: stopping"),
            }
            watched.stop();
        };
        listener::serve(self.listener, self.tls, self.port, stopping).await;
        upkeep.abort();
        clock.abort();
        sweeper.abort();
        jobs.abort();
        app.upkeep().await.unwrap_or_else(|error| tracing::warn!(%error, "the last upkeep failed"));
        let failed = matches!(&*app.store.health().borrow(), Health::Failed(_));
        tokio::task::spawn_blocking(move || app.store.close()).await??;
        anyhow::ensure!(!failed, "the store failed; it recovers at the next start");
        Ok(())
    }
}

/// Resolves on SIGTERM and on Ctrl-C.
pub async fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

fn url(address: SocketAddr, tls: bool) -> String {
    let scheme = if tls { "https" } else { "http" };
    format!("{scheme}://{address}")
}

async fn port(app: &Arc<App>, metrics: Metrics, cors_origins: Vec<Origin>) -> anyhow::Result<Port> {
    let (grpc, health) = router::with_standard_services(dialect::service::routes(app)).await?;
    tokio::spawn(watchdog::report_health(Arc::clone(app), health));
    let of_app = Arc::clone(app);
    Port::new(Parts {
        grpc,
        records: Some(dialect::records::Records::new(Arc::clone(app))),
        authenticator: Arc::new(Keys { app: Arc::clone(app) }),
        readiness: Arc::new(move || readiness(&of_app)),
        metrics: Arc::new(move || metrics.render()),
        cors_origins,
    })
}

fn readiness(app: &App) -> Result<Vec<&'static str>, String> {
    if *app.stopping().borrow() {
        return Err("the server is stopping".to_owned());
    }
    match &*app.store.health().borrow() {
        Health::Ready => Ok(app.store.relaxations()),
        Health::DiskFull => {
            Err("the disk is full: reads go on, writes resume once there is space".to_owned())
        }
        Health::Unreachable => Err("the database cannot be reached".to_owned()),
        Health::Failed(_) => Err("the store failed: the process is about to end".to_owned()),
    }
}

/// Authentication by API key.
struct Keys {
    app: Arc<App>,
}

impl Keys {
    async fn caller(&self, headers: &HeaderMap) -> Result<Caller, Error> {
        let key = auth::key(headers).ok_or_else(Error::unauthenticated)?;
        auth::authenticate(&self.app, key).await
    }
}

#[tonic::async_trait]
impl Authenticate for Keys {
    async fn authenticate(&self, headers: &HeaderMap, extensions: &mut Extensions) -> Result<(), Error> {
        extensions.insert(self.caller(headers).await?);
        Ok(())
    }

    async fn may_read_metrics(&self, headers: &HeaderMap) -> bool {
        self.caller(headers).await.is_ok_and(|caller| caller.may(Permission::ReadMetrics))
    }
}
