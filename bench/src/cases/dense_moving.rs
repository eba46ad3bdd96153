//! The dense room while every gain of every pair moves.

use std::time::{Duration, Instant};

use mixminus::{InstructionSet, JoinOptions, MixerConfig};

use crate::{
    Result,
    cases::Case,
    contender::{Contender, Key},
    line::Line,
    peers::wake,
    room::Room,
    rounds::Measured,
    rows,
    session::Session,
};

/// The case.
pub const CASE: Case = Case {
    name: "dense_moving",
    about: "the dense room while every gain of every pair moves, in the first tick after a request and in the second",
    run,
};

const SIZES: [usize; 3] = [32, 128, 256];
const AT_REST: &str = "mixminus, at rest";
const MOVING: &str = "mixminus, moving";
const TAKEN_UP: &str = "mixminus, taken up";
/// Ticks in a round.
const BATCH: u32 = 3;

fn run(session: &Session) -> Result<Vec<Line>> {
    let mut contenders = Vec::new();
    for size in SIZES {
        let mut room = Room::new(session.kernel, size, size)?.dense()?;
        contenders.push(Contender::repeated(Key::new(AT_REST, size), move || room.tick()));
        contenders.push(moving(session.kernel, Key::new(MOVING, size), 10.0, 0)?);
        contenders.push(moving(session.kernel, Key::new(TAKEN_UP, size), 20.0, 1)?);
    }
    let measured = session.measure(contenders, 20.0)?;
    let mut lines = Vec::new();
    for size in SIZES {
        lines.extend(lines_of(size, &measured)?);
    }
    Ok(lines)
}

/// Changes every row, lets so many ticks pass, and times the next one, in which the gains move if
/// it is within `smoothing_ms`.
fn moving(kernel: InstructionSet, key: Key, smoothing_ms: f64, passing: usize) -> Result<Contender<'static>> {
    let config = MixerConfig { smoothing_ms, instruction_set: Some(kernel), ..MixerConfig::default() };
    let mut room = Room::with(config, JoinOptions::default(), key.size, key.size)?.dense()?;
    let rows = [1, 0].map(|round| rows::dense(key.size, round));
    let mut turns = rows.into_iter().cycle();
    let mut once = move || {
        let rows = turns.next().ok_or("no rows")?;
        room.configure(&rows)?;
        room.settle(passing)?;
        // The room at rest is measured on a core whose vector units are awake, too.
        wake(kernel);
        let begin = Instant::now();
        room.tick()?;
        Ok(begin.elapsed())
    };
    Ok(Contender::timed(key, move || {
        let times: Result<Duration> = (0..BATCH).map(|_| once()).sum();
        Ok(times? / BATCH)
    }))
}

fn lines_of(size: usize, measured: &Measured) -> Result<Vec<Line>> {
    let at_rest = Key::new(AT_REST, size);
    let line = |name| -> Result<Line> {
        Line::tick(CASE.name, Key::new(name, size), measured)?.of_pairs(size, size).beside(at_rest, measured)
    };
    Ok(vec![line(AT_REST)?, line(MOVING)?, line(TAKEN_UP)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moving_room_can_be_measured() {
        let mut contender = moving(InstructionSet::Portable, Key::new(TAKEN_UP, 4), 20.0, 1).unwrap();
        assert!(contender.round().unwrap() > Duration::ZERO);
    }
}
