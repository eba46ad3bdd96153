//! A connection makes only the frames that somebody hears.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use crate::{
    Controller, Decibels, Detector, Direction, Gain, JoinOptions, MixerConfig, ParticipantKey, Processor,
    SourceReadings,
    data::{
        channels::Planes,
        connection::{Connection, Told},
        ports::PortMeters,
    },
};

const TICK: usize = 480;

/// A level, NaN for no frame, that the test sets; and how often the connection was asked for it and made it.
#[derive(Debug, Default)]
struct Wire {
    level: AtomicU64,
    told: AtomicU64,
    read: AtomicU64,
}

/// Sends a constant, and tells of another one if it is a `liar`.
#[derive(Debug)]
struct Constant {
    wire: Arc<Wire>,
    liar: Option<f64>,
    frame: [f32; TICK],
}

impl Connection for Constant {
    fn advance(&mut self, _: u64) -> Option<Told> {
        let level = f64::from_bits(self.wire.level.load(Relaxed));
        self.wire.told.fetch_add(1, Relaxed);
        (!level.is_nan()).then(|| Told {
            mean_square: self.liar.unwrap_or(level).powi(2),
            active: true,
            anti_phase: false,
        })
    }

    fn read(&mut self) -> Planes<'_> {
        self.wire.read.fetch_add(1, Relaxed);
        self.frame.fill(f64::from_bits(self.wire.level.load(Relaxed)) as f32);
        Planes { left: &self.frame, right: None }
    }

    fn discard(&mut self) {}

    fn write(&mut self, _: Planes<'_>) {}
}

struct Room {
    controller: Controller,
    processor: Processor,
    ear: ParticipantKey,
}

impl Room {
    fn new(config: MixerConfig) -> Self {
        let (controller, processor) = MixerConfig { limiter: None, ..config }.build().unwrap();
        let ear =
            controller.join("ear", JoinOptions { direction: Direction::Listener, ..JoinOptions::default() }).unwrap();
        Self { controller, processor, ear }
    }

    fn join(&self, id: &str, level: f64, liar: Option<f64>) -> Arc<Wire> {
        let wire = Arc::new(Wire::default());
        wire.level.store(level.to_bits(), Relaxed);
        let connection = Box::new(Constant { wire: Arc::clone(&wire), liar, frame: [0.0; TICK] });
        let options = JoinOptions { direction: Direction::Source, detector: Detector::Host, ..JoinOptions::default() };
        let (joined, _) = self
            .controller
            .change(|changes| changes.join_with_connection(id.into(), options, connection, PortMeters::default()));
        joined.unwrap();
        wire
    }

    /// The last sample that the listener hears after so many ticks.
    fn hear(&mut self, ticks: usize) -> f32 {
        let mut audio = self.processor.enter();
        let tick = |_| audio.tick().mix().get(self.ear).unwrap().samples()[TICK - 1];
        (0..ticks).map(tick).last().unwrap()
    }

    fn readings(&self, id: &str) -> SourceReadings {
        self.controller.readings(id).unwrap().source
    }
}

fn counts(wire: &Wire) -> (u64, u64) {
    (wire.told.swap(0, Relaxed), wire.read.swap(0, Relaxed))
}

#[test]
fn a_source_that_is_heard_is_read_once_a_tick() {
    let mut room = Room::new(MixerConfig::default());
    let wire = room.join("anna", 0.5, None);
    assert_eq!((room.hear(10), counts(&wire)), (0.5, (10, 10)));
    let source = room.readings("anna");
    assert_eq!((source.peak, source.rms, source.frames, source.active), (0.5, 0.5, 10, true));
    wire.level.store(f64::NAN.to_bits(), Relaxed);
    assert_eq!((room.hear(3), counts(&wire)), (0.0, (3, 0)));
    assert_eq!(room.readings("anna").missing, 3);
}

