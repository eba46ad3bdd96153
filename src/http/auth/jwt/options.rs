//! What a [`JwtAuthorizer`](super::JwtAuthorizer) goes by: [`JwtOptions`], [`JwksRefresh`], and where the keys are, [`JwksSource`].

use std::{path::PathBuf, time::Duration};

use url::Url;

/// Where the keys of the issuer are: a JWKS, the JSON of RFC 7517.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum JwksSource {
    /// The text itself.
    Text(String),
    /// A file. It is read when the authorizer is made, and again as [`JwksRefresh`] says: keys can rotate, best in a file that takes the place of the old one whole. A pipe is read once.
    File(PathBuf),
    /// Where it is served: `https`, or `http` on this machine. It is fetched when the first token has to be checked, and again as [`JwksRefresh`] says: keys can rotate.
    Url(Url),
}

/// What a token has to be to check out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwtOptions {
    /// Who may have issued it: its `iss` has to be one of these, to the letter. One at least.
    pub issuers: Vec<String>,
    /// Whom it may be meant for: one of its `aud` has to be one of these. One at least; calls with an audience of their own ask for that besides.
    pub audiences: Vec<String>,
    /// By how much the issuer's clock and this one may differ: for so long a token counts before its `nbf` and after its `exp`.
    pub leeway: Duration,
    /// How long a token may be, in bytes.
    pub token_bytes: usize,
    /// How keys from a URL or a file are kept up to date.
    pub refresh: JwksRefresh,
}

impl Default for JwtOptions {
    /// No issuer and no audience, which have to be given; a leeway of 60 s, and tokens of 16 KiB.
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
    /// How old they get before they are fetched again. A key that the issuer has withdrawn counts for so long.
    pub after: Duration,
    /// How much older they may get if they cannot be fetched. After that no token checks out until they can.
    pub keep_for: Duration,
    /// How long after a fetch there is none. A token that names a key that is not known makes for a fetch too, and everybody can send such tokens.
    pub pause: Duration,
    /// How long a fetch may take.
    pub fetch_time: Duration,
    /// How long the JWKS may be, in bytes.
    pub bytes: usize,
}

impl Default for JwksRefresh {
    /// Every 10 minutes, and kept for 24 h if that fails; 10 s between fetches of up to 5 s and 256 KiB.
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
