//! How this program talks to a service: the transport that in-process and remote clients share, and the remote one.
//!
//! Of the operations it knows those that the command line has and no other part of this program.

pub mod admin;
pub mod follow;
pub mod found;
pub mod json;
pub mod question;
pub mod redaction;
mod refusal;
pub mod round_trip;

use std::{fs, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use bytes::Bytes;
use hansard_domain::caller::Caller;
use hansard_proto::v1::conversation_service_client::ConversationServiceClient;
use http_body::Body;
use tonic::{
    Request, Status,
    client::GrpcService,
    codegen::StdError,
    metadata::{Ascii, MetadataValue},
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Certificate, ClientTlsConfig, Endpoint},
};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tower::{ServiceExt, util::BoxCloneSyncService};

pub use refusal::explain;

use crate::{app::App, dialect::service::Local};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest answer that a client of this program takes: one whole conversation of an export.
pub const ANSWER_BYTES_MAX: usize = 256 * 1024 * 1024;

/// What carries a client's calls: a channel to a server, or a service in this process.
pub trait Transport:
    GrpcService<
        tonic::body::Body,
        Error: Into<StdError>,
        Future: Send,
        ResponseBody: Body<Data = Bytes, Error: Into<StdError> + Send> + Send + 'static,
    > + Clone
    + Send
    + Sync
    + 'static
{
}

impl<T> Transport for T where
    T: GrpcService<
            tonic::body::Body,
            Error: Into<StdError>,
            Future: Send,
            ResponseBody: Body<Data = Bytes, Error: Into<StdError> + Send> + Send + 'static,
        > + Clone
        + Send
        + Sync
        + 'static
{
}

/// A client's way to the services, be they in this process or on a server.
pub type Way =
    BoxCloneSyncService<http::Request<tonic::body::Body>, http::Response<tonic::body::Body>, StdError>;

/// The client of conversations.
pub type Conversations<T> = ConversationServiceClient<T>;

/// The way to the services of this process.
pub fn local(app: &Arc<App>, caller: Caller) -> Way {
    BoxCloneSyncService::new(Local::new(app, caller).map_err(Into::into))
}

/// A running server and what it takes to be heard by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Such as `https://hansard.example.com`.
    pub url: String,
    pub key: String,
    /// PEM file of the authority to trust instead of the public ones.
    pub ca_cert: Option<PathBuf>,
}

/// Puts the API key on every call.
#[derive(Clone)]
pub struct ApiKey(MetadataValue<Ascii>);

impl ApiKey {
    fn new(key: &str) -> Result<Self> {
        let header = format!("ApiKey {}", key.trim());
        let mut header: MetadataValue<Ascii> =
            header.parse().context("the API key holds characters that no key has")?;
        header.set_sensitive(true);
        Ok(Self(header))
    }
}

impl Interceptor for ApiKey {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

/// Connects to a server; by TLS where the URL says https.
pub async fn connect(server: &Server) -> Result<Way> {
    let Server { url, key, ca_cert } = server;
    let mut endpoint = Endpoint::from_shared(url.clone())
        .with_context(|| format!("{url} is not a URL such as https://hansard.example.com"))?
        .connect_timeout(CONNECT_TIMEOUT)
        .http2_keep_alive_interval(Duration::from_secs(30))
        .keep_alive_while_idle(true);
    match endpoint.uri().scheme_str() {
        Some("http") if ca_cert.is_none() => {}
        Some("http") => bail!("{url} is clear text: --ca-cert goes with https:// only"),
        Some("https") => endpoint = endpoint.tls_config(tls(server)?)?,
        _ => bail!("{url}: the URL of a server begins with http:// or https://"),
    }
    let key = ApiKey::new(key)?;
    let channel =
        endpoint.connect().await.map_err(|error| refusal::unreachable(url, ca_cert.as_deref(), &error))?;
    let service = InterceptedService::new(channel, key);
    let way = service.map_response(|response| response.map(tonic::body::Body::new)).map_err(Into::into);
    Ok(BoxCloneSyncService::new(way))
}

/// Asks gRPC's own health service whether the server serves.
pub async fn is_serving(way: Way) -> Result<()> {
    let answer = HealthClient::new(way).check(HealthCheckRequest::default()).await;
    let status = answer.map_err(|status| explain(&status))?.into_inner().status();
    ensure!(status == ServingStatus::Serving, "it answers {}", status.as_str_name());
    Ok(())
}

/// Trusts the public roots, or the one authority that the operator names.
fn tls(server: &Server) -> Result<ClientTlsConfig> {
    let Some(file) = &server.ca_cert else { return Ok(ClientTlsConfig::new().with_webpki_roots()) };
    let pem = fs::read(file).with_context(|| format!("cannot read --ca-cert {}", file.display()))?;
    Ok(ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn a_url_or_a_key_that_cannot_be_is_told() {
        for (url, key, part) in [
            ("ftp://example.com", "k", "begins with http:// or https://"),
            ("not a url", "k", "is not a URL"),
            ("http://127.0.0.1:1", "line\nbreak", "the API key holds characters"),
            ("http://127.0.0.1:1", "k", "cannot reach"),
        ] {
            let server = Server { url: url.to_owned(), key: key.to_owned(), ca_cert: None };
            let error = connect(&server).await.err().unwrap();
            assert!(error.to_string().contains(part), "{error}");
        }
    }

    #[test]
    fn every_call_carries_the_key_which_no_log_shows() {
        let request = ApiKey::new("hk_abc").unwrap().call(Request::new(())).unwrap();
        let sent = request.metadata().get("authorization").unwrap();
        assert_eq!(sent, "ApiKey hk_abc");
        assert!(!format!("{request:?}").contains("hk_abc"));
    }
}
