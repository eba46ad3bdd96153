//! The audio thread neither allocates nor frees, whatever the controllers do meanwhile.

mod alloc;

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use alloc::{alone, watched};
use mixminus::{
    Channels, Controller, Direction, Frame, Gain, JoinOptions, MixerConfig, Pan, ParticipantKey, PrivateGroup,
    Processor, RoleTable, Routing,
    config::{Ducking, ParticipantMixerLevel, SourceLevel},
};

/// A short tick, and moves that are longer.
fn busy(participants: usize, channels: Channels) -> (Controller, Processor) {
    let (tick_samples, smoothing_ms) = (48, 5.0);
    let config =
        MixerConfig { tick_samples, smoothing_ms, participants, channels, workers: 2, ..MixerConfig::default() };
    config.build().unwrap()
}

/// Ticks, watched by the allocator, until it is told to stop. Sends loud frames, bad frames and none,
/// under keys that may be out of date.
fn run(processor: &mut Processor, keys: &[ParticipantKey], stop: &AtomicBool) -> u64 {
    let loud = [0.9_f32; 48];
    let (nan, short) = ([f32::NAN; 48], [0_i16; 47]);
    let mut audio = processor.enter();
    let mut ticks = 0;
    while !stop.load(Ordering::Relaxed) || ticks < 100 {
        watched(|| {
            audio.skip(ticks % 3);
            let mut tick = audio.tick();
            for (n, key) in keys.iter().enumerate() {
                let frame = match (n as u64 + ticks) % 23 {
                    0 => Frame::from(&nan[..]),
                    1 => Frame::from(&short[..]),
                    2 => continue,
                    _ => Frame::from(&loud[..]),
                };
                // A key that is out of date is refused: a part of the test.
                let _ = tick.send(*key, frame.active(ticks % 5 < 2));
            }
            let mut prepared = tick.prepare();
            if ticks % 2 == 0 {
                prepared.parts().for_each(|part| part.mix());
            }
            let mixes = prepared.finish();
            let mut out = [0_i16; 48];
            for mix in mixes.distinct() {
                mix.write_i16(&mut out);
                assert!(mix.listeners().count() > 0 && mix.sources().count() <= mixes.sources().count());
                assert_ne!(mix.forked_from(), Some(mix.id()));
            }
            let moved = mixes.moves().filter(|it| mixes.get(it.listener).is_some_and(|mix| mix.id() == it.to)).count();
            assert!(moved == mixes.moves().count() && mixes.position() >= ticks * 48);
        });
        ticks += 1;
        std::thread::yield_now();
    }
    ticks
}

fn configuration(listener: &str, round: usize) -> ParticipantMixerLevel {
    let ducking = Ducking { ramp_active: 3, ramp_inactive: 7, lower_level: 10, upper_level: 90 };
    let sources = (0..round % 5).map(|n| format!("{}", (n * 3 + round) % 40)).filter(|id| id != listener);
    let level = |id: String| SourceLevel { level: 40, duck_others: round.is_multiple_of(2), ..SourceLevel::new(id) };
    ParticipantMixerLevel {
        exclusive: round.is_multiple_of(3),
        ducking: Some(ducking),
        source_levels: sources.map(level).collect(),
        ..ParticipantMixerLevel::new(listener)
    }
}

/// Changes who may be heard by whom.
fn reroute(controller: &Controller, what: usize, id: &str, round: usize) {
    let role = |n: usize| ["a", "b", "c", "d"][n % 4];
    let nth = |n: usize| (n % 40).to_string();
    match what {
        5 => {
            let routing = match round % 4 {
                0 => Routing::DefaultGroup,
                1 => Routing::Apart,
                _ => Routing::Role(role(round / 4).into()),
            };
            controller.set_routing(id, routing).unwrap();
        }
        6 => {
            let pairs = (0..round % 9).map(|n| (role(n), role(n * round)));
            let table = pairs.fold(RoleTable::new(), |table, (listener, source)| table.hears(listener, [source]));
            controller.set_role_table(table);
        }
        7 => {
            let group =
                PrivateGroup::new((0..round % 4).map(|n| nth(n * round)), (0..round % 5).map(|n| nth(n + round)));
            controller.set_private_group(role(round), group).unwrap();
        }
        // Another thread may have been here first.
        _ if round.is_multiple_of(2) => drop(controller.resume(id)),
        _ => drop(controller.hold(id, &[&nth(round * 3)])),
    }
}

#[test]
#[should_panic(expected = "on the audio thread")]
fn the_watch_sees_an_allocation() {
    let _alone = alone();
    watched(|| std::hint::black_box(Box::new(1)));
}

#[test]
#[should_panic(expected = "on the audio thread")]
fn the_watch_sees_a_free() {
    let _alone = alone();
    let freed = Box::new(1);
    watched(move || drop(std::hint::black_box(freed)));
}

#[test]
fn joins_leaves_and_growth() {
    let _alone = alone();
    [Channels::Mono, Channels::Stereo].into_iter().for_each(join_leave_and_grow);
}

