//! Prompts by https, from hosts that nobody vouches for: [`HttpsPrompts`].

use std::{error::Error, fmt, sync::Arc};

use axum::http::{StatusCode, header};
use reqwest::{Certificate, Client, Response, dns::Resolve, redirect::Policy};
use tokio::{sync::Semaphore, time::timeout};
use url::{Host, Url};

use super::{
    PromptOptions,
    address::{Addresses, NotPublic},
    names::PublicNames,
};
use crate::{
    config::MediaInfo,
    http::{
        PromptAudio, PromptError, PromptResolver,
        outgoing::{Names, words},
    },
    stream::{Pcm, WavError},
};

/// Who asks.
const USER_AGENT: &str = concat!("mixminus/", env!("CARGO_PKG_VERSION"));
/// How many bytes of a `Content-Type` an error shows.
const SHOWN: usize = 100;

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
/// use mixminus::{config::MediaInfo, http::{HttpsPrompts, PromptError, PromptOptions, PromptResolver}};
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let prompts = HttpsPrompts::new(PromptOptions::default())?;
/// let media = MediaInfo { uri: "https://169.254.169.254/latest/meta-data".into(), resource_id: None };
/// let refused = prompts.resolve(&media).await.unwrap_err();
/// assert!(matches!(refused, PromptError::Address { kind: "a link-local address", .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct HttpsPrompts {
    client: Client,
    addresses: Arc<Addresses>,
    at_once: Arc<Semaphore>,
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
        let at_once = Arc::new(Semaphore::new(options.at_once.clamp(1, Semaphore::MAX_PERMITS)));
        Ok(Self { client, addresses, at_once, options })
    }

    async fn fetch(&self, uri: &str) -> Result<Pcm, PromptError> {
        let get = async {
            let turn = Arc::clone(&self.at_once).acquire_owned().await;
            self.get(uri).await.map(|got| (got, turn))
        };
        let limit = self.options.time;
        let got = timeout(limit, get).await.unwrap_or(Err(PromptError::Late { limit }));
        let ((content_type, body), turn) = got?;
        let most_ms = self.options.duration.as_secs_f64() * 1000.0;
        let read = tokio::task::spawn_blocking(move || {
            // As long as its bytes are there beside its samples, whoever waits for them.
            let _turn = turn;
            Pcm::from_wav(&body[..], most_ms)
        });
        let read = read.await;
        let read = read.map_err(|error| PromptError::Connection { reason: error.to_string() })?;
        read.map_err(|cause: WavError| PromptError::NotWav { cause, content_type })
    }

    /// The body of the prompt, and what its host says that it is.
    async fn get(&self, uri: &str) -> Result<(String, Vec<u8>), PromptError> {
        let mut url = Url::parse(uri).map_err(|error| PromptError::Uri { reason: error.to_string() })?;
        for _ in 0..=self.options.redirects {
            self.check(&url)?;
            let response = self.client.get(url.clone()).header(header::ACCEPT_ENCODING, "identity").send().await;
            let response = response.map_err(|error| failure(&url, error))?;
            match redirect(&url, &response)? {
                Some(next) => url = next,
                None => return self.take(&url, response).await,
            }
        }
        Err(PromptError::Redirects { host: shown(&url), most: self.options.redirects })
    }

    /// Whether a URL may be asked, as far as it tells itself. A name is looked up and checked when it is asked.
    fn check(&self, url: &Url) -> Result<(), PromptError> {
        if url.scheme() != "https" {
            return Err(PromptError::Scheme { scheme: url.scheme().to_owned() });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(PromptError::UserInfo);
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => address.into(),
            Some(Host::Ipv6(address)) => address.into(),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(PromptError::Uri { reason: "it has no host".into() }),
        };
        self.addresses.check(address).map_err(|refused| not_public(url, refused))
    }

    async fn take(&self, url: &Url, mut response: Response) -> Result<(String, Vec<u8>), PromptError> {
        let host = || shown(url);
        if response.status() != StatusCode::OK {
            return Err(PromptError::Status { host: host(), status: response.status().as_u16() });
        }
        let encoding = header_text(&response, header::CONTENT_ENCODING).filter(|encoding| encoding != "identity");
        if let Some(encoding) = encoding {
            return Err(PromptError::Compressed { host: host(), encoding });
        }
        let most = self.options.bytes;
        if response.content_length().is_some_and(|length| length > most as u64) {
            return Err(PromptError::Bytes { most });
        }
        let content_type =
            header_text(&response, header::CONTENT_TYPE).unwrap_or_else(|| "nothing in particular".into());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(url, error))? {
            if chunk.len() > most - body.len() {
                return Err(PromptError::Bytes { most });
            }
            body.extend_from_slice(&chunk);
        }
        Ok((content_type, body))
    }
}

