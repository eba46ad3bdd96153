//! Who may use the service: [`Authorizer`], which a host implements or chooses. This module knows
//! tokens, and nothing of calls or HTTP.

mod bearer;
#[cfg(feature = "http-jwt")]
mod jwt;
mod static_tokens;

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, SystemTime},
};

pub use bearer::bearer_token;
#[cfg(feature = "http-jwt")]
pub use jwt::{JwksReadings, JwksRefresh, JwksSource, JwtAuthorizer, JwtError, JwtOptions};
pub use static_tokens::{StaticTokens, StaticTokensError};

/// The answer of an [`Authorizer`]: see [`Authorizer::authorize`].
pub type Authorization<'a> = Pin<Box<dyn Future<Output = Result<Grant, Refusal>> + Send + 'a>>;

/// Decides whether a bearer token is valid, and what it allows.
///
/// The service asks once per request, on the server's threads, before it reads anything of the
/// body: slow work must be awaited. There is no default: a host chooses [`StaticTokens`],
/// `JwtAuthorizer` (feature `http-jwt`), [`AllowEverybody`] by its name, or an implementation of its
/// own.
///
/// ```
/// use mixminus::http::{Authorization, Authorizer, Grant, Refusal};
///
/// /// The host's own sessions.
/// #[derive(Debug)]
/// struct Sessions;
///
/// impl Sessions {
///     async fn user(&self, session: &str) -> Option<String> {
///         session.strip_prefix("session-of-").map(str::to_owned)
///     }
/// }
///
/// impl Authorizer for Sessions {
///     fn authorize<'a>(&'a self, token: Option<&'a str>) -> Authorization<'a> {
///         Box::pin(async move {
///             match self.user(token.ok_or(Refusal::Missing)?).await {
///                 Some(user) => Ok(Grant { subject: Some(user), ..Grant::default() }),
///                 None => Err(Refusal::Invalid { reason: "is of no session that goes on".into() }),
///             }
///         })
///     }
/// }
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// assert!(Sessions.authorize(Some("session-of-anna")).await.is_ok());
/// assert_eq!(Sessions.authorize(None).await, Err(Refusal::Missing));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Authorizer: fmt::Debug + Send + Sync + 'static {
    /// Checks the token of an `Authorization: Bearer` header; `None` if the request has none.
    ///
    /// # Errors
    /// Why the token is invalid, or why it cannot be checked now.
    fn authorize<'a>(&'a self, token: Option<&'a str>) -> Authorization<'a>;
}

/// What a token allows; by default everything, on all calls.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grant {
    /// The user or application that the token speaks for. With the feature `tracing` it is logged
    /// with each accepted change.
    pub subject: Option<String>,
    /// When the token expires, or `None` if it never does. For a host whose own connections outlast
    /// a request; the service checks the token of each request anew.
    pub expires: Option<SystemTime>,
    /// The calls that the token is meant for.
    pub audience: Audience,
    /// The permissions of the token, by their names in the API: see
    /// [`ServiceOptions::permissions`](super::ServiceOptions::permissions).
    pub permissions: Permissions,
}

/// The calls that a token is meant for, chosen by the calls' own audiences.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Audience {
    /// All calls.
    #[default]
    Every,
    /// The calls with one of these as their
    /// [`CallOptions::audience`](super::CallOptions::audience), and the calls without an audience.
    Of(Vec<String>),
}

impl Audience {
    /// Whether the token is meant for a call of this audience, or of none.
    pub(super) fn includes(&self, call: Option<&str>) -> bool {
        match (self, call) {
            (Self::Of(audiences), Some(call)) => audiences.iter().any(|audience| audience == call),
            _ => true,
        }
    }
}

/// The permissions of a token.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Permissions {
    /// All permissions.
    #[default]
    Every,
    /// These permissions.
    Of(Vec<String>),
}

impl Permissions {
    /// Whether these permissions include at least one of the wanted ones.
    pub fn include_any(&self, wanted: &[String]) -> bool {
        match self {
            Self::Every => true,
            Self::Of(own) => own.iter().any(|permission| wanted.contains(permission)),
        }
    }
}

/// Why a token was refused. The client gets the message in the `WWW-Authenticate` header and in the
/// body, so it must not help to guess a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The request has no token.
    #[error("a bearer token is required: Authorization: Bearer <token>")]
    Missing,
    /// The token is invalid.
    #[error("the token {reason}")]
    Invalid {
        /// What is wrong, as the rest of a sentence that begins with "the token": "has expired".
        reason: String,
    },
    /// The token cannot be checked now, for instance because the keys cannot be fetched.
    #[error("tokens cannot be checked now; try again in {} s", retry_after.as_secs())]
    Unavailable {
        /// How long the client should wait before it tries again.
        retry_after: Duration,
    },
}

impl<A: Authorizer + ?Sized> Authorizer for Arc<A> {
    fn authorize<'a>(&'a self, token: Option<&'a str>) -> Authorization<'a> {
        (**self).authorize(token)
    }
}

/// Allows everybody everything, also without a token: for development, behind a proxy that checks
/// tokens, or on a machine that nobody else can reach.
///
/// ```
/// use mixminus::http::{AllowEverybody, Service, ServiceOptions};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let service = Service::new(ServiceOptions::default(), AllowEverybody)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct AllowEverybody;

impl Authorizer for AllowEverybody {
    fn authorize<'a>(&'a self, _token: Option<&'a str>) -> Authorization<'a> {
        Box::pin(async { Ok(Grant::default()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn an_audience_includes_its_own_calls_and_calls_without_one() {
        let own = Audience::Of(words(&["a", "b"]));
        assert!(own.includes(Some("b")) && own.includes(None));
        assert!(!own.includes(Some("c")) && !own.includes(Some("")));
        assert!(Audience::Every.includes(Some("c")) && Audience::Every.includes(None));
        assert!(!Audience::Of(Vec::new()).includes(Some("c")));
    }

    #[test]
    fn one_permission_of_those_that_are_wanted_is_enough() {
        let wanted = words(&["a", "b"]);
        assert!(Permissions::Of(words(&["x", "b"])).include_any(&wanted));
        assert!(!Permissions::Of(words(&["x", "A"])).include_any(&wanted));
        assert!(!Permissions::Of(Vec::new()).include_any(&wanted));
        assert!(Permissions::Every.include_any(&wanted));
        assert!(!Permissions::Of(words(&["x"])).include_any(&[]));
    }

    #[test]
    fn the_messages_of_refusals_are_sentences() {
        let invalid = Refusal::Invalid { reason: "has expired".into() };
        assert_eq!(invalid.to_string(), "the token has expired");
        let unavailable = Refusal::Unavailable { retry_after: Duration::from_secs(7) };
        assert_eq!(unavailable.to_string(), "tokens cannot be checked now; try again in 7 s");
    }

    #[tokio::test]
    async fn everybody_may_do_everything_with_and_without_a_token() {
        let authorizer: Arc<dyn Authorizer> = Arc::new(AllowEverybody);
        for token in [None, Some(""), Some("x")] {
            assert_eq!(authorizer.authorize(token).await, Ok(Grant::default()));
        }
    }
}
