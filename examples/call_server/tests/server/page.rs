//! The page is part of the program, and its headers forbid everything else.

use crate::rig::{Server, client};

#[tokio::test]
async fn every_file_has_its_type_and_the_policy() {
    let server = Server::start(&[]);
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/desk.css", "text/css; charset=utf-8"),
        ("/desk.js", "text/javascript; charset=utf-8"),
        ("/listen.js", "text/javascript; charset=utf-8"),
        ("/icon.svg", "image/svg+xml"),
    ] {
        let answer = client().get(format!("{}{path}", server.url)).send().await.unwrap();
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!((answer.status().as_u16(), header("content-type").as_str()), (200, kind), "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cache-control"), "no-cache");
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'self';") && !policy.contains("unsafe"), "{policy}");
        assert!(!answer.text().await.unwrap().is_empty());
    }
}
