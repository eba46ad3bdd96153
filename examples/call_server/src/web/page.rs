//! The page of the desk: four files that are part of the program, and the headers that keep everything else out of it.

use axum::{
    Router,
    http::{HeaderName, header},
    routing::{MethodRouter, get},
};

/// Nothing but what this server has, and WebSockets; no script in the page itself, and no page around it.
const POLICY: &str = "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; object-src 'none'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The files by their paths.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/", file("text/html; charset=utf-8", include_str!("../../desk/index.html")))
        .route("/desk.css", file("text/css; charset=utf-8", include_str!("../../desk/desk.css")))
        .route("/desk.js", file("text/javascript; charset=utf-8", include_str!("../../desk/desk.js")))
        .route("/listen.js", file("text/javascript; charset=utf-8", include_str!("../../desk/listen.js")))
}

fn file<S: Clone + Send + Sync + 'static>(kind: &'static str, text: &'static str) -> MethodRouter<S> {
    let headers: [(HeaderName, &str); 4] = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    get(move || std::future::ready((headers, text)))
}
