//! Places: how many, who may have them, how long they are kept, and that nothing is left of them.

use std::{fs, time::Duration};

use crate::{
    caller::{Caller, Offer},
    people::{Desk, state},
    rig::{PATIENCE, Server},
};
use str0m::media::Direction;

async fn until_gone(server: &Server, id: &str) {
    let gone = async {
        while state(server, id).await.is_some() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("its place is freed");
}

#[tokio::test]
async fn a_lost_place_is_kept_and_then_freed() {
    let server = Server::start(&["--keep-place", "3"]);
    let anna = Caller::join(&server, "anna", 500.0).await;
    Desk::listen(&server, "guest").await.until_hears(&[(500.0, 1.0)]).await;
    drop(anna);
    let lost = async {
        while state(&server, "anna").await.unwrap()["connection"]["stage"] != "lost" {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, lost).await.expect("the silence is noticed");
    until_gone(&server, "anna").await;
}

#[tokio::test]
async fn an_offer_that_nobody_follows_up_leaves_nothing() {
    let server = Server::start(&["--max-people", "1"]);
    let offer = Offer::new(Direction::SendRecv);
    assert_eq!(server.whip("/whip/anna", &offer.sdp).await.status(), 201);
    let full = server.whip("/whip/ben", &offer.sdp).await;
    assert_eq!((full.status().as_u16(), full.headers()["retry-after"].to_str().unwrap()), (429, "5"));
    until_gone(&server, "anna").await;
    assert_eq!(server.whip("/whip/ben", &offer.sdp).await.status(), 201);
}

#[tokio::test]
async fn a_recording_s_place_cannot_be_had() {
    let server = Server::start(&[]);
    let offer = Offer::new(Direction::SendRecv);
    let refused = server.whip("/whip/speaker", &offer.sdp).await;
    assert_eq!(refused.status(), 403);
    assert!(refused.text().await.unwrap().contains("is a recording"));
    let nameless = server.whip("/whip", &offer.sdp).await;
    let location = nameless.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!((nameless.status().as_u16(), location.split('/').count()), (201, 4));
    assert_eq!(server.hang_up(&location).await.status(), 200);
}

/// What the process holds: file descriptors, threads, and its memory in KiB.
#[cfg(target_os = "linux")]
fn held(server: &Server) -> (usize, usize, usize) {
    let count = |what: &str| fs::read_dir(format!("/proc/{}/{what}", server.pid())).unwrap().count();
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    (count("fd"), count("task"), line.trim().trim_end_matches(" kB").parse().unwrap())
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn thirty_who_come_and_leave_leave_nothing() {
    let server = Server::start(&[]);
    let cycle = async |times: usize| {
        for _ in 0..times {
            let anna = Caller::join(&server, "anna", 500.0).await;
            anna.until_it_is_in_the_call().await;
            anna.leave(&server).await;
            until_gone(&server, "anna").await;
        }
        // Connections of HTTP end a little later.
        tokio::time::sleep(Duration::from_millis(500)).await;
        held(&server)
    };
    let (files, threads, kib) = cycle(5).await;
    let (files_after, threads_after, kib_after) = cycle(30).await;
    assert!(files_after <= files && threads_after <= threads, "{files} {files_after}, {threads} {threads_after}");
    // The ports of one place alone take over 1 MB: thirty would be 30 MB.
    assert!(kib_after < kib + 10_000, "{kib} KiB before, {kib_after} after");
}