fn join_leave_and_grow(channels: Channels) {
    let (controller, mut processor) = busy(1, channels);
    let stop = AtomicBool::new(false);
    // Keys of the first participants: some stay right for a while, and all are out of date in the end.
    let keys: Vec<_> = (0..300).map(|n| controller.join(n.to_string(), JoinOptions::default()).unwrap()).collect();
    std::thread::scope(|scope| {
        let audio = scope.spawn(|| run(&mut processor, &keys, &stop));
        for round in 0..20 {
            controller.set_loudest((round % 4 > 0).then_some(3 * round)).unwrap();
            for n in 300..400 {
                let direction = [Direction::Both, Direction::Source, Direction::Listener][n % 3];
                controller.join(n.to_string(), JoinOptions { direction, ..JoinOptions::default() }).unwrap();
            }
            for n in (300..400).chain((round * 10)..(round * 10 + 10)) {
                controller.leave(&n.to_string()).unwrap();
            }
        }
        stop.store(true, Ordering::Relaxed);
        audio.join().unwrap();
    });
    // The sources that left fade out, and their memory comes back.
    {
        let mut audio = processor.enter();
        (0..20).for_each(|_| assert!(audio.tick().mix().distinct().len() > 0));
    }
    assert_eq!(controller.reclaim(), 0, "all that left has been given back");
    assert_eq!(controller.participants().len(), 100);
}

#[test]
fn a_hundred_thousand_swaps_from_two_threads() {
    let _alone = alone();
    [Channels::Mono, Channels::Stereo].into_iter().for_each(swap_from_two_threads);
}

fn swap_from_two_threads(channels: Channels) {
    let (controller, mut processor) = busy(40, channels);
    let keys: Vec<_> = (0..40).map(|n| controller.join(n.to_string(), JoinOptions::default()).unwrap()).collect();
    let (stop, swaps) = (AtomicBool::new(false), AtomicU64::new(0));
    let (stop, swaps, controller) = (&stop, &swaps, &controller);
    std::thread::scope(|scope| {
        let audio = scope.spawn(|| run(&mut processor, &keys, stop));
        let swap = move |thread: usize| {
            for round in 0..50_000 {
                let listener = ((round * 7 + thread) % 40).to_string();
                match round % 9 {
                    0 => drop(controller.set_muted(&listener, round % 2 == 0).unwrap()),
                    1 => drop(controller.set_deafened(&listener, round % 20 == 1).unwrap()),
                    2 => {
                        let source = ((round * 7 + thread + 1) % 40).to_string();
                        controller.set_gain(&listener, &source, Gain::new(0.5).unwrap()).unwrap();
                        if channels == Channels::Stereo {
                            controller
                                .set_pan(&listener, &source, Pan::new((round % 3) as f32 - 1.0).unwrap())
                                .unwrap();
                        }
                    }
                    3 | 4 => drop(controller.configure(&[configuration(&listener, round)]).unwrap()),
                    n => reroute(controller, n, &listener, round),
                }
                swaps.fetch_add(1, Ordering::Relaxed);
            }
        };
        let controls = [scope.spawn(move || swap(0)), scope.spawn(move || swap(1))];
        controls.into_iter().for_each(|control| control.join().unwrap());
        stop.store(true, Ordering::Relaxed);
        assert!(audio.join().unwrap() >= 100);
    });
    assert_eq!(swaps.load(Ordering::Relaxed), 100_000);
    // The last moves come to rest, and their memory comes back.
    (0..20).for_each(|_| assert!(processor.enter().tick().mix().distinct().len() > 0));
    assert_eq!(controller.reclaim(), 0, "nothing old piles up");
}

#[test]
fn a_dropped_processor_leaves_its_memory_to_the_controller() {
    let _alone = alone();
    let (controller, mut processor) = busy(4, Channels::Stereo);
    let key = controller.join("anna", JoinOptions::default()).unwrap();
    run(&mut processor, &[key], &AtomicBool::new(true));
    watched(move || drop(processor));
    let generation = controller.set_muted("anna", true).unwrap();
    let waited = controller.wait_until_mixed(generation, Duration::from_secs(60));
    assert!(waited.unwrap_err().to_string().starts_with("the processor is gone"));
    controller.leave("anna").unwrap();
    assert_eq!(controller.reclaim(), 0, "what the processor had has come back");
}

#[test]
fn dropped_controllers_leave_the_processor_mixing() {
    let _alone = alone();
    let (controller, mut processor) = busy(4, Channels::Stereo);
    let keys = ["anna", "ben"].map(|id| controller.join(id, JoinOptions::default()).unwrap());
    run(&mut processor, &keys, &AtomicBool::new(true));
    controller.configure(&[ParticipantMixerLevel::new("anna")]).unwrap();
    controller.leave("ben").unwrap();
    drop(controller);
    let ticks = run(&mut processor, &keys, &AtomicBool::new(true));
    assert_eq!(ticks, 100);
}

#[test]
fn the_first_tick_on_a_thread_is_as_quiet_as_any_after_enter() {
    let _alone = alone();
    let (controller, mut processor) = busy(4, Channels::Stereo);
    let key = controller.join("anna", JoinOptions::default()).unwrap();
    let mut processor = std::thread::spawn(move || {
        run(&mut processor, &[key], &AtomicBool::new(true));
        processor
    })
    .join()
    .unwrap();
    std::thread::spawn(move || run(&mut processor, &[key], &AtomicBool::new(true))).join().unwrap();
}
