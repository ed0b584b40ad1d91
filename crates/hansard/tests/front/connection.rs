use std::{sync::Arc, time::Duration};

use hansard::listener::Tls;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout},
};
use tokio_rustls::TlsConnector;

use crate::fixture::{KEY, PROFILE, Server};

async fn exchange(stream: &mut (impl AsyncReadExt + AsyncWriteExt + Unpin), request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let length = stream.read(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

const HEALTH: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";

#[tokio::test]
async fn a_stopping_server_ends_what_is_in_flight_and_takes_no_more() {
    let server = Server::start().await;
    let address = server.address;
    let path = format!("{PROFILE}/conversations/slow");
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: {KEY}\r\n\r\n");
    let in_flight = tokio::spawn(async move {
        let mut stream = TcpStream::connect(address).await.unwrap();
        exchange(&mut stream, &request).await
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    assert!(exchange(&mut idle, HEALTH).await.starts_with("HTTP/1.1 200"));
    let started = Instant::now();
    server.stop().await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert!(in_flight.await.unwrap().starts_with("HTTP/1.1 200"));
    TcpStream::connect(address).await.unwrap_err();
    assert_eq!(idle.read(&mut [0; 1]).await.unwrap_or(0), 0);
}

#[tokio::test]
async fn a_request_that_does_not_arrive_is_not_waited_for() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"GET /healthz HT").await.unwrap();
    let ended = timeout(Duration::from_secs(15), stream.read(&mut [0; 512])).await;
    assert!(ended.is_ok(), "the connection is still open");
}

#[tokio::test]
async fn headers_that_are_too_large_are_refused() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx-large: {}\r\n\r\n", "x".repeat(200_000));
    let answer = exchange(&mut stream, &request).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn tls_offers_both_versions() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (cert, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let Err(swapped) = Tls::from_pem(&key, &cert) else { panic!("a key is no certificate") };
    assert!(swapped.to_string().contains("pem"), "{swapped}");
    let server = Server::start_with(Some(Tls::from_pem(&cert, &key).unwrap())).await;
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&cert).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    for offered in ["h2", "http/1.1"] {
        config.alpn_protocols = vec![offered.into()];
        let stream = TcpStream::connect(server.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = TlsConnector::from(Arc::new(config.clone())).connect(name, stream).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(offered.as_bytes()));
        if offered == "http/1.1" {
            assert!(exchange(&mut stream, HEALTH).await.starts_with("HTTP/1.1 200"));
        }
    }
}
