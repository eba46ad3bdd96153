//! Requests to the HTTP service: any method, path and body, without a socket.

use std::{collections::BTreeMap, sync::LazyLock};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use mixminus::{
    Controller, Direction, JoinOptions, ListenerConfig, MixerConfig, Participant, PrivateGroup, Processor,
    config::{ErrorBody, read_request},
    http::{AllowEverybody, CallOptions, Limits, Service, ServiceOptions},
};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tower_service::Service as _;

/// Who is in the call.
const PEOPLE: [(&str, Direction); 5] = [
    ("a", Direction::Both),
    ("b", Direction::Both),
    ("c", Direction::Both),
    ("s", Direction::Source),
    ("l", Direction::Listener),
];
/// Where the requests go whose paths do not begin with a slash.
const CALL: &str = "/app/calls/room/";
/// Between two requests of an input: the record separator of ASCII.
const NEXT: u8 = 0x1e;
/// Requests of an input that are sent.
const MOST_REQUESTS: usize = 12;
/// What an answer has at most, unless it is the OpenAPI document.
const LONGEST_ANSWER: usize = 4 << 20;
/// The paths of what is played: their operations go on when they have been answered.
const MEDIA: [&str; 4] = ["startHoldMusic", "stopHoldMusic", "playPrompt", "cancelMediaProcessing"];

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_time().build().expect("a runtime of tokio"));

/// Sends requests: a line with the method and the path, and the body. Nothing is answered with 500; every answer is JSON;
/// every refusal is an error body of its status and changes nothing; and what configureMixer accepts is in force.
pub fn service(input: &[u8]) {
    RUNTIME.block_on(async {
        let mut call = Call::new();
        for request in input.split(|byte| *byte == NEXT).take(MOST_REQUESTS) {
            call.request(request).await;
        }
        call.service.end_call("room");
        // What was begun sees that the call has ended.
        tokio::task::yield_now().await;
    });
}

struct Call {
    service: Service,
    router: Router,
    controller: Controller,
    processor: Processor,
    /// Whether something may be played, which changes the call beside the requests.
    plays: bool,
}

/// Everything that a request may change, but for what is played.
#[derive(Debug, PartialEq)]
struct State {
    participants: Vec<Participant>,
    configurations: BTreeMap<String, ListenerConfig>,
    groups: Vec<(String, PrivateGroup)>,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Call {
    fn new() -> Self {
        let config = MixerConfig { sample_rate: 8000, tick_samples: 8, participants: 8, ..MixerConfig::default() };
        let (controller, processor) = config.build().expect("figures in range");
        for (id, direction) in PEOPLE {
            controller.join(id, JoinOptions { direction, ..JoinOptions::default() }).expect("not here yet");
        }
        let limits = Limits { body_bytes: 16 << 10, listeners: 4, groups: 3, operations: 6, ..Limits::default() };
        let options = ServiceOptions { limits, ..ServiceOptions::default() };
        let service = Service::new(options, AllowEverybody).expect("it is on a runtime");
        service.add_call("room", CallOptions::new(controller.clone())).expect("there is none yet");
        let router = service.router();
        Self { service, router, controller, processor, plays: false }
    }

    fn state(&self) -> State {
        let participants = self.controller.participants();
        let configuration =
            |one: &Participant| Some((one.id.to_string(), self.controller.configuration(one.id.as_str()).ok()?));
        let configurations = participants.iter().filter_map(configuration).collect();
        let groups = self.controller.private_groups().into_iter().map(|(id, group)| (id.to_string(), group)).collect();
        State { participants, configurations, groups }
    }

    async fn request(&mut self, request: &[u8]) {
        let Ok(text) = std::str::from_utf8(request.split(|byte| *byte == b'\n').next().unwrap_or_default()) else {
            return;
        };
        let body = request.get(text.len() + 1..).unwrap_or_default();
        let (method, path) = text.split_once(' ').unwrap_or(("POST", text));
        let path = if path.starts_with('/') { path.to_owned() } else { format!("{CALL}{path}") };
        let built = Request::builder()
            .method(method)
            .uri(&path)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::HOST, "mixer.example")
            .body(Body::from(body.to_vec()));
        // What is no method or no path never comes to a router.
        let Ok(built) = built else { return };
        self.plays |= MEDIA.iter().any(|media| path.contains(media));
        let before = self.state();
        let answer = self.send(built).await;
        check(&answer, &path);
        let after = self.state();
        if !self.plays {
            if !answer.status.is_success() {
                assert_eq!(before, after, "{method} {path}: what is refused changes nothing");
            } else if path.trim_end_matches('/').ends_with("/participants/configureMixer") {
                in_force(body, &after);
            }
        }
        self.processor.enter().tick().mix();
    }

    async fn send(&mut self, request: Request<Body>) -> Answer {
        let (parts, body) = match self.router.call(request).await {
            Ok(answer) => answer.into_parts(),
            Err(never) => match never {},
        };
        let body = to_bytes(body, LONGEST_ANSWER).await.expect("an answer is bounded").to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

/// An answer is JSON that says what it should.
fn check(answer: &Answer, path: &str) {
    let Answer { status, headers, body } = answer;
    let text = String::from_utf8_lossy(body);
    assert!(!status.is_server_error(), "{path}: {status} {text}");
    if status.is_client_error() && !body.is_empty() {
        let error: ErrorBody = serde_json::from_slice(body).unwrap_or_else(|error| panic!("{path}: {error}: {text}"));
        assert_eq!(error.error.code.status(), status.as_u16(), "{text}");
        assert!(!error.error.message.is_empty());
        assert_eq!(headers["request-id"], error.error.inner_error.request_id.as_str());
    } else if !body.is_empty() {
        serde_json::from_slice::<Value>(body).unwrap_or_else(|error| panic!("{path}: {error}: {text}"));
    }
}

/// What was accepted is what the mixer has.
fn in_force(body: &[u8], after: &State) {
    let here = |id: &str| after.configurations.contains_key(id);
    let request = read_request(body, here).expect("it was accepted");
    for mut level in request.participant_mixer_levels {
        level.source_levels.sort_by(|a, b| a.participant.cmp(&b.participant));
        assert_eq!(after.configurations[&level.participant].mixer_level(level.participant.as_str()), level);
    }
}
