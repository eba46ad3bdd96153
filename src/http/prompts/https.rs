//! Prompts by https, from hosts that nobody vouches for: [`HttpsPrompts`].

use std::{fmt, sync::Arc};

use axum::http::{StatusCode, header};
use reqwest::{Certificate, Client, Response, dns::Resolve, redirect::Policy};
use tokio::time::timeout;
use url::{Host, Url};

use super::{
    PromptOptions,
    address::Addresses,
    answer::{clip, failure, header_text, not_public, redirect, refused},
    names::PublicNames,
};
use crate::{
    config::MediaInfo,
    http::{
        media::{PromptError, PromptResolver, Resolving},
        outgoing::{Names, words},
    },
    stream::Clip,
};

/// Who asks.
const USER_AGENT: &str = concat!("mixminus/", env!("CARGO_PKG_VERSION"));

/// Fetches prompts by https, for clients whom the host does not trust with its own network.
///
/// - Only https is taken, without a user name or a password.
/// - Addresses are checked after the name was looked up, and the connection goes to the address that was checked. Not
///   asked are addresses of this machine, private, link-local, unique local, shared (carriers' NATs), reserved, multicast
///   and documentation addresses, and those of IPv6 that stand for others of IPv4 (mapped, NAT64, 6to4); but for those
///   that [`PromptOptions::allowed`] names.
/// - Redirects are followed to https and to addresses that are checked alike.
/// - Time, bytes, duration and redirects are bounded by the [`PromptOptions`]. Nothing is decompressed.
/// - Proxies that the environment names are not used: they would look names up themselves.
/// - What is no WAV file of one or two channels is refused, with what it is.
///
/// ```
/// use mixminus::{config::MediaInfo, http::{HttpsPrompts, PromptOptions, PromptResolver}};
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let prompts = HttpsPrompts::new(PromptOptions::default())?;
/// let media = MediaInfo { uri: "https://169.254.169.254/latest/meta-data".into(), resource_id: None };
/// let refused = prompts.resolve(&media, 48_000).await.unwrap_err();
/// assert_eq!(
///     refused.to_string(),
///     "the prompt is at https://169.254.169.254, which has a link-local address; only public addresses are asked"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct HttpsPrompts {
    client: Client,
    addresses: Arc<Addresses>,
    options: PromptOptions,
}

/// Why prompts cannot be fetched at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PromptClientError {
    /// One of [`PromptOptions::authorities`] is no certificate.
    #[error("authority {index} is no certificate in PEM: {reason}")]
    Authority {
        /// Its place in the list.
        index: usize,
        /// What is wrong.
        reason: String,
    },
    /// There is no HTTP client, for want of certificate authorities, for instance.
    #[error("there is no HTTP client: {reason}")]
    Client {
        /// What is wrong.
        reason: String,
    },
}

impl HttpsPrompts {
    /// Makes the client; sends no request yet.
    ///
    /// # Errors
    /// [`PromptClientError`].
    pub fn new(options: PromptOptions) -> Result<Self, PromptClientError> {
        Self::with_names(options, Names::default())
    }

    fn with_names(options: PromptOptions, names: impl Resolve + 'static) -> Result<Self, PromptClientError> {
        let addresses = Arc::new(Addresses { allowed: options.allowed.clone() });
        let names = PublicNames { names, addresses: Arc::clone(&addresses) };
        let authority = |(index, pem): (usize, &String)| {
            let reason = |error| PromptClientError::Authority { index, reason: words(error) };
            Certificate::from_pem(pem.as_bytes()).map_err(reason)
        };
        let authorities = options.authorities.iter().enumerate().map(authority).collect::<Result<Vec<_>, _>>()?;
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .https_only(true)
            // Each is followed here, once it is checked.
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .dns_resolver(names)
            .tls_certs_merge(authorities)
            .build()
            .map_err(|error| PromptClientError::Client { reason: words(error) })?;
        Ok(Self { client, addresses, options })
    }

    async fn fetch(&self, uri: &str, rate_hz: u32) -> Result<Clip, PromptError> {
        let limit = self.options.time;
        let got = timeout(limit, self.get(uri)).await.unwrap_or(Err(PromptError::TooSlow { limit }));
        let (content_type, body) = got?;
        let most = self.options.duration;
        let made = tokio::task::spawn_blocking(move || clip(&body, &content_type, most, rate_hz)).await;
        made.unwrap_or_else(|error| Err(PromptError::NotAudio { reason: format!("cannot be read: {error}") }))
    }

    /// The body of the prompt, and what its host says that it is.
    async fn get(&self, uri: &str) -> Result<(String, Vec<u8>), PromptError> {
        let mut url = Url::parse(uri).map_err(|error| refused(format!("has a URI that cannot be read: {error}")))?;
        for _ in 0..=self.options.redirects {
            self.check(&url)?;
            let response = self.client.get(url.clone()).header(header::ACCEPT_ENCODING, "identity").send().await;
            let response = response.map_err(|error| failure(&url, error))?;
            match redirect(&url, &response)? {
                Some(next) => url = next,
                None => return self.take(&url, response).await,
            }
        }
        Err(refused(format!("leads from one place to the next, more than {} times", self.options.redirects)))
    }

