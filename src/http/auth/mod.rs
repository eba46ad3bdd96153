//! Who may use the service: [`Authorizer`], which a host implements or chooses. Knows tokens, and nothing of calls or HTTP.

mod jwt;
mod static_tokens;

use std::{fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

pub use jwt::{JwksRefresh, JwksSource, JwtAuthorizer, JwtError, JwtOptions};
pub use static_tokens::{StaticTokens, StaticTokensError};

/// What an [`Authorizer`] answers: see [`Authorizer::authorize`].
pub type Authorization<'a> = Pin<Box<dyn Future<Output = Result<Grant, Refusal>> + Send + 'a>>;

/// Decides whether a bearer token checks out, and what it allows.
///
/// Asked once a request, before anything of its body is read, on the server's threads: what takes long is to be awaited.
pub trait Authorizer: fmt::Debug + Send + Sync + 'static {
    /// Checks the token of an `Authorization: Bearer` header; `None` if there is none.
    ///
    /// # Errors
    /// Why it does not check out, or why nobody can tell now.
    fn authorize<'a>(&'a self, token: Option<&'a str>) -> Authorization<'a>;
}

/// What a token allows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grant {
    /// Whom it speaks for, for the host's logs.
    pub subject: Option<String>,
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
    pub(super) fn include_any(&self, wanted: &[String]) -> bool {
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
#[derive(Debug, Clone, Copy)]
pub struct AllowEverybody;

impl Authorizer for AllowEverybody {
    fn authorize<'a>(&'a self, _token: Option<&'a str>) -> Authorization<'a> {
        Box::pin(async { Ok(Grant::default()) })
    }
}
