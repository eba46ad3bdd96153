//! Everybody talks and hears everybody else as they are: the plain conference, held against one sum from which each own voice is taken.

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
    about: "everybody talks, nobody is configured; beside one sum from which each own voice is taken",
    run,
};

const SIZES: [usize; 3] = [100, 1000, 10_000];
/// The mixer with frames of f32.
pub const FLOATS: &str = "mixminus, f32";
/// The mixer with i16 in and out.
const INTEGERS: &str = "mixminus, i16";
/// How many times as long as the yardstick a tick may take.
const LIMIT: f64 = 1.5;
/// How many times as long for each participant it may take in the largest room as in the one before.
const GROWTH: f64 = 1.5;

fn run(session: &Session) -> Result<Vec<Line>> {
    let mut contenders = Vec::new();
    for size in SIZES {
        let mut integers = Room::new(size, size)?;
        contenders.push(floats(size)?);
        contenders.push(Contender::repeated(Key::new(INTEGERS, size), move || integers.tick_i16()));
        contenders.push(yardstick(size));
    }
    let measured = session.measure(contenders, 20.0)?;
    let mut lines = Vec::new();
    for size in SIZES {
        lines.extend(lines_of(size, &measured)?);
    }
    Ok(lines)
}

/// The mixer in a room of so many.
pub fn floats(size: usize) -> Result<Contender<'static>> {
    let mut room = Room::new(size, size)?;
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

fn lines_of(size: usize, measured: &Measured) -> Result<Vec<Line>> {
    let yardstick = Key::new(SumMinusOwn::NAME, size);
    let line = |name| -> Result<Line> {
        Line::tick(CASE.name, Key::new(name, size), measured)?.of_pairs(size, size).beside(yardstick, measured)
    };
    let ours = |name| -> Result<Line> {
        let key = Key::new(name, size);
        let line = line(name)?.goal(Goal::at_most(LIMIT, SumMinusOwn::NAME, measured.ratio(key, yardstick)?));
        Ok(if size == SIZES[2] { line.goal(growth(name, measured)?) } else { line })
    };
    Ok(vec![ours(FLOATS)?, ours(INTEGERS)?, line(SumMinusOwn::NAME)?])
}

/// Whether the time for each participant stays what it is in a room of ten times as many.
fn growth(name: &'static str, measured: &Measured) -> Result<Goal> {
    let [_, less, more] = SIZES;
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
