//! Tokens that an issuer has signed: [`JwtAuthorizer`], which combines the parts of this folder:
//! tokens, keys, claims, and how keys are fetched.

mod algorithm;
mod claims;
mod clock;
mod error;
mod fetch;
mod file;
#[cfg(test)]
mod issuer;
mod key;
mod keyring;
mod keys;
mod options;
mod quote;
mod readings;
mod token;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod rotation;

use std::sync::Arc;

use clock::Clock;
pub use error::JwtError;
use fetch::HttpJwks;
use file::FileJwks;
use keyring::{Fetch, Keyring};
use keys::{Keys, NotPicked};
pub use options::{JwksRefresh, JwksSource, JwtOptions};
use quote::quote;
pub use readings::JwksReadings;
use token::Token;

use super::{Authorization, Authorizer, Grant, Refusal};

/// Accepts JSON Web Tokens (RFC 7519) that an issuer has signed with RS256 or ES256.
///
/// A valid token has a signature by one of the issuer's keys: the key that its `kid` names, or
/// without a `kid` the only key for its algorithm. Its `exp` is in the future, and its `nbf`, if it
/// has one, in the past. Its `iss` is one of the [issuers](JwtOptions::issuers), and its `aud`, a
/// string or a list, contains one of the [audiences](JwtOptions::audiences). Its permissions are
/// its `roles`, a string or a list, and the words of its `scp` and `scope`. A token without any of
/// these is valid but has no permissions.
///
/// ```
/// use mixminus::http::{JwksSource, JwtAuthorizer, JwtOptions};
///
/// let keys = JwksSource::Url("https://login.example/tenant/keys".parse()?);
/// let authorizer = JwtAuthorizer::new(keys, JwtOptions {
///     issuers: vec!["https://login.example/tenant".into()],
///     audiences: vec!["api://mixer".into()],
///     ..JwtOptions::default()
/// })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Keys are fetched from a URL, and read again from a file, on the tokio runtime of the request
/// that needs them, and once for all requests that wait: see [`JwksRefresh`].
#[derive(Debug)]
pub struct JwtAuthorizer {
    source: Source,
    options: JwtOptions,
    clock: Clock,
}

#[derive(Debug)]
enum Source {
    Fixed(Arc<Keys>),
    Kept(Arc<Keyring<Jwks>>),
}

/// A source that can be fetched again.
#[derive(Debug)]
enum Jwks {
    File(FileJwks),
    Http(HttpJwks),
}

impl Fetch for Jwks {
    async fn fetch(&self) -> Result<Keys, JwtError> {
        match self {
            Self::File(file) => file.fetch().await,
            Self::Http(http) => http.fetch().await,
        }
    }
}

