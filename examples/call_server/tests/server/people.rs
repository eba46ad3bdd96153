//! People in the call by WebRTC: who hears whom, and what stays when they come again.

use std::time::Duration;

use serde_json::{Value, json};
use str0m::media::Direction;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    caller::Caller,
    rig::{PATIENCE, Server, Socket, client, json_message, message},
    tones::{self, Ear},
};

/// What a participant hears, by the desk.
pub struct Desk {
    socket: Socket,
    ear: Ear,
}

impl Desk {
    pub async fn listen(server: &Server, id: &str) -> Self {
        let mut socket = server.socket(&format!("/desk/listen/{id}")).await;
        json_message(&mut socket).await;
        Self { socket, ear: Ear::default() }
    }

    /// Waits until the tones are as loud as it is said.
    pub async fn until_hears(&mut self, wanted: &[(f64, f64)]) {
        let mut in_a_row = 0;
        for _ in 0..3000 {
            let Message::Binary(bytes) = message(&mut self.socket).await else { panic!("no audio") };
            let samples: Vec<f32> = bytes
                .chunks_exact(2)
                .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0)
                .collect();
            self.ear.hear(0, &samples);
            let levels: Vec<_> = wanted.iter().map(|(hz, wanted)| (self.ear.level(*hz), *wanted)).collect();
            in_a_row = if levels.iter().all(tones::is_as_wanted) { in_a_row + 1 } else { 0 };
            if in_a_row == 10 {
                return;
            }
        }
        let levels: Vec<_> = wanted.iter().map(|(hz, wanted)| (self.ear.level(*hz), *wanted)).collect();
        panic!("never so loud in a minute, but (heard, wanted): {levels:?}");
    }
}

/// A participant in the newest state.
pub async fn state(server: &Server, id: &str) -> Option<Value> {
    let mut socket = server.socket("/desk/state").await;
    let state = json_message(&mut socket).await;
    state["participants"].as_array().unwrap().iter().find(|participant| participant["id"] == id).cloned()
}

fn hears(listener: &str, source: &str, level: u8) -> Value {
    json!([{ "participant": listener, "exclusive": true, "sourceLevels": [{ "participant": source, "level": level }] }])
}

/// A server with one recording, a tone of 300 Hz.
fn server(options: &[&str]) -> (tempfile::TempDir, Server) {
    let directory = tempfile::tempdir().unwrap();
    let tone = tones::source(directory.path(), "tone", 300.0);
    let server = Server::start(&[&["--source", &tone], options].concat());
    (directory, server)
}

#[tokio::test]
async fn people_hear_each_other_and_the_recordings_but_not_themselves() {
    let (_directory, server) = server(&[]);
    let anna = Caller::join(&server, "anna", 500.0).await;
    let ben = Caller::join(&server, "ben", 1100.0).await;
    let mut desk = Desk::listen(&server, "anna").await;
    desk.until_hears(&[(300.0, 1.0), (500.0, 0.0), (1100.0, 1.0)]).await;
    anna.until_hears(&[(300.0, 1.0), (500.0, 0.0), (1100.0, 1.0)]).await;
    ben.until_hears(&[(300.0, 1.0), (500.0, 1.0), (1100.0, 0.0)]).await;
    let mut named = anna.heard.lock().unwrap().contributors.clone();
    named.sort_unstable();
    let mut wanted = Vec::new();
    for id in ["tone", "ben"] {
        wanted.extend(state(&server, id).await.unwrap()["contributor"].as_u64());
    }
    assert_eq!(named, wanted, "anna's packets name whom she hears");
    let mut guest = Desk::listen(&server, "guest").await;
    guest.until_hears(&[(300.0, 1.0), (500.0, 1.0), (1100.0, 1.0)]).await;
    let seen = state(&server, "anna").await.unwrap();
    assert_eq!((&seen["sends"], &seen["connection"]["kind"]), (&json!(true), &json!("webrtc")));
    assert_eq!(seen["connection"]["stage"], "connected");
    ben.leave(&server).await;
    guest.until_hears(&[(300.0, 1.0), (500.0, 1.0), (1100.0, 0.0)]).await;
    assert_eq!(state(&server, "ben").await, None);
    drop(anna);
}

