//! A usual large room: a few talk, and everybody hears them at levels of their own.

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
    about: "four talk, everybody has three levels of their own and ducking; beside writing the mixes once",
    run,
};

const SIZES: [usize; 2] = [1000, 10_000];
/// The contender whose ducking moves all the time.
const DUCKING: &str = "mixminus, ducking";
/// The number of talkers.
pub const TALKERS: usize = 4;
/// How many times as long as writing the mixes a tick of the smaller room may take, at rest and
/// while the ducking moves.
const LIMITS: [(&str, f64); 2] = [(OURS, 2.0), (DUCKING, 3.0)];
/// The share of a tick of 10 ms that a tick of the larger room may take.
const SHARE: f64 = 0.3;

fn run(session: &Session) -> Result<Vec<Line>> {
    let mut contenders = Vec::new();
    for size in SIZES {
        let mut room = Room::new(session.kernel, size, TALKERS)?.configured()?;
        let mut ducking = Room::new(session.kernel, size, TALKERS)?.ducking()?;
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
    let writes = Key::new(Writes::NAME, size);
    let line = |key| Line::tick(CASE.name, key, measured)?.beside(writes, measured);
    let with_goal = |(name, limit)| -> Result<Line> {
        let key = Key::new(name, size);
        let goal = if size == SIZES[0] {
            Goal::at_most(limit, Writes::NAME, measured.ratio(key, writes)?)
        } else {
            Goal::under_share_of_tick(SHARE, measured.median(key)?)
        };
        Ok(line(key)?.of_pairs(TALKERS, size).goal(goal))
    };
    let [at_rest, ducking] = LIMITS.map(with_goal);
    Ok(vec![at_rest?, ducking?, line(writes)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_size_has_its_own_goal() {
        let mut measured = Measured::default();
        for (size, seconds) in [(1000, 0.0025), (10_000, 0.0029)] {
            measured.record(Key::new(OURS, size), seconds);
            measured.record(Key::new(DUCKING, size), seconds);
            measured.record(Key::new(Writes::NAME, size), 0.001);
        }
        let goals = |size| lines_of(size, &measured).unwrap().into_iter().flat_map(|line| line.goals);
        let met = |size| goals(size).map(|goal| goal.met).collect::<Vec<_>>();
        assert_eq!((met(1000), met(10_000)), (vec![false, true], vec![true, true]));
    }
}
