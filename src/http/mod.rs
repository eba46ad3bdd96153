//! The configureMixer API as a service: a router for axum that a media server mounts in its own HTTP server. Knows calls and nothing of ticks.
//!
//! A [`Service`] is a registry of calls: a host tells it which calls there are, each with its mixer's [`Controller`](crate::Controller), and mounts its
//! [`router`](Service::router). What comes over HTTP is checked and put in force; each request becomes an operation, which is completed when the audio
//! thread has mixed with the new levels, and the call's [`Callback`] is told.

mod auth;
mod calls;
mod date;
mod limits;
mod notify;
mod options;
mod refused;
mod routes;
mod service;

pub use auth::{
    AllowEverybody, Audience, Authorization, Authorizer, Grant, JwksRefresh, JwksSource, JwtAuthorizer, JwtError,
    JwtOptions, Permissions, Refusal, StaticTokens, StaticTokensError,
};
pub use calls::{CallError, CallOptions};
pub use limits::Limits;
pub use notify::{Callback, Delivery, DeliveryState, NotificationOptions};
pub use options::{OperationOptions, ServiceOptions};
pub use service::{Service, ServiceError, ShutdownReport};
