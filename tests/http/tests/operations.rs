//! How operations end, and how long they can be read.

use std::{sync::Arc, time::Duration};

use mixminus::http::{CallError, CallOptions, OperationOptions, ServiceOptions};
use mixminus_http_tests::service::{CALL, Rig, anna_hears_ben_at, refused};
use reqwest::StatusCode;
use serde_json::Value;
use tokio::task::JoinSet;

async fn begin(rig: &Rig, level: u32) -> String {
    let answer = rig.configure(anna_hears_ben_at(level)).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(answer.json::<Value>().await.unwrap()["status"], "running");
    location
}

async fn status(rig: &Rig, location: &str) -> String {
    rig.get(location).await.json::<Value>().await.unwrap()["status"].as_str().unwrap().to_owned()
}

/// The code, subcode and message of a failed operation.
fn result(operation: &Value) -> (i64, i64, &str) {
    assert_eq!(operation["status"], "failed");
    let info = &operation["resultInfo"];
    (info["code"].as_i64().unwrap(), info["subcode"].as_i64().unwrap(), info["message"].as_str().unwrap())
}

#[tokio::test]
async fn an_operation_completes_when_it_is_mixed() {
    let rig = Rig::start().await;
    rig.mix(false);
    let location = begin(&rig, 5).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(status(&rig, &location).await, "running");
    rig.mix(true);
    assert_eq!(rig.ended(&location).await["status"], "completed");
    assert_eq!(rig.controller.mixed(), rig.controller.published());
}

#[tokio::test]
async fn an_operation_that_is_not_mixed_in_time_has_failed() {
    let operations = OperationOptions { time_limit: Duration::from_millis(150), ..OperationOptions::default() };
    let rig = Rig::with(ServiceOptions { operations, ..ServiceOptions::default() }).await;
    rig.mix(false);
    let location = begin(&rig, 5).await;
    let ended = rig.ended(&location).await;
    let message = "nothing was mixed within 150 ms; the change is in force, and will be heard if mixing goes on";
    assert_eq!(result(&ended), (504, 2, message));
    rig.mix(true);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(status(&rig, &location).await, "failed", "an operation that has ended does not change");
    let next = begin(&rig, 6).await;
    assert_eq!(rig.ended(&next).await["status"], "completed");
}

#[tokio::test]
async fn an_operation_whose_call_ends_has_failed_and_can_be_read() {
    let rig = Rig::start().await;
    rig.mix(false);
    let location = begin(&rig, 5).await;
    assert!(rig.service.end_call("room") && !rig.service.end_call("room"));
    let ended = rig.ended(&location).await;
    assert_eq!(result(&ended), (410, 1, "the call ended before the change was in a mix"));
    refused(rig.configure(anna_hears_ben_at(6)).await, 404, "notFound").await;
    refused(rig.get(&format!("{CALL}/participants")).await, 404, "notFound").await;

    // A new call with the same id is another call; the operations of the first one can still be read.
    rig.service.add_call("room", CallOptions::new(rig.controller.clone())).unwrap();
    assert_eq!(rig.get(&format!("{CALL}/participants")).await.status(), StatusCode::OK);
    assert_eq!(status(&rig, &location).await, "failed");
}

#[tokio::test]
async fn an_operation_mixed_before_its_call_ended_is_completed() {
    let rig = Rig::start().await;
    let location = begin(&rig, 5).await;
    while rig.controller.mixed() < rig.controller.published() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    rig.service.end_call("room");
    assert_eq!(status(&rig, &location).await, "completed");
}

#[tokio::test]
async fn an_operation_whose_mixer_is_gone_has_failed() {
    let rig = Rig::start().await;
    rig.mix(false);
    let location = begin(&rig, 5).await;
    rig.drop_mixer();
    let ended = rig.ended(&location).await;
    assert_eq!(result(&ended), (500, 3, "the call's mixer stopped before the change was in a mix"));
}

