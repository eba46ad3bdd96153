use super::*;
use crate::{Controller, Frame, JoinOptions, MixerConfig, ParticipantKey, Processor};

struct Room {
    controller: Controller,
    processor: Processor,
    keys: Vec<ParticipantKey>,
}

impl Room {
    fn of(people: usize) -> Self {
        let config = MixerConfig {
            sample_rate: 8000,
            tick_samples: 80,
            limiter: None,
            smoothing_ms: 0.0,
            participants: 4,
            ..MixerConfig::default()
        };
        let (controller, processor) = config.build().unwrap();
        let mut room = Self { controller, processor, keys: Vec::new() };
        room.admit(people);
        room
    }

    fn admit(&mut self, people: usize) {
        for _ in 0..people {
            let id = format!("p{}", self.keys.len());
            self.keys.push(self.controller.join(id, JoinOptions::default()).unwrap());
        }
    }

    /// The first `talkers` send their number plus one.
    fn tick(&mut self, talkers: usize, writer: &mut RelayWriter) {
        let mut audio = self.processor.enter();
        let mut tick = audio.tick();
        for (number, key) in self.keys.iter().enumerate().take(talkers) {
            tick.send(*key, Frame::mono(&[(number + 1) as f32; 80])).unwrap();
        }
        writer.write(&tick.mix());
    }

    fn skip(&mut self, ticks: u64) {
        self.processor.enter().skip(ticks);
    }
}

#[test]
fn a_tick_is_read_as_it_was_mixed() {
    let mut room = Room::of(4);
    let (mut writer, mut relay) =
        Relay::new(&room.processor, RelayOptions { sources: 1, ..RelayOptions::default() }).unwrap();
    room.tick(2, &mut writer);
    room.skip(3);
    room.tick(2, &mut writer);
    for position in [0, 320] {
        let tick = relay.next().unwrap();
        assert_eq!(tick.position(), position);
        assert_eq!(tick.mixes().count(), 3);
        let of = |key: usize| tick.mixes().find(|mix| mix.listeners().contains(&room.keys[key])).unwrap();
        assert_eq!((of(0).left()[79], of(1).left()[79], of(2).left()[79]), (2.0, 1.0, 3.0));
        assert_eq!((of(2).listeners(), of(2).sources()), (&room.keys[2..], &room.keys[..1]));
        assert!(!of(2).is_silent() && of(2).left().len() == 80 && of(2).right() == of(2).left());
    }
    assert!(relay.next().is_none());
    assert_eq!(relay.readings(), RelayReadings { ticks: 2, ..RelayReadings::default() });
    assert!(!relay.is_over());
    drop(writer);
    assert!(relay.is_over());
}

#[test]
fn what_a_reader_is_too_late_for_is_dropped_and_counted() {
    let mut room = Room::of(2);
    let (mut writer, mut relay) =
        Relay::new(&room.processor, RelayOptions { ticks: 3, ..RelayOptions::default() }).unwrap();
    (0..5).for_each(|_| room.tick(1, &mut writer));
    let positions: Vec<u64> = std::iter::from_fn(|| relay.next().map(|tick| tick.position())).collect();
    assert_eq!(positions, [0, 80, 160]);
    assert_eq!(relay.readings().dropped_ticks, 2);
    room.tick(1, &mut writer);
    assert_eq!(relay.next().map(|tick| tick.position()), Some(400));
}

#[test]
fn a_call_that_outgrows_a_relay_gets_room() {
    let mut room = Room::of(2);
    let options = RelayOptions { ticks: 2, mixes: 2, listeners: 2, sources: 0 };
    let (mut writer, mut relay) = Relay::new(&room.processor, options).unwrap();
    room.admit(6);
    let mut read = Vec::new();
    for _ in 0..6 {
        room.tick(8, &mut writer);
        read.extend(relay.next().map(|tick| tick.mixes().map(|mix| mix.listeners().len()).sum::<usize>()));
    }
    assert_eq!(read, [8; 5], "the copies that were there at first were too small");
    assert_eq!(relay.readings().too_large_ticks, 1);
    room.admit(7);
    room.tick(15, &mut writer);
    assert!(relay.next().is_some(), "as much again is made room for");
}

#[test]
fn options_out_of_range_are_refused() {
    let room = Room::of(1);
    let refused = |options| Relay::new(&room.processor, options).err();
    let options = RelayOptions::default();
    assert_eq!(
        refused(RelayOptions { ticks: 1, ..options }),
        Some(RelayError::Ticks { ticks: 1, least: 2, most: 1024 })
    );
    assert_eq!(refused(RelayOptions { sources: 16, ..options }), Some(RelayError::Sources { sources: 16, most: 15 }));
    assert_eq!(
        refused(RelayOptions { mixes: 1 << 17, ..options }),
        Some(RelayError::Room { asked: 1 << 17, most: 1 << 16 })
    );
}

#[test]
fn a_tick_that_fits_no_copy_is_dropped_and_all_copies_become_larger_at_once() {
    let mut room = Room::of(12);
    let options = RelayOptions { ticks: 8, mixes: 2, listeners: 12, sources: 0 };
    let (mut writer, mut relay) = Relay::new(&room.processor, options).unwrap();
    room.tick(9, &mut writer);
    assert!(relay.next().is_none());
    (0..8).for_each(|_| room.tick(9, &mut writer));
    assert_eq!(std::iter::from_fn(|| relay.next().map(|tick| tick.position())).count(), 8);
    assert_eq!((relay.readings().too_large_ticks, relay.readings().dropped_ticks), (1, 0));
}

#[test]
fn ticks_of_another_mixer_are_refused() {
    let (mut room, mut other) = (Room::of(2), Room::of(2));
    let (mut writer, mut relay) = Relay::new(&room.processor, RelayOptions::default()).unwrap();
    other.tick(1, &mut writer);
    room.tick(1, &mut writer);
    assert!(
        relay
            .next()
            .is_some_and(|tick| tick.mixes().all(|mix| mix.listeners().iter().all(|key| room.keys.contains(key))))
    );
    assert!(relay.next().is_none());
    assert_eq!(relay.readings().foreign_ticks, 1);
}
