//! A flood of costly bodies: what it takes of the server's memory, and what it leaves to others.

use std::time::Duration;

use serde_json::json;

use crate::{
    load::{Flood, bodies, honest, peak_memory, post},
    rig::{PATIENCE, Server, client},
};

const CONNECTIONS: usize = 150;
const BYTES: usize = 256 << 10;
/// The most memory that the server may have, in MB.
const MOST: f64 = 150.0;
/// How much longer an honest client may wait than one of a server without a flood, on a machine that has both floods and other tests
/// to make: so many times, and a second. `benches/flood.rs` measures what it is.
const TIMES: u32 = 10;

/// Floods a server with a body, and has clients beside it who use the same token.
async fn flood(shape: &str, body: &str) {
    let (server, quiet) = (Server::start(&[]), Server::start(&[]));
    let token = server.token.clone().unwrap();
    let path = format!("/app/calls/{}/participants/configureMixer", server.call);
    let flood = Flood::start(&server, post(&token, &path, body), CONNECTIONS);
    let client = client();
    let (every, lasts) = (Duration::from_millis(50), Duration::from_secs(3));
    let levels = json!({"participantMixerLevels": [{"participant": "guest", "exclusive": true}]});
    let configure = || client.post(format!("{}{path}", server.url)).bearer_auth(&token).json(&levels);
    let health = |server: &Server| {
        let (client, url) = (client.clone(), format!("{}/healthz", server.url));
        honest(move || client.get(&url), every, lasts)
    };
    let (health, configured, usual) = tokio::join!(health(&server), honest(configure, every, lasts), health(&quiet));
    let most = TIMES * usual.quantile(0.5) + Duration::from_secs(1);
    let worked_on = async {
        while flood.answers().get(&400) < Some(&3) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, worked_on).await.expect("bodies of the flood are worked on, too");
    let peak = peak_memory(&server);
    assert!(peak <= MOST, "{shape}: {peak} MB");
    println!(
        "{shape}: {peak:.0} MB, {:?}; {:?}; {:?}",
        flood.answers(),
        health.quantile(0.5),
        configured.quantile(0.5)
    );
    for (what, seen) in [("healthz", health), ("configureMixer", configured)] {
        assert_eq!(seen.answers.keys().collect::<Vec<_>>(), [&200], "{shape}, {what}: {:?}", seen.answers);
        assert!(seen.quantile(0.5) <= most, "{shape}, {what}: {:?}, and without a flood {:?}", seen.times, usual.times);
    }
}

#[tokio::test]
async fn a_flood_of_faults_takes_little_memory_and_leaves_others_their_turn() {
    let costly = ["numbers", "objects of one", "misspelt names"];
    for (shape, body) in bodies(BYTES).into_iter().filter(|(shape, _)| costly.contains(shape)) {
        flood(shape, &body).await;
    }
}

/// A body in chunks of one byte, of which each comes with six bytes more.
#[tokio::test]
async fn a_flood_of_small_chunks_takes_little_memory() {
    let server = Server::start(&[]);
    let path = format!("/app/calls/{}/participants/configureMixer", server.call);
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\n",
        server.token.as_deref().unwrap()
    );
    // It never ends: all are there at once.
    let flood = Flood::start(&server, (head + &"1\r\n \r\n".repeat(200_000)).into_bytes(), CONNECTIONS);
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(peak_memory(&server) <= MOST, "{} MB", peak_memory(&server));
    assert_eq!(server.get("/healthz").await.status(), 200);
    drop(flood);
}

#[tokio::test]
async fn an_address_has_at_most_half_of_the_connections() {
    let server = Server::start(&["--max-connections", "8"]);
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(tokio::net::TcpStream::connect(server.address()).await.unwrap());
    }
    assert!(client().get(format!("{}/healthz", server.url)).send().await.is_err());
    open.truncate(2);
    let health = async {
        while client().get(format!("{}/healthz", server.url)).send().await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, health).await.expect("a place is free once its client is gone");
}
