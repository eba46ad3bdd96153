//! A large room as it is: a few talk, everybody hears them in a way of their own.

use crate::{
    Result,
    cases::Case,
    contender::{Contender, Key, OURS},
    line::{Goal, Line},
    peers::Writes,
    room::Room,
    rounds::Measured,
    session::Session,
};

/// The case.
pub const CASE: Case = Case {
    name: "four_talkers",
    about: "four talk, everybody has three levels of their own and ducking, at rest and on its way; beside writing that many mixes once",
    run,
};

const SIZES: [usize; 2] = [1000, 10_000];
/// While all ducking is on its way.
const DUCKING: &str = "mixminus, ducking";
/// Who talks.
pub const TALKERS: usize = 4;
/// How many times as long as the writing a tick of the smaller room may take.
const LIMIT: f64 = 2.0;
/// The share of 10 ms that a tick of the larger room may take.
const SHARE: f64 = 0.3;

fn run(session: &Session) -> Result<Vec<Line>> {
    let mut contenders = Vec::new();
    for size in SIZES {
        let mut room = Room::new(size, TALKERS)?.configured()?;
        let mut ducking = Room::new(size, TALKERS)?.ducking()?;
        let mut writes = Writes::new(size);
        contenders.push(Contender::repeated(Key::new(OURS, size), move || room.tick()));
        contenders.push(Contender::repeated(Key::new(DUCKING, size), move || ducking.tick()));
        contenders.push(Contender::repeated(Key::new(Writes::NAME, size), move || {
            writes.tick();
            Ok(())
        }));
    }
    let measured = session.measure(contenders, 12.0)?;
    let mut lines = Vec::new();
    for size in SIZES {
        lines.extend(lines_of(size, &measured)?);
    }
    Ok(lines)
}

fn lines_of(size: usize, measured: &Measured) -> Result<Vec<Line>> {
    let [ours, ducking, writes] = [OURS, DUCKING, Writes::NAME].map(|name| Key::new(name, size));
    let line = |key| Line::tick(CASE.name, key, measured)?.beside(writes, measured);
    let with_goal = |key| -> Result<Line> {
        let goal = if size == SIZES[0] {
            Goal::at_most(LIMIT, Writes::NAME, measured.ratio(key, writes)?)
        } else {
            Goal::under_share_of_tick(SHARE, measured.median(key)?)
        };
        Ok(line(key)?.of_pairs(TALKERS, size).goal(goal))
    };
    Ok(vec![with_goal(ours)?, with_goal(ducking)?, line(writes)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_size_has_its_own_goal() {
        let mut measured = Measured::default();
        for (size, seconds) in [(1000, 0.001), (10_000, 0.002)] {
            measured.record(Key::new(OURS, size), seconds);
            measured.record(Key::new(DUCKING, size), seconds);
            measured.record(Key::new(Writes::NAME, size), seconds / 4.0);
        }
        let met = |size| lines_of(size, &measured).unwrap()[0].goals.iter().map(|goal| goal.met).collect::<Vec<_>>();
        assert_eq!((met(1000), met(10_000)), (vec![false], vec![true]));
    }
}
