//! A JSON client over HTTP/1.1 with kept-alive connections; calls block, so that tests read straight down.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Incoming;
use hyper::http::response::Parts;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client as Pool, Error as PoolError};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::answer::Answer;

const DEADLINE: Duration = Duration::from_secs(60);

/// Returns the runtime that all connections of the test process live on.
pub fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap())
}

fn pool() -> &'static Pool<HttpConnector, Full<Bytes>> {
    static POOL: OnceLock<Pool<HttpConnector, Full<Bytes>>> = OnceLock::new();
    POOL.get_or_init(|| {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        Pool::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .retry_canceled_requests(false)
            .build(connector)
    })
}

/// Why no answer came.
#[derive(Debug)]
pub enum Broken {
    Connection(PoolError),
    Body(hyper::Error),
    Deadline,
}

/// One caller of one server.
#[derive(Debug, Clone)]
pub struct Client {
    address: SocketAddr,
    authorization: Option<String>,
}

impl Client {
    pub fn new(address: SocketAddr, key: &str) -> Self {
        Self { address, authorization: Some(format!("ApiKey {key}")) }
    }

    pub fn anonymous(address: SocketAddr) -> Self {
        Self { address, authorization: None }
    }

    /// Returns a caller with this whole Authorization header.
    pub fn with_authorization(address: SocketAddr, authorization: &str) -> Self {
        Self { address, authorization: Some(authorization.to_owned()) }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send()
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path).json(body).send()
    }

    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.call("PATCH", path).json(body).send()
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path).send()
    }

    /// Begins a call whose headers and body are the test's own.
    pub fn call(&self, verb: &str, path: &str) -> Call {
        let mut headers = Vec::new();
        if let Some(authorization) = &self.authorization {
            headers.push(("authorization".to_owned(), authorization.clone()));
        }
        let uri = format!("http://{}{path}", self.address);
        Call { verb: verb.to_owned(), uri, path: path.to_owned(), headers, body: Bytes::new() }
    }
}

/// A call that has not been sent yet.
pub struct Call {
    verb: String,
    uri: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Call {
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").bytes(body.to_string())
    }

    #[must_use]
    pub fn bytes(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it and demands an answer, whatever its status.
    #[track_caller]
    pub fn send(self) -> Answer {
        let request = format!("{} {}", self.verb, self.path);
        self.try_send().unwrap_or_else(|broken| panic!("{request}: {broken:?}"))
    }

    /// Sends it to a server that may be going down.
    pub fn try_send(self) -> Result<Answer, Broken> {
        self.try_send_within(DEADLINE)
    }

    /// Sends it and goes away when there is no answer in time, wherever the request has got to.
    pub fn try_send_within(self, patience: Duration) -> Result<Answer, Broken> {
        runtime().block_on(async {
            tokio::time::timeout(patience, self.exchange()).await.unwrap_or(Err(Broken::Deadline))
        })
    }

    /// Sends it and returns the answer's head, with the body still to come.
    pub async fn stream(self) -> Result<(Parts, Incoming), Broken> {
        let mut request = Request::builder().method(self.verb.as_str()).uri(&self.uri);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(self.body)).unwrap();
        Ok(pool().request(request).await.map_err(Broken::Connection)?.into_parts())
    }

    async fn exchange(self) -> Result<Answer, Broken> {
        let shown: String = String::from_utf8_lossy(&self.body).chars().take(300).collect();
        let request = format!("{} {} {shown}", self.verb, self.path);
        let (head, body) = self.stream().await?;
        Ok(Answer {
            request,
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.collect().await.map_err(Broken::Body)?.to_bytes(),
        })
    }
}

/// Escapes a text for a query value.
pub fn escape(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte);
    text.bytes()
        .map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}
