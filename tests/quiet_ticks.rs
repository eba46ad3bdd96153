//! A tick in which nothing changes reuses the plan of the one before. Every change after it is heard at
//! once, and bit for bit as if each tick had been planned anew.

use mixminus::{
    Controller, Frame, Gain, JoinOptions, MixerConfig, ParticipantKey, Processor,
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
};

const TICK: usize = 480;
const NAMES: [&str; 4] = ["anna", "ben", "carol", "dora"];

/// A call of four. In a restless one a fifth, whom none of the four hears, starts and stops sending all
/// the time, so that no plan is reused.
struct Call {
    controller: Controller,
    processor: Processor,
    keys: Vec<ParticipantKey>,
    zed: ParticipantKey,
    restless: bool,
    ticks: u32,
}

/// The frame of a participant in a tick.
fn frame(sender: usize, tick: u32, loud: f32) -> Vec<f32> {
    let sample = |n: usize| (n as f32 * (0.03 + 0.01 * sender as f32) + tick as f32).sin() * loud;
    (0..TICK).map(sample).collect()
}

impl Call {
    fn new(restless: bool) -> Self {
        let (controller, processor) = MixerConfig::default().build().unwrap();
        let join = |id: &&str| controller.join(*id, JoinOptions::default()).unwrap();
        let keys = NAMES.iter().map(join).collect();
        let zed = controller.join("zed", JoinOptions::default()).unwrap();
        let ducking = Some(Ducking { ramp_active: 30, ramp_inactive: 70, lower_level: 20, upper_level: 90 });
        let ben = SourceLevel { level: 50, duck_others: true, ..SourceLevel::new("ben") };
        let mut levels = NAMES.map(|id| {
            let source_levels = vec![SourceLevel { level: 0, ..SourceLevel::new("zed") }];
            ParticipantMixerLevel { source_levels, ..ParticipantMixerLevel::new(id) }
        });
        levels[0].ducking = ducking;
        levels[0].source_levels.push(ben);
        controller.configure(&levels).unwrap();
        Self { controller, processor, keys, zed, restless, ticks: 0 }
    }

    /// One tick in which the four send at these amplitudes: 0 is silence, NaN is no frame. Returns their mixes.
    fn tick(&mut self, loud: [f32; 4]) -> Vec<Vec<f32>> {
        self.ticks += 1;
        let mut audio = self.processor.enter();
        let mut tick = audio.tick();
        for (sender, loud) in loud.iter().enumerate().filter(|(_, loud)| !loud.is_nan()) {
            // A participant that has left is refused.
            let _refused = tick.send(self.keys[sender], Frame::from(&frame(sender, self.ticks, *loud)[..]));
        }
        if self.restless && self.ticks.is_multiple_of(2) {
            tick.send(self.zed, Frame::from(&frame(4, self.ticks, 0.1)[..])).unwrap();
        }
        let mixes = tick.mix();
        self.keys.iter().map(|key| mixes.get(*key).map(|mix| mix.samples().to_vec()).unwrap_or_default()).collect()
    }
}

/// Plays quiet ticks, a change and ticks with the amplitudes `after`, in a quiet and in a restless
/// call: all mixes are equal.
fn same_after_quiet_ticks(change: impl Fn(&mut Call), after: [f32; 4]) {
    same_between(AS_BEFORE, change, after);
}

fn same_between(before: [f32; 4], change: impl Fn(&mut Call), after: [f32; 4]) {
    let [mut quiet, mut restless] = [false, true].map(Call::new);
    for tick in 0..60 {
        assert_eq!(quiet.tick(before), restless.tick(before), "tick {tick}");
    }
    change(&mut quiet);
    change(&mut restless);
    for tick in 0..60 {
        assert_eq!(quiet.tick(after), restless.tick(after), "tick {tick} after the change");
    }
    for tick in 0..60 {
        assert_eq!(quiet.tick(before), restless.tick(before), "tick {tick} after that");
    }
}

const AS_BEFORE: [f32; 4] = [0.1, f32::NAN, 0.05, 0.02];

#[test]
fn a_gain_a_mute_and_a_deafening() {
    same_after_quiet_ticks(|call| drop(call.controller.set_gain("anna", "carol", Gain::UNITY)), AS_BEFORE);
    same_after_quiet_ticks(|call| drop(call.controller.set_muted("carol", true)), AS_BEFORE);
    same_after_quiet_ticks(|call| drop(call.controller.set_deafened("anna", true)), AS_BEFORE);
}

