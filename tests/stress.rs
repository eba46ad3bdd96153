//! Eight threads change and read a call, each in its own way and as fast as it can, while a thread ticks. No change is
//! missed, no request is heard in part, a tick allocates and frees nothing, and all memory comes back.
//!
//! It takes three seconds, or as long as `MIXMINUS_STRESS_SECONDS` says: ten minutes of it are
//! `MIXMINUS_STRESS_SECONDS=600 cargo test --release --all-features --test stress -- --nocapture`.
#![cfg(feature = "stream")]

mod alloc;
#[path = "stress/call.rs"]
mod call;
#[path = "stress/control.rs"]
mod control;
#[path = "stress/media.rs"]
mod media;
mod replica;
#[path = "stress/table.rs"]
mod table;
#[path = "stress/ticking.rs"]
mod ticking;

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    thread,
    time::Duration,
};

use alloc::{alone, bytes};
use call::{CONFIG, Call};
use replica::{Mixer, difference, own_voices_are_exact, replica};

/// No test waits longer for a tick.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a call may leave behind: nodes that a library keeps for each thread that there was.
const LEFT_BYTES: f64 = 65_536.0;

fn seconds() -> u64 {
    std::env::var("MIXMINUS_STRESS_SECONDS").map_or(3, |text| text.parse().expect("a number of seconds"))
}

/// What a thread does until it is told to stop. How often it has done it.
type Work = fn(&Call, &AtomicBool) -> u64;

const THREADS: [(&str, Work); 8] = [
    ("joins, leaves, ports", media::guests),
    ("configuring", control::configure),
    ("gains, mutes", control::mute),
    ("roles, tables", control::route),
    ("groups, holds", control::hold),
    ("players", media::play),
    ("taps", media::tap),
    ("readings", control::read),
];

/// Ends the threads when it is dropped.
struct Ends<'a>([&'a AtomicBool; 2]);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.iter().for_each(|flag| flag.store(true, Relaxed));
    }
}

fn stress(seconds: u64) {
    let (call, processor) = Call::new();
    let (stop, ends) = (AtomicBool::new(false), AtomicBool::new(false));
    let (processor, ticked, done) = thread::scope(|scope| {
        let (call, stop, ends) = (&call, &stop, &ends);
        // A thread that has panicked ends all of it.
        let _ends = Ends([stop, ends]);
        let audio = scope.spawn(move || ticking::run(processor, call, ends));
        let threads = THREADS.map(|(name, work)| (name, scope.spawn(move || work(call, stop))));
        thread::sleep(Duration::from_secs(seconds));
        stop.store(true, Relaxed);
        let done = threads.map(|(name, thread)| (name, thread.join().unwrap()));
        let controller = &call.controller;
        controller.wait_until_mixed(controller.published(), PATIENCE).expect("the last change is mixed");
        assert_eq!(controller.mixed(), controller.published());
        ends.store(true, Relaxed);
        let (processor, ticked) = audio.join().unwrap();
        (processor, ticked, done)
    });
    table::print(&done, &ticked);
    ticked.check();
    assert!(done.iter().all(|(_, times)| *times > 0), "{done:?}");
    call.come_to_rest();
    let mut mixer = Mixer { controller: call.controller, processor };
    let mut fresh = replica(CONFIG(), &mixer.controller);
    let difference = difference(&mut mixer, &mut fresh);
    assert!(difference <= 1e-6, "{difference} from a fresh mixer with the same configuration");
    assert!(own_voices_are_exact(&mut mixer));
    let people = mixer.controller.participants();
    people.iter().for_each(|person| _ = mixer.controller.leave(person.id.as_str()).unwrap());
    (0..40).for_each(|_| _ = mixer.processor.enter().tick().mix());
    assert_eq!(mixer.controller.reclaim(), 0, "everything has come back");
}

#[test]
fn a_call_under_stress_is_whole() {
    let _alone = alone();
    let ((), left) = bytes(|| stress(seconds()));
    assert!(left < LEFT_BYTES, "{left} bytes are left");
}
