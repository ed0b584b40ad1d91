//! How this program talks to a service: the transport that in-process and remote clients share, and the remote one.
//!
//! It knows no operation.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, bail};
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
    transport::{Channel, ClientTlsConfig, Endpoint},
};

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

/// The client of the services in this process.
pub type LocalConversations = ConversationServiceClient<Local>;

/// Reaches the services of this process, which answer as they would over the wire.
pub fn local(app: &Arc<App>, caller: Caller) -> LocalConversations {
    ConversationServiceClient::new(Local::new(app, caller))
}

/// A channel to a server whose calls carry an API key.
pub type Remote = InterceptedService<Channel, ApiKey>;

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

/// Connects to a server, by TLS with the public roots where the URL says https.
pub async fn connect(url: &str, key: &str) -> Result<ConversationServiceClient<Remote>> {
    let mut endpoint = Endpoint::from_shared(url.to_owned())
        .with_context(|| format!("{url} is not a URL such as https://hansard.example.com"))?
        .connect_timeout(CONNECT_TIMEOUT)
        .http2_keep_alive_interval(Duration::from_secs(30))
        .keep_alive_while_idle(true);
    match endpoint.uri().scheme_str() {
        Some("http") => {}
        Some("https") => endpoint = endpoint.tls_config(ClientTlsConfig::new().with_webpki_roots())?,
        _ => bail!("{url}: the URL of a server begins with http:// or https://"),
    }
    let key = ApiKey::new(key)?;
    let channel = endpoint.connect().await.with_context(|| format!("cannot reach {url}"))?;
    let service = InterceptedService::new(channel, key);
    Ok(ConversationServiceClient::new(service).max_decoding_message_size(ANSWER_BYTES_MAX))
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
            let error = connect(url, key).await.err().unwrap();
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
