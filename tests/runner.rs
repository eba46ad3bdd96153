//! A runner keeps its deadlines, catches up, counts, and stops. With real threads and a real clock:
//! every assertion holds on any machine, however busy.
#![cfg(feature = "stream")]

mod alloc;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
        mpsc::{Receiver, sync_channel},
    },
    thread::sleep,
    time::{Duration, Instant},
};

use alloc::{alone, watch};
use mixminus::{
    Controller, Frame, JoinOptions, MixerConfig, Mixes, Processor, Tick, WaitError,
    stream::{ObtainedPriority, PortOptions, Priority, Runner, RunnerError, RunnerOptions, Stamp, StreamFormat},
};

const TICK: Duration = Duration::from_micros(2500);
const LONG: Duration = Duration::from_secs(60);

/// Ticks of 2.5 ms, and one listener.
fn mixer() -> (Controller, Processor) {
    let (controller, processor) = MixerConfig { tick_samples: 120, ..MixerConfig::default() }.build().unwrap();
    controller.join("anna", JoinOptions::default()).unwrap();
    (controller, processor)
}

fn options(catch_up: u32) -> RunnerOptions {
    RunnerOptions { catch_up, ..RunnerOptions::default() }
}

/// Runs `each_tick` with the number of each tick, from 1. The receiver gets its message in tick `last`.
fn run(
    processor: Processor,
    catch_up: u32,
    last: u64,
    mut each_tick: impl FnMut(u64) + Send + 'static,
) -> (Runner, Receiver<()>) {
    let (done, wait) = sync_channel(1);
    let mut tick = 0;
    let each_tick = move |_: &Mixes<'_>| {
        tick += 1;
        each_tick(tick);
        if tick == last {
            done.send(()).unwrap();
        }
    };
    (Runner::start(processor, options(catch_up), each_tick).unwrap(), wait)
}

#[test]
fn fifty_ticks_and_the_processor_comes_back() {
    let _alone = alone();
    let (controller, processor) = mixer();
    let (runner, done) = run(processor, 5, 50, |_| {});
    done.recv_timeout(LONG).unwrap();
    assert!(runner.is_running() && !runner.wait_until_ended(Duration::from_millis(1)));
    let readings = runner.readings();
    assert!(readings.ticks >= 49 && readings.duration_us.p50 > 0.0, "{readings:?}");
    let mut processor = runner.stop().unwrap();
    let ticks = controller.mixer_readings().ticks;
    assert!(ticks >= 50);
    processor.enter().tick().mix();
    assert_eq!(controller.mixer_readings().ticks, ticks + 1, "by hand it goes on where it was");
    let again = Runner::start(processor, options(5), |_| {}).unwrap();
    controller.wait_until_mixed(controller.set_muted("anna", true).unwrap(), LONG).unwrap();
    again.stop().unwrap();
}

#[test]
fn as_many_ticks_as_the_time_has() {
    let _alone = alone();
    let (_controller, processor) = mixer();
    let before = Instant::now();
    let runner = Runner::start(processor, options(5), |_| {}).unwrap();
    let started = Instant::now();
    sleep(Duration::from_secs(2));
    let least = started.elapsed();
    let readings = runner.readings();
    let most = before.elapsed();
    let counted = readings.ticks + readings.skipped_ticks;
    let ticks = |time: Duration| (time.as_nanos() / TICK.as_nanos()) as u64;
    // The system may keep the thread from running for any time: 100 ms are allowed.
    assert!((ticks(least) - 40..=ticks(most) + 1).contains(&counted), "{counted} {least:?} {most:?}");
}

#[test]
fn a_slow_closure_is_caught_up_with_and_counted() {
    let _alone = alone();
    let (_controller, processor) = mixer();
    let (runner, done) = run(processor, 5, 50, |tick| {
        if tick == 10 {
            sleep(3 * TICK)
        }
    });
    done.recv_timeout(LONG).unwrap();
    let readings = runner.readings();
    assert!(readings.overrun_ticks >= 1, "{readings:?}");
    assert!(readings.duration_us.max >= 7500.0, "{readings:?}");
    assert!(readings.lateness_us.max >= 5000.0, "the tick after it");
}

#[test]
fn what_is_too_late_is_skipped_and_counted() {
    let _alone = alone();
    // 19 ticks are late by a tick or more. `catch_up` of them are made, and the others are skipped.
    for (catch_up, skipped) in [(0, 19), (5, 14)] {
        let (_controller, processor) = mixer();
        let (runner, done) = run(processor, catch_up, 30, |tick| {
            if tick == 10 {
                sleep(20 * TICK)
            }
        });
        done.recv_timeout(LONG).unwrap();
        let readings = runner.readings();
        assert!(readings.skipped_ticks >= skipped, "{readings:?}");
    }
}

#[test]
fn positions_count_the_ticks_that_are_skipped() {
    let _alone = alone();
    let (_controller, processor) = mixer();
    let (position, seen) = (Arc::new(AtomicU64::new(u64::MAX)), Arc::new(AtomicU64::new(0)));
    let (begun, (done, wait), (resume, paused)) = (Arc::clone(&position), sync_channel(1), sync_channel::<()>(1));
    let mut ticks = 0;
    let before = move |tick: &mut Tick<'_>| begun.store(tick.position(), Relaxed);
    let ended = Arc::clone(&seen);
    let after = move |mixes: &Mixes<'_>| {
        assert_eq!(mixes.position(), position.load(Relaxed), "both are given the same tick");
        ticks += 1;
        if ticks == 10 {
            sleep(20 * TICK);
        } else if ticks == 30 {
            ended.store(mixes.position() / 120, Relaxed);
            done.send(()).unwrap();
            // Nothing else is counted until the readings are read.
            let _ = paused.recv();
        }
    };
    let runner = Runner::start_with(processor, options(5), before, after).unwrap();
    wait.recv_timeout(LONG).unwrap();
    let readings = runner.readings();
    assert!(readings.ticks == 29 && readings.skipped_ticks >= 14, "{readings:?}");
    assert_eq!(seen.load(Relaxed), readings.ticks + readings.skipped_ticks);
    resume.send(()).unwrap();
    runner.stop().unwrap();
}

