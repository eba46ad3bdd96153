//! The time of a change of one listener's row, from the request until it is published.

use std::time::{Duration, Instant};

use mixminus::InstructionSet;

use crate::{
    Result,
    cases::Case,
    contender::{Contender, Key, OURS},
    line::{Goal, Line},
    room::Room,
    rounds::Measured,
    rows,
    session::Session,
};

/// The case.
pub const CASE: Case =
    Case { name: "publish", about: "publishing one listener's new row, with a tick between changes", run };

const SIZES: [usize; 3] = [100, 1000, 10_000];
/// The seconds that a change may take in the largest room.
const LIMIT: f64 = 20e-6;
/// How many times as long as in the smallest room it may take.
const GROWTH: f64 = 3.0;
/// Changes in a round.
const BATCH: u32 = 10;

fn run(session: &Session) -> Result<Vec<Line>> {
    let contenders: Result<Vec<_>> = SIZES.into_iter().map(|size| contender(session.kernel, size)).collect();
    let measured = session.measure(contenders?, 8.0)?;
    SIZES.into_iter().map(|size| line(size, &measured)).collect()
}

fn contender(kernel: InstructionSet, size: usize) -> Result<Contender<'static>> {
    let mut room = Room::new(kernel, size, 0)?;
    let mut change = 0;
    let mut once = move || {
        // The tick takes up the change before, which is not measured here.
        room.tick()?;
        change += 1;
        let row = rows::own_levels(change * 7919 % size, change);
        let begin = Instant::now();
        room.configure(std::slice::from_ref(&row))?;
        Ok(begin.elapsed())
    };
    Ok(Contender::timed(Key::new(OURS, size), move || {
        let times: Result<Duration> = (0..BATCH).map(|_| once()).sum();
        Ok(times? / BATCH)
    }))
}

fn line(size: usize, measured: &Measured) -> Result<Line> {
    let [least, .., most] = SIZES;
    let (key, least) = (Key::new(OURS, size), Key::new(OURS, least));
    let ratio = measured.ratio(key, least)?;
    let line = Line::other(CASE.name, key, measured)?.beside(least, measured)?;
    if size != most {
        return Ok(line);
    }
    Ok(line.goal(Goal::under(LIMIT, measured.median(key)?)).goal(Goal::at_most(GROWTH, "with 100", ratio)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_room_has_the_goals() {
        let mut measured = Measured::default();
        for (size, seconds) in SIZES.into_iter().zip([2e-6, 3e-6, 8e-6]) {
            measured.record(Key::new(OURS, size), seconds);
        }
        let lines = SIZES.map(|size| line(size, &measured).unwrap());
        let goals = |line: &Line| line.goals.iter().map(|goal| goal.met).collect::<Vec<_>>();
        assert_eq!(lines.each_ref().map(goals), [vec![], vec![], vec![true, false]]);
        assert_eq!(lines[2].share_of_tick(), None);
    }
}
