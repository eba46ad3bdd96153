//! Three servers of one call, as processes: what is set at one is heard at another, people move, and a server that is killed takes
//! nobody else with it.

use std::{net::UdpSocket, time::Duration};

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

use crate::{
    caller::Caller,
    people::{Desk, state},
    rig::{PATIENCE, Server, client},
};

/// The names of the servers, and of one person at each, with its tone.
const NODES: [&str; 3] = ["a", "b", "c"];
const PEOPLE: [(&str, f64); 3] = [("anna", 400.0), ("ben", 700.0), ("carol", 1000.0)];

/// Three servers and those who call them keep two cores busy: one test after the other.
static TURN: Mutex<()> = Mutex::const_new(());

/// Where the first one listens: the others connect to it, and find each other through it.
struct Endpoint {
    first: String,
    leave_after_s: &'static str,
    _turn: MutexGuard<'static, ()>,
}

impl Endpoint {
    async fn free() -> Self {
        let _turn = TURN.lock().await;
        let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { first: format!("udp/127.0.0.1:{port}?rel=1;mixed_rel=1"), leave_after_s: "1", _turn }
    }

    fn start(&self, node: usize) -> Server {
        let to_first = if node == 0 { "--cluster-listen" } else { "--connect" };
        Server::start(&[
            "--cluster",
            "test",
            "--node",
            NODES[node],
            to_first,
            &self.first,
            "--leave-after-s",
            self.leave_after_s,
        ])
    }

    fn start_all(&self) -> [Server; 3] {
        [0, 1, 2].map(|node| self.start(node))
    }
}

async fn join(server: &Server, person: usize) -> Caller {
    let (id, hz) = PEOPLE[person];
    Caller::join(server, id, hz).await
}

async fn join_all(servers: &[Server; 3]) -> [Caller; 3] {
    [join(&servers[0], 0).await, join(&servers[1], 1).await, join(&servers[2], 2).await]
}

/// Everybody that a server lists.
async fn listed(server: &Server) -> Vec<String> {
    let path = format!("/app/calls/{}/participants", server.call);
    let all: Value = server.get(&path).await.json().await.unwrap();
    all["value"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// Waits until somebody hears each tone as loud as it is said, in the mix that its server makes. What its client hears of two
/// tones that go through a coder for speech is less exact.
async fn until_hears(server: &Server, person: usize, wanted: &[(f64, f64)]) {
    Desk::listen(server, PEOPLE[person].0).await.until_hears(wanted).await;
}

async fn until_all_hear_all(servers: &[Server; 3]) {
    for (person, server) in servers.iter().enumerate() {
        until_hears(server, person, &all_but(person, None)).await;
    }
}

/// Waits until the client of a person hears exactly the tones of these others.
async fn until_client_hears(client: &Caller, others: &[usize]) {
    let is_heard = |person: usize| client.heard.lock().unwrap().level(PEOPLE[person].1);
    until("its client hears the others, and only them", async || {
        (0..3).all(|person| if others.contains(&person) { is_heard(person) > 0.15 } else { is_heard(person) < 0.1 })
    })
    .await;
}

/// Waits until something is so, which is asked for over the network.
async fn until(what: &str, is: impl AsyncFn() -> bool) {
    let so = async {
        while !is().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, so).await.unwrap_or_else(|_| panic!("it is never so: {what}"));
}

/// The tones of all but one person, each as loud as it was sent.
fn all_but(person: usize, silent: Option<usize>) -> Vec<(f64, f64)> {
    let level = |other: usize| f64::from(u8::from(other != person && Some(other) != silent));
    (0..3).map(|other| (PEOPLE[other].1, level(other))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_at_one_server_is_heard_at_another_and_people_move_with_it() {
    let endpoint = Endpoint::free().await;
    let servers = endpoint.start_all();
    let [a, b, c] = &servers;
    let [anna, ben, carol] = join_all(&servers).await;
    until_hears(b, 1, &all_but(1, None)).await;
    until_client_hears(&ben, &[0, 2]).await;

    // At a, for a listener at b, of a source at c.
    let quiet = json!([{ "participant": "ben", "sourceLevels": [{ "participant": "carol", "level": 25 }] }]);
    a.configure(quiet.clone()).await;
    until_hears(b, 1, &[(400.0, 1.0), (700.0, 0.0), (1000.0, 0.25)]).await;
    let seen = state(c, "ben").await.unwrap();
    assert_eq!((&seen["node"], &seen["mixerLevel"]["sourceLevels"][0]["level"]), (&json!("b"), &json!(25)));
    let seen = state(b, "anna").await.unwrap();
    assert_eq!((&seen["node"], &seen["talking"]), (&json!("a"), &json!(true)));

    // She comes at another server: her place goes along, and what others have set for her.
    let again = join(a, 2).await;
    carol.until_closed().await;
    until_hears(b, 1, &[(400.0, 1.0), (1000.0, 0.25)]).await;
    until("carol is at a", async || state(b, "carol").await.is_some_and(|carol| carol["node"] == "a")).await;
    assert_eq!(listed(c).await.iter().filter(|id| *id == "carol").count(), 1);

    // Who is removed at one server is disconnected at its own.
    let path = format!("{}/app/calls/{}/participants/anna", c.url, c.call);
    assert_eq!(c.authorized(client().delete(path)).send().await.unwrap().status(), 204);
    anna.until_closed().await;
    until_hears(b, 1, &[(400.0, 0.0), (1000.0, 0.25)]).await;
    until_client_hears(&ben, &[2]).await;
    drop(again);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_is_missed_and_taken_up_again() {
    let endpoint = Endpoint::free().await;
    let mut servers = endpoint.start_all();
    let mut people = join_all(&servers).await;
    until_all_hear_all(&servers).await;
    for victim in 0..3 {
        servers[victim].signal(Signal::KILL);
        servers[victim].ended();
        let [one, other] = [(victim + 1) % 3, (victim + 2) % 3];
        for (person, with) in [(one, other), (other, one)] {
            until_hears(&servers[person], person, &all_but(person, Some(victim))).await;
            until_client_hears(&people[person], &[with]).await;
            let lost = PEOPLE[victim].0;
            until("it has left", async || !listed(&servers[person]).await.iter().any(|id| id == lost)).await;
            assert!(listed(&servers[person]).await.iter().any(|id| id == PEOPLE[with].0));
            assert_eq!(servers[person].get("/healthz").await.status(), 200);
        }
        servers[victim] = endpoint.start(victim);
        people[victim] = join(&servers[victim], victim).await;
        until_all_hear_all(&servers).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_in_order_takes_its_people_along_at_once() {
    // Who is lost would stay for as long as this test may take.
    let endpoint = Endpoint { leave_after_s: "600", ..Endpoint::free().await };
    let mut servers = [0, 1].map(|node| endpoint.start(node));
    let _ben = join(&servers[1], 1).await;
    let _anna = join(&servers[0], 0).await;
    until_hears(&servers[1], 1, &[(400.0, 1.0)]).await;
    servers[0].signal(Signal::TERM);
    assert_eq!(servers[0].ended().0.code(), Some(0));
    until("ben is alone", async || {
        listed(&servers[1]).await == ["guest.b", "ben"] || listed(&servers[1]).await == ["ben", "guest.b"]
    })
    .await;
}
