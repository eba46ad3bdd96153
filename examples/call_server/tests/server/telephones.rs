//! Telephones and gateways in the call: who hears whom, holds, other codecs, reports, and what is refused.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    caller::Caller,
    people::{Desk, state},
    rig::{PATIENCE, Server, client},
    telephone::{Codec, Line, Telephone, port},
    tones,
};

/// Waits until something about a session is true.
async fn until(server: &Server, location: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let seen = async {
        loop {
            let figures = server.figures(location).await;
            if is_so(&figures) {
                return figures;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, seen).await.expect("never so")
}

#[tokio::test]
async fn telephones_hear_each_other_at_the_levels_that_are_set_and_not_themselves() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(&["--source", &tones::source(directory.path(), "recording", 300.0)]);
    let anna = Telephone::join(&server, "anna", 500.0, Codec::Pcmu).await;
    let ben = Telephone::join(&server, "ben", 900.0, Codec::G722).await;
    anna.until_hears(&[(300.0, 1.0), (500.0, 0.0), (900.0, 1.0)]).await;
    ben.until_hears(&[(300.0, 1.0), (500.0, 1.0), (900.0, 0.0)]).await;
    let mut guest = Desk::listen(&server, "guest").await;
    guest.until_hears(&[(300.0, 1.0), (500.0, 1.0), (900.0, 1.0)]).await;
    let half = json!([{ "participant": "anna", "exclusive": true,
        "sourceLevels": [{ "participant": "ben", "level": 50 }] }]);
    server.configure(half).await;
    anna.until_hears(&[(300.0, 0.0), (500.0, 0.0), (900.0, 0.5)]).await;
    ben.until_hears(&[(300.0, 1.0), (500.0, 1.0)]).await;
    let stamps = &ben.heard.lock().unwrap().timestamps;
    assert!(stamps.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) % 160 == 0), "{stamps:?}");
}

#[tokio::test]
async fn a_hold_and_another_codec_are_offered_again() {
    let server = Server::start(&[]);
    let mut guest = Desk::listen(&server, "guest").await;
    let silent = json!([{ "participant": "guest", "exclusive": true,
        "sourceLevels": [{ "participant": "anna", "level": 100 }] }]);
    let anna = Telephone::join(&server, "anna", 500.0, Codec::Pcmu).await;
    server.configure(silent).await;
    guest.until_hears(&[(500.0, 1.0)]).await;
    let hold = server.call(&anna.location, &anna.line.offer("0 101", &["a=inactive"])).await;
    assert_eq!(hold.status(), 200);
    let hold = hold.text().await.unwrap();
    assert!(hold.contains("a=inactive") && port(&hold) == anna.server.port(), "{hold}");
    assert!(hold.lines().any(|line| line.starts_with("o=- ") && line.contains(" 2 IN IP4 ")), "{hold}");
    guest.until_hears(&[(500.0, 0.0)]).await;

    let wide = server.sdp(Method::PUT, &anna.location, &anna.line.offer("9 101", &[])).await.text().await.unwrap();
    assert!(wide.contains("G722/8000") && wide.contains("a=sendrecv"), "{wide}");
    anna.voice.lock().unwrap().codec = Codec::G722;
    guest.until_hears(&[(500.0, 1.0)]).await;
    // Another source of the same peer: it begins anew.
    (anna.voice.lock().unwrap().ssrc, anna.voice.lock().unwrap().offset) = (8, 12_345_678);
    guest.until_hears(&[(500.0, 1.0)]).await;
    let refused = server.call(&anna.location, &anna.line.offer("18", &[])).await;
    assert_eq!(refused.status(), 406);
    guest.until_hears(&[(500.0, 1.0)]).await;
}

#[tokio::test]
async fn strangers_and_noise_are_counted_and_not_heard() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(&["--source", &tones::source(directory.path(), "recording", 300.0)]);
    let anna = Telephone::join(&server, "anna", 500.0, Codec::Pcmu).await;
    anna.until_hears(&[(300.0, 1.0)]).await;
    let stranger = Line::new();
    for number in 0..500_u16 {
        let [high, low] = number.to_be_bytes();
        let forged = [&[0x80, 0, high, low, 0, 0, high, low, 0, 0, 0, 7][..], &[0x80; 160]].concat();
        stranger.rtp.send_to(&forged, anna.server).unwrap();
        if number % 50 == 0 {
            // The system drops what finds no room.
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
    for noise in [&[][..], &[0x80], &[0x8F; 20], &[0xBF; 30], b"GET / HTTP/1.1\r\n"] {
        anna.line.rtp.send_to(noise, anna.server).unwrap();
    }
    let counted = |figures: &Value| {
        figures["dropped"]["strangers"].as_u64() >= Some(400) && figures["dropped"]["malformed"].as_u64() >= Some(4)
    };
    until(&server, &anna.location, counted).await;
    anna.until_hears(&[(300.0, 1.0)]).await;
    let metrics = server.get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("call_server_rtp_strangers_total"), "{metrics}");
}

