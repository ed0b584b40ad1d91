//! The socket: HTTP/1.1 and HTTP/2 on one port, in clear or over TLS, with a limit on everything and an orderly end.
//!
//! What a request is answered with is the port's business.

mod descriptors;
mod refusal;
mod tls;

use std::{
    convert::Infallible,
    future::{Future, pending},
    io,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{body::Body, extract::ConnectInfo};
use futures::FutureExt;
use http::Request;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};

use refusal::Refusal;
pub use tls::{Tls, certificate_validity, validity_of};

use crate::router::Port;

/// More clients are refused.
const CONNECTIONS_MAX: usize = 4096;
/// Also how long an idle HTTP/1 connection is kept.
const HEADER_TIME_MAX: Duration = Duration::from_secs(10);
const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(10);
/// A connection that has never sent a whole request is not kept longer.
const FIRST_REQUEST_TIME_MAX: Duration = Duration::from_secs(30);
const SHUTDOWN_TIME_MAX: Duration = Duration::from_secs(30);
/// For a pause where the process is out of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Holds the headers of a request, and what waits to be sent, of one HTTP/1 connection.
const HTTP1_BUFFER_BYTES_MAX: usize = 128 << 10;
const HEADER_LIST_BYTES_MAX: u32 = 128 << 10;
const STREAMS_MAX: u32 = 256;
const STREAM_SEND_BYTES_MAX: usize = 256 << 10;
/// Streams that a peer opened and reset again before they were answered.
const RESET_STREAMS_MAX: usize = 20;
const PING_INTERVAL: Duration = Duration::from_secs(30);
const PING_TIME_MAX: Duration = Duration::from_secs(20);

/// Serves until `shutdown` is over, then lets what is in flight end, for 30 s at most.
pub async fn serve(listener: TcpListener, tls: Option<Tls>, port: Port, shutdown: impl Future<Output = ()>) {
    let graceful = GracefulShutdown::new();
    let permits = Arc::new(Semaphore::new(CONNECTIONS_MAX.min(descriptors::raise())));
    let refusal = Refusal::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let (stream, peer) = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = accept(&listener) => accepted,
        };
        let Ok(permit) = permits.clone().try_acquire_owned() else {
            refusal.refuse(stream, tls.is_some());
            continue;
        };
        let connection = Connection { peer, port: port.clone(), watcher: graceful.watcher() };
        tokio::spawn(connection.run(stream, tls.clone(), permit));
    }
    drop(listener);
    if timeout(SHUTDOWN_TIME_MAX, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still in flight after {} s", SHUTDOWN_TIME_MAX.as_secs());
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

struct Connection {
    peer: SocketAddr,
    port: Port,
    watcher: Watcher,
}

impl Connection {
    async fn run(self, stream: TcpStream, tls: Option<Tls>, _permit: OwnedSemaphorePermit) {
        let peer = self.peer;
        let _open = Open::count();
        if let Err(error) = self.secure(stream, tls).await {
            tracing::debug!(%peer, %error, "a connection ended early");
        }
    }

    async fn secure(self, stream: TcpStream, tls: Option<Tls>) -> io::Result<()> {
        stream.set_nodelay(true)?;
        match tls {
            None => self.drive(stream).await,
            Some(tls) => {
                let stream = timeout(HANDSHAKE_TIME_MAX, tls.accept(stream)).await??;
                self.drive(stream).await
            }
        }
    }

    async fn drive(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> io::Result<()> {
        let Self { peer, port, watcher } = self;
        let has_asked = Arc::new(AtomicBool::new(false));
        let asked = has_asked.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            asked.store(true, Ordering::Relaxed);
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            port.clone().answer(request).map(Ok::<_, Infallible>)
        });
        let builder = builder();
        let connection = watcher.watch(builder.serve_connection(TokioIo::new(stream), service));
        tokio::select! {
            ended = connection => ended.map_err(io::Error::other),
            () = without_request(&has_asked) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

/// Counts a connection while it lasts.
struct Open;

impl Open {
    fn count() -> Self {
        metrics::gauge!("hansard_connections").increment(1.0);
        Self
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        metrics::gauge!("hansard_connections").decrement(1.0);
    }
}

/// Is over when no request has come in time, else never.
async fn without_request(has_asked: &AtomicBool) {
    sleep(FIRST_REQUEST_TIME_MAX).await;
    if has_asked.load(Ordering::Relaxed) {
        pending::<()>().await;
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME_MAX)
        .max_buf_size(HTTP1_BUFFER_BYTES_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(HEADER_LIST_BYTES_MAX)
        .max_send_buf_size(STREAM_SEND_BYTES_MAX)
        .max_pending_accept_reset_streams(RESET_STREAMS_MAX)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIME_MAX);
    builder
}
