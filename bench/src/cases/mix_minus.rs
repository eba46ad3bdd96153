//! The plain conference: everybody talks and hears everybody else. Compared with one sum from which
//! each own voice is subtracted.

use mixminus::InstructionSet;

use crate::{
    Result,
    cases::Case,
    contender::{Contender, Key},
    line::{Goal, Line},
    peers::SumMinusOwn,
    report::units,
    room::Room,
    rounds::Measured,
    session::Session,
};

/// The case.
pub const CASE: Case = Case {
    name: "mix_minus",
    about: "everybody talks, nobody is configured; beside one sum from which each own voice is subtracted",
    run,
};

/// The rooms, and how many times as long as the yardstick a tick may take there.
const ROOMS: [(usize, f64); 3] = [(100, 1.5), (1000, 2.5), (10_000, 1.5)];
/// The mixer with frames of f32.
pub const FLOATS: &str = "mixminus, f32";
/// The mixer with i16 in and out.
const INTEGERS: &str = "mixminus, i16";
/// The factor by which the time for each participant may grow from the second room to the largest.
const GROWTH: f64 = 1.5;

fn run(session: &Session) -> Result<Vec<Line>> {
    let mut contenders = Vec::new();
    for (size, _) in ROOMS {
        let mut integers = Room::new(session.kernel, size, size)?;
        contenders.push(floats(session.kernel, size)?);
        contenders.push(Contender::repeated(Key::new(INTEGERS, size), move || integers.tick_i16()));
        contenders.push(yardstick(size));
    }
    let measured = session.measure(contenders, 20.0)?;
    let mut lines = Vec::new();
    for (size, limit) in ROOMS {
        lines.extend(lines_of(size, limit, &measured)?);
    }
    Ok(lines)
}

/// The mixer in a room of so many.
pub fn floats(kernel: InstructionSet, size: usize) -> Result<Contender<'static>> {
    let mut room = Room::new(kernel, size, size)?;
    Ok(Contender::repeated(Key::new(FLOATS, size), move || room.tick()))
}

/// The yardstick in a room of so many.
pub fn yardstick(size: usize) -> Contender<'static> {
    let mut peer = SumMinusOwn::new(size);
    Contender::repeated(Key::new(SumMinusOwn::NAME, size), move || {
        peer.tick();
        Ok(())
    })
}

fn lines_of(size: usize, limit: f64, measured: &Measured) -> Result<Vec<Line>> {
    let yardstick = Key::new(SumMinusOwn::NAME, size);
    let line = |name| -> Result<Line> {
        Line::tick(CASE.name, Key::new(name, size), measured)?.of_pairs(size, size).beside(yardstick, measured)
    };
    let ours = |name| -> Result<Line> {
        let key = Key::new(name, size);
        let line = line(name)?.goal(Goal::at_most(limit, SumMinusOwn::NAME, measured.ratio(key, yardstick)?));
        Ok(if size == ROOMS[2].0 { line.goal(growth(name, measured)?) } else { line })
    };
    Ok(vec![ours(FLOATS)?, ours(INTEGERS)?, line(SumMinusOwn::NAME)?])
}

/// The time for each participant, compared with a room of a tenth of the size.
fn growth(name: &'static str, measured: &Measured) -> Result<Goal> {
    let [_, (less, _), (more, _)] = ROOMS;
    let ratio = measured.ratio(Key::new(name, more), Key::new(name, less))?;
    let each = ratio * less as f64 / more as f64;
    Ok(Goal::at_most(GROWTH, &format!("each with {}", units::count(less)), each))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_that_of_the_time_for_each() {
        let mut measured = Measured::default();
        measured.record(Key::new(FLOATS, 1000), 1.0);
        measured.record(Key::new(FLOATS, 10_000), 15.0);
        let goal = growth(FLOATS, &measured).unwrap();
        assert_eq!((goal.text.as_str(), goal.found.as_str(), goal.met), ("≤ 1.5 × each with 1,000", "1.50 ×", true));
    }
}
