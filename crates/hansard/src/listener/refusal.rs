//! What a connection beyond the limit is told before it is closed.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Semaphore,
    time::timeout,
};

const ANSWER: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
/// So many are told at once; whoever comes beyond is closed without a word.
const TOLD_MAX: usize = 64;
const TIME_MAX: Duration = Duration::from_secs(1);

/// Refuses connections, in a bounded way.
pub(super) struct Refusal {
    places: Arc<Semaphore>,
}

impl Refusal {
    pub(super) fn new() -> Self {
        Self { places: Arc::new(Semaphore::new(TOLD_MAX)) }
    }

    /// Closes a connection, in clear with an answer that tells why.
    pub(super) fn refuse(&self, mut stream: TcpStream, is_tls: bool) {
        metrics::counter!("hansard_connections_refused_total").increment(1);
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else { return };
        if is_tls {
            return;
        }
        tokio::spawn(async move {
            let _place = place;
            // What came is read first: closing with something unread would reset the connection, answer and all.
            let told = async {
                let _ = stream.read(&mut [0; 4096]).await;
                stream.write_all(ANSWER).await?;
                stream.shutdown().await
            };
            let _ = timeout(TIME_MAX, told).await;
        });
    }
}