#[tokio::test]
async fn who_comes_again_has_its_place_and_its_configuration() {
    let (_directory, server) = server(&[]);
    let anna = Caller::join(&server, "anna", 500.0).await;
    let mut guest = Desk::listen(&server, "guest").await;
    guest.until_hears(&[(500.0, 1.0)]).await;
    server.configure(hears("guest", "anna", 50)).await;
    server.configure(hears("anna", "tone", 20)).await;
    guest.until_hears(&[(300.0, 0.0), (500.0, 0.5)]).await;
    drop(anna);
    let again = Caller::join(&server, "anna", 700.0).await;
    guest.until_hears(&[(300.0, 0.0), (500.0, 0.0), (700.0, 0.5)]).await;
    again.until_hears(&[(300.0, 0.2), (700.0, 0.0)]).await;
    // Who leaves, and does not only vanish, takes the configuration along.
    again.leave(&server).await;
    let _anna = Caller::join(&server, "anna", 700.0).await;
    Desk::listen(&server, "anna").await.until_hears(&[(300.0, 1.0)]).await;
}

#[tokio::test]
async fn a_second_connection_takes_the_place_over() {
    let (_directory, server) = server(&[]);
    let first = Caller::join(&server, "anna", 500.0).await;
    let mut guest = Desk::listen(&server, "guest").await;
    guest.until_hears(&[(500.0, 1.0)]).await;
    let second = Caller::join(&server, "anna", 700.0).await;
    first.until_closed().await;
    guest.until_hears(&[(500.0, 0.0), (700.0, 1.0)]).await;
    assert_eq!(server.hang_up(&first.location).await.status(), 404);
    guest.until_hears(&[(500.0, 0.0), (700.0, 1.0)]).await;
    second.leave(&server).await;
}

#[tokio::test]
async fn whom_a_client_removes_is_hung_up_on() {
    let (_directory, server) = server(&[]);
    let anna = Caller::join(&server, "anna", 500.0).await;
    let mut guest = Desk::listen(&server, "guest").await;
    guest.until_hears(&[(300.0, 1.0), (500.0, 1.0)]).await;
    let path = format!("{}/app/calls/{}/participants/anna", server.url, server.call);
    let removed = server.authorized(client().delete(path)).send().await.unwrap();
    assert_eq!(removed.status(), 204);
    anna.until_closed().await;
    guest.until_hears(&[(300.0, 1.0), (500.0, 0.0)]).await;
    assert_eq!(state(&server, "anna").await, None);
}

#[tokio::test]
async fn who_is_muted_is_silent_for_all_until_it_speaks_again() {
    let (_directory, server) = server(&[]);
    let anna = Caller::join(&server, "anna", 500.0).await;
    let mut guest = Desk::listen(&server, "guest").await;
    guest.until_hears(&[(300.0, 1.0), (500.0, 1.0)]).await;
    let path = format!("{}/muted", anna.location);
    let put = async |path: &str, body: &'static str| {
        let request = client().put(format!("{}{path}", server.url)).header("content-type", "application/json");
        server.authorized(request).body(body).send().await.unwrap().status().as_u16()
    };
    assert_eq!(put(&path, "true").await, 204);
    guest.until_hears(&[(300.0, 1.0), (500.0, 0.0)]).await;
    assert_eq!(state(&server, "anna").await.unwrap()["muted"], json!(true));
    assert_eq!((put(&path, "1").await, put("/whip/anna/of-another/muted", "false").await), (400, 404));
    assert_eq!(put(&path, "false").await, 204);
    guest.until_hears(&[(300.0, 1.0), (500.0, 1.0)]).await;
    anna.leave(&server).await;
    assert_eq!(put(&path, "true").await, 404);
}

