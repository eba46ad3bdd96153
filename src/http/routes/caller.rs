//! The client and the call of a request: [`Caller`], which every route begins with.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Path, rejection::PathRejection},
    http::request::Parts,
};
use serde::Deserialize;

use super::answer::Subject;
use crate::{
    config::ErrorCode,
    http::{
        Grant, Refusal, bearer_token,
        calls::{Call, Found},
        refused::Refused,
        state::ServiceState,
        work::pause,
    },
};

/// A client whose token is valid and has the permission, and the path of its request.
#[derive(Debug)]
pub(super) struct Caller {
    grant: Grant,
    path: CallPath,
}

/// The ids in the path.
#[derive(Debug, Deserialize)]
struct CallPath {
    application: Option<String>,
    call: String,
    operation: Option<String>,
    participant: Option<String>,
    group: Option<String>,
}

impl FromRequestParts<Arc<ServiceState>> for Caller {
    type Rejection = Refused;

    /// Checks the token first: a client without one learns nothing else.
    async fn from_request_parts(parts: &mut Parts, service: &Arc<ServiceState>) -> Result<Self, Refused> {
        let grant = service.authorizer.authorize(bearer_token(&parts.headers)?).await?;
        if let Some(subject) = parts.extensions.get::<Subject>() {
            subject.set(grant.subject.as_deref());
        }
        let wanted = &service.options.permissions;
        if !grant.permissions.include_any(wanted) {
            return Err(Refused::forbidden(wanted));
        }
        let path: Result<Path<CallPath>, PathRejection> = Path::from_request_parts(parts, service).await;
        let Ok(Path(path)) = path else {
            return Err(Refused::new(ErrorCode::NotFound, "the path is not UTF-8 once its percent signs are decoded"));
        };
        Ok(Self { grant, path })
    }
}

impl Caller {
    /// The call, if it has not ended.
    pub async fn live_call(&self, service: &ServiceState) -> Result<Arc<Call>, Refused> {
        let newest = self.calls(service).await?.into_iter().next();
        newest.and_then(|call| call.live).ok_or_else(|| Refused::no_such_call(&self.path.call))
    }

    /// Every call of this id, ended ones included, the newest first; at least one.
    pub async fn calls(&self, service: &ServiceState) -> Result<Vec<Found>, Refused> {
        let CallPath { application, call: id, .. } = &self.path;
        let mut calls = service.calls().all(id);
        calls.retain(|call| match (&call.identity.application, application) {
            (Some(own), Some(asked)) => own == asked,
            _ => true,
        });
        if calls.is_empty() {
            return Err(Refused::no_such_call(id));
        }
        calls.retain(|call| self.grant.audience.includes(call.identity.audience.as_deref()));
        let Some(newest) = calls.first() else {
            let refusal = Refusal::Invalid { reason: "is not meant for this call".into() };
            return Err(Refused::unauthorized(&refusal));
        };
        if let Some(call) = &newest.live
            && let Err(refused) = call.take(self.subject())
        {
            pause().await;
            return Err(refused);
        }
        Ok(calls)
    }

    /// The id of the call in the path.
    #[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "emitted with the feature only"))]
    pub fn call(&self) -> &str {
        &self.path.call
    }

    /// The subject of the token, by which callers are told apart.
    pub fn subject(&self) -> Option<&str> {
        self.grant.subject.as_deref()
    }

    /// The id of the operation in the path.
    pub fn operation(&self) -> &str {
        self.path.operation.as_deref().unwrap_or_default()
    }

    /// The id of the participant in the path.
    pub fn participant(&self) -> &str {
        self.path.participant.as_deref().unwrap_or_default()
    }

    /// The id of the group in the path.
    pub fn group(&self) -> &str {
        self.path.group.as_deref().unwrap_or_default()
    }
}
