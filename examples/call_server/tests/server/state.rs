//! The states that the desk gets.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::rig::{PATIENCE, Server, Socket, json_message};

/// Waits for a state that meets a condition.
async fn until(socket: &mut Socket, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let begin = Instant::now();
    loop {
        let state = json_message(socket).await;
        if wanted(&state) {
            return state;
        }
        assert!(begin.elapsed() < PATIENCE, "never {what}: {state}");
    }
}

fn of<'a>(state: &'a Value, id: &str) -> &'a Value {
    state["participants"].as_array().unwrap().iter().find(|participant| participant["id"] == id).unwrap()
}

#[tokio::test]
async fn states_show_who_talks_and_how_loud() {
    let server = Server::start(&[]);
    let mut socket = server.socket("/desk/state").await;
    let talks = |state: &Value| of(state, "speaker")["talking"] == true && state["dominant"] == "speaker";
    let state =
        until(&mut socket, "does anybody talk", |state| talks(state) && of(state, "guest")["mix"]["peakDbfs"].is_f64())
            .await;
    assert_eq!((&state["call"], &state["sampleRate"]), (&json!(server.call), &json!(48_000)));
    assert!(state["runner"]["ticks"].as_u64() > Some(0) && state["runner"]["lateUsP99"].is_number());
    let guest = of(&state, "guest");
    assert_eq!((&guest["sends"], &guest["hears"], &guest["levelDbfs"]), (&json!(false), &json!(true), &Value::Null));
    // The bundled voices begin one after another: at each time some are silent and some are not.
    until(&mut socket, "is anybody silent", |state| of(state, "delegate")["levelDbfs"].is_null()).await;
    until(&mut socket, "does a level show", |state| of(state, "interpreter")["levelDbfs"].is_number()).await;
}

#[tokio::test]
async fn states_show_the_levels_in_force() {
    let server = Server::start(&[]);
    let mut socket = server.socket("/desk/state").await;
    let level = json!({
        "participant": "guest",
        "exclusive": false,
        "ducking": { "rampActive": 50, "rampInactive": 500, "lowerLevel": 10, "upperLevel": 90 },
        "sourceLevels": [{ "participant": "interpreter", "level": 70, "duckOthers": true }],
    });
    server.configure(json!([level])).await;
    until(&mut socket, "are the levels shown", |state| of(state, "guest")["mixerLevel"] == level).await;
}

#[tokio::test]
async fn states_come_at_most_ten_times_a_second() {
    let server = Server::start(&[]);
    let mut socket = server.socket("/desk/state").await;
    let (mut count, begin) = (0, Instant::now());
    while begin.elapsed() < Duration::from_secs(2) {
        json_message(&mut socket).await;
        count += 1;
    }
    let most = (begin.elapsed().as_millis() / 100 + 2) as u64;
    assert!((2..=most).contains(&count), "{count} of {most}");
}
