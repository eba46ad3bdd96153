//! The routes of the server: the configureMixer service, the page, and the desk's own routes beside
//! them.

mod cluster;
mod deliveries;
mod door;
mod head;
mod health;
mod host;
mod listen;
mod metrics;
mod page;
mod people;
mod refused;
mod role;
mod rtp;
mod sockets;
mod state;
mod watch;
mod whip;
mod work;

use std::sync::Arc;

use axum::{
    Router,
    http::HeaderValue,
    middleware::{from_fn, from_fn_with_state},
    routing::{delete, get, post, put},
};
use mixminus::{
    Controller,
    cluster::Conference,
    http::{JwtAuthorizer, Service},
};
use tower_http::{catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer, trace::TraceLayer};

pub use self::{door::Door, metrics::Metrics, sockets::Sockets, watch::States, work::Work};
use crate::{
    live::{Encoding, Hearing, Outgoing, People, Rtp, WebRtc},
    room::{Ears, Recorded, Ticker},
};

/// The state of the routes.
#[derive(Debug)]
pub struct Web {
    pub call: String,
    pub service: Service,
    pub door: Door,
    /// What fetches the keys that check tokens, if they are signed.
    pub signed: Option<Arc<JwtAuthorizer>>,
    pub controller: Controller,
    /// The call as a conference on several servers, if it is one.
    pub conference: Option<Conference>,
    pub ticker: Arc<Ticker>,
    pub recorded: Arc<Recorded>,
    pub ears: Arc<Ears>,
    pub people: Arc<People>,
    pub webrtc: Arc<WebRtc>,
    pub rtp: Arc<Rtp>,
    pub outgoing: Outgoing,
    pub hearing: Hearing,
    pub encoding: Arc<Encoding>,
    pub states: States,
    pub sockets: Sockets,
    pub metrics: Metrics,
    pub work: Work,
    pub own_name: OwnName,
}

/// The host names that requests may have.
#[derive(Debug, Clone)]
pub enum OwnName {
    /// Any name: tokens protect the server, and clients may use any name for it.
    Any,
    /// IP addresses, localhost, and this name.
    Only(Option<String>),
}

/// All routes. Only the page, `/healthz` and `/metrics` need no token.
pub fn router(web: Arc<Web>) -> Router {
    let own_name = web.own_name.clone();
    let service = web.service.router();
    let own = Router::new()
        .route("/healthz", get(health::health))
        .route("/metrics", get(metrics::metrics))
        .route("/desk/state", get(watch::watch))
        .route("/desk/listen/{participant}", get(listen::listen))
        .route("/desk/deliveries", get(deliveries::deliveries))
        .route("/whip", post(whip::come))
        .route("/whip/{participant}", post(whip::come_as))
        .route("/whip/{participant}/{connection}", delete(whip::leave))
        .route("/whip/{participant}/{connection}/muted", put(whip::mute))
        .route("/rtp", post(rtp::come))
        .route("/rtp/{participant}", post(rtp::come_as))
        .route(
            "/rtp/{participant}/{connection}",
            get(rtp::figures).post(rtp::change).put(rtp::change).delete(whip::leave),
        )
        .with_state(web);
    let sniffs_not = SetResponseHeaderLayer::overriding(
        axum::http::header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    let all = page::router()
        .merge(own)
        .merge(service)
        .fallback(refused::no_such_path)
        .method_not_allowed_fallback(refused::wrong_method);
    let all = match own_name {
        OwnName::Any => all,
        OwnName::Only(name) => all.layer(from_fn_with_state(Arc::new(name), host::only_own)),
    };
    all.layer(CatchPanicLayer::custom(refused::panicked))
        .layer(from_fn(head::refuse_malformed))
        .layer(sniffs_not)
        .layer(TraceLayer::new_for_http())
}
