//! The server with TLS.

use reqwest::{Certificate, Client};
use serde_json::json;

use crate::rig::Server;

#[tokio::test]
async fn a_client_that_trusts_the_certificate_is_served() {
    let (server, cert) = Server::start_with_tls();
    assert!(server.url.starts_with("https://127.0.0.1:"), "{}", server.url);

    let trust = Certificate::from_pem(cert.pem().as_bytes()).unwrap();
    let client = Client::builder().no_proxy().tls_certs_only([trust]).build().unwrap();
    let health = client.get(format!("{}/healthz", server.url)).send().await.unwrap();
    assert_eq!(health.status(), 200);
    let answer = server.post_by(&client, json!([{ "participant": "guest", "exclusive": true }])).await;
    assert_eq!(answer.status(), 200);
    let operation = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(operation.starts_with(&format!("{}/app/calls/", server.url)), "{operation}");

    let stranger = Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    assert!(stranger.get(format!("{}/healthz", server.url)).send().await.is_err());
}
