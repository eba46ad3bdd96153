//! The options of a [`JwtAuthorizer`](super::JwtAuthorizer): [`JwtOptions`], [`JwksRefresh`], and
//! [`JwksSource`], the place of the keys.

use std::{path::PathBuf, time::Duration};

use url::Url;

/// Where the keys of the issuer are: a JWKS, the JSON of RFC 7517.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum JwksSource {
    /// The JWKS itself.
    Text(String),
    /// A file, read when the authorizer is made, and again as [`JwksRefresh`] says, so that keys
    /// can rotate. To change it, best replace the whole file by a new one. A pipe is read only
    /// once.
    File(PathBuf),
    /// A URL: `https`, or `http` on this machine. It is fetched when the first token has to be
    /// checked, and again as [`JwksRefresh`] says, so that keys can rotate.
    Url(Url),
}

/// What a valid token has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwtOptions {
    /// The accepted issuers: the `iss` of a token has to be exactly one of them. At least one is
    /// needed.
    pub issuers: Vec<String>,
    /// The accepted audiences: the `aud` of a token has to contain one of them. At least one is
    /// needed. A call with an audience of its own requires that one as well.
    pub audiences: Vec<String>,
    /// The largest accepted difference between the issuer's clock and this machine's: a token is
    /// valid this long before its `nbf` and after its `exp`.
    pub leeway: Duration,
    /// The longest accepted token, in bytes.
    pub token_bytes: usize,
    /// How keys from a URL or a file are kept up to date.
    pub refresh: JwksRefresh,
}

impl Default for JwtOptions {
    /// No issuers and no audiences, which have to be set; a leeway of 60 s, and tokens up to 16 KiB.
    fn default() -> Self {
        Self {
            issuers: Vec::new(),
            audiences: Vec::new(),
            leeway: Duration::from_secs(60),
            token_bytes: 16 << 10,
            refresh: JwksRefresh::default(),
        }
    }
}

/// How keys from a URL or a file are kept up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwksRefresh {
    /// The age at which keys are fetched again. A key that the issuer has withdrawn is accepted for
    /// up to this long.
    pub after: Duration,
    /// How long keys are used beyond that age if they cannot be fetched. After that all tokens are
    /// refused until a fetch succeeds.
    pub keep_for: Duration,
    /// The shortest time between two fetches. A token that names an unknown key also causes a
    /// fetch, and anybody can send such tokens.
    pub pause: Duration,
    /// How long a fetch may take.
    pub fetch_time: Duration,
    /// The longest accepted JWKS, in bytes.
    pub bytes: usize,
}

impl Default for JwksRefresh {
    /// Fetched every 10 minutes, and kept for 24 h if that fails; 10 s between fetches; a fetch of
    /// up to 5 s and 256 KiB.
    fn default() -> Self {
        Self {
            after: Duration::from_secs(600),
            keep_for: Duration::from_secs(24 * 3600),
            pause: Duration::from_secs(10),
            fetch_time: Duration::from_secs(5),
            bytes: 256 << 10,
        }
    }
}
