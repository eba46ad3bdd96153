//! Who may use the service: [`Authorizer`], which a host implements or chooses. Knows tokens, and nothing of calls or HTTP.

mod bearer;
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
pub use jwt::{JwksRefresh, JwksSource, JwtAuthorizer, JwtError, JwtOptions};
pub use static_tokens::{StaticTokens, StaticTokensError};

/// What an [`Authorizer`] answers: see [`Authorizer::authorize`].
pub type Authorization<'a> = Pin<Box<dyn Future<Output = Result<Grant, Refusal>> + Send + 'a>>;

/// Decides whether a bearer token checks out, and what it allows.
///
/// Asked once a request, before anything of its body is read, on the server's threads: what takes long is to be awaited. There is no default: a host chooses
/// [`StaticTokens`], [`JwtAuthorizer`], [`AllowEverybody`] in so many words, or one of its own.
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
    /// Checks the token of an `Authorization: Bearer` header; `None` if there is none.
    ///
    /// # Errors
    /// Why it does not check out, or why nobody can tell now.
    fn authorize<'a>(&'a self, token: Option<&'a str>) -> Authorization<'a>;
}

/// What a token allows; by default everything, on all calls.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grant {
    /// Whom it speaks for: told, with the feature `tracing`, with every change that is accepted.
    pub subject: Option<String>,
    /// When it ends, if ever: for what a host lets go on for longer than a request. Each request is checked anew.
    pub expires: Option<SystemTime>,
    /// Which calls it is meant for.
    pub audience: Audience,
    /// The permissions that it has, by their names in the API: see [`ServiceOptions::permissions`](super::ServiceOptions::permissions).
    pub permissions: Permissions,
}

/// Which calls a token is meant for: those whose own audience is among these.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Audience {
    /// All calls.
    #[default]
    Every,
    /// Those that have one of these as their [`CallOptions::audience`](super::CallOptions::audience), and those that have none.
    Of(Vec<String>),
}

impl Audience {
    /// Whether it has a call of this audience in it.
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
    /// Everything.
    #[default]
    Every,
    /// These.
    Of(Vec<String>),
}

impl Permissions {
    /// Whether one of these, any of which is enough, is in it.
    pub fn include_any(&self, wanted: &[String]) -> bool {
        match self {
            Self::Every => true,
            Self::Of(own) => own.iter().any(|permission| wanted.contains(permission)),
        }
    }
}

/// Why a token was refused. The words go to the client, in the `WWW-Authenticate` header and in the body: nothing in them may help to guess a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is none.
    #[error("a bearer token is required: Authorization: Bearer <token>")]
    Missing,
    /// There is one that does not check out.
    #[error("the token {reason}")]
    Invalid {
        /// What is wrong with it, as a sentence whose subject it is: "has expired".
        reason: String,
    },
    /// Nobody can tell now, because the keys cannot be had, for instance.
    #[error("tokens cannot be checked now; try again in {} s", retry_after.as_secs())]
    Unavailable {
        /// When to try again.
        retry_after: Duration,
    },
}

impl<A: Authorizer + ?Sized> Authorizer for Arc<A> {
    fn authorize<'a>(&'a self, token: Option<&'a str>) -> Authorization<'a> {
        (**self).authorize(token)
    }
}

/// Lets everybody do everything, without a token too: for development, behind a proxy that checks, or on a machine that nobody else reaches.
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
    fn an_audience_has_its_own_calls_and_those_of_nobody() {
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
    fn refusals_are_sentences() {
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
