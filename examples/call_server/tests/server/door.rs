//! Who may open a WebSocket of the desk.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::rig::Server;

#[tokio::test]
async fn a_token_is_needed_before_the_upgrade() {
    let server = Server::start(&[]);
    let wrong = format!("mixminus.desk, bearer.{}", BASE64_URL_SAFE_NO_PAD.encode("wrong"));
    for path in ["/desk/state", "/desk/listen/guest", "/desk/listen/nobody"] {
        for offer in ["", "mixminus.desk", "mixminus.desk, bearer.%%%", &wrong] {
            assert_eq!(server.knock(path, offer, None).await.err(), Some(401), "{path} {offer}");
        }
        // A request that is no WebSocket gets the same answer.
        assert_eq!(server.get(path).await.status(), 401);
    }
    server.knock("/desk/state", &server.offer(), None).await.unwrap();
}

#[tokio::test]
async fn pages_of_other_sites_cannot_open_a_socket() {
    let server = Server::start(&["--anonymous"]);
    let knock = async |origin: &str| server.knock("/desk/state", "mixminus.desk", Some(origin)).await.err();
    assert_eq!(knock("https://evil.example").await, Some(403));
    assert_eq!(knock("null").await, Some(403));
    assert_eq!(knock(&server.url).await, None);
}

#[tokio::test]
async fn the_subprotocol_is_required() {
    let server = Server::start(&[]);
    let offer = server.offer().replace("mixminus.desk", "something.else");
    assert_eq!(server.knock("/desk/state", &offer, None).await.err(), Some(400));
}

#[tokio::test]
async fn the_number_of_sockets_is_limited() {
    let server = Server::start(&["--max-sockets", "1"]);
    let first = server.socket("/desk/listen/guest").await;
    assert_eq!(server.knock("/desk/listen/chair", &server.offer(), None).await.err(), Some(429));
    let _another_sort = server.socket("/desk/state").await;
    drop(first);
    let free = async {
        while server.knock("/desk/listen/chair", &server.offer(), None).await.is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(crate::rig::PATIENCE, free).await.expect("a place is free once its client is gone");
}
