//! The server under a flood of costly bodies, in one run for each shape: the peak of its memory, and how long honest clients wait,
//! who have a token of their own, or the same one as the flood.
//!
//! `cargo bench -p call_server --bench flood -- [CONNECTIONS] [SECONDS]`; 150 connections and 5 seconds unless said otherwise.
//! Clients and server share the machine.

#[path = "../../../src/http/auth/jwt/issuer.rs"]
mod issuer;
#[path = "../tests/server/load.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod load;
#[path = "../tests/server/rig.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod rig;

use std::{
    fs,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use issuer::{SigningKey, jwks};
use load::{Flood, Seen, bodies, honest, peak_memory, post};
use rig::{Server, client};
use serde_json::json;

const BYTES: usize = 256 << 10;
const EVERY: Duration = Duration::from_millis(20);
const ISSUER: &str = "https://login.example/";

/// The issuer of the tokens, and the file with its keys.
struct Tokens {
    key: SigningKey,
    directory: tempfile::TempDir,
}

impl Tokens {
    fn new() -> Self {
        let (key, directory) = (SigningKey::p256("bench"), tempfile::tempdir().unwrap());
        fs::write(directory.path().join("keys.json"), jwks(&[&key])).unwrap();
        Self { key, directory }
    }

    fn of(&self, subject: &str) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let roles = ["Calls.MeetingJoin"];
        self.key.token(&json!({"iss": ISSUER, "aud": "mixer", "exp": now + 600, "roles": roles, "sub": subject}))
    }

    fn server(&self) -> Server {
        let keys = self.directory.path().join("keys.json");
        Server::start(&["--jwks", keys.to_str().unwrap(), "--issuer", ISSUER, "--audience", "mixer"])
    }
}

fn main() {
    let arguments: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let connections = arguments.first().copied().unwrap_or(150);
    let lasts = Duration::from_secs(arguments.get(1).copied().unwrap_or(5) as u64);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    println!("{connections} connections; milliseconds, and the peak of memory in MB");
    for (shape, body) in bodies(BYTES) {
        for same in [false, true] {
            runtime.block_on(run(shape, &body, same, connections, lasts));
        }
    }
}

async fn run(shape: &str, body: &str, same: bool, connections: usize, lasts: Duration) {
    let tokens = Tokens::new();
    let server = tokens.server();
    let path = format!("/app/calls/{}/participants/configureMixer", server.call);
    let flood = Flood::start(&server, post(&tokens.of("hostile"), &path, body), connections);
    let (client, token) = (client(), tokens.of(if same { "hostile" } else { "honest" }));
    let health = || client.get(format!("{}/healthz", server.url));
    let levels = json!({"participantMixerLevels": [{"participant": "guest", "exclusive": true}]});
    let configure = || client.post(format!("{}{path}", server.url)).bearer_auth(&token).json(&levels);
    let (health, configured) = tokio::join!(honest(health, EVERY, lasts), honest(configure, EVERY, lasts));
    println!("{shape}{}", if same { ", honest requests with the same token" } else { "" });
    println!("    peak {:.0} MB; flood {:?}", peak_memory(&server), flood.answers());
    told("/healthz", &health);
    told("configureMixer", &configured);
}

fn told(what: &str, seen: &Seen) {
    let [middle, most] = [0.5, 0.99].map(|share| seen.quantile(share).as_secs_f64() * 1e3);
    println!("    {what}: p50 {middle:.1}, p99 {most:.1}, {:?}", seen.answers);
}