#[tokio::test]
async fn somebody_can_speak_as_the_guest_and_leaves_the_guest_hearing() {
    let (_directory, server) = server(&[]);
    server.configure(hears("guest", "tone", 50)).await;
    let mut desk = Desk::listen(&server, "guest").await;
    desk.until_hears(&[(300.0, 0.5)]).await;
    let guest = Caller::join(&server, "guest", 500.0).await;
    guest.until_hears(&[(300.0, 0.5), (500.0, 0.0)]).await;
    let ben = Caller::join_with(&server, "ben", 1100.0, Direction::SendOnly).await;
    Desk::listen(&server, "ben").await.until_hears(&[(300.0, 1.0), (500.0, 1.0)]).await;
    desk.until_hears(&[(300.0, 0.5), (500.0, 0.0), (1100.0, 0.0)]).await;
    guest.leave(&server).await;
    let seen = state(&server, "guest").await.unwrap();
    assert_eq!((&seen["sends"], &seen["connection"]), (&json!(false), &Value::Null));
    Desk::listen(&server, "ben").await.until_hears(&[(300.0, 1.0), (500.0, 0.0)]).await;
    desk.until_hears(&[(300.0, 0.5)]).await;
    ben.leave(&server).await;
}

#[tokio::test]
async fn what_people_say_and_hear_is_recorded_on_one_timeline_over_all_stays() {
    let records = tempfile::tempdir().unwrap();
    let (_directory, mut server) = server(&["--record", records.path().to_str().unwrap()]);
    for _stay in 0..2 {
        let anna = Caller::join(&server, "anna", 500.0).await;
        let mut desk = Desk::listen(&server, "guest").await;
        desk.until_hears(&[(300.0, 1.0), (500.0, 1.0)]).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
        anna.leave(&server).await;
        desk.until_hears(&[(300.0, 1.0), (500.0, 0.0)]).await;
    }
    server.signal(rustix::process::Signal::INT);
    assert!(server.ended().0.success());
    let index: Value = serde_json::from_slice(&std::fs::read(records.path().join("index.json")).unwrap()).unwrap();
    let anna = index["participants"].as_array().unwrap().iter().find(|it| it["id"] == "anna").unwrap();
    let stays = anna["stays"].as_array().unwrap();
    assert_eq!((stays.len(), &anna["stem"], &anna["mix"]), (2, &json!("stems/anna.wav"), &json!("mixes/anna.wav")));
    for (file, own, tone) in [("stem", 1.0, 0.0), ("mix", 0.0, 1.0)] {
        let mut reader = hound::WavReader::open(records.path().join(anna[file].as_str().unwrap())).unwrap();
        let samples: Vec<f32> = reader.samples::<i16>().map(|sample| f32::from(sample.unwrap()) / 32_768.0).collect();
        assert_eq!(index["samples"], samples.len());
        for stay in stays {
            let [from, to] = ["fromSample", "toSample"].map(|end| stay[end].as_u64().unwrap() as usize);
            let mut ear = Ear::default();
            ear.hear(0, &samples[to - 4800 - 9600..to - 4800]);
            let (heard_own, heard_tone) = (ear.level(500.0), ear.level(300.0));
            assert!(
                (heard_own - own).abs() < 0.1 && (heard_tone - tone).abs() < 0.1,
                "{file}: {heard_own} {heard_tone}"
            );
            assert!(samples[from.saturating_sub(480)..from].iter().all(|sample| *sample == 0.0), "{file}");
        }
    }
}

#[tokio::test]
async fn the_network_between_is_measured_by_both_sides() {
    let (_directory, server) = server(&[]);
    let anna = Caller::join(&server, "anna", 500.0).await;
    let measured = async {
        loop {
            let connection = state(&server, "anna").await.unwrap()["connection"].clone();
            let figures = ["roundTripMs", "lossIn", "lossOut", "jitterInMs", "jitterOutMs"];
            if figures.iter().all(|name| connection[name].is_number()) {
                return connection;
            }
            println!("{connection}");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    let connection = tokio::time::timeout(PATIENCE, measured).await.expect("reports come");
    assert!(connection["lossIn"].as_f64() < Some(0.1) && connection["lossOut"].as_f64() < Some(0.1), "{connection}");
    assert!(connection["roundTripMs"].as_f64() < Some(1000.0), "{connection}");
    anna.leave(&server).await;
}
