//! The role that somebody comes with: [`AsRole`], the query `?role=` of an offer.

use axum::{
    extract::{FromRequestParts, Query, rejection::QueryRejection},
    http::request::Parts,
};
use mixminus::config::ErrorCode;
use serde::Deserialize;

use super::refused::Refused;

/// The role in the query, if there is one; any other query is refused, for it may be a role that is spelled wrong.
#[derive(Debug)]
pub struct AsRole(pub Option<String>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parameters {
    role: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for AsRole {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let query: Result<Query<Parameters>, QueryRejection> = Query::from_request_parts(parts, state).await;
        let wanted = |_| Refused::new(ErrorCode::BadRequest, "the query can have one role, such as ?role=agent");
        let Query(Parameters { role }) = query.map_err(wanted)?;
        Ok(Self(role))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn role(uri: &str) -> Result<Option<String>, Refused> {
        let (mut parts, ()) = Request::builder().uri(uri).body(()).unwrap().into_parts();
        AsRole::from_request_parts(&mut parts, &()).await.map(|role| role.0)
    }

    #[tokio::test]
    async fn a_query_has_a_role_or_nothing() {
        assert_eq!(role("/whip/a?role=back%20office").await.unwrap(), Some("back office".into()));
        assert_eq!(role("/whip/a").await.unwrap(), None);
        for wrong in ["/whip/a?rolle=agent", "/whip/a?role=a&role=b"] {
            assert!(role(wrong).await.is_err(), "{wrong}");
        }
    }
}