#[tokio::test]
async fn ended_operations_are_kept_for_a_time_and_up_to_a_number() {
    let operations = OperationOptions { kept: 2, kept_for: Duration::from_millis(500), ..OperationOptions::default() };
    let rig = Rig::with(ServiceOptions { operations, ..ServiceOptions::default() }).await;
    let mut locations = Vec::new();
    for level in 1..=3 {
        locations.push(begin(&rig, level).await);
        // Waits for its end, so that no operation is removed for its age before the third ends.
        rig.controller.wait_until_mixed(rig.controller.published(), Duration::from_secs(5)).unwrap();
    }
    for _ in 0..500 {
        if rig.get(&locations[0]).await.status() == StatusCode::NOT_FOUND {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    refused(rig.get(&locations[0]).await, 404, "notFound").await;
    tokio::time::sleep(Duration::from_millis(700)).await;
    refused(rig.get(&locations[2]).await, 404, "notFound").await;
    let newest = begin(&rig, 9).await;
    assert_eq!(rig.get(&newest).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_time_limit_may_be_unlimited() {
    let operations = OperationOptions { time_limit: Duration::MAX, ..OperationOptions::default() };
    let rig = Rig::with(ServiceOptions { operations, ..ServiceOptions::default() }).await;
    let location = begin(&rig, 5).await;
    assert_eq!(rig.ended(&location).await["status"], "completed");
    assert_eq!(rig.service.shutdown(Duration::MAX).await.failed_operations, 0);
}

#[tokio::test]
async fn operations_of_an_ended_call_are_kept_from_its_end_on() {
    let operations = OperationOptions { kept_for: Duration::from_secs(2), ..OperationOptions::default() };
    let rig = Rig::with(ServiceOptions { operations, ..ServiceOptions::default() }).await;
    let location = begin(&rig, 5).await;
    assert_eq!(rig.ended(&location).await["status"], "completed");
    tokio::time::sleep(Duration::from_millis(1200)).await;
    rig.service.end_call("room");
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(status(&rig, &location).await, "completed", "2.4 s after its own end, and 1.2 s after its call's");
    for _ in 0..500 {
        if rig.get(&location).await.status() == StatusCode::NOT_FOUND {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the operation can still be read 10 s later");
}

/// Thirty calls with eight requests each at once: every operation completes, in its own call and in
/// no other.
#[tokio::test]
async fn many_calls_are_changed_at_once() {
    let rig = Arc::new(Rig::start().await);
    let mut requests = JoinSet::new();
    for call in 0..30 {
        rig.service.add_call(call.to_string(), CallOptions::new(rig.controller.clone())).unwrap();
        for level in 0..8 {
            let rig = Arc::clone(&rig);
            requests.spawn(async move {
                let path = format!("/app/calls/{call}/participants/configureMixer");
                let answer = rig.configure_at(&path, anna_hears_ben_at((10 * call + level) % 100)).await;
                let operation: Value = answer.json().await.unwrap();
                (call, operation["id"].as_str().unwrap_or_else(|| panic!("{operation}")).to_owned())
            });
        }
    }
    for (call, id) in requests.join_all().await {
        assert_eq!(rig.ended(&format!("/app/calls/{call}/operations/{id}")).await["status"], "completed");
        refused(rig.get(&format!("/app/calls/{}/operations/{id}", (call + 1) % 30)).await, 404, "notFound").await;
    }
}

#[tokio::test]
async fn calls_have_ids_of_their_own() {
    let rig = Rig::start().await;
    let options = || CallOptions::new(rig.controller.clone());
    assert_eq!(rig.service.add_call("room", options()), Err(CallError::Taken { id: "room".into() }));
    for id in ["", ".", ".."] {
        assert_eq!(rig.service.add_call(id, options()), Err(CallError::Unreachable { id: id.into() }));
    }
    assert_eq!(rig.service.add_call("another", options()), Ok(()));
}
