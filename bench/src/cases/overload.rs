//! What a tick still takes at each step of the overload policy, in a room that needs the most arithmetic there can be.

use mixminus::{InstructionSet, OverloadPolicy, Shedding};

use crate::{
    Result,
    cases::Case,
    contender::{Contender, Key, OURS},
    line::{Goal, Line},
    room::Room,
    rounds::Measured,
    session::Session,
};

/// The case.
pub const CASE: Case = Case {
    name: "overload",
    about: "everybody talks and lists everybody else at a level of its own, at each step of the overload policy; beside all of it",
    run,
};

const TALKERS: usize = 512;
/// The steps of the default policy, in their order.
const STEPS: [&str; 5] = ["loudest 16", "loudest 8", "loudest 4", "and plain gains", "and all compete"];
/// The share of what all takes that the last step may take.
const LIMIT: f64 = 0.1;

fn run(session: &Session) -> Result<Vec<Line>> {
    let mut contenders = vec![contender(session.kernel, OURS, Shedding::NONE)?];
    for (name, shedding) in STEPS.into_iter().zip(OverloadPolicy::default().steps) {
        contenders.push(contender(session.kernel, name, shedding)?);
    }
    lines(&session.measure(contenders, 10.0)?)
}

fn contender(kernel: InstructionSet, name: &'static str, shedding: Shedding) -> Result<Contender<'static>> {
    let mut room = Room::new(kernel, TALKERS, TALKERS)?.dense()?.shedding(shedding)?;
    Ok(Contender::repeated(Key::new(name, TALKERS), move || room.tick()))
}

fn lines(measured: &Measured) -> Result<Vec<Line>> {
    let all = Key::new(OURS, TALKERS);
    let line = |name| Line::tick(CASE.name, Key::new(name, TALKERS), measured)?.beside(all, measured);
    let mut lines: Vec<_> = [OURS].into_iter().chain(STEPS).map(line).collect::<Result<_>>()?;
    let last = measured.ratio(Key::new(STEPS[4], TALKERS), all)?;
    let steps = lines.pop().map(|line| line.goal(Goal::at_most(LIMIT, "all", last)));
    lines.extend(steps);
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_goal_is_for_the_last_step_beside_all() {
        assert_eq!(OverloadPolicy::default().steps.len(), STEPS.len());
        let mut measured = Measured::default();
        for (name, seconds) in [OURS].into_iter().chain(STEPS).zip([1.0, 1.0, 1.0, 1.0, 0.5, 0.05]) {
            measured.record(Key::new(name, TALKERS), seconds);
        }
        let lines = lines(&measured).unwrap();
        assert_eq!((lines.len(), lines[4].goals.len(), lines[5].goals[0].met), (6, 0, true));
    }
}
