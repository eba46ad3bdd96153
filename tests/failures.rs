//! Whatever fails around a mixer fails alone: a half or a handle that is dropped at any moment, a thread of the host's that
//! panics, a host that stops ticking, a clock that leaps.
#![cfg(feature = "stream")]

mod alloc;
mod cases;

use std::panic::{AssertUnwindSafe, catch_unwind};

use cases::cases;
use mixminus::{
    Controller, Frame, Gain, JoinOptions, MixerConfig, ParticipantKey, PrivateGroup, Processor, TalkEvents,
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
    stream::{
        Clip, InputOptions, InputPort, OutputOptions, OutputPort, Player, PlayerEvents, PlayerOptions, PortOptions,
        Relay, RelayOptions, Repeat, Stamp, StreamFormat, Tap, TapOptions, Tapped,
    },
};
use proptest::prelude::*;

const RATE_HZ: u32 = 8000;
const TICK: usize = 80;

fn mixer() -> (Controller, Processor) {
    MixerConfig { sample_rate: RATE_HZ, tick_samples: TICK, participants: 2, ..MixerConfig::default() }.build().unwrap()
}

/// All that a host can have of one mixer. Each part may be gone.
struct Host {
    controllers: [Option<Controller>; 2],
    processor: Option<Processor>,
    input: Option<InputPort>,
    output: Option<OutputPort>,
    player: Option<Player>,
    events: Option<PlayerEvents>,
    tap: Option<Tap>,
    relay: Option<(mixminus::stream::RelayWriter, Relay)>,
    talk: Option<TalkEvents>,
    round: u32,
}

/// How many parts there are.
const PARTS: usize = 10;

impl Host {
    fn new() -> Self {
        let (controller, processor) = mixer();
        let format = StreamFormat::mono(RATE_HZ);
        let ports = PortOptions { input: Some(InputOptions::new(format)), output: Some(OutputOptions::prompt(format)) };
        let ports = controller.join_with_ports("anna", JoinOptions::default(), ports).unwrap();
        let options = PlayerOptions { bound_ms: 1000.0, ..PlayerOptions::default() };
        let player = controller.join_player("music", JoinOptions::default(), options).unwrap();
        player.set_repeat(Repeat::Clip).unwrap();
        Self {
            events: player.events(),
            tap: Some(controller.tap(Tapped::mix("anna"), TapOptions::default()).unwrap()),
            relay: Some(Relay::new(&processor, RelayOptions::default()).unwrap()),
            talk: controller.talk_events(),
            controllers: [Some(controller.clone()), Some(controller)],
            processor: Some(processor),
            input: ports.input,
            output: ports.output,
            player: Some(player),
            round: 0,
        }
    }

    /// Drops a part, on another thread.
    fn drop_part(&mut self, part: usize) {
        match part {
            0 | 1 => drop_elsewhere(self.controllers[part].take()),
            2 => drop_elsewhere(self.processor.take()),
            3 => drop_elsewhere(self.input.take()),
            4 => drop_elsewhere(self.output.take()),
            5 => drop_elsewhere(self.player.take()),
            6 => drop_elsewhere(self.events.take()),
            7 => drop_elsewhere(self.tap.take()),
            8 => drop_elsewhere(self.relay.take()),
            _ => drop_elsewhere(self.talk.take()),
        }
    }

