//! The thread that ticks enters the kernel in no tick: a filter on it ends the process with its first system call. Meanwhile
//! other threads change the call as fast as they can: requests, ducking, routes, joins and leaves, ports, players and taps.
//!
//! Each call is in a process of its own, which this test starts from its own file. Linux alone has such filters.
#![cfg(all(feature = "stream", target_os = "linux"))]

mod alloc;
#[path = "stress/call.rs"]
mod call;
#[path = "stress/control.rs"]
mod control;
#[path = "stress/media.rs"]
mod media;
#[path = "stress/ticking.rs"]
mod ticking;

use std::{
    collections::BTreeMap,
    env,
    os::unix::process::ExitStatusExt,
    process::{Command, ExitStatus},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use call::Call;
use mixminus::Processor;
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter};
use ticking::Ticked;

/// No test waits longer for a tick.
const PATIENCE: Duration = Duration::from_secs(60);
/// How many ticks are made under the filter.
const TICKS: u64 = 500;
/// Set for the process that this test starts: whether its ticks are as they should be.
const SCENE: &str = "MIXMINUS_SYSTEM_CALLS";
/// The signal that the filter ends a process with.
const SIGSYS: i32 = 31;

/// A filter that allows nothing.
fn nothing() -> BpfProgram {
    let arch = env::consts::ARCH.try_into().expect("an architecture with filters");
    let filter = SeccompFilter::new(BTreeMap::new(), SeccompAction::KillProcess, SeccompAction::Allow, arch);
    filter.and_then(BpfProgram::try_from).expect("a filter")
}

/// Ticks under the filter. This thread can do nothing else any more, not even end: the process ends with the test.
fn tick_for_ever(mut processor: Processor, call: &Call, done: &AtomicBool, calls: bool) -> ! {
    let (mut audio, mut ticked) = (processor.enter(), Ticked::new());
    ticking::tick(&mut audio, call, &mut ticked);
    apply_filter(&nothing()).expect("the kernel takes the filter");
    for _ in 0..TICKS {
        ticking::tick(&mut audio, call, &mut ticked);
        ticked.ticks += 1;
        if calls {
            thread::yield_now();
        }
    }
    done.store(true, Relaxed);
    loop {
        std::hint::spin_loop();
    }
}

/// In the process of its own.
fn scene(calls: bool) -> ! {
    let (call, processor) = Call::new();
    let (stop, done) = (AtomicBool::new(false), AtomicBool::new(false));
    thread::scope(|scope| {
        let (call, stop, done) = (&call, &stop, &done);
        scope.spawn(move || tick_for_ever(processor, call, done, calls));
        let works = [
            media::guests,
            control::configure,
            control::mute,
            control::route,
            control::hold,
            media::play,
            media::tap,
            control::read,
        ];
        let works = works.map(|work| scope.spawn(move || work(call, stop)));
        let begin = Instant::now();
        while !done.load(Relaxed) {
            // Not a panic: the thread that ticks never ends, so the scope would not either.
            if begin.elapsed() > PATIENCE {
                eprintln!("it ticks no more");
                std::process::exit(1);
            }
            thread::sleep(Duration::from_millis(1));
        }
        // They go on until they are stopped: one that has ended has panicked.
        std::process::exit(works.iter().any(|work| work.is_finished()).into())
    })
}

fn run(test: &str, calls: bool) -> ExitStatus {
    if let Ok(value) = env::var(SCENE) {
        scene(value == "true");
    }
    let mut process = Command::new(env::current_exe().unwrap());
    // A core of the process that the filter ends does not stay in the repository.
    process.current_dir(env::temp_dir());
    process.args(["--exact", test, "--nocapture"]).env(SCENE, calls.to_string()).status().unwrap()
}

#[test]
fn no_tick_enters_the_kernel() {
    let status = run("no_tick_enters_the_kernel", false);
    assert!(status.success(), "{status}: signal {SIGSYS} is a system call in a tick");
}

#[test]
fn the_filter_sees_a_system_call() {
    let status = run("the_filter_sees_a_system_call", true);
    assert_eq!(status.signal(), Some(SIGSYS), "{status}");
}
