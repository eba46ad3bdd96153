//! While threads call players, read their events, drop them and let them leave, the audio thread neither allocates nor frees.
#![cfg(feature = "stream")]

mod alloc;
mod players;

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use alloc::{alone, watched};
use mixminus::{
    Channels, Controller, Frame, Gain, JoinOptions, MixerConfig, Processor,
    stream::{Clip, Player, PlayerError, PlayerEventKind, PlayerEvents, PlayerOptions, Repeat},
};
use players::noise;

const RATE: u32 = 48_000;
/// No test waits longer for a tick.
const PATIENCE: Duration = Duration::from_secs(60);

fn sound(seed: u32, samples: usize) -> Clip {
    let left = noise(seed, samples);
    let frame = if seed.is_multiple_of(3) { Frame::planar(&left, &left) } else { Frame::mono(&left) };
    Clip::new(frame, RATE, RATE).unwrap()
}

/// Calls of all kinds, by a simple rule.
fn call(player: &Player, n: u32, shared: &Clip) -> Result<(), PlayerError> {
    match n % 13 {
        0 => player.play(shared, f64::from(n % 40)).map(|_| ()),
        1 | 2 => player.append(&sound(n, 1 + n as usize % 3000)).map(|_| ()),
        3 => player.append_mark(u64::from(n)),
        4 => player.flush(f64::from(n % 30)),
        5 => player.set_level(Gain::new(f64::from(n % 5) * 0.25).unwrap()),
        6 => player.set_repeat([Repeat::Off, Repeat::Clip, Repeat::Queue][n as usize / 13 % 3]),
        7 => player.pause(),
        8 | 9 => player.resume(),
        _ => player.append(shared).map(|_| ()),
    }
}

fn drive(player: &Player, stop: &AtomicBool, seed: u32, shared: &Clip) -> u64 {
    let mut done = 0;
    for n in (seed..).take_while(|_| !stop.load(Ordering::Relaxed)) {
        match call(player, n, shared) {
            Ok(()) => done += 1,
            // The queue is full, or the mixer did not tick for a while: that is part of the test.
            Err(PlayerError::Full { .. } | PlayerError::Busy { .. } | PlayerError::Hollow { .. }) => {
                thread::yield_now()
            }
            Err(error) => panic!("{error}"),
        }
        thread::yield_now();
    }
    done
}

/// Reads events: each clip starts before it ends, and positions do not go back.
fn read(mut events: PlayerEvents, stop: &AtomicBool) -> u64 {
    let (mut read, mut position) = (0, 0);
    while !stop.load(Ordering::Relaxed) {
        while let Some(event) = events.try_next() {
            assert!(event.at_sample >= position, "{event:?} after {position}");
            assert!(!matches!(event.kind, PlayerEventKind::Flushed { heard_samples, .. } if heard_samples > 48_000));
            (position, read) = (event.at_sample, read + 1);
        }
        thread::yield_now();
    }
    read
}

fn run(processor: &mut Processor, stop: &AtomicBool, ticks: &AtomicU64) {
    let mut audio = processor.enter();
    while !stop.load(Ordering::Relaxed) {
        watched(|| assert!(audio.tick().mix().distinct().len() < 1000));
        ticks.fetch_add(1, Ordering::Relaxed);
        thread::yield_now();
    }
}

fn join(controller: &Controller, id: &str) -> Player {
    let options = PlayerOptions { bound_ms: 6000.0, ..PlayerOptions::default() };
    controller.join_player(id, JoinOptions::default(), options).unwrap()
}

