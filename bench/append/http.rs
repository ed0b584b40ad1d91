//! Just enough HTTP/1.1 to prepare a server for a measurement.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use anyhow::{Context, bail};

/// Posts a JSON body and demands success.
pub(crate) fn post(server: SocketAddr, path: &str, key: &str, body: &str) -> anyhow::Result<()> {
    let mut stream = TcpStream::connect(server)?;
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\nAuthorization: ApiKey {key}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let status = answer.split(' ').nth(1).context("no status line")?;
    if !status.starts_with('2') {
        bail!("POST {path}: {answer}");
    }
    Ok(())
}
