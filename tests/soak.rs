//! A busy conference for a long time, in simulated time: churn, loss, drift, requests, ducking, routes, holds, players and
//! taps. Its memory stays the same, its counters add up, its gains do not drift, and at the end it sounds as a fresh mixer
//! does with the same configuration.
//!
//! It takes four periods of twenty seconds. A day, as 24 hours, is
//! `MIXMINUS_SOAK_HOURS=24 cargo test --release --all-features --test soak -- --nocapture`.
#![cfg(feature = "stream")]

mod alloc;
#[path = "soak/changes.rs"]
mod changes;
#[path = "soak/conference.rs"]
mod conference;
#[path = "soak/handset.rs"]
mod handset;
#[path = "soak/music.rs"]
mod music;
#[path = "soak/random.rs"]
mod random;
mod replica;

use std::time::Instant;

use alloc::{alone, bytes};
use conference::{CONFIG, Conference};
use replica::{Mixer, difference, own_voices_are_exact, replica};

/// Ticks of a second.
const SECOND: u64 = 100;
/// By how much the memory may differ from what it was after the first period: tables of the control side that came to
/// hold a few more entries at once than in any period before.
const TABLES_BYTES: f64 = 4096.0;

/// How many periods, and how many ticks each has.
fn periods() -> (u64, u64) {
    std::env::var("MIXMINUS_SOAK_HOURS")
        .map_or((4, 20 * SECOND), |text| (text.parse().expect("a number of hours"), 3600 * SECOND))
}

#[test]
fn a_long_day_leaves_no_traces() {
    let _alone = alone();
    let (periods, ticks) = periods();
    let mut conference = Conference::new();
    let (mut medians, mut memory) = (Vec::new(), 0.0);
    println!("{:>6} {:>10} {:>12} {:>10} {:>14}", "period", "s", "tick, us", "changes", "bytes more");
    for period in 0..periods {
        let begin = Instant::now();
        let ((changes, median), grown) = bytes(|| conference.live(ticks));
        memory = if period == 0 { 0.0 } else { memory + grown };
        println!("{period:>6} {:>10.1} {median:>12.2} {changes:>10} {memory:>14}", begin.elapsed().as_secs_f64());
        assert!(memory <= TABLES_BYTES, "{memory} bytes more after period {period} than after the first");
        medians.push(median);
    }
    println!("the last period's median tick is {:.2} x the first's", medians[medians.len() - 1] / medians[0]);
    conference.leave_a_trace();
    let Conference { controller, processor, .. } = conference;
    let mut mixer = Mixer { controller, processor };
    let mut fresh = replica(CONFIG(), &mixer.controller);
    let difference = difference(&mut mixer, &mut fresh);
    println!("{difference:.1e} is the greatest difference from a fresh mixer");
    assert!(difference <= 1e-6, "{difference} from a fresh mixer with the same configuration");
    assert!(own_voices_are_exact(&mut mixer));
}
