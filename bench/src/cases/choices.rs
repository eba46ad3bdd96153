//! The choices between ways to make a mix. A mix that is a little larger takes a little more time;
//! where the mixer changes to another way at the wrong size, the time jumps.

use std::ops::RangeInclusive;

use mixminus::InstructionSet;

use crate::{
    Result,
    cases::Case,
    contender::{Contender, Key},
    line::{Goal, Line},
    room::Room,
    rounds::Measured,
    rows,
    session::Session,
};

/// The case.
pub const CASE: Case = Case {
    name: "choices",
    about: "rooms of growing size, across each choice between ways to make a mix; the largest jump in time",
    run,
};

/// The factor by which the time of a step may grow beyond its work, or shrink.
const LIMIT: f64 = 1.2;

/// Rooms that differ in a number. Somewhere in its range the mixer changes to another way to make
/// their mixes.
struct Sweep {
    name: &'static str,
    what: &'static str,
    numbers: RangeInclusive<usize>,
    room: fn(InstructionSet, usize) -> Result<Room>,
    /// The work, as far as it grows with the number: the time of one way grows no faster.
    work: fn(usize) -> f64,
}

const SWEEPS: [Sweep; 8] = [
    Sweep {
        name: "talkers, configured",
        what: "talkers among 100, each of whom lists one",
        numbers: 8..=24,
        room: |kernel, talkers| configured(kernel, 100, talkers, 1),
        work: |talkers| talkers as f64,
    },
    Sweep {
        name: "talkers, three listed",
        what: "talkers among 100, each of whom lists three",
        numbers: 8..=24,
        room: |kernel, talkers| configured(kernel, 100, talkers, 3),
        work: |talkers| talkers as f64,
    },
    Sweep {
        name: "talkers, all configured",
        what: "participants, who all talk and list one",
        numbers: 5..=24,
        room: |kernel, all| configured(kernel, all, all, 1),
        work: |all| (all * (all - 1)) as f64,
    },
    Sweep {
        name: "talkers, being ducked",
        what: "talkers among 100, each of whom lists three and is being ducked",
        numbers: 5..=24,
        room: |kernel, talkers| Room::new(kernel, 100, talkers)?.ducking(),
        work: |talkers| talkers as f64,
    },
    Sweep {
        name: "talkers, nobody configured",
        what: "participants, who all talk",
        numbers: 8..=24,
        room: |kernel, all| Room::new(kernel, all, all),
        work: |all| (all * (all - 1)) as f64,
    },
    Sweep {
        name: "exceptions",
        what: "sources that each of 100 who all talk lists",
        numbers: 4..=24,
        room: |kernel, listed| configured(kernel, 100, 100, listed),
        work: |listed| listed as f64,
    },
    Sweep {
        name: "exceptions, ducked",
        what: "sources that each of 100 who all talk lists, and is being ducked",
        numbers: 2..=24,
        room: |kernel, listed| {
            let rows: Vec<_> = (0..100).map(|n| rows::ducked_exceptions(n, 100, listed)).collect();
            Room::new(kernel, 100, 100)?.ducked_by_turns(&rows)
        },
        work: |listed| listed as f64,
    },
    Sweep {
        name: "listeners",
        what: "of 64 who all talk that hear anybody",
        numbers: 1..=8,
        room: |kernel, listeners| heard_by(kernel, 64, listeners),
        work: |listeners| (64 + listeners) as f64,
    },
];

/// A room in which everybody lists so many of the talkers, at levels of their own.
fn configured(kernel: InstructionSet, participants: usize, talkers: usize, listed: usize) -> Result<Room> {
    let room = Room::new(kernel, participants, talkers)?;
    let rows: Vec<_> = (0..participants).map(|n| rows::exceptions(n, talkers, listed)).collect();
    at_rest(room, &rows)
}

/// A room in which only so many hear anybody.
fn heard_by(kernel: InstructionSet, participants: usize, listeners: usize) -> Result<Room> {
    let room = Room::new(kernel, participants, participants)?;
    let rows: Vec<_> = (listeners..participants).map(rows::deaf).collect();
    at_rest(room, &rows)
}

fn at_rest(mut room: Room, rows: &[mixminus::config::ParticipantMixerLevel]) -> Result<Room> {
    room.configure(rows)?;
    room.settle(3)?;
    Ok(room)
}

fn run(session: &Session) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for (n, sweep) in SWEEPS.iter().enumerate() {
        let mut contenders = Vec::new();
        for number in sweep.numbers.clone() {
            let mut room = (sweep.room)(session.kernel, number)?;
            contenders.push(Contender::repeated(Key::new(sweep.name, number), move || room.tick()));
        }
        let measured = session.measure(contenders, 5.0)?;
        lines.push(line(sweep, &measured)?);
        session.reached((n + 1) as f64 / SWEEPS.len() as f64);
    }
    Ok(lines)
}

/// The line of the largest jump.
fn line(sweep: &Sweep, measured: &Measured) -> Result<Line> {
    let mut worst = (1.0, *sweep.numbers.start() + 1);
    for number in sweep.numbers.clone().skip(1) {
        let jump = jump(sweep, number, measured)?;
        if jump > worst.0 {
            worst = (jump, number);
        }
    }
    let (jump, number) = worst;
    let (key, before) = (Key::new(sweep.name, number), Key::new(sweep.name, number - 1));
    let line = Line::tick(CASE.name, key, measured)?.beside(before, measured)?;
    Ok(line.noting(sweep.what).goal(Goal::at_most(LIMIT, "one less, for its work", jump)))
}

/// The jump to a number from the one before: how many times as long a tick takes, divided by the
/// growth of the work, or how many times as short.
fn jump(sweep: &Sweep, number: usize, measured: &Measured) -> Result<f64> {
    let ratio = measured.ratio(Key::new(sweep.name, number), Key::new(sweep.name, number - 1))?;
    let growth = (sweep.work)(number) / (sweep.work)(number - 1);
    Ok((ratio / growth).max(1.0 / ratio))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KERNEL: InstructionSet = InstructionSet::Portable;

    #[test]
    fn a_jump_is_beyond_its_work_or_to_less_time() {
        let sweep = &SWEEPS[7];
        let mut measured = Measured::default();
        for (number, seconds) in (1..=8).zip([1.0, 1.0, 1.3, 1.3, 0.9, 0.9, 0.9, 0.9]) {
            measured.record(Key::new(sweep.name, number), seconds);
        }
        assert!((jump(sweep, 3, &measured).unwrap() - 1.3 * 66.0 / 67.0).abs() < 1e-9);
        let line = line(sweep, &measured).unwrap();
        assert_eq!((line.key.size, line.goals[0].met), (5, false));
        assert_eq!(line.goals[0].found, "1.44 ×");
    }

    #[test]
    fn rooms_are_what_they_are_called() {
        let distinct = |room: Result<Room>| {
            let mut heard = room.unwrap().heard().unwrap();
            heard.sort_by(|a, b| a.partial_cmp(b).unwrap());
            heard.dedup();
            heard.len()
        };
        assert_eq!(distinct(configured(KERNEL, 20, 20, 4)), 20);
        assert_eq!(distinct(heard_by(KERNEL, 20, 3)), 4, "three, and silence");
    }
}