/// Guests who come, play and go: in the midst of all, with and without their handles.
fn guests(controller: &Controller, ticks: &AtomicU64, shared: &Clip) {
    let begin = Instant::now();
    for guest in 0.. {
        if guest >= 200 && ticks.load(Ordering::Relaxed) >= 2000 {
            return;
        }
        assert!(begin.elapsed() < PATIENCE, "the audio thread is stuck");
        let id = format!("guest {guest}");
        let player = join(controller, &id);
        for n in 0..guest % 30 {
            let _ = call(&player, n, shared);
        }
        if guest % 3 > 0 {
            controller.wait_until_mixed(controller.published(), PATIENCE).unwrap();
        }
        if guest % 2 == 0 {
            drop(player);
            controller.leave(&id).unwrap();
        } else {
            controller.leave(&id).unwrap();
            for n in 0..20 {
                let _ = call(&player, n, shared);
            }
        }
    }
}

fn all_at_once(channels: Channels) {
    let config = MixerConfig { channels, participants: 2, ..MixerConfig::default() };
    let (controller, mut processor) = config.build().unwrap();
    let (stop, ticks, shared) = (AtomicBool::new(false), AtomicU64::new(0), sound(1, 4800));
    controller.join("listener", JoinOptions::default()).unwrap();
    let players: Vec<_> = (0..3).map(|n| join(&controller, &format!("player {n}"))).collect();
    let (stop, ticks, shared) = (&stop, &ticks, &shared);
    thread::scope(|scope| {
        scope.spawn(|| run(&mut processor, stop, ticks));
        let workers: Vec<_> = players
            .iter()
            .zip(0..)
            .flat_map(|(player, n)| {
                let events = player.events().unwrap();
                let driving = [7 * n, 500 + n].map(|seed| scope.spawn(move || drive(player, stop, seed, shared)));
                driving.into_iter().chain([scope.spawn(move || read(events, stop))])
            })
            .collect();
        guests(&controller, ticks, shared);
        stop.store(true, Ordering::Relaxed);
        workers.into_iter().for_each(|worker| assert!(worker.join().unwrap() > 0));
    });
    players.iter().for_each(|player| assert!(player.readings().played_samples > 0));
    drop(players);
    (0..4).for_each(|_| assert!(processor.enter().tick().mix().distinct().len() > 0));
    assert_eq!(controller.reclaim(), 0, "what the guests had has come back");
}

#[test]
fn threads_call_and_read_and_come_and_go() {
    let _alone = alone();
    [Channels::Mono, Channels::Stereo].into_iter().for_each(all_at_once);
}

/// Every kind of call, tick by tick on one thread: the allocator is watched over all that a tick may do.
#[test]
fn no_call_makes_a_tick_allocate() {
    let _alone = alone();
    for tick_samples in [48, 480, 2880] {
        let (controller, mut processor) = MixerConfig { tick_samples, ..MixerConfig::default() }.build().unwrap();
        controller.join("listener", JoinOptions::default()).unwrap();
        let (player, shared) = (join(&controller, "player"), sound(1, 4800));
        let mut audio = processor.enter();
        for n in 0..5000 {
            let _ = call(&player, n, &shared);
            watched(|| assert!(audio.tick().mix().distinct().len() > 0));
        }
        let readings = player.readings();
        assert!(readings.played_samples > 0 && readings.left_ms <= 6000.0);
    }
}

/// What was played is freed by the next calls, and what is shared is not copied.
#[test]
fn clips_that_were_played_are_freed() {
    let _alone = alone();
    let (controller, mut processor) = MixerConfig::default().build().unwrap();
    let player = join(&controller, "player");
    let mut audio = processor.enter();
    let mut pass = || {
        player.append(&sound(1, 48_000)).unwrap();
        (0..110).for_each(|_| assert_eq!(audio.tick().mix().distinct().len(), 0));
    };
    (0..5).for_each(|_| pass());
    let ((), grown) = alloc::bytes(|| (0..20).for_each(|_| pass()));
    assert!(grown < 10_000.0, "{grown} bytes more after 20 clips of 192,000 bytes");
    let clip = sound(1, 48_000);
    let ((), grown) = alloc::bytes(|| (0..5).for_each(|_| assert!(player.append(&clip).is_ok())));
    assert!(grown < 10_000.0, "{grown} bytes for a clip that is shared");
}
