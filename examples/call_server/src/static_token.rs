//! One token that opens everything: an [`Authorizer`] for a server that is started by hand.

use std::fmt;

use mixminus::http::{Authorization, Authorizer, Grant, Refusal};
use subtle::ConstantTimeEq;

/// Lets pass who has this token.
pub struct StaticToken(pub String);

impl Authorizer for StaticToken {
    fn authorize<'a>(&'a self, token: Option<&'a str>) -> Authorization<'a> {
        let answer = match token {
            None => Err(Refusal::Missing),
            Some(token) if bool::from(token.as_bytes().ct_eq(self.0.as_bytes())) => Ok(Grant::default()),
            Some(_) => Err(Refusal::Invalid { reason: "is not the one that this server takes".into() }),
        };
        Box::pin(std::future::ready(answer))
    }
}

impl fmt::Debug for StaticToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StaticToken").finish_non_exhaustive()
    }
}
