//! A source that sends nothing for long costs nothing, and is counted and heard as if it did.

use mixminus::{
    Controller, Detector, Direction, Frame, JoinOptions, MixerConfig, ParticipantKey, Processor, Readings,
    SourceReadings,
};

const TICK: usize = 480;

struct Room {
    controller: Controller,
    processor: Processor,
    key: ParticipantKey,
}

impl Room {
    /// A listener, and a source without a hangover, so that it goes to sleep soon.
    fn new() -> Self {
        let (controller, processor) = MixerConfig::default().build().unwrap();
        controller.join("ear", JoinOptions { direction: Direction::Listener, ..JoinOptions::default() }).unwrap();
        let key = controller.join("voice", JoinOptions { detector: Detector::Host, ..JoinOptions::default() }).unwrap();
        Self { controller, processor, key }
    }

    /// One tick. Returns the last sample of the mix.
    fn tick(&mut self, frame: Option<&[f32]>) -> f32 {
        let mut audio = self.processor.enter();
        let mut tick = audio.tick();
        if let Some(samples) = frame {
            // A refused frame is counted.
            let _ = tick.send(self.key, Frame::from(samples));
        }
        tick.mix().distinct().map(|mix| mix.samples()[TICK - 1]).fold(0.0, f32::max)
    }

    fn ticks(&mut self, count: usize) {
        for _ in 0..count {
            assert_eq!(self.tick(None), 0.0);
        }
    }

    fn say_something_and_be_silent(&mut self) {
        self.tick(Some(&[0.5; TICK]));
        self.tick(None);
        self.ticks(LONG);
    }

    fn readings(&self) -> SourceReadings {
        let Readings { source, .. } = self.controller.readings("voice").unwrap();
        let snapshot = self.controller.snapshot();
        assert_eq!(snapshot.participants.iter().find(|one| one.key == self.key).unwrap().source, source);
        source
    }
}

/// Half a minute: long enough for its loudness to be forgotten.
const LONG: usize = 3000;

#[test]
fn what_is_missing_is_counted_in_every_tick() {
    let mut room = Room::new();
    room.ticks(LONG);
    assert_eq!(room.readings().missing, 0, "nothing is missing of one who has never sent");
    assert_eq!(room.tick(Some(&[0.5; TICK])), 0.5);
    room.tick(None);
    room.ticks(2);
    for tick in 4..LONG {
        assert_eq!(room.readings().missing, tick as u64 - 1);
        room.ticks(1);
    }
    room.tick(Some(&[0.25; TICK]));
    let SourceReadings { frames, missing, returns, .. } = room.readings();
    assert_eq!((frames, missing, returns), (2, LONG as u64 - 1, 1));
    room.tick(None);
    assert_eq!(room.readings().missing, LONG as u64);
}

#[test]
fn who_comes_back_after_long_fades_in_and_is_heard() {
    let mut room = Room::new();
    for _ in 0..3 {
        room.tick(Some(&[0.5; TICK]));
        room.tick(None);
        room.ticks(LONG);
        let mut audio = room.processor.enter();
        let mut tick = audio.tick();
        tick.send(room.key, Frame::from(&[0.5; TICK][..])).unwrap();
        let mixes = tick.mix();
        let heard = mixes.distinct().find(|mix| !mix.is_silent()).unwrap();
        assert!(heard.samples()[0] < 0.01 && heard.samples()[TICK - 1] == 0.5);
    }
}

#[test]
fn what_is_refused_is_counted_at_once() {
    let mut room = Room::new();
    room.tick(Some(&[0.5; TICK]));
    room.tick(None);
    for n in 1..4 {
        room.ticks(LONG);
        room.tick(Some(&[f32::NAN; TICK]));
        room.tick(Some(&[0.5; TICK - 1]));
        let SourceReadings { missing, not_finite, refused, .. } = room.readings();
        assert_eq!((missing, not_finite, refused), (1 + n * (LONG as u64 + 2), n, n));
    }
}

#[test]
fn who_is_muted_or_unmuted_meanwhile_goes_on() {
    let mut room = Room::new();
    room.say_something_and_be_silent();
    room.controller.set_muted("voice", true).unwrap();
    room.ticks(LONG);
    assert_eq!(room.tick(Some(&[0.5; TICK])), 0.0, "muted");
    room.ticks(LONG);
    room.controller.set_muted("voice", false).unwrap();
    assert_eq!(room.tick(Some(&[0.5; TICK])), 0.5);
    assert_eq!(room.readings().missing, 1 + 3 * LONG as u64);
}

#[test]
fn a_mixer_that_grows_meanwhile_loses_no_count() {
    let mut room = Room::new();
    room.say_something_and_be_silent();
    for n in 0..500 {
        room.controller.join(&*n.to_string(), JoinOptions::default()).unwrap();
    }
    room.ticks(10);
    assert_eq!(room.readings().missing, 11 + LONG as u64);
    assert_eq!(room.tick(Some(&[0.5; TICK])), 0.5);
    assert_eq!(room.readings().missing, 11 + LONG as u64);
}

#[test]
fn a_place_that_was_silent_for_long_is_given_to_somebody_new() {
    let mut room = Room::new();
    room.say_something_and_be_silent();
    room.controller.leave("voice").unwrap();
    room.ticks(2);
    assert_eq!(room.controller.reclaim(), 0, "its memory has come back");
    room.key = room.controller.join("voice", JoinOptions::default()).unwrap();
    room.ticks(LONG);
    assert_eq!(room.readings(), SourceReadings::default());
    assert_eq!(room.tick(Some(&[0.5; TICK])), 0.5);
    assert_eq!(room.readings().frames, 1);
}
