//! The server stops in order after one signal, and at once after a second.

use std::{io::Write, net::TcpStream};

use futures_util::StreamExt;
use rustix::process::Signal;
use tokio_tungstenite::tungstenite::Message;

use crate::rig::{Server, json_message};

#[tokio::test]
async fn sockets_are_told_that_the_server_stops() {
    let mut server = Server::start(&[]);
    let mut sockets = [server.socket("/desk/state").await, server.socket("/desk/listen/guest").await];
    for socket in &mut sockets {
        json_message(socket).await;
    }
    server.signal(Signal::INT);
    for socket in &mut sockets {
        let goodbye = loop {
            match socket.next().await {
                Some(Ok(Message::Close(frame))) => break frame.unwrap(),
                Some(Ok(_)) => {}
                other => panic!("no goodbye, but {other:?}"),
            }
        };
        assert_eq!((u16::from(goodbye.code), goodbye.reason.as_str()), (1001, "the server stops"));
    }
    let (status, said) = server.ended();
    assert!(status.success(), "{said:?}");
}

#[tokio::test]
async fn a_second_signal_stops_at_once() {
    let mut server = Server::start(&[]);
    // The server would wait for this request, whose body never comes.
    let mut hangs = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    let path = format!("/app/calls/{}/participants/configureMixer", server.call);
    let token = server.token.as_ref().unwrap();
    let head = "Host: h\r\nContent-Type: application/json\r\nContent-Length: 100";
    write!(hangs, "POST {path} HTTP/1.1\r\nAuthorization: Bearer {token}\r\n{head}\r\n\r\n{{").unwrap();
    server.get("/healthz").await;
    server.signal(Signal::TERM);
    server.wait_for("once more stops at once");
    server.signal(Signal::INT);
    let (status, said) = server.ended();
    assert_eq!((status.code(), said.len()), (Some(1), 0), "{said:?}");
}
