//! One HTTP/1.1 connection to a server, for the paths that are not gRPC, with its certificate in hand.
//!
//! It follows no redirect and keeps no cookie.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use crate::client::Server;

const TIME_MAX: Duration = Duration::from_secs(10);
const ANSWER_BYTES_MAX: usize = 8 << 20;

/// An open connection.
pub(super) struct Connection {
    sender: SendRequest<Empty<Bytes>>,
    authority: String,
    /// The server's own certificate, where it speaks TLS.
    pub(super) certificate: Option<CertificateDer<'static>>,
}

/// An answer, read to its end.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Connection {
    pub(super) async fn open(server: &Server) -> Result<Self> {
        timeout(TIME_MAX, Self::connect(server)).await.context("no connection within 10 s")?
    }

    async fn connect(server: &Server) -> Result<Self> {
        let uri: Uri = server.url.parse().context("it is not a URL")?;
        let authority = uri.authority().context("the URL names no host")?.clone();
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        let is_tls = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => bail!("the URL of a server begins with http:// or https://"),
        };
        let port = authority.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let stream = TcpStream::connect((host.as_str(), port)).await?;
        let authority = authority.to_string();
        if !is_tls {
            return Ok(Self { sender: handshake(stream).await?, authority, certificate: None });
        }
        let config = trust(server.ca_cert.as_deref())?;
        let stream =
            TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(host)?, stream).await?;
        let certificates = stream.get_ref().1.peer_certificates();
        let certificate =
            certificates.and_then(|chain| chain.first()).map(|first| first.clone().into_owned());
        Ok(Self { sender: handshake(stream).await?, authority, certificate })
    }

    /// Asks for a path, with the key where one is given.
    pub(super) async fn get(&mut self, path: &str, key: Option<&str>) -> Result<Answer> {
        let mut request = Request::get(path).header(header::HOST, &self.authority);
        if let Some(key) = key {
            request = request.header(header::AUTHORIZATION, format!("ApiKey {}", key.trim()));
        }
        let request = request.body(Empty::new()).context("the key holds characters that no key has")?;
        let exchange = async {
            self.sender.ready().await?;
            let (head, body) = self.sender.send_request(request).await?.into_parts();
            let body =
                Limited::new(body, ANSWER_BYTES_MAX).collect().await.map_err(anyhow::Error::from_boxed)?;
            anyhow::Ok(Answer { status: head.status, headers: head.headers, body: body.to_bytes() })
        };
        timeout(TIME_MAX, exchange).await.context("no answer within 10 s")?
    }
}

async fn handshake(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
) -> Result<SendRequest<Empty<Bytes>>> {
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the sender; an error of it is the error of the request that it carried.
    tokio::spawn(connection);
    Ok(sender)
}

fn trust(ca_cert: Option<&Path>) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    match ca_cert {
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Some(file) => {
            let unreadable = || format!("{} is not readable as PEM", file.display());
            for certificate in CertificateDer::pem_file_iter(file).with_context(unreadable)? {
                roots.add(certificate.with_context(unreadable)?)?;
            }
        }
    }
    Ok(ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