    /// Whether a URL may be asked, as far as it tells itself. A name is looked up and checked when it is asked.
    fn check(&self, url: &Url) -> Result<(), PromptError> {
        if url.scheme() != "https" {
            return Err(refused(format!("is to be fetched by {}, and https is required", url.scheme())));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("has a URI with a user name or a password, and none is sent".into()));
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => address.into(),
            Some(Host::Ipv6(address)) => address.into(),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(refused("has a URI without a host".into())),
        };
        self.addresses.check(address).map_err(|found| not_public(url, found))
    }

    async fn take(&self, url: &Url, mut response: Response) -> Result<(String, Vec<u8>), PromptError> {
        if response.status() != StatusCode::OK {
            return Err(PromptError::Status { status: response.status().as_u16() });
        }
        let encoding = header_text(&response, header::CONTENT_ENCODING).filter(|encoding| encoding != "identity");
        if let Some(encoding) = encoding {
            let reason = format!("was compressed ({encoding}) by its server, which was asked not to");
            return Err(PromptError::NotAudio { reason });
        }
        let most = self.options.bytes;
        let too_large = PromptError::TooLarge { most_bytes: most as u64 };
        if response.content_length().is_some_and(|length| length > most as u64) {
            return Err(too_large);
        }
        let content_type =
            header_text(&response, header::CONTENT_TYPE).unwrap_or_else(|| "nothing in particular".into());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(url, error))? {
            if chunk.len() > most - body.len() {
                return Err(too_large);
            }
            body.extend_from_slice(&chunk);
        }
        Ok((content_type, body))
    }
}

impl PromptResolver for HttpsPrompts {
    fn resolve<'a>(&'a self, media: &'a MediaInfo, rate_hz: u32) -> Resolving<'a> {
        Box::pin(self.fetch(&media.uri, rate_hz))
    }
}

impl fmt::Debug for HttpsPrompts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpsPrompts").field("options", &self.options).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, SocketAddr};

    use reqwest::dns::{Addrs, Name, Resolving};

    use super::*;

    /// Every name is at these addresses.
    #[derive(Debug, Clone)]
    struct Answers(Vec<IpAddr>);

    impl Resolve for Answers {
        fn resolve(&self, _: Name) -> Resolving {
            let found: Vec<_> = self.0.iter().map(|address| SocketAddr::new(*address, 0)).collect();
            Box::pin(async move { Ok(Box::new(found.into_iter()) as Addrs) })
        }
    }

    async fn says(uri: &str, answers: &[&str]) -> String {
        let answers = Answers(answers.iter().map(|address| address.parse().unwrap()).collect());
        let prompts = HttpsPrompts::with_names(PromptOptions::default(), answers).unwrap();
        let media = MediaInfo { uri: uri.into(), resource_id: None };
        let error = prompts.resolve(&media, 48_000).await.unwrap_err();
        assert!(matches!(error, PromptError::Refused { .. }), "{error:?}");
        error.to_string()
    }

    #[tokio::test]
    async fn a_name_whose_addresses_are_not_public_is_not_asked() {
        for address in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::1"]
        {
            let says = says("https://prompts.example/secret", &[address]).await;
            assert!(says.starts_with("the prompt is at https://prompts.example, which has a"), "{says}");
            assert!(says.ends_with("; only public addresses are asked") && !says.contains(address), "{says}");
        }
    }

    #[tokio::test]
    async fn of_several_addresses_only_public_ones_are_asked() {
        let names = PublicNames {
            names: Answers(["10.0.0.1", "1.2.3.4", "::1"].map(|address| address.parse().unwrap()).to_vec()),
            addresses: Arc::default(),
        };
        let found: Vec<_> = names.resolve("prompts.example".parse().unwrap()).await.unwrap().collect();
        assert_eq!(found, ["1.2.3.4:0".parse().unwrap()]);
    }

    #[tokio::test]
    async fn addresses_in_a_uri_are_checked_however_they_are_written() {
        let uris = ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:7f00:1]", "0", "10.1.2.3:8443"];
        for uri in uris {
            let says = says(&format!("https://{uri}/a.wav"), &[]).await;
            assert!(says.contains("only public addresses are asked"), "{uri}: {says}");
        }
    }

    #[tokio::test]
    async fn only_https_without_secrets_is_taken() {
        for (uri, expected) in [
            ("http://prompts.example/a.wav", "the prompt is to be fetched by http, and https is required"),
            ("file:///etc/passwd", "the prompt is to be fetched by file, and https is required"),
            (
                "https://me:word@prompts.example/",
                "the prompt has a URI with a user name or a password, and none is sent",
            ),
            ("prompts.example", "the prompt has a URI that cannot be read: relative URL without a base"),
            ("https://", "the prompt has a URI that cannot be read: empty host"),
        ] {
            assert_eq!(says(uri, &["1.2.3.4"]).await, expected);
        }
    }

    #[test]
    fn an_authority_has_to_be_a_certificate() {
        let authorities = vec!["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".into()];
        let error = HttpsPrompts::new(PromptOptions { authorities, ..PromptOptions::default() }).unwrap_err();
        assert!(!error.to_string().is_empty());
    }
}