#[tokio::test]
async fn keys_are_shown_once_and_reports_come_and_go() {
    let server = Server::start(&[]);
    let anna = Telephone::join(&server, "anna", 500.0, Codec::Pcmu).await;
    anna.press(1);
    anna.press(11);
    let figures = until(&server, &anna.location, |figures| figures["keysPressed"] == 2).await;
    assert_eq!((&figures["keys"], &figures["codec"]), (&json!("1#"), &json!("PCMU")));
    let shown = state(&server, "anna").await.unwrap()["connection"].clone();
    assert_eq!((&shown["kind"], &shown["stage"], &shown["keys"]), (&json!("rtp"), &json!("connected"), &json!("1#")));

    let mut report = [0; 500];
    let (length, rtcp) = anna.line.rtcp.recv_from(&mut report).unwrap();
    assert_eq!((report[1], rtcp.port()), (200, anna.server.port() + 1), "{:?}", &report[..length]);
    let about = [&report[4..8], &[64, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 80], &report[10..14], &[0; 4]].concat();
    anna.line.rtcp.send_to(&[&[0x81, 201, 0, 7, 0, 0, 0, 7], &about[..]].concat(), rtcp).unwrap();
    let figures = until(&server, &anna.location, |figures| figures["roundTripMs"].is_number()).await;
    assert!(figures["roundTripMs"].as_f64().unwrap() < 1000.0, "{figures}");
    assert_eq!((&figures["sent"]["lossPercent"], &figures["sent"]["jitterMs"]), (&json!(25.0), &json!(10.0)));

    assert_eq!(server.hang_up(&anna.location).await.status(), 200);
    let goodbye = loop {
        let (length, _) = anna.line.rtcp.recv_from(&mut report).unwrap();
        if report[length - 7] == 203 {
            break &report[..length];
        }
    };
    assert_eq!(goodbye.last_chunk::<8>().unwrap()[..4], [0x81, 203, 0, 1]);
    assert_eq!(server.get(&anna.location).await.status(), 404);
    assert_eq!(server.call(&anna.location, &anna.line.offer("0", &[])).await.status(), 404);
}

#[tokio::test]
async fn what_cannot_be_answered_is_refused() {
    let mut server = Server::start(&[]);
    let line = Line::new();
    let good = line.offer("0", &[]);
    let refused = server.call("/rtp/anna", &line.offer("18 3", &[])).await;
    assert_eq!(refused.status(), 406);
    let error = refused.json::<Value>().await.unwrap()["error"]["message"].as_str().unwrap().to_owned();
    assert!(error.contains("PCMU, PCMA, G722 and opus") && error.contains("18 3"), "{error}");
    let others = [("IP4 127.0.0.1", "IP4 phone.example", 400), ("IP4 127.0.0.1", "IP6 ::1", 406)];
    for (from, to, status) in others.into_iter().chain([("RTP/AVP", "RTP/SAVP", 406), ("v=0", "v=1", 400)]) {
        assert_eq!(server.call("/rtp/anna", &good.replace(from, to)).await.status(), status, "{to}");
    }
    assert_eq!(server.call("/rtp/anna", &"a=x\r\n".repeat(20_000)).await.status(), 413);
    assert_eq!(server.call("/rtp/anna", &"a=x\r\n".repeat(2000)).await.status(), 400);
    let plain =
        client().post(format!("{}/rtp/anna", server.url)).header("content-type", "text/plain").body(good.clone());
    assert_eq!(server.authorized(plain).send().await.unwrap().status(), 415);
    assert!(state(&server, "anna").await.is_none(), "nobody came");
    server.token = Some("wrong".into());
    assert_eq!(server.call("/rtp/anna", &good).await.status(), 401);
}

#[tokio::test]
async fn sessions_end_with_their_ports() {
    // One port is for WebRTC: a pair is left.
    let server = Server::start(&["--rtp-ports", "47410-47413"]);
    let (first, second) = (Line::new(), Line::new());
    let come = |line: &Line| line.offer("0", &["a=recvonly"]);
    let answer = server.call("/rtp", &come(&first)).await;
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(server.call("/rtp/anna", &come(&second)).await.status(), 503);
    assert_eq!(server.hang_up(&location).await.status(), 200);
    let mut again = server.call("/rtp/anna", &come(&second)).await.status();
    for _ in 0..100 {
        if again == 201 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        again = server.call("/rtp/anna", &come(&second)).await.status();
    }
    assert_eq!(again, 201);
}

#[tokio::test]
async fn a_telephone_takes_the_place_of_a_browser_and_hears() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(&["--source", &tones::source(directory.path(), "recording", 300.0)]);
    let browser = Caller::join(&server, "anna", 500.0).await;
    browser.until_hears(&[(300.0, 1.0), (500.0, 0.0)]).await;
    let telephone = Telephone::join(&server, "anna", 900.0, Codec::G722).await;
    telephone.until_hears(&[(300.0, 1.0), (500.0, 0.0), (900.0, 0.0)]).await;
    let browser = Caller::join(&server, "anna", 500.0).await;
    browser.until_hears(&[(300.0, 1.0), (900.0, 0.0)]).await;
    assert_eq!(server.get(&telephone.location).await.status(), 404);
}

#[tokio::test]
async fn a_telephone_behind_a_nat_is_let_in_where_that_is_allowed() {
    for (options, kind) in [(&["--rtp-latch"][..], "received"), (&[], "dropped")] {
        let server = Server::start(options);
        let line = Line::new();
        // An address that is reserved for documents: nobody has it.
        let offer = line.offer("0", &[]).replace("c=IN IP4 127.0.0.1", "c=IN IP4 192.0.2.7");
        let answer = server.call("/rtp/anna", &offer).await;
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        let to = (std::net::Ipv4Addr::LOCALHOST, port(&answer.text().await.unwrap()));
        line.rtp.send_to(&[&[0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7][..], &[0xFF; 160]].concat(), to).unwrap();
        let counted = until(&server, &location, |figures| {
            figures["received"]["packets"] == 1 || figures["dropped"]["strangers"] == 1
        });
        let counted = counted.await;
        assert_eq!(counted["received"]["packets"] == 1, kind == "received", "{counted}");
    }
}
