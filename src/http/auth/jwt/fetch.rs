//! Fetches a JWKS over HTTP: [`HttpJwks`]. A fetch is limited in bytes and time, and goes to the
//! configured host only.

use std::time::Duration;

use reqwest::{
    Client, Response, StatusCode, header,
    redirect::{Attempt, Policy},
};
use tokio::time::timeout;
use url::{Host, Url};

use super::{JwksRefresh, JwtError, keyring::Fetch, keys::Keys};
use crate::http::outgoing::words;

/// How many redirects are followed, all of them within the host.
const REDIRECTS: usize = 3;

/// A JWKS on an HTTP server.
#[derive(Debug)]
pub(super) struct HttpJwks {
    client: Client,
    url: Url,
    time: Duration,
    bytes: usize,
}

impl HttpJwks {
    /// Makes the client; sends no request yet.
    pub fn new(url: Url, refresh: &JwksRefresh) -> Result<Self, JwtError> {
        check(&url)?;
        let secure = url.scheme() == "https";
        let client = Client::builder().https_only(secure);
        // An unencrypted request must not leave this machine, so it does not use a proxy either.
        let client = if secure { client } else { client.no_proxy() };
        let client = client
            .redirect(Policy::custom(|attempt| match problem(&attempt) {
                None => attempt.follow(),
                Some(problem) => attempt.error(problem),
            }))
            .build()
            .map_err(JwtError::Client)?;
        Ok(Self { client, url, time: refresh.fetch_time, bytes: refresh.bytes })
    }

    async fn get(&self) -> Result<Vec<u8>, String> {
        let request =
            self.client.get(self.url.clone()).header(header::ACCEPT, "application/jwk-set+json, application/json");
        let response = request.send().await.map_err(words)?;
        match response.status() {
            StatusCode::OK => self.body(response).await,
            status => Err(format!("the answer is {status} and not 200")),
        }
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, String> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(words)? {
            if chunk.len() > self.bytes.saturating_sub(body.len()) {
                return Err(format!("the answer is longer than {} bytes", self.bytes));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

impl Fetch for HttpJwks {
    async fn fetch(&self) -> Result<Keys, JwtError> {
        let got = timeout(self.time, self.get()).await.unwrap_or_else(|_| Err(format!("no answer in {:?}", self.time)));
        Keys::parse(&got.map_err(|problem| JwtError::Fetch { problem })?)
    }
}

/// Refuses URLs that are neither https nor on this machine: whoever can change keys on the network
/// could sign tokens.
fn check(url: &Url) -> Result<(), JwtError> {
    let this_machine = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let problem = match url.scheme() {
        _ if !url.username().is_empty() || url.password().is_some() => "it has a user or a password in it",
        "https" => return Ok(()),
        "http" if this_machine => return Ok(()),
        "http" => "it has to be https; http is for this machine only (localhost, 127.0.0.0/8, ::1)",
        _ => "it has to be https",
    };
    let mut shown = url.clone();
    // Fails only for a URL that cannot have a user: then there is nothing to remove.
    let _ = shown.set_username("").and_then(|()| shown.set_password(None));
    Err(JwtError::Url { url: shown.into(), problem })
}

fn problem(attempt: &Attempt<'_>) -> Option<&'static str> {
    let asked = attempt.previous().first().map(Url::origin);
    if asked != Some(attempt.url().origin()) {
        return Some("the answer is a redirect to another host, scheme or port");
    }
    (attempt.previous().len() > REDIRECTS).then_some("the answers are too many redirects")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(url: &str) -> Result<(), String> {
        check(&url.parse().unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn keys_come_by_https_or_from_this_machine() {
        for url in ["https://issuer.example/k", "http://localhost:8/k", "http://127.0.0.9/k", "http://[::1]:80/k"] {
            assert_eq!(checked(url), Ok(()), "{url}");
        }
        for url in [
            "http://issuer.example/k",
            "http://localhost.example/k",
            "http://127.0.0.1.example/k",
            "http://10.0.0.1/k",
            "http://0.0.0.0/k",
            "http://[::]/k",
            "file:///etc/passwd",
            "data:text/plain,x",
            "ftp://localhost/k",
        ] {
            assert!(checked(url).unwrap_err().contains("has to be https"), "{url}");
        }
    }

    #[test]
    fn a_password_is_refused_and_not_shown() {
        for url in ["https://u:secret@issuer.example/k", "http://:secret@localhost/k", "https://secret@issuer.example/"]
        {
            let error = checked(url).unwrap_err();
            assert!(error.contains("password") && !error.contains("secret"), "{error}");
        }
    }
}
