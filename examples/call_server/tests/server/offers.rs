//! Offers that are none, too long, too many; and packets from addresses that have nothing to say.

use std::{net::UdpSocket, time::Duration};

use serde_json::Value;
use str0m::{
    ice::{StunMessage, TransId},
    media::Direction,
};

use crate::{
    caller::{Caller, Offer},
    people::Desk,
    rig::{PATIENCE, Server, client, failure},
};

#[tokio::test]
async fn an_answer_says_what_it_agrees_to() {
    let server = Server::start(&[]);
    let answer = server.whip("/whip/a%2Fb", &Offer::new(Direction::SendRecv).sdp).await;
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((answer.status().as_u16(), header("content-type").as_str()), (201, "application/sdp"));
    let location = header("location");
    let connection = location.strip_prefix("/whip/a%2Fb/").unwrap();
    assert_eq!(header("etag"), format!("\"{connection}\""));
    let sdp = answer.text().await.unwrap();
    for wanted in ["a=ice-lite", "a=sendrecv", "useinbandfec=1;stereo=0", "a=ptime:20", "ssrc-audio-level"] {
        assert!(sdp.contains(wanted), "{wanted}: {sdp}");
    }
    assert_eq!(server.hang_up(&location).await.status(), 200);
    assert_eq!(server.hang_up(&location).await.status(), 404);
    assert_eq!(server.hang_up("/whip/a%2Fb/of-nobody").await.status(), 404);
}

#[tokio::test]
async fn what_is_no_offer_is_refused_in_the_format_of_the_api() {
    let mut server = Server::start(&[]);
    let good = Offer::new(Direction::SendRecv).sdp;
    let video = good.replace("m=audio", "m=video");
    let two = format!("{good}{}", &good[good.find("m=audio").unwrap()..]);
    let no_opus = good.replace("opus/48000", "speex/48000");
    let unprotected =
        good.lines().filter(|line| !line.contains("fingerprint")).collect::<Vec<_>>().join("\r\n") + "\r\n";
    let lite = good.replacen("s=", "a=ice-lite\r\ns=", 1);
    for wrong in
        ["", "hello", "v=0\r\n", "m=audio", &video, &two, &no_opus, &unprotected, &lite, &"m=audio\r\n".repeat(99)]
    {
        let refused = server.whip("/whip/anna", wrong).await;
        assert_eq!(refused.status(), 400, "{wrong}");
        assert_eq!(refused.json::<Value>().await.unwrap()["error"]["code"], "badRequest");
    }
    assert_eq!(server.whip("/whip/anna", &"a".repeat(65 * 1024)).await.status(), 413);
    assert_eq!(server.whip(&format!("/whip/{}", "a".repeat(257)), &good).await.status(), 400);
    let url = format!("{}/whip/anna", server.url);
    let plain = client().post(&url).header("content-type", "text/plain").body(good.clone());
    assert_eq!(server.authorized(plain).send().await.unwrap().status(), 415);
    for method in [reqwest::Method::GET, reqwest::Method::PATCH, reqwest::Method::PUT, reqwest::Method::DELETE] {
        let answer = server.authorized(client().request(method.clone(), &url)).send().await.unwrap();
        assert_eq!(answer.status(), 405, "{method}");
    }
    let trickle = server.authorized(client().patch(format!("{url}/x"))).send().await.unwrap();
    assert_eq!((trickle.status().as_u16(), trickle.headers()["allow"].to_str().unwrap()), (405, "DELETE"));
    server.token = Some("wrong".into());
    assert_eq!(server.whip("/whip/anna", &good).await.status(), 401);
    assert_eq!(server.hang_up("/whip/anna/x").await.status(), 401);
}

#[tokio::test]
async fn people_send_to_the_port_and_the_address_of_the_options() {
    let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let ports = format!("{port}-{port}");
    let server = Server::start(&["--rtp-ports", &ports, "--public-ip", "192.0.2.7"]);
    let answer = server.whip("/whip/anna", &Offer::new(Direction::SendRecv).sdp).await;
    let sdp = answer.text().await.unwrap();
    assert!(sdp.contains(&format!(" 192.0.2.7 {port} typ host")), "{sdp}");
    let (code, said) = failure(&["--listen", "127.0.0.1:0", "--rtp-ports", &ports]);
    assert!(code == Some(1) && said.contains("choose others by --rtp-ports"), "{said}");
}

/// A figure of `/metrics`.
async fn figure(server: &Server, name: &str) -> f64 {
    let text = server.get("/metrics").await.text().await.unwrap();
    let line = text.lines().find(|line| line.starts_with(name));
    line.and_then(|line| line.rsplit_once(' ')?.1.parse().ok()).unwrap_or_else(|| panic!("no {name} in {text}"))
}

#[tokio::test]
async fn forged_packets_are_dropped_and_counted() {
    let server = Server::start(&[]);
    let anna = Caller::join(&server, "anna", 500.0).await;
    let mut guest = Desk::listen(&server, "guest").await;
    guest.until_hears(&[(500.0, 1.0)]).await;
    let before = figure(&server, "call_server_strangers_total").await;
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    // RTP, RTCP, DTLS, and STUN with anna's names, but without the password.
    let mut stun = [0; 200];
    let request = StunMessage::binding_request(&anna.username, TransId::new(), true, 1, 1, true);
    let length = request.to_bytes(Some(b"guessed"), &mut stun, |_, _| [7; 20]).unwrap();
    let forged: [&[u8]; 4] =
        [&[0x80, 111, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4, 5], &[0x80, 200, 0, 1, 0, 0, 0, 0], &[22; 50], &stun[..length]];
    for packet in forged.iter().cycle().take(400) {
        socket.send_to(packet, anna.server).unwrap();
        // The system drops what finds no room.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    socket.send_to(b"GET / HTTP/1.1", anna.server).unwrap();
    let counted = async {
        while figure(&server, "call_server_strangers_total").await < before + 400.0
            || figure(&server, "call_server_malformed_total").await < 1.0
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, counted).await.expect("all are counted");
    guest.until_hears(&[(500.0, 1.0)]).await;
    anna.leave(&server).await;
}
