//! Who may open a WebSocket of the desk.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use futures_util::{SinkExt, StreamExt};
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::{MaybeTlsStream, tungstenite::Message};

use crate::{load::memory_now, rig::Server};

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

/// The reason with which the server closes a socket on which a client has sent these.
async fn sent_away(server: &Server, path: &str, messages: Vec<Message>) -> Option<String> {
    let mut socket = server.socket(path).await;
    for message in messages {
        // The server may have closed it already.
        let _sent = socket.send(message).await;
    }
    let close = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Close(frame))) => break frame.map(|frame| frame.reason.to_string()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => break None,
            }
        }
    };
    tokio::time::timeout(crate::rig::PATIENCE, close).await.expect("the socket ends")
}

#[tokio::test]
async fn who_sends_more_than_pings_is_sent_away() {
    let server = Server::start(&[]);
    for path in ["/desk/state", "/desk/listen/guest"] {
        for message in [Message::text("hello"), Message::text(""), Message::binary(vec![0; 100])] {
            let reason = sent_away(&server, path, vec![message]).await;
            assert_eq!(reason.as_deref(), Some("nobody listens here"), "{path}");
        }
        let mut socket = server.socket(path).await;
        for _ in 0..5 {
            socket.send(Message::Ping(vec![1].into())).await.unwrap();
            while !matches!(crate::rig::message(&mut socket).await, Message::Pong(_)) {}
        }
        let pings = vec![Message::Ping(vec![1].into()); 1000];
        assert!(sent_away(&server, path, pings).await.is_none_or(|reason| reason == "too many pings"), "{path}");
    }
}

#[tokio::test]
async fn a_message_that_is_too_long_is_not_even_taken() {
    let server = Server::start(&[]);
    let before = memory_now(&server);
    let mut open = Vec::new();
    for _ in 0..30 {
        let mut socket = server.socket("/desk/state").await;
        // Eight megabytes of one frame, the last byte of which never comes.
        let MaybeTlsStream::Plain(stream) = socket.get_mut() else { panic!("no TLS") };
        let head = [0x82, 0xff, 0, 0, 0, 0, 0, 0x80, 0, 1, 1, 2, 3, 4];
        let _cut_off = stream.write_all(&head).await;
        let _cut_off = stream.write_all(&vec![0; 8 << 20]).await;
        open.push(socket);
    }
    let grown = memory_now(&server) - before;
    assert!(grown < 30.0, "{grown} MB");
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