#[test]
fn a_ducker_who_speaks_and_falls_silent() {
    same_after_quiet_ticks(|_| {}, [0.1, 0.2, 0.05, 0.02]);
    // Audible all the time, and active only while it is loud.
    same_between([0.1, 1e-5, 0.05, 0.02], |_| {}, [0.1, 0.2, 0.05, 0.02]);
}

/// The same with changes while the envelope moves, 3 ticks down and 7 ticks up.
#[test]
fn what_happens_while_an_envelope_is_on_its_way() {
    let (speaks, falls_silent) = ([0.1, 0.2, 0.05, 0.02], [0.1, 1e-5, 0.05, 0.02]);
    let changes: [&dyn Fn(&mut Call); 5] = [
        &|_| {},
        &|call| drop(call.controller.set_gain("anna", "carol", Gain::UNITY)),
        &|call| drop(call.controller.set_muted("carol", true)),
        &|call| drop(call.controller.leave("dora")),
        &|call| {
            let source_levels = vec![SourceLevel { level: 0, ..SourceLevel::new("zed") }];
            let plain = ParticipantMixerLevel { source_levels, ..ParticipantMixerLevel::new("anna") };
            call.controller.configure(&[plain]).unwrap();
        },
    ];
    for (change, after) in changes.iter().flat_map(|change| (1..8).map(move |after| (change, after))) {
        let [mut quiet, mut restless] = [false, true].map(Call::new);
        let mut tick = |loud: [f32; 4]| assert_eq!(quiet.tick(loud), restless.tick(loud), "{after} ticks on the way");
        (0..30).for_each(|_| tick(speaks));
        (0..after + 20).for_each(|_| tick(falls_silent));
        (0..after).for_each(|_| tick(speaks));
        change(&mut quiet);
        change(&mut restless);
        for loud in [speaks, falls_silent, speaks] {
            for _ in 0..35 {
                assert_eq!(quiet.tick(loud), restless.tick(loud), "{after} ticks on the way, and changed");
            }
        }
    }
}

#[test]
fn a_sender_who_stops_or_sends_silence() {
    same_after_quiet_ticks(|_| {}, [0.1, f32::NAN, f32::NAN, 0.02]);
    same_after_quiet_ticks(|_| {}, [0.1, f32::NAN, 0.0, 0.02]);
    same_after_quiet_ticks(|_| {}, [f32::NAN; 4]);
}

#[test]
fn a_limiter_that_acts() {
    same_after_quiet_ticks(|_| {}, [0.9, f32::NAN, 0.9, 0.9]);
}

#[test]
fn one_who_joins_one_who_leaves_and_a_room_that_grows() {
    same_after_quiet_ticks(|call| drop(call.controller.leave("carol")), AS_BEFORE);
    let join_many = |call: &mut Call| {
        for n in 0..40 {
            call.controller.join(n.to_string(), JoinOptions::default()).unwrap();
        }
    };
    same_after_quiet_ticks(join_many, AS_BEFORE);
}

#[test]
fn a_tick_that_was_dropped() {
    let drop_one = |call: &mut Call| {
        let mut audio = call.processor.enter();
        let mut tick = audio.tick();
        tick.send(call.keys[1], Frame::from(&[0.3; TICK][..])).unwrap();
        drop(tick);
        drop(audio.tick().prepare());
    };
    same_after_quiet_ticks(drop_one, AS_BEFORE);
}

/// Two listeners with the same gains, one of whom had a louder mix before, so that its limiter is at
/// work. Once the limiter rests they share a mix, though nothing else has changed.
#[test]
fn limiters_that_come_to_rest_are_noticed() {
    let (controller, mut processor) = MixerConfig::default().build().unwrap();
    let [ben, ..] = ["ben", "anna", "dora"].map(|id| controller.join(id, JoinOptions::default()).unwrap());
    let mut distinct = |ticks: u32| {
        let mut audio = processor.enter();
        let mut last = 0;
        for tick in 0..ticks {
            let mut next = audio.tick();
            next.send(ben, Frame::from(&frame(0, tick, 0.5)[..])).unwrap();
            last = next.mix().distinct().len();
        }
        last
    };
    assert_eq!(distinct(20), 2, "silence for ben, and one mix for the others");
    controller.set_gain("anna", "ben", Gain::new(4.0).unwrap()).unwrap();
    assert_eq!(distinct(20), 3);
    controller.clear_gain("anna", "ben").unwrap();
    assert_eq!(distinct(5), 3, "its limiter is not at rest yet");
    assert_eq!(distinct(100), 2);
}
