//! The routes of the service, one file for each path.

mod action;
mod answer;
mod blocking;
mod body;
mod caller;
mod configure;
mod groups;
mod headers;
mod hold;
mod intake;
mod location;
mod mute;
mod one_participant;
mod openapi;
mod operation;
mod participant;
mod participants;
mod paths;
mod prompts;

use std::sync::Arc;

use axum::{
    Router,
    middleware::from_fn_with_state,
    routing::{MethodRouter, get, post},
};

use super::{refused::Refused, state::ServiceState};
use crate::config::ErrorCode;

/// The router of all paths, each with and without a slash at the end.
pub(super) fn router(service: Arc<ServiceState>) -> Router {
    let mut router = Router::new();
    if service.options.openapi {
        router = both(router, "/openapi.json", || get(openapi::openapi));
    }
    for call in paths::of_calls() {
        router = both(router, &format!("{call}/participants/configureMixer"), || post(configure::configure));
        router = both(router, &format!("{call}/participants"), || get(participants::participants));
        let one = format!("{call}/participants/{{participant}}");
        router = both(router, &one, || get(participant::participant).delete(participant::remove));
        router = both(router, &format!("{one}/mute"), || post(mute::mute_participant));
        router = both(router, &format!("{one}/startHoldMusic"), || post(hold::start));
        router = both(router, &format!("{one}/stopHoldMusic"), || post(hold::stop));
        router = both(router, &format!("{call}/mute"), || post(mute::mute_call));
        router = both(router, &format!("{call}/unmute"), || post(mute::unmute_call));
        router = both(router, &format!("{call}/playPrompt"), || post(prompts::play));
        router = both(router, &format!("{call}/cancelMediaProcessing"), || post(prompts::cancel));
        let groups = format!("{call}/audioRoutingGroups");
        router = both(router, &groups, || get(groups::groups).post(groups::create));
        let group = || get(groups::group).patch(groups::update).delete(groups::remove);
        router = both(router, &format!("{groups}/{{group}}"), group);
        router = both(router, &format!("{call}/operations/{{operation}}"), || get(operation::operation));
    }
    router.layer(from_fn_with_state(Arc::clone(&service), answer::hold)).with_state(service)
}

/// Routes a path, without and with a slash at the end. Other methods are answered with 405.
fn both<S: Clone + Send + Sync + 'static>(
    router: Router<S>,
    path: &str,
    method: impl Fn() -> MethodRouter<S>,
) -> Router<S> {
    let method = || method().fallback(wrong_method);
    router.route(path, method()).route(&format!("{path}/"), method())
}

async fn wrong_method(method: axum::http::Method) -> Refused {
    Refused::new(ErrorCode::MethodNotAllowed, format!("{method} is not for this path; see the Allow header"))
}
