//! Shutting a service down: every accepted operation ends, and its end can be read.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use mixminus::{
    MixerConfig,
    http::{AllowEverybody, CallError, CallOptions, Limits, OperationOptions, Service, ServiceOptions},
};
use mixminus_http_tests::service::{CALL, Rig, anna_hears_ben_at, refused};
use reqwest::{Method, StatusCode};
use serde_json::Value;

#[tokio::test]
async fn running_operations_may_end_and_no_new_ones_begin() {
    let rig = Rig::start().await;
    rig.mix(false);
    let answer = rig.configure(anna_hears_ben_at(5)).await;
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let service = rig.service.clone();
    let shutdown = tokio::spawn(async move { service.shutdown(Duration::from_secs(10)).await });
    while rig.service.add_call("late", CallOptions::new(rig.controller.clone())) != Err(CallError::ShuttingDown) {
        rig.service.end_call("late");
        tokio::task::yield_now().await;
    }
    let answer = rig.configure(anna_hears_ben_at(6)).await;
    assert_eq!(answer.headers()["retry-after"], "1");
    refused(answer, 503, "serviceUnavailable").await;
    rig.mix(true);
    let report = shutdown.await.unwrap();
    assert_eq!((report.failed_operations, report.undelivered.len()), (0, 0));
    assert_eq!(rig.ended(&location).await["status"], "completed");
    refused(rig.configure(anna_hears_ben_at(7)).await, 503, "serviceUnavailable").await;
}

#[tokio::test]
async fn operations_that_do_not_end_in_time_have_failed_and_are_counted() {
    let rig = Rig::start().await;
    rig.mix(false);
    let answer = rig.configure(anna_hears_ben_at(5)).await;
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let report = rig.service.shutdown(Duration::from_millis(100)).await;
    assert_eq!(report.failed_operations, 1);
    let ended = rig.ended(&location).await;
    assert_eq!(ended["resultInfo"]["message"], "the service was shut down before the change was in a mix");
    assert_eq!(ended["resultInfo"]["code"], 503);
}

#[tokio::test]
async fn a_dropped_service_releases_its_mixers() {
    let (controller, processor) = MixerConfig::default().build().unwrap();
    let operations = OperationOptions { kept_for: Duration::from_secs(1), ..OperationOptions::default() };
    let options = ServiceOptions { operations, ..ServiceOptions::default() };
    let service = Service::new(options, AllowEverybody).unwrap();
    service.add_call("room", CallOptions::new(controller)).unwrap();
    let router = service.router();
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    assert!(tasks() > 0);
    drop((service, router));
    for _ in 0..1000 {
        if tasks() == 0 {
            return drop(processor);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{} tasks go on", tasks());
}

/// Eight clients send as fast as they can while the service is shut down: every operation that a
/// client was told of has ended, and says how.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_load_every_accepted_operation_has_an_end() {
    let limits = Limits {
        requests_per_second: 1_000_000.try_into().unwrap(),
        requests_at_once: 1_000_000.try_into().unwrap(),
        ..Limits::default()
    };
    let rig = Arc::new(Rig::with(ServiceOptions { limits, ..ServiceOptions::default() }).await);
    let accepted_so_far = Arc::new(AtomicU32::new(0));
    let clients: Vec<_> = (0..8)
        .map(|client| {
            let (rig, accepted_so_far) = (Arc::clone(&rig), Arc::clone(&accepted_so_far));
            tokio::spawn(async move { send_until_refused(&rig, client, &accepted_so_far).await })
        })
        .collect();
    while accepted_so_far.load(Ordering::Relaxed) < 200 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let report = rig.service.shutdown(Duration::from_secs(10)).await;
    let mut accepted = Vec::new();
    for client in clients {
        accepted.extend(client.await.unwrap());
    }
    let mut failed = 0;
    for location in &accepted {
        let answer = rig.get(location).await;
        assert_eq!(answer.status(), StatusCode::OK, "{location} is lost");
        let operation: Value = answer.json().await.unwrap();
        assert!(operation["status"] == "completed" || operation["status"] == "failed", "{operation}");
        failed += usize::from(operation["status"] == "failed");
    }
    assert_eq!(failed, report.failed_operations);
}

async fn send_until_refused(rig: &Rig, client: u32, accepted_so_far: &AtomicU32) -> Vec<String> {
    let mut accepted = Vec::new();
    let path = format!("{CALL}/participants/configureMixer");
    for n in 0.. {
        let request = rig.request(Method::POST, &path).header("content-type", "application/json");
        let answer = request.body(anna_hears_ben_at((n + client) % 100)).send().await.unwrap();
        match answer.status() {
            StatusCode::OK => accepted.push(answer.headers()["location"].to_str().unwrap().to_owned()),
            StatusCode::TOO_MANY_REQUESTS => {}
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::NOT_FOUND => break,
            other => panic!("{other}"),
        }
        accepted_so_far.fetch_add(1, Ordering::Relaxed);
    }
    accepted
}
