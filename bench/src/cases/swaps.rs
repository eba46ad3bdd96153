//! The ticks of the audio thread while another thread publishes changes.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use mixminus::Controller;

use super::four_talkers::TALKERS;
use crate::{
    Result,
    cases::Case,
    contender::Key,
    line::{Goal, Line},
    report::units,
    room::Room,
    rounds::Measured,
    rows,
    session::Session,
    stats::{median, quantile},
};

/// The case.
pub const CASE: Case = Case {
    name: "swaps",
    about: "100 participants, all configured, while another thread publishes 1,000 changes a second; and without",
    run,
};

const SIZE: usize = 100;
/// Between two changes.
const INTERVAL: Duration = Duration::from_millis(1);
/// The quantiles, each with the name of its contender without changes and of the one with them.
const QUANTILES: [(f64, &str, &str); 2] =
    [(0.5, "p50, no changes", "p50, 1,000 changes/s"), (0.999, "p99.9, no changes", "p99.9, 1,000 changes/s")];
/// How many times as long as without changes the slowest of a thousand ticks may take.
const LIMIT: f64 = 1.25;

fn run(session: &Session) -> Result<Vec<Line>> {
    let (ticks_each, blocks) = if session.quick { (1000, 2) } else { (5000, 20) };
    let mut room = Room::new(session.kernel, SIZE, TALKERS)?.configured()?;
    let mut measured = Measured::default();
    let mut rates = Vec::new();
    for block in 0..blocks {
        // The one that is first in one block is second in the next.
        for with in [block % 2 == 0, block % 2 != 0] {
            let times = if with {
                let (times, rate) = ticks_while_changing(&mut room, ticks_each)?;
                rates.push(rate);
                times
            } else {
                ticks(&mut room, ticks_each)?
            };
            for (share, without_name, with_name) in QUANTILES {
                let name = if with { with_name } else { without_name };
                measured.record(Key::new(name, SIZE), quantile(&times, share));
            }
        }
        session.reached(f64::from(block + 1) / f64::from(blocks));
    }
    lines(&measured, median(&rates))
}

/// The time of each of some ticks, back to back, in seconds.
fn ticks(room: &mut Room, ticks: usize) -> Result<Vec<f64>> {
    let mut tick = || {
        let begin = Instant::now();
        room.tick()?;
        Ok(begin.elapsed().as_secs_f64())
    };
    (0..ticks).map(|_| tick()).collect()
}

/// The same while another thread publishes changes, and the changes a second.
fn ticks_while_changing(room: &mut Room, count: usize) -> Result<(Vec<f64>, f64)> {
    let (controller, stop) = (room.controller(), AtomicBool::new(false));
    thread::scope(|scope| {
        let publisher = scope.spawn(|| publish(&controller, &stop));
        let times = ticks(room, count);
        stop.store(true, Ordering::Relaxed);
        let rate = publisher.join().map_err(|_| "the publishing thread has panicked")??;
        Ok((times?, rate))
    })
}

/// Changes some listener's row at each interval until `stop` is set. The changes a second.
fn publish(controller: &Controller, stop: &AtomicBool) -> Result<f64> {
    let begin = Instant::now();
    let (mut changes, mut random) = (0_u32, 0x9E37_79B9_u32);
    loop {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        controller.configure(&[rows::own_levels(random as usize % SIZE, (random >> 16) as usize)])?;
        changes += 1;
        thread::sleep((INTERVAL * changes).saturating_sub(begin.elapsed()));
        if stop.load(Ordering::Relaxed) {
            return Ok(f64::from(changes) / begin.elapsed().as_secs_f64());
        }
    }
}

fn lines(measured: &Measured, rate: f64) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for (share, without_name, with_name) in QUANTILES {
        let (without, with) = (Key::new(without_name, SIZE), Key::new(with_name, SIZE));
        let note = format!("{} changes a second", units::figure(rate));
        let mut line = Line::tick(CASE.name, with, measured)?.beside(without, measured)?.noting(note);
        if share > 0.9 {
            line = line.goal(Goal::at_most(LIMIT, "without changes", measured.ratio(with, without)?));
        }
        lines.extend([line, Line::tick(CASE.name, without, measured)?.beside(without, measured)?]);
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use mixminus::InstructionSet;

    use super::*;

    #[test]
    fn changes_are_published_while_ticks_run() {
        let mut room = Room::new(InstructionSet::Portable, SIZE, TALKERS).unwrap();
        let (times, rate) = ticks_while_changing(&mut room, 200).unwrap();
        assert_eq!(times.len(), 200);
        assert!(rate > 0.0);
    }
}
