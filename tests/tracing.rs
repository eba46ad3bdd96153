//! The events that a subscriber of `tracing` receives; and it may use the controller while it does.
#![cfg(feature = "tracing")]

mod rig;

use std::{
    fmt::{Debug, Write},
    sync::{Arc, Mutex},
};

use mixminus::{Controller, Direction, Gain, JoinOptions, MixerConfig, config::ParticipantMixerLevel};
use rig::{Rig, small};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span,
    subscriber::{Interest, with_default},
};

/// Writes events down as `LEVEL message field=value ...`, and calls `answer` at each.
struct Small {
    level: LevelFilter,
    lines: Arc<Mutex<Vec<String>>>,
    answer: Box<dyn Fn() + Send + Sync>,
}

#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            name => write!(self.fields, " {name}={value:?}").unwrap(),
        }
    }
}

impl Subscriber for Small {
    /// Asked under a lock of tracing's own, also by the threads of other tests. By itself it would ask `enabled`, and what that
    /// has the controller tell would wait for that lock.
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        (self.answer)();
        metadata.target() == "mixminus" && *metadata.level() <= self.level
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        (self.answer)();
        let mut line = Line::default();
        event.record(&mut line);
        let level = *event.metadata().level();
        self.lines.lock().unwrap().push(format!("{level} {}{}", line.message, line.fields));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

/// The events of `work`, received by a subscriber that calls `answer` whenever it is called itself.
fn told(level: Level, answer: impl Fn() + Send + Sync + 'static, work: impl FnOnce()) -> Vec<String> {
    let lines = Arc::default();
    let small = Small { level: level.into(), lines: Arc::clone(&lines), answer: Box::new(answer) };
    with_default(small, work);
    Arc::into_inner(lines).expect("the subscriber is gone").into_inner().unwrap()
}

fn two() -> (Controller, mixminus::Processor) {
    let (controller, processor) = MixerConfig { participants: 2, ..small() }.build().unwrap();
    for id in ["anna", "ben"] {
        controller.join(id, JoinOptions::default()).unwrap();
    }
    (controller, processor)
}

#[test]
fn every_change_is_told_with_its_generation() {
    let (controller, _processor) = two();
    let lines = told(
        Level::TRACE,
        || {},
        || {
            controller.join("cleo", JoinOptions { direction: Direction::Listener, ..JoinOptions::default() }).unwrap();
            controller.set_muted("anna", true).unwrap();
            controller.set_deafened("ben", true).unwrap();
            controller.set_gain("anna", "ben", Gain::new(0.5).unwrap()).unwrap();
            controller.clear_gain("anna", "ben").unwrap();
            controller
                .configure(&[ParticipantMixerLevel { exclusive: true, ..ParticipantMixerLevel::new("ben") }])
                .unwrap();
            controller.leave("cleo").unwrap();
        },
    );
    let expected = [
        "INFO joined participant=cleo direction=Listener generation=3",
        "DEBUG made room for more participants from=2 to=4 generation=3",
        "INFO set muted participant=anna muted=true generation=4",
        "INFO set deafened participant=ben deafened=true generation=5",
        "DEBUG set gain participant=anna source=ben gain=0.5 generation=6",
        "DEBUG cleared gain participant=anna source=ben generation=7",
        "DEBUG configured participant=ben exclusive=true ducking=false sources=0 generation=8",
        "INFO left participant=cleo generation=9",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn what_is_refused_is_told_with_the_reason() {
    let (controller, _processor) = two();
    let lines = told(
        Level::WARN,
        || {},
        || {
            controller.leave("zoe").unwrap_err();
            controller.set_gain("anna", "anna", Gain::UNITY).unwrap_err();
            controller.configure(&[ParticipantMixerLevel::new("zoe")]).unwrap_err();
            controller.set_muted("anna", true).unwrap();
        },
    );
    let expected = [
        r#"WARN refused change="leave" error="no participant \"zoe\" is in the call" generation=2"#,
        r#"WARN refused change="set_gain" error="participant \"anna\" never hears itself: name another one as the source" generation=2"#,
    ];
    assert_eq!(lines[..2], expected);
    assert!(lines[2].starts_with(r#"WARN refused change="configure" error="participantMixerLevels[0].participant: "#));
    assert_eq!(lines.len(), 3, "a mute is no warning");
}

#[test]
fn changes_that_are_published_together_are_told_together() {
    let (controller, _processor) = two();
    let lines = told(
        Level::INFO,
        || {},
        || {
            let ((), generation) = controller.change(|changes| {
                changes.set_muted("anna", true).unwrap();
                changes.leave("zoe").unwrap_err();
                changes.leave("ben").unwrap();
            });
            assert_eq!(generation.number(), 3);
        },
    );
    let starts = ["INFO set muted participant=anna", "WARN refused", "INFO left participant=ben"];
    assert!(lines.iter().zip(starts).all(|(line, start)| line.starts_with(start)), "{lines:?}");
    assert!(lines.len() == 3 && lines.iter().all(|line| line.ends_with("generation=3")), "{lines:?}");
}

#[test]
fn a_subscriber_may_use_the_controller() {
    let (controller, _processor) = two();
    let other = controller.clone();
    let answer = move || {
        assert!(other.is_here("anna"));
        other.set_deafened("anna", true).unwrap();
    };
    let lines = told(Level::INFO, answer, || {
        controller.set_muted("anna", true).unwrap();
        controller.leave("zoe").unwrap_err();
        controller.reclaim();
    });
    let told: Vec<_> = lines.iter().map(|line| line.split(" participant").next().unwrap()).collect();
    assert_eq!(told[0], "INFO set muted", "{lines:?}");
    assert!(controller.participant("anna").unwrap().deafened);
}

#[test]
fn a_dropped_processor_is_told_once_and_by_the_control_side() {
    let mut rig = Rig::with(small(), &["anna"]);
    rig.level(&[("anna", 0.5)]);
    let Rig { controller, processor, .. } = rig;
    let lines = told(
        Level::INFO,
        || {},
        || {
            drop(processor);
            controller.reclaim();
            controller.reclaim();
            controller.set_muted("anna", true).unwrap();
        },
    );
    let expected =
        ["INFO the processor was dropped generation=1", "INFO set muted participant=anna muted=true generation=2"];
    assert_eq!(lines, expected);
}
