//! Clients that close their side once they have sent a whole request, as `nc -N` and some proxies do: each is answered.

use std::sync::Arc;

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs, pki_types::ServerName},
};

use crate::{
    load,
    rig::{PATIENCE, Server},
};

const LEVELS: &str = r#"{"participantMixerLevels":[{"participant":"guest","exclusive":true}]}"#;
const EACH: usize = 20;

/// The same request, with the length of its body in its head, and in chunks.
fn requests(server: &Server) -> [Vec<u8>; 2] {
    let path = format!("/app/calls/{}/participants/configureMixer", server.call);
    let whole = load::post(server.token.as_deref().unwrap(), &path, LEVELS);
    let (head, body) = LEVELS.split_at(20);
    let chunks = format!("{:x}\r\n{head}\r\n{:x}\r\n{body}\r\n0\r\n\r\n", head.len(), body.len());
    let chunked = String::from_utf8(whole.clone()).unwrap().replace(LEVELS, &chunks);
    let length = format!("Content-Length: {}", LEVELS.len());
    [whole, chunked.replace(&length, "Transfer-Encoding: chunked").into_bytes()]
}

/// Sends a request, closes that side, and reads the answer to its end.
async fn exchange(mut stream: impl AsyncRead + AsyncWrite + Unpin, request: &[u8]) -> String {
    stream.write_all(request).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("the server closes its side, too").unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn who_closes_its_side_is_answered() {
    let server = Server::start(&[]);
    for request in requests(&server) {
        for _ in 0..EACH {
            let answer = exchange(TcpStream::connect(server.address()).await.unwrap(), &request).await;
            assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("\"status\":\"running\""), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn who_closes_its_side_of_tls_is_answered() {
    let (server, cert) = Server::start_with_tls();
    let mut trusted = RootCertStore::empty();
    trusted.add(cert.der().clone()).unwrap();
    let client = ClientConfig::builder_with_provider(aws_lc_rs::default_provider().into());
    let client = client.with_safe_default_protocol_versions().unwrap().with_root_certificates(trusted);
    let connector = TlsConnector::from(Arc::new(client.with_no_client_auth()));
    for request in requests(&server) {
        for _ in 0..EACH / 2 {
            let stream = TcpStream::connect(server.address()).await.unwrap();
            let name = ServerName::try_from("127.0.0.1").unwrap();
            let answer = exchange(connector.connect(name, stream).await.unwrap(), &request).await;
            assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("\"status\":\"running\""), "{answer:?}");
        }
    }
}
