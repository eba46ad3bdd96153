//! The page of the desk: files that are part of the program, and headers that forbid everything else.

use axum::{
    Router,
    http::{HeaderName, header},
    routing::{MethodRouter, get},
};

/// Allows only files of this server and WebSockets; forbids inline scripts, and frames around the
/// page.
const POLICY: &str = "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; object-src 'none'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file of the page, with its path.
macro_rules! file {
    ($name:literal) => {
        (concat!("/", $name), include_str!(concat!("../../desk/", $name)))
    };
}

const FILES: [(&str, &str); 35] = [
    ("/", include_str!("../../desk/index.html")),
    file!("actions.js"),
    file!("api.js"),
    file!("backoff.js"),
    file!("buttons.js"),
    file!("call.js"),
    file!("controls.css"),
    file!("desk.css"),
    file!("desk.js"),
    file!("dom.js"),
    file!("ducking.js"),
    file!("groups.js"),
    file!("icon.svg"),
    file!("levels.js"),
    file!("listen.js"),
    file!("listening.js"),
    file!("me.css"),
    file!("me.js"),
    file!("microphone.js"),
    file!("network.js"),
    file!("operations.js"),
    file!("people.js"),
    file!("places.js"),
    file!("prompts.js"),
    file!("roles.js"),
    file!("routes.css"),
    file!("routes.js"),
    file!("row.js"),
    file!("rows.css"),
    file!("sender.js"),
    file!("servers.js"),
    file!("session.js"),
    file!("socket.js"),
    file!("strips.js"),
    file!("whip.js"),
];

/// Serves each file at its path.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    FILES.iter().fold(Router::new(), |router, (path, text)| router.route(path, serve(kind(path), text)))
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "svg")) => "image/svg+xml",
        _ => "text/html; charset=utf-8",
    }
}

fn serve<S: Clone + Send + Sync + 'static>(kind: &'static str, text: &'static str) -> MethodRouter<S> {
    let headers: [(HeaderName, &str); 4] = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    get(move || std::future::ready((headers, text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only a browser would notice a file of the folder that the program does not serve.
    #[test]
    fn every_file_of_the_page_is_served() {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/desk")).unwrap();
        let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let missing: Vec<_> =
            names.filter(|name| name != "index.html" && !FILES.iter().any(|(path, _)| path[1..] == **name)).collect();
        assert_eq!(missing, [""; 0]);
    }
}
