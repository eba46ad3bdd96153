//! The routes of the service, one file for each path.

mod body;
mod caller;
mod configure;
mod headers;
mod location;
mod openapi;
mod operation;
mod participants;

use axum::{
    Router,
    routing::{MethodRouter, get, post},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

use super::{Service, refused::Refused};
use crate::config::ErrorCode;

/// The characters that are escaped in a segment of a path: all but the unreserved ones of RFC 3986.
pub(super) const IN_A_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The version prefixes of the API.
const VERSIONS: [&str; 3] = ["", "/beta", "/v1.0"];
/// The names that the API has for its calls.
const CALLS: [&str; 3] =
    ["/app/calls/{call}", "/applications/{application}/calls/{call}", "/communications/calls/{call}"];

/// Routes all paths, with and without a slash at the end.
pub(super) fn router(service: Service) -> Router {
    let mut router = Router::new();
    if service.options().openapi {
        router = both(router, "/openapi.json", || get(openapi::openapi));
    }
    for version in VERSIONS {
        for call in CALLS {
            let base = format!("{version}{call}");
            router = both(router, &format!("{base}/participants/configureMixer"), || post(configure::configure));
            router = both(router, &format!("{base}/participants"), || get(participants::participants));
            router = both(router, &format!("{base}/operations/{{operation}}"), || get(operation::operation));
        }
    }
    router.with_state(service)
}

fn both(router: Router<Service>, path: &str, method: impl Fn() -> MethodRouter<Service>) -> Router<Service> {
    let method = || method().fallback(wrong_method);
    router.route(path, method()).route(&format!("{path}/"), method())
}

async fn wrong_method(method: axum::http::Method) -> Refused {
    Refused::new(ErrorCode::MethodNotAllowed, format!("{method} is not for this path; see the Allow header"))
}

/// Runs work that takes locks or time on a blocking thread. It runs to its end even if the client
/// is gone.
async fn apart<T: Send + 'static>(service: &Service, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refused> {
    let done = service.tasks().spawn_blocking(work).await;
    done.map_err(|_panic| Refused::new(ErrorCode::InternalServerError, "the request could not be worked on"))
}
