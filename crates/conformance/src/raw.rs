//! Bytes on a socket, for what no well-behaved client would send.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

/// Sends the bytes, ends the sending side, and returns all that comes back.
pub fn truncated(address: SocketAddr, bytes: &[u8]) -> String {
    exchange(address, bytes, |stream| drop(stream.shutdown(Shutdown::Write)))
}

fn exchange(address: SocketAddr, bytes: &[u8], end: impl FnOnce(&TcpStream)) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // A server may answer and close before it has read everything.
    let _ = stream.write_all(bytes);
    end(&stream);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Sends a request with this head (without the blank line) and body.
pub fn request(address: SocketAddr, head: &str, body: &[u8]) -> String {
    let length = body.len();
    let mut bytes =
        format!("{head}\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n")
            .into_bytes();
    bytes.extend_from_slice(body);
    exchange(address, &bytes, |_| {})
}

/// Returns the status of a raw answer; 0 where the server closed without one.
pub fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}
