//! The configureMixer API and its siblings as a service: a router for axum, which a media server mounts in its own
//! HTTP server. This module knows calls, and nothing of ticks.
//!
//! A [`Service`] is a registry of calls: a host adds its calls, each with the
//! [`Controller`](crate::Controller) of its mixer, and mounts the service's
//! [`router`](Service::router). The service checks each request and applies it. The request becomes
//! an operation, which completes when the audio thread has mixed with the new levels. Clients read
//! operations; with the feature `http-notify` a call can have a `Callback`, which is told how each
//! ends. Without that feature [`CallOptions`] has no place for one.
//!
//! Beside levels, clients set private routes (audioRoutingGroups), put participants on hold, have prompts played, mute and
//! remove. What a call plays comes from a [`PromptResolver`] of the host's choice and from its hold music. It is played by
//! participants of the service's own, whose ids begin with `$`: clients do not find them, but for `$prompts` in the levels
//! of a listener.
//!
//! With the feature `cluster` a call can be a conference on several nodes: see `CallOptions::cluster`.
//!
//! ```
//! use axum::{Router, body::{Body, to_bytes}, http::Request, routing::get};
//! use mixminus::{JoinOptions, MixerConfig, http::{AllowEverybody, CallOptions, Service, ServiceOptions}};
//! use std::time::Duration;
//! use tower_service::Service as _;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! // Or StaticTokens, JwtAuthorizer (feature http-jwt), or an Authorizer of your own.
//! let service = Service::new(ServiceOptions::default(), AllowEverybody)?;
//! let (controller, processor) = MixerConfig::default().build()?;
//! controller.join("anna", JoinOptions::default())?;
//! service.add_call("room 7", CallOptions::new(controller))?; // the processor goes to the audio thread
//!
//! let mut app: Router = Router::new().route("/", get(|| async { "a media server" })).merge(service.router());
//! // A server would call axum::serve(listener, app). This sends one request.
//! let answer = app.call(Request::get("/app/calls/room%207/participants").body(Body::empty())?).await?;
//! let answer = to_bytes(answer.into_body(), 10_000).await?;
//! let answer: serde_json::Value = serde_json::from_slice(&answer)?;
//! assert_eq!((&answer["value"][0]["id"], &answer["value"][0]["isMuted"]), (&"anna".into(), &false.into()));
//!
//! // Before the server stops: every operation ends, and the report says how.
//! let report = service.shutdown(Duration::from_secs(5)).await;
//! assert_eq!(report.failed_operations, 0);
//! # drop(processor);
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod auth;
mod calls;
mod date;
mod limits;
mod media;
#[cfg(not(feature = "http-notify"))]
mod no_notify;
#[cfg(feature = "http-notify")]
mod notify;
mod options;
#[cfg(any(feature = "http-jwt", feature = "http-notify", feature = "http-prompts"))]
mod outgoing;
#[cfg(feature = "http-prompts")]
mod prompts;
mod refused;
mod routes;
mod service;
mod shares;
mod state;
mod work;

pub use auth::{
    AllowEverybody, Audience, Authorization, Authorizer, Grant, Permissions, Refusal, StaticTokens, StaticTokensError,
    bearer_token,
};
#[cfg(feature = "http-jwt")]
pub use auth::{JwksReadings, JwksRefresh, JwksSource, JwtAuthorizer, JwtError, JwtOptions};
pub use calls::{CallError, CallOptions, Removal};
pub use limits::Limits;
pub use media::{NoPrompts, PromptAudio, PromptError, PromptResolver};
#[cfg(not(feature = "http-notify"))]
use no_notify as notify;
#[cfg(feature = "http-notify")]
pub use notify::{Callback, CallbackError, Delivery, DeliveryState, NotificationOptions};
pub use options::{OperationOptions, ServiceOptions};
#[cfg(feature = "http-prompts")]
pub use prompts::{HttpsPrompts, IpRange, IpRangeError, PromptClientError, PromptOptions};
pub use service::{Service, ServiceError, ShutdownReport};