impl JwtAuthorizer {
    /// Makes an authorizer with the keys of a source. A text or file is read now; a URL is fetched
    /// when the first token comes, or by [`ready`](Self::ready).
    ///
    /// # Errors
    /// [`JwtError`] if the issuers or audiences are missing, the text or file has no usable key, or
    /// the URL is not allowed.
    ///
    /// ```
    /// use mixminus::http::{JwksSource, JwtAuthorizer, JwtError, JwtOptions};
    ///
    /// let (issuers, audiences) = (vec!["us".into()], vec!["mixer".into()]);
    /// let options = JwtOptions { issuers, audiences, ..JwtOptions::default() };
    /// let plain = JwksSource::Url("http://login.example/keys".parse()?);
    /// assert!(matches!(JwtAuthorizer::new(plain, options), Err(JwtError::Url { .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(source: JwksSource, options: JwtOptions) -> Result<Self, JwtError> {
        Self::with_clock(source, options, Clock::System)
    }

    fn with_clock(source: JwksSource, options: JwtOptions, clock: Clock) -> Result<Self, JwtError> {
        if names_nobody(&options.issuers) {
            return Err(JwtError::NoIssuer);
        }
        if names_nobody(&options.audiences) {
            return Err(JwtError::NoAudience);
        }
        let refresh = &options.refresh;
        let kept = |jwks, keys| Source::Kept(Arc::new(Keyring::new(jwks, keys, refresh.clone(), clock.clone())));
        let source = match source {
            JwksSource::Text(text) => Source::Fixed(Arc::new(Keys::parse(text.as_bytes())?)),
            JwksSource::File(path) => {
                let is_read_again = path.is_file();
                let file = FileJwks::new(path, refresh);
                let keys = file.read()?;
                // A pipe can be read only once.
                if is_read_again { kept(Jwks::File(file), Some(keys)) } else { Source::Fixed(Arc::new(keys)) }
            }
            JwksSource::Url(url) => kept(Jwks::Http(HttpJwks::new(url, refresh)?), None),
        };
        Ok(Self { source, options, clock })
    }

    /// Fetches the keys if there are none yet. Optional: it lets a host learn at its start, and not
    /// from its clients, that the URL is wrong.
    ///
    /// # Errors
    /// [`JwtError::NoKeysYet`].
    ///
    /// ```
    /// # use mixminus::http::{JwksRefresh, JwksSource, JwtAuthorizer, JwtError, JwtOptions};
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let refresh = JwksRefresh { fetch_time: std::time::Duration::from_secs(1), ..JwksRefresh::default() };
    /// # let (issuers, audiences) = (vec!["us".into()], vec!["mixer".into()]);
    /// # let options = JwtOptions { issuers, audiences, refresh, ..JwtOptions::default() };
    /// let nobody = JwksSource::Url("http://127.0.0.1:1/keys".parse()?);
    /// let authorizer = JwtAuthorizer::new(nobody, options)?;
    /// assert!(matches!(authorizer.ready().await, Err(JwtError::NoKeysYet { .. })));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn ready(&self) -> Result<(), JwtError> {
        let Source::Kept(ring) = &self.source else { return Ok(()) };
        match ring.keys().await {
            Ok(_) => Ok(()),
            Err(_) => {
                Err(JwtError::NoKeysYet { problem: ring.readings().failure.unwrap_or_else(|| "not tried yet".into()) })
            }
        }
    }

    /// How the fetching of keys goes, for a host that watches over it. May be called on any thread except an audio thread.
    ///
    /// ```
    /// # use mixminus::http::{JwksSource, JwtAuthorizer, JwtOptions};
    /// # let (issuers, audiences) = (vec!["us".into()], vec!["mixer".into()]);
    /// # let options = JwtOptions { issuers, audiences, ..JwtOptions::default() };
    /// let keys = JwksSource::Url("https://login.example/tenant/keys".parse()?);
    /// let readings = JwtAuthorizer::new(keys, options)?.readings();
    /// assert_eq!((readings.fetches, readings.failure), (0, None), "no token has come yet");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn readings(&self) -> JwksReadings {
        match &self.source {
            Source::Fixed(_) => JwksReadings::default(),
            Source::Kept(ring) => ring.readings(),
        }
    }

    async fn check(&self, token: &str) -> Result<Grant, Refusal> {
        let token = Token::read(token, self.options.token_bytes).map_err(invalid)?;
        let mut keys = self.keys().await?;
        if matches!(pick(&keys, &token), Err(NotPicked::Unknown)) {
            keys = self.newer(keys).await?;
        }
        let key = pick(&keys, &token).map_err(|why| invalid(self.why_not_picked(&token, &why)))?;
        let claims = token.claims(key).map_err(invalid)?;
        claims::grant(&claims, &self.options, self.clock.unix()).map_err(invalid)
    }

    async fn keys(&self) -> Result<Arc<Keys>, Refusal> {
        match &self.source {
            Source::Fixed(keys) => Ok(keys.clone()),
            Source::Kept(ring) => ring.keys().await,
        }
    }

    async fn newer(&self, keys: Arc<Keys>) -> Result<Arc<Keys>, Refusal> {
        match &self.source {
            Source::Fixed(_) => Ok(keys),
            Source::Kept(ring) => ring.newer(&keys).await,
        }
    }

    fn why_not_picked(&self, token: &Token<'_>, why: &NotPicked) -> String {
        let algorithm = token.algorithm.name();
        match (why, &token.key) {
            (NotPicked::IsFor(other), _) => format!("is signed with {algorithm}, but its key is for {}", other.name()),
            (NotPicked::Several(count), Some(id)) => {
                format!("names a key, {}, that {count} keys are called", quote(id))
            }
            (NotPicked::Several(count), None) => {
                format!("names no key (\"kid\"), and {count} keys are for {algorithm}")
            }
            (NotPicked::Unknown, None) => format!("names no key (\"kid\"), and none is for {algorithm}"),
            (NotPicked::Unknown, Some(id)) => {
                format!("names a key, {}, that is not known{}", quote(id), self.retry_hint())
            }
        }
    }

    /// When a fetch may find the key, if the source is fetched at all.
    fn retry_hint(&self) -> String {
        match &self.source {
            Source::Fixed(_) => String::new(),
            Source::Kept(ring) => format!("; keys can be fetched again in {} s", ring.pause().as_secs_f64().ceil()),
        }
    }
}

fn pick<'a>(keys: &'a Keys, token: &Token<'_>) -> Result<&'a key::Key, NotPicked> {
    keys.pick(token.key.as_deref(), token.algorithm)
}

fn invalid(reason: String) -> Refusal {
    Refusal::Invalid { reason }
}

fn names_nobody(names: &[String]) -> bool {
    names.is_empty() || names.iter().any(String::is_empty)
}

impl Authorizer for JwtAuthorizer {
    fn authorize<'a>(&'a self, token: Option<&'a str>) -> Authorization<'a> {
        Box::pin(async move {
            match token {
                None => Err(Refusal::Missing),
                Some(token) => self.check(token).await,
            }
        })
    }
}
