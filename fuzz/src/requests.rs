//! configureMixer requests: bytes that are read, checked, and put in force.

use std::collections::BTreeMap;

use mixminus::{
    Controller, Direction, JoinOptions, ListenerConfig, MixerConfig, Processor, Snapshot,
    config::{
        ConfigureMixerRequest, ErrorBody, Faults, InnerError, Malformed, ParticipantMixerLevel, RequestError,
        UncheckedRequest, read_json, read_request,
    },
};
use serde_json::Value;

/// Who is in the call. The names that are short are those that a fuzzer finds.
const PEOPLE: [(&str, Direction); 6] = [
    ("a", Direction::Both),
    ("b", Direction::Both),
    ("c", Direction::Both),
    ("", Direction::Both),
    ("s", Direction::Source),
    ("l", Direction::Listener),
];
/// Between two bodies of an input: the record separator of ASCII.
const NEXT: u8 = 0x1e;

/// Reads bodies and puts them in force, one after the other. What is refused changes nothing and says what is wrong; what is
/// accepted is what the mixer tells afterwards, and is the same when it is written and read again.
pub fn requests(input: &[u8]) {
    let mut call = Call::new();
    for body in input.split(|byte| *byte == NEXT) {
        call.request(body);
    }
}

struct Call {
    controller: Controller,
    processor: Processor,
}

/// Everything that a request may change.
#[derive(Debug, PartialEq)]
struct State {
    snapshot: Snapshot,
    configurations: BTreeMap<&'static str, ListenerConfig>,
}

impl Call {
    fn new() -> Self {
        let config = MixerConfig {
            sample_rate: 8000,
            tick_samples: 8,
            participants: 8,
            talk_events: 0,
            ..MixerConfig::default()
        };
        let (controller, processor) = config.build().expect("figures in range");
        for (id, direction) in PEOPLE {
            controller.join(id, JoinOptions { direction, ..JoinOptions::default() }).expect("not here yet");
        }
        Self { controller, processor }
    }

    fn is_here(&self, id: &str) -> bool {
        PEOPLE.iter().any(|(here, _)| *here == id)
    }

    fn state(&self) -> State {
        let configuration =
            |(id, _): (&'static str, Direction)| (id, self.controller.configuration(id).expect("it is here"));
        State { snapshot: self.controller.snapshot(), configurations: PEOPLE.map(configuration).into() }
    }

    fn request(&mut self, body: &[u8]) {
        let request = match read_json::<UncheckedRequest<'static>>(body) {
            Ok(request) => request,
            Err(error) => {
                assert!(read_json::<Value>(body).is_err(), "it is JSON, and {error}");
                return malformed(body, &error);
            }
        };
        let (before, context) = (self.state(), request.client_context().map(str::to_owned));
        let (checked, listeners) = (read_request(body, |id| self.is_here(id)), request.listeners());
        let done = self.controller.configure_request(request);
        let after = self.state();
        match (done, checked) {
            (Err(faults), Err(RequestError::Faults(same))) => {
                assert_eq!(faults, same, "the controller and the reader find the same");
                refused(&faults);
                assert_eq!(before, after, "what is refused changes nothing");
            }
            (Ok(generation), Ok(request)) => {
                assert_eq!((&request.client_context, request.participant_mixer_levels.len()), (&context, listeners));
                assert_eq!(after.snapshot.published, generation);
                in_force(&request, &before, &after);
                again(&request);
                self.tick();
            }
            (done, checked) => panic!("the controller says {done:?}, the reader {checked:?}"),
        }
    }

    fn tick(&mut self) {
        self.processor.enter().tick().mix();
        let snapshot = self.controller.snapshot();
        assert_eq!(snapshot.mixed, snapshot.published, "a tick takes up what was published");
    }
}

/// The place of an error is in the body, or one past its end.
fn malformed(body: &[u8], error: &Malformed) {
    let lines: Vec<_> = body.split(|byte| *byte == b'\n').collect();
    assert!((1..=lines.len()).contains(&error.line), "{error} of {} lines", lines.len());
    assert!((1..=lines[error.line - 1].len() + 1).contains(&error.column), "{error}");
    assert!(!error.message.is_empty());
}

/// Every fault is told once, in every way in which they are told.
fn refused(faults: &Faults) {
    assert!(!faults.first().path().is_empty() && faults.iter().count() <= faults.len());
    let inner = InnerError { request_id: "r".into(), date: "2018-03-19T09:46:02Z".into() };
    let body = ErrorBody::from_faults(faults, inner);
    assert_eq!(body.error.details.len(), faults.iter().count());
    for (fault, detail) in faults.iter().zip(&body.error.details) {
        assert_eq!((fault.path(), fault.message()), (detail.target.as_str(), detail.message.clone()));
        assert!(!detail.target.is_empty() && !detail.message.is_empty() && !detail.code.is_empty());
    }
    if faults.len() > 1 {
        assert!(body.error.message.starts_with(&format!("{} faults", faults.len())), "{}", body.error.message);
    }
    let text = serde_json::to_string(&body).expect("an error body is JSON");
    assert_eq!(serde_json::from_str::<ErrorBody>(&text).expect("it can be read"), body);
}

/// Who is named hears what the request says; everybody else hears what they heard.
fn in_force(request: &ConfigureMixerRequest, before: &State, after: &State) {
    let named: BTreeMap<_, _> =
        request.participant_mixer_levels.iter().map(|level| (level.participant.as_str(), level)).collect();
    assert_eq!(named.len(), request.participant_mixer_levels.len(), "nobody is named twice");
    for (id, config) in &after.configurations {
        match named.get(id) {
            Some(level) => assert_eq!(config.mixer_level(*id), sorted((*level).clone())),
            None => assert_eq!(config, &before.configurations[id]),
        }
    }
}

/// The sources of a configuration are told in the order of their ids.
fn sorted(mut level: ParticipantMixerLevel) -> ParticipantMixerLevel {
    level.source_levels.sort_by(|a, b| a.participant.cmp(&b.participant));
    level
}

/// Written and read again, a request is the same.
fn again(request: &ConfigureMixerRequest) {
    let text = serde_json::to_vec(request).expect("a request is JSON");
    assert_eq!(read_request(&text, |_| true).as_ref(), Ok(request));
}