#[test]
fn what_is_sent_before_a_tick_is_mixed_is_heard_in_it() {
    let _alone = alone();
    let (controller, processor) = mixer();
    let [ben, cleo] = ["ben", "cleo"].map(|id| controller.join(id, JoinOptions::default()).unwrap());
    let (peaks, heard) = sync_channel(1);
    let mut first = true;
    let after = move |mixes: &Mixes<'_>| {
        if std::mem::take(&mut first) {
            peaks.send((mixes.position(), mixes.get(cleo).unwrap().peak())).unwrap();
        }
    };
    let before = move |tick: &mut Tick<'_>| tick.send(ben, Frame::mono(&[0.25_f32; 120])).unwrap();
    let _runner = Runner::start_with(processor, options(5), before, after).unwrap();
    assert_eq!(heard.recv_timeout(LONG).unwrap(), (0, 0.25));
}

#[test]
fn nothing_is_allocated_or_freed_from_the_first_tick_on() {
    let _alone = alone();
    let (controller, processor) = mixer();
    let (counts, counted) = sync_channel(2);
    let (_runner, done) = run(processor, 5, 200, move |tick| {
        // The second tick ends the watch before it sends, because a send may allocate.
        if tick == 1 {
            counts.send(watch(false)).unwrap();
            watch(true);
        } else if tick == 200 {
            counts.send(watch(false)).unwrap();
        }
    });
    for n in 0..100 {
        controller.join(n.to_string(), JoinOptions::default()).unwrap();
    }
    done.recv_timeout(LONG).unwrap();
    assert_eq!(counted.recv().unwrap(), counted.recv().unwrap());
}

#[test]
fn a_closure_that_panics_ends_it() {
    let _alone = alone();
    let (controller, processor) = mixer();
    let (runner, _) = run(processor, 5, u64::MAX, |tick| assert!(tick < 3, "tick {tick} is too much"));
    let never = controller.set_muted("anna", true).unwrap();
    assert!(runner.wait_until_ended(LONG) && !runner.is_running());
    assert_eq!(runner.readings().ticks, 2);
    let next = controller.set_muted("anna", false).unwrap();
    let gone = controller.wait_until_mixed(next, LONG).unwrap_err();
    assert!(matches!(gone, WaitError::ProcessorGone { .. }) && never < next, "{gone}");
    let error = runner.stop().unwrap_err();
    assert_eq!(error.to_string(), "a closure of a runner panicked: tick 3 is too much");
}

#[test]
fn a_dropped_runner_stops() {
    let _alone = alone();
    let (controller, processor) = mixer();
    drop(Runner::start(processor, options(5), |_| {}).unwrap());
    let next = controller.set_muted("anna", true).unwrap();
    let gone = controller.wait_until_mixed(next, LONG).unwrap_err();
    assert!(matches!(gone, WaitError::ProcessorGone { .. }), "{gone}");
}

#[test]
fn the_priority_is_told_from_the_start() {
    let _alone = alone();
    let (_controller, processor) = mixer();
    let normal = RunnerOptions { priority: Priority::Normal, ..RunnerOptions::default() };
    let runner = Runner::start(processor, normal, |_| {}).unwrap();
    assert_eq!(runner.readings().priority, ObtainedPriority::Normal);
    let runner = Runner::start(runner.stop().unwrap(), options(5), |_| {}).unwrap();
    assert_ne!(*runner.priority(), ObtainedPriority::Normal, "real time, or refused");
}

#[test]
fn a_name_that_no_thread_can_have_is_an_error() {
    let _alone = alone();
    let named = RunnerOptions { name: "a\0b".into(), ..RunnerOptions::default() };
    let error = Runner::start(mixer().1, named, |_| {}).unwrap_err();
    assert!(matches!(error, RunnerError::Thread(_)));
}

#[test]
fn what_is_pushed_is_heard_while_it_runs() {
    let _alone = alone();
    let (controller, processor) = mixer();
    let runner = Runner::start(processor, options(5), |_| {}).unwrap();
    let join = |id: &str| {
        let ports = PortOptions::both(StreamFormat::mono(8000));
        controller.join_with_ports(id, JoinOptions::default(), ports).unwrap()
    };
    let (mut input, mut output) = (join("ben").input.unwrap(), join("cleo").output.unwrap());
    // Packets of 20 ms in real time, until their sound has come out at the other end.
    let (begin, mut heard) = (Instant::now(), 0.0_f32);
    while heard < 0.2 && begin.elapsed() < LONG {
        input.push(Frame::mono(&[0.25_f32; 160]), Stamp::None).unwrap();
        sleep(Duration::from_millis(20));
        let mut packet = [0.0_f32; 160];
        output.pull(&mut packet);
        heard = packet.iter().copied().fold(heard, f32::max);
    }
    assert!((0.2..0.26).contains(&heard), "{heard}");
    let ports = controller.snapshot().participants.into_iter().find(|who| who.id.as_str() == "ben").unwrap().ports;
    assert!(ports.input.unwrap().received_packets > 0 && ports.output.is_some());
    runner.stop().unwrap();
}