impl PromptResolver for HttpsPrompts {
    fn resolve<'a>(&'a self, media: &'a MediaInfo) -> PromptAudio<'a> {
        Box::pin(self.fetch(&media.uri))
    }
}

impl fmt::Debug for HttpsPrompts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpsPrompts").field("options", &self.options).finish_non_exhaustive()
    }
}

/// Where an answer sends on to, if it does.
fn redirect(url: &Url, response: &Response) -> Result<Option<Url>, PromptError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let wrong = |what: String| PromptError::Uri { reason: format!("{} sends on, and {what}", shown(url)) };
    let location = response.headers().get(header::LOCATION).ok_or_else(|| wrong("has no Location".into()))?;
    let text = str::from_utf8(location.as_bytes()).map_err(|_| wrong("its Location is not UTF-8".into()))?;
    url.join(text).map(Some).map_err(|error| wrong(format!("its Location cannot be read: {error}")))
}

/// What went wrong with a request: an address that was refused is somewhere among the causes.
fn failure(url: &Url, error: reqwest::Error) -> PromptError {
    let mut cause: Option<&dyn Error> = Some(&error);
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<NotPublic>() {
            return not_public(url, *refused);
        }
        cause = error.source();
    }
    PromptError::Connection { reason: words(error) }
}

fn not_public(url: &Url, NotPublic { address, kind }: NotPublic) -> PromptError {
    PromptError::Address { host: shown(url), address, kind }
}

/// Scheme, host and port: nothing else of a URL is shown.
fn shown(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn header_text(response: &Response, name: header::HeaderName) -> Option<String> {
    let value = response.headers().get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).chars().take(SHOWN).collect())
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

    async fn refused(uri: &str, answers: &[&str]) -> PromptError {
        let answers = Answers(answers.iter().map(|address| address.parse().unwrap()).collect());
        HttpsPrompts::with_names(PromptOptions::default(), answers).unwrap().fetch(uri).await.unwrap_err()
    }

    #[tokio::test]
    async fn a_name_whose_addresses_are_not_public_is_not_asked() {
        for address in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::1"]
        {
            let error = refused("https://prompts.example/secret", &[address]).await;
            let PromptError::Address { host, address: found, .. } = &error else { panic!("{error}") };
            assert_eq!((host.as_str(), *found), ("https://prompts.example", address.parse::<IpAddr>().unwrap()));
            assert!(!error.to_string().contains("secret"));
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
            let error = refused(&format!("https://{uri}/a.wav"), &[]).await;
            assert!(matches!(error, PromptError::Address { .. }), "{uri}: {error}");
        }
    }

    #[tokio::test]
    async fn only_https_without_secrets_is_taken() {
        for (uri, says) in [
            ("http://prompts.example/a.wav", "the scheme of the prompt's URI is http; https is required"),
            ("file:///etc/passwd", "the scheme of the prompt's URI is file; https is required"),
            (
                "https://me:word@prompts.example/",
                "the prompt's URI has a user name or a password in it, and none is sent",
            ),
            ("prompts.example", "the prompt's URI cannot be read: relative URL without a base"),
            ("https://", "the prompt's URI cannot be read: empty host"),
        ] {
            assert_eq!(refused(uri, &["1.2.3.4"]).await.to_string(), says);
        }
    }

    #[test]
    fn an_authority_has_to_be_a_certificate() {
        let authorities = vec!["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".into()];
        let error = HttpsPrompts::new(PromptOptions { authorities, ..PromptOptions::default() }).unwrap_err();
        assert!(!error.to_string().is_empty());
    }
}
