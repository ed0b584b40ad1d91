//! HTTP/1.1 over one kept connection, and the client that sends JSON over it.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request,
    body::Incoming,
    client::conn::http1::{SendRequest, handshake},
    header::{AUTHORIZATION, CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::{load::Client, random::Random};

/// Where a server listens, and the key that it wants, if any.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) key: Option<String>,
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Http {
    target: Target,
    sender: SendRequest<Full<Bytes>>,
}

/// A request in JSON.
#[derive(Debug, Default)]
pub(crate) struct Post {
    pub(crate) path: String,
    pub(crate) body: String,
    pub(crate) idempotency_key: Option<String>,
}

impl Http {
    pub(crate) async fn connect(target: &Target) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(target.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Its errors reach the sender too.
        tokio::spawn(async { drop(connection.await) });
        Ok(Self { target: target.clone(), sender })
    }

    /// Sends this key from now on.
    pub(crate) fn act_as(&mut self, key: &str) {
        self.target.key = Some(key.to_owned());
    }

    pub(crate) async fn post(&mut self, post: Post) -> anyhow::Result<Bytes> {
        self.send_json(Method::POST, post).await
    }

    pub(crate) async fn patch(&mut self, post: Post) -> anyhow::Result<Bytes> {
        self.send_json(Method::PATCH, post).await
    }

    async fn send_json(&mut self, method: Method, post: Post) -> anyhow::Result<Bytes> {
        let mut request = self.request(method, &post.path).header(CONTENT_TYPE, "application/json");
        if let Some(key) = post.idempotency_key {
            request = request.header("idempotency-key", key);
        }
        let body = self.send(request.body(Full::from(post.body))?).await?;
        Ok(body.collect().await?.to_bytes())
    }

    pub(crate) async fn get(&mut self, path: &str) -> anyhow::Result<Bytes> {
        let request = self.request(Method::GET, path).body(Full::default())?;
        Ok(self.send(request).await?.collect().await?.to_bytes())
    }

    /// Asks for Server-Sent Events, of which the connection is full from then on.
    pub(crate) async fn events(mut self, path: &str) -> anyhow::Result<Incoming> {
        let request = self.request(Method::GET, path).header("accept", "text/event-stream");
        self.send(request.body(Full::default())?).await
    }

    fn request(&self, method: Method, path: &str) -> hyper::http::request::Builder {
        let request = Request::builder().method(method).uri(path);
        let request = request.header(HOST, self.target.address.to_string());
        match &self.target.key {
            Some(key) => request.header(AUTHORIZATION, format!("ApiKey {key}")),
            None => request,
        }
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> anyhow::Result<Incoming> {
        let line = format!("{} {}", request.method(), request.uri());
        self.sender.ready().await?;
        let answer = self.sender.send_request(request).await.with_context(|| line.clone())?;
        let status = answer.status();
        if !status.is_success() {
            let body = answer.into_body().collect().await?.to_bytes();
            bail!("{line}: {status} {}", String::from_utf8_lossy(&body));
        }
        Ok(answer.into_body())
    }
}

/// A client of JSON whose requests a function makes.
#[derive(Debug)]
pub(crate) struct Json<F> {
    http: Http,
    random: Random,
    next: F,
}

impl<F: FnMut(&mut Random) -> Post + Clone> Json<F> {
    /// Connects so many clients.
    pub(crate) async fn connect(count: u32, target: &Target, next: F) -> anyhow::Result<Vec<Self>> {
        let mut clients = Vec::new();
        for number in 0..count {
            let http = Http::connect(target).await?;
            clients.push(Self { http, random: Random::new(number), next: next.clone() });
        }
        Ok(clients)
    }
}

impl<F: FnMut(&mut Random) -> Post> Client for Json<F> {
    async fn call(&mut self) -> anyhow::Result<()> {
        let post = (self.next)(&mut self.random);
        self.http.post(post).await.map(drop)
    }
}
