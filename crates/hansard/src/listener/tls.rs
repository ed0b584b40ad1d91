//! TLS from a certificate chain and a key in PEM files, offering HTTP/2 before HTTP/1.1.
//!
//! Clients are not asked for certificates: keys say who calls.

use std::{io, path::Path, sync::Arc};

use anyhow::{Context, Result};
use jiff::Timestamp;
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use x509_cert::{Certificate, der::Decode};

/// What the port proves itself with.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

impl Tls {
    /// Reads the certificate chain (the server's own first) and its key.
    pub fn from_pem(cert: &Path, key: &Path) -> Result<Self> {
        let unreadable = |path: &Path| format!("{} is not readable as PEM", path.display());
        let chain = CertificateDer::pem_file_iter(cert).with_context(|| unreadable(cert))?;
        let chain: Vec<_> = chain.collect::<Result<_, _>>().with_context(|| unreadable(cert))?;
        let secret = PrivateKeyDer::from_pem_file(key).with_context(|| unreadable(key))?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, secret)
            .with_context(|| format!("{} and {} do not make a pair", cert.display(), key.display()))?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        self.0.accept(stream).await
    }
}

/// The first and the last moment of a certificate, the first of its file.
pub fn certificate_validity(cert: &Path) -> Result<(Timestamp, Timestamp)> {
    let unreadable = || format!("{} is not readable as PEM", cert.display());
    validity_of(&CertificateDer::from_pem_file(cert).with_context(unreadable)?)
}

/// The first and the last moment of a certificate in DER.
pub fn validity_of(certificate: &[u8]) -> Result<(Timestamp, Timestamp)> {
    let certificate = Certificate::from_der(certificate).context("it is no X.509 certificate")?;
    let validity = certificate.tbs_certificate().validity();
    let moment = |time: x509_cert::time::Time| {
        let seconds = i64::try_from(time.to_unix_duration().as_secs())?;
        anyhow::Ok(Timestamp::from_second(seconds)?)
    };
    Ok((moment(validity.not_before)?, moment(validity.not_after)?))
}