#[test]
fn a_muted_source_is_read_until_it_has_faded_out_and_its_meter_goes_on() {
    let mut room = Room::new(MixerConfig { smoothing_ms: 20.0, ..MixerConfig::default() });
    let wire = room.join("anna", 0.5, None);
    room.hear(1);
    counts(&wire);
    room.controller.set_muted("anna", true).unwrap();
    assert_eq!((room.hear(10), counts(&wire)), (0.0, (10, 2)));
    wire.level.store(0.25_f64.to_bits(), Relaxed);
    room.hear(1);
    let source = room.readings("anna");
    assert_eq!((source.peak, source.rms, source.frames, source.missing), (0.25, 0.25, 12, 0));
    counts(&wire);
    room.controller.set_muted("anna", false).unwrap();
    assert_eq!((room.hear(3), counts(&wire)), (0.25, (3, 3)));
}

#[test]
fn whom_the_loudest_leave_out_is_not_read() {
    let mut room = Room::new(MixerConfig { loudest: Some(1), ..MixerConfig::default() });
    let wires: Vec<_> = [0.25, 0.5, 0.125].iter().map(|level| room.join(&level.to_string(), *level, None)).collect();
    assert_eq!(room.hear(10), 0.5);
    assert_eq!(wires.iter().map(|wire| counts(wire)).collect::<Vec<_>>(), [(10, 0), (10, 10), (10, 0)]);
    room.controller.set_gain("ear", "0.25", Gain::UNITY).unwrap();
    assert_eq!(room.hear(10), 0.75);
    assert_eq!(wires.iter().map(|wire| counts(wire).1).collect::<Vec<_>>(), [10, 10, 0]);
}

#[test]
fn a_frame_that_is_none_is_missing_and_one_that_turns_out_to_be_none_too() {
    let mut room = Room::new(MixerConfig::default());
    let wire = room.join("anna", 0.5, None);
    room.hear(1);
    counts(&wire);
    wire.level.store(f64::INFINITY.to_bits(), Relaxed);
    assert_eq!((room.hear(2), counts(&wire)), (0.0, (2, 0)));
    let source = room.readings("anna");
    assert_eq!((source.not_finite, source.missing, source.frames), (2, 2, 1));

    let wire = room.join("liar", f64::INFINITY, Some(0.5));
    assert_eq!((room.hear(2), counts(&wire)), (0.0, (2, 2)));
    let source = room.readings("liar");
    assert_eq!((source.not_finite, source.frames, source.peak), (2, 0, 0.0));
}

#[test]
fn what_is_told_decides_who_is_active() {
    let mut room = Room::new(MixerConfig { loudest: Some(1), ..MixerConfig::default() });
    let _loud = room.join("loud", 0.9, None);
    let detector = Detector::Energy { threshold: Decibels(-20.0), hangover_ms: 0.0 };
    let wire = Arc::new(Wire::default());
    let connection = Box::new(Constant { wire: Arc::clone(&wire), liar: None, frame: [0.0; TICK] });
    let options = JoinOptions { direction: Direction::Source, detector, ..JoinOptions::default() };
    room.controller
        .change(|changes| changes.join_with_connection("soft".into(), options, connection, PortMeters::default()))
        .0
        .unwrap();
    for (level, active) in [(0.05_f64, false), (0.2, true)] {
        wire.level.store(level.to_bits(), Relaxed);
        room.hear(1);
        assert_eq!(room.readings("soft").active, active);
    }
    assert_eq!(counts(&wire), (2, 0));
}

#[test]
fn a_quiet_source_is_not_read() {
    let mut room = Room::new(MixerConfig::default());
    let wire = room.join("anna", 1e-5, None);
    assert_eq!((room.hear(10), counts(&wire)), (0.0, (10, 0)));
    wire.level.store(0.5_f64.to_bits(), Relaxed);
    assert_eq!((room.hear(1), counts(&wire)), (0.5, (1, 1)));
    wire.level.store(1e-5_f64.to_bits(), Relaxed);
    assert_eq!((room.hear(50), counts(&wire)), (0.0, (50, 21)), "for 200 ms, and while it fades out");
    let source = room.readings("anna");
    assert_eq!((source.quiet, source.missing, source.peak), (true, 0, 1e-5));
}
