//! A call in groups that do not hear each other, by roles: everybody talks. Compared with one sum for each group, from
//! which each own voice is subtracted.

use mixminus::InstructionSet;

use crate::{
    Result,
    cases::Case,
    contender::{Contender, Key, OURS},
    line::{Goal, Line},
    peers::SumMinusOwn,
    room::Room,
    rounds::Measured,
    session::Session,
};

/// The case.
pub const CASE: Case = Case {
    name: "routes",
    about: "1,000 talk in groups that do not hear each other, by roles; N in a group, beside one sum for each group",
    run,
};

const TALKERS: usize = 1000;
/// How many are in each group. The first is one group, as a call without roles.
const GROUPS: [usize; 5] = [1000, 500, 100, 10, 2];
/// How many times as long as the yardstick a tick may take.
const LIMIT: f64 = 3.0;

fn run(session: &Session) -> Result<Vec<Line>> {
    let mut contenders = Vec::new();
    for size in GROUPS {
        contenders.extend([ours(session.kernel, size)?, yardstick(size)]);
    }
    let measured = session.measure(contenders, 10.0)?;
    let lines: Result<Vec<_>> = GROUPS.into_iter().map(|size| lines(size, &measured)).collect();
    Ok(lines?.into_iter().flatten().collect())
}

fn ours(kernel: InstructionSet, size: usize) -> Result<Contender<'static>> {
    let mut room = Room::new(kernel, TALKERS, TALKERS)?.in_groups(size)?;
    Ok(Contender::repeated(Key::new(OURS, size), move || room.tick()))
}

fn yardstick(size: usize) -> Contender<'static> {
    let mut groups: Vec<_> = (0..TALKERS / size).map(|_| SumMinusOwn::new(size)).collect();
    Contender::repeated(Key::new(SumMinusOwn::NAME, size), move || {
        groups.iter_mut().for_each(SumMinusOwn::tick);
        Ok(())
    })
}

fn lines(size: usize, measured: &Measured) -> Result<[Line; 2]> {
    let (key, yardstick) = (Key::new(OURS, size), Key::new(SumMinusOwn::NAME, size));
    let goal = Goal::at_most(LIMIT, SumMinusOwn::NAME, measured.ratio(key, yardstick)?);
    let line = |key| Line::tick(CASE.name, key, measured)?.beside(yardstick, measured);
    Ok([line(key)?.goal(goal), line(yardstick)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_goal_is_beside_one_sum_a_group() {
        let mut measured = Measured::default();
        measured.record(Key::new(OURS, 10), 1.0);
        measured.record(Key::new(SumMinusOwn::NAME, 10), 0.25);
        let [ours, _] = lines(10, &measured).unwrap();
        assert_eq!((ours.goals[0].found.as_str(), ours.goals[0].met), ("4.00 ×", false));
    }
}
