//! Clients that mean no good, all at once, on the loopback interface, for as long as they are told.
//!
//! Each kind counts what the server did to it. Whether that is good enough is for the test to say.

pub mod honest;
pub mod reset;
pub mod slow;
pub mod upload;
pub mod watch;

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Whom to attack, as whom, and until when.
#[derive(Debug, Clone)]
pub struct Target {
    pub address: SocketAddr,
    /// The value of the Authorization header.
    pub authorization: String,
    /// Resource name of a profile that honest clients do not use.
    pub profile: String,
    pub until: Instant,
}

impl Target {
    fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    fn is_over(&self) -> bool {
        self.left().is_zero()
    }

    async fn connect(&self) -> std::io::Result<TcpStream> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// Sends a request head and returns the status that comes back; 0 where none does.
    async fn ask(&self, stream: &mut TcpStream, head: &str, body: &[u8]) -> u16 {
        let sent = async {
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(body).await
        };
        // A server may answer and close before it has read everything.
        let _ = sent.await;
        let mut answer = [0; 512];
        let read = timeout(Duration::from_secs(60), stream.read(&mut answer)).await;
        let length = read.ok().and_then(Result::ok).unwrap_or(0);
        crate::raw::status(&String::from_utf8_lossy(&answer[..length]))
    }
}