    /// Uses everything that is left.
    fn use_all(&mut self) {
        self.round += 1;
        let round = self.round;
        for controller in self.controllers.iter().flatten() {
            let guest = format!("guest {}", round % 3);
            // Refused where it is there, or is not.
            let _ = controller.join(guest.as_str(), JoinOptions::default());
            let _ = controller.set_gain("anna", &guest, Gain::new(0.5).unwrap());
            let _ = controller.set_muted("anna", round.is_multiple_of(2));
            let _ = controller.set_private_group("side", PrivateGroup::new(["anna"], ["music"]));
            let _ = controller.leave(&format!("guest {}", (round + 1) % 3));
            controller.snapshot();
            controller.reclaim();
        }
        if let Some(input) = &mut self.input {
            let _ = input.push(Frame::mono(&[0.25_f32; 160]), Stamp::Rtp(round.wrapping_mul(160)));
        }
        if let Some(player) = &self.player {
            let _ = player.append(&Clip::new(Frame::mono(&[0.125_f32; 40]), RATE_HZ, RATE_HZ).unwrap());
            let _ = player.append_mark(round.into());
            let _ = player.flush(5.0);
        }
        if let Some(processor) = &mut self.processor {
            let mut audio = processor.enter();
            for _ in 0..2 {
                let mixes = audio.tick().mix();
                if let Some((writer, _)) = &mut self.relay {
                    writer.write(&mixes);
                }
            }
        }
        if let Some(output) = &mut self.output {
            output.pull(&mut [0.0_f32; 160]);
        }
        if let Some(tap) = &mut self.tap {
            // Not to its end: of a leap it tells sample by sample.
            (0..8).for_each(|_| _ = tap.read(&mut [0.0_f32; 160]));
        }
        self.relay.iter_mut().for_each(|(_, relay)| while relay.next().is_some() {});
        self.talk.iter_mut().for_each(|talk| talk.for_each(drop));
        self.events.iter_mut().for_each(|events| events.for_each(drop));
    }
}

fn drop_elsewhere<T: Send>(part: T) {
    std::thread::scope(|scope| scope.spawn(|| drop(part)).join()).unwrap();
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn parts_are_dropped_in_any_order_and_at_any_moment_and_nothing_is_left(
        order in Just((0..PARTS).collect::<Vec<_>>()).prop_shuffle(),
        pauses in prop::collection::vec(0..4_usize, PARTS),
    ) {
        let _alone = alloc::alone();
        let mut left = 0.0;
        // The first round also fills what the threads and the standard library keep.
        for _ in 0..2 {
            left = alloc::bytes(|| {
                let mut host = Host::new();
                for (part, rounds) in order.iter().zip(&pauses) {
                    (0..*rounds).for_each(|_| host.use_all());
                    host.drop_part(*part);
                    host.use_all();
                }
            }).1;
        }
        prop_assert!(left < 2048.0, "{left} bytes are left");
    }
}

fn send(audio: &mut mixminus::AudioThread<'_>, keys: &[ParticipantKey], level: f32) -> Vec<f32> {
    let mut tick = audio.tick();
    keys.iter().for_each(|key| tick.send(*key, Frame::from(&[level; TICK][..])).unwrap());
    let mixes = tick.mix();
    keys.iter().flat_map(|key| mixes.get(*key).unwrap().samples().to_vec()).collect()
}

/// Runs something of the host's that panics.
fn panics(host: impl FnOnce()) {
    let panicked = catch_unwind(AssertUnwindSafe(host)).unwrap_err();
    assert_eq!(panicked.downcast_ref::<&str>(), Some(&"the host is at fault"));
}

#[test]
fn a_host_that_panics_in_a_tick_loses_that_tick_alone() {
    let _alone = alloc::alone();
    let (controller, mut processor) = mixer();
    let (calm, mut untouched) = mixer();
    let join = |controller: &Controller| ["anna", "ben"].map(|id| controller.join(id, JoinOptions::default()).unwrap());
    let (keys, calm_keys) = (join(&controller), join(&calm));
    let level = [0.5, -0.25, 0.125];
    for round in 0..9 {
        let [ours, theirs] = [(&mut processor, &keys), (&mut untouched, &calm_keys)]
            .map(|(processor, keys)| send(&mut processor.enter(), keys, level[round % 3]));
        assert_eq!(ours, theirs, "round {round}");
        let mut audio = processor.enter();
        panics(|| {
            let mut tick = audio.tick();
            tick.send(keys[0], Frame::from(&[0.9_f32; TICK][..])).unwrap();
            if round % 3 == 0 {
                panic!("the host is at fault");
            }
            let mut prepared = tick.prepare();
            let parts: Vec<_> = prepared.parts().take(round % 3 - 1).collect();
            parts.into_iter().for_each(|part| part.mix());
            panic!("the host is at fault");
        });
    }
    assert_eq!(controller.mixer_readings().ticks, 9);
}

