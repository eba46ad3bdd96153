//! Where the notifications of a call go: [`Callback`], which is checked when it is made.

use std::fmt;

use axum::http::{HeaderValue, Uri};
use url::Url;

/// Where the notifications of a call go, and the bearer token that goes with each.
///
/// Notifications go straight to the callback: proxies that the environment names are not used.
/// Neither the token nor the URL's path and query are ever shown or logged.
///
/// ```
/// use mixminus::http::{Callback, CallbackError};
///
/// let callback = Callback::new("https://bot.example.org/calls?tenant=7", "eyJhbGciOi.J9.c2ln")?;
/// assert_eq!(format!("{callback:?}"), "Callback { host: \"https://bot.example.org\", .. }");
///
/// let wrong = Callback::new("https://bot.example.org/calls", "two words");
/// assert_eq!(wrong, Err(CallbackError::Token { at: 3 }));
/// # Ok::<(), CallbackError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Callback {
    url: Url,
    /// Marked as sensitive, so that nothing shows it.
    authorization: HeaderValue,
}

/// What is wrong with a callback. Nothing of the token is in it, nor of the URL's path and query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// It is no URL.
    #[error("the callback's URL cannot be read: {0}")]
    Url(#[from] url::ParseError),
    /// Notifications go by http and https only.
    #[error("the scheme of the callback's URL is {scheme}; http or https is required")]
    Scheme {
        /// The URL's scheme.
        scheme: String,
    },
    /// The URL has a user name or a password in it: the token alone authorizes a notification.
    #[error("the callback's URL has a user name or a password in it; give the token only")]
    UserInfo,
    /// It is a URL, but HTTP cannot ask for it.
    #[error("the callback's URL cannot be asked for by HTTP: {reason}")]
    Unfit {
        /// Why HTTP cannot ask for it.
        reason: String,
    },
    /// There is no token.
    #[error("the callback's token is empty; one character or more is needed")]
    EmptyToken,
    /// The token has a byte in it that cannot stand in a header, or would end it there.
    #[error("byte {at} of the callback's token is not allowed; visible ASCII characters without spaces are required")]
    Token {
        /// The place of the first such byte, from 0.
        at: usize,
    },
}

impl Callback {
    /// A callback at an `http` or `https` URL.
    ///
    /// # Errors
    /// [`CallbackError`].
    pub fn new(url: &str, token: &str) -> Result<Self, CallbackError> {
        let url = Url::parse(url)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(CallbackError::Scheme { scheme: url.scheme().to_owned() });
        } else if has_user_info(&url) {
            return Err(CallbackError::UserInfo);
        }
        url.as_str().parse::<Uri>().map_err(|error| CallbackError::Unfit { reason: error.to_string() })?;
        Ok(Self { url, authorization: authorization(token)? })
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    pub(super) fn authorization(&self) -> HeaderValue {
        self.authorization.clone()
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").field("host", &self.url.origin().ascii_serialization()).finish_non_exhaustive()
    }
}

/// Whether a URL has a user name or a password, which a client would send as an `Authorization` of
/// its own.
pub(super) fn has_user_info(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn authorization(token: &str) -> Result<HeaderValue, CallbackError> {
    if token.is_empty() {
        return Err(CallbackError::EmptyToken);
    } else if let Some(at) = token.bytes().position(|byte| !byte.is_ascii_graphic()) {
        return Err(CallbackError::Token { at });
    }
    let header = HeaderValue::from_str(&format!("Bearer {token}"));
    let mut header = header.map_err(|_| CallbackError::Token { at: 0 })?;
    header.set_sensitive(true);
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{any, proptest};

    fn error(url: &str, token: &str) -> CallbackError {
        Callback::new(url, token).unwrap_err()
    }

    #[test]
    fn a_url_is_http_and_without_secrets_of_its_own() {
        assert!(matches!(error("bot/calls", "t"), CallbackError::Url(_)));
        assert!(matches!(error("http://", "t"), CallbackError::Url(_)));
        assert_eq!(error("ftp://bot/calls", "t"), CallbackError::Scheme { scheme: "ftp".into() });
        assert_eq!(error("https://me@bot/", "t"), CallbackError::UserInfo);
        assert_eq!(error("https://:word@bot/", "t"), CallbackError::UserInfo);
        assert!(matches!(error(&format!("https://bot/{}", "x".repeat(1 << 16)), "t"), CallbackError::Unfit { .. }));
    }

    #[test]
    fn a_token_cannot_smuggle_a_header() {
        assert_eq!(error("https://bot/", ""), CallbackError::EmptyToken);
        for token in ["abc\r\nX: y", "abc d", "abc\0", "abcé", "abc\t"] {
            assert_eq!(error("https://bot/", token), CallbackError::Token { at: 3 }, "{token:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_taken_is_sent_as_it_is_and_never_shown(url in any::<String>(), token in any::<String>()) {
            let urls = [format!("https://bot/{url}"), format!("http://{url}"), format!("https://bot/?{url}"), url];
            for url in urls {
                if let Ok(callback) = Callback::new(&url, &token) {
                    assert_eq!(callback.authorization(), format!("Bearer {token}"));
                    assert!(!format!("{:?}", callback.authorization()).contains("Bearer"));
                }
            }
        }
    }
}
