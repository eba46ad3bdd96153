//! A listening client gets what the participant hears, and configured levels change it.

use std::time::Instant;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    rig::{PATIENCE, Server, Socket, json_message, message},
    tones,
};

/// The next packet: 20 ms.
async fn packet(socket: &mut Socket) -> Vec<i16> {
    let Message::Binary(bytes) = message(socket).await else { panic!("no audio") };
    assert_eq!(bytes.len(), 1920);
    bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

/// Waits for ten packets in a row that are as loud as `wanted` tones; 0 is exact silence.
async fn until_loud_as(socket: &mut Socket, wanted: f64) {
    let (mut in_a_row, begin) = (0, Instant::now());
    while in_a_row < 10 {
        let last = tones::tones(&packet(socket).await);
        let is_so = if wanted == 0.0 { last == 0.0 } else { (last / wanted - 1.0).abs() < 0.01 };
        in_a_row = if is_so { in_a_row + 1 } else { 0 };
        assert!(begin.elapsed() < PATIENCE, "never as loud as {wanted} tones, but {last}");
    }
}

fn guest_hears(levels: Value) -> Value {
    json!([{ "participant": "guest", "exclusive": true, "sourceLevels": levels }])
}

#[tokio::test]
async fn the_sound_follows_the_levels() {
    let directory = tempfile::tempdir().unwrap();
    let (low, high) = (tones::source(directory.path(), "low", 500.0), tones::source(directory.path(), "high", 1000.0));
    let server = Server::start(&["--source", &low, "--source", &high]);
    assert_eq!(server.participants, ["low", "high", "guest"]);
    let mut guest = server.socket("/desk/listen/guest").await;
    assert_eq!(json_message(&mut guest).await, json!({ "sampleRate": 48_000, "channels": 1 }));

    until_loud_as(&mut guest, 2_f64.sqrt()).await;
    server.configure(guest_hears(json!([]))).await;
    until_loud_as(&mut guest, 0.0).await;
    server.configure(guest_hears(json!([{ "participant": "low", "level": 100 }]))).await;
    until_loud_as(&mut guest, 1.0).await;
    server.configure(guest_hears(json!([{ "participant": "low", "level": 50 }]))).await;
    until_loud_as(&mut guest, 0.5).await;

    // Other mixes have not changed, and no participant hears itself.
    let mut high = server.socket("/desk/listen/high").await;
    json_message(&mut high).await;
    until_loud_as(&mut high, 1.0).await;
}

#[tokio::test]
async fn ids_may_be_any_text() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(&["--source", &tones::source(directory.path(), "a/ü?", 500.0)]);
    let mut socket = server.socket("/desk/listen/a%2F%C3%BC%3F").await;
    json_message(&mut socket).await;
    until_loud_as(&mut socket, 0.0).await;
    assert_eq!(server.knock("/desk/listen/nobody", &server.offer(), None).await.err(), Some(404));
    assert_eq!(server.knock("/desk/listen/%FF", &server.offer(), None).await.err(), Some(400));
}

#[tokio::test]
async fn who_sends_messages_is_sent_away_and_nobody_else() {
    let server = Server::start(&[]);
    let mut quiet = server.socket("/desk/listen/guest").await;
    json_message(&mut quiet).await;
    let mut socket = server.socket("/desk/listen/guest").await;
    json_message(&mut socket).await;
    for _ in 0..1000 {
        // Fails once the WebSocket is closed.
        let _ = socket.feed(Message::binary(vec![0])).await;
    }
    let _ = socket.flush().await;
    let ended = async { while socket.next().await.is_some_and(|message| message.is_ok()) {} };
    tokio::time::timeout(PATIENCE, ended).await.expect("messages end it");
    packet(&mut quiet).await;
    packet(&mut quiet).await;
}