#[test]
fn a_host_that_panics_in_a_change_leaves_the_mixer_whole() {
    let _alone = alloc::alone();
    let (controller, mut processor) = mixer();
    let keys = ["anna", "ben"].map(|id| controller.join(id, JoinOptions::default()).unwrap());
    for round in 0..20_usize {
        panics(|| {
            controller.change(|changes| {
                changes.join(format!("guest {round}"), JoinOptions::default()).unwrap();
                changes.set_gain("anna", "ben", Gain::new(round as f64 / 20.0).unwrap()).unwrap();
                panic!("the host is at fault");
            });
        });
        let mixed = controller.set_muted("ben", false).unwrap();
        send(&mut processor.enter(), &keys, 0.5);
        send(&mut processor.enter(), &keys, 0.5);
        assert_eq!(controller.mixed(), mixed);
        assert!(
            controller.participant(&format!("guest {round}")).is_ok(),
            "what was changed is there with the next change"
        );
        let heard = send(&mut processor.enter(), &keys, 0.5)[TICK - 1];
        assert!((f64::from(heard) - 0.5 * round as f64 / 20.0).abs() < 1e-6, "{heard} in round {round}");
        controller.leave(&format!("guest {round}")).unwrap();
    }
    (0..3).for_each(|_| drop(send(&mut processor.enter(), &keys, 0.5)));
    assert_eq!(controller.reclaim(), 0);
}

#[test]
fn while_a_host_does_not_tick_nothing_grows_and_then_the_newest_state_is_heard() {
    let _alone = alloc::alone();
    let mut host = Host::new();
    let configure = |host: &Host, round: i64| {
        let ducking = Ducking { ramp_active: 5, ramp_inactive: 5, lower_level: round % 50, upper_level: 50 };
        let levels = vec![SourceLevel { level: round % 100 + 1, ..SourceLevel::new("music") }];
        let row = ParticipantMixerLevel::new("anna");
        let row = ParticipantMixerLevel { ducking: Some(ducking), source_levels: levels, ..row };
        host.controllers[0].as_ref().unwrap().configure(&[row]).unwrap();
    };
    (0..20).for_each(|_| host.use_all());
    let mut processor = host.processor.take().unwrap();
    let work = |host: &mut Host, rounds: std::ops::Range<i64>| {
        for round in rounds {
            configure(host, round);
            host.use_all();
        }
    };
    // What may wait fills up first.
    work(&mut host, 0..1000);
    let grown = alloc::bytes(|| work(&mut host, 1000..3000)).1;
    assert!(grown < 100_000.0, "{grown} bytes more in 2000 rounds without a tick");
    let controller = host.controllers[0].as_ref().unwrap();
    let published = controller.published();
    (0..40).for_each(|_| _ = processor.enter().tick().mix());
    assert_eq!((controller.mixed(), controller.reclaim()), (published, 0));
}

#[test]
fn a_clock_that_leaps_to_the_end_of_time_harms_nothing() {
    let _alone = alloc::alone();
    let mut host = Host::new();
    for ticks in [1, 7, 50_000, u64::from(u32::MAX), u64::MAX / 80, u64::MAX] {
        (0..5).for_each(|_| host.use_all());
        host.processor.as_mut().unwrap().enter().skip(ticks);
    }
    (0..50).for_each(|_| host.use_all());
    let readings = host.controllers[0].as_ref().unwrap().snapshot();
    assert!(readings.participants.iter().all(|seen| seen.source.rms.is_finite() && seen.listener.peak <= 1.0));
}
