//! The dense room while every gain of every pair moves.

use std::time::{Duration, Instant};

use mixminus::{JoinOptions, MixerConfig};

use crate::{
    Result,
    cases::Case,
    contender::{Contender, Key},
    line::{Goal, Line},
    peers::wake,
    room::Room,
    rounds::Measured,
    rows,
    session::Session,
};

/// The case.
pub const CASE: Case = Case {
    name: "dense_moving",
    about: "the dense room when every listener was configured anew: every gain moves in every measured tick",
    run,
};

const SIZES: [usize; 3] = [32, 128, 256];
const AT_REST: &str = "mixminus, at rest";
const MOVING: &str = "mixminus, moving";
const TAKEN_UP: &str = "mixminus, taken up";
/// How many times as long as at rest a tick may take in which everything moves.
const LIMIT: f64 = 1.5;
/// Ticks in a round.
const BATCH: u32 = 3;

fn run(session: &Session) -> Result<Vec<Line>> {
    let mut contenders = Vec::new();
    for size in SIZES {
        let mut room = Room::new(size, size)?.dense()?;
        contenders.push(Contender::repeated(Key::new(AT_REST, size), move || room.tick()));
        contenders.push(moving(Key::new(MOVING, size), 10.0, 0)?);
        contenders.push(moving(Key::new(TAKEN_UP, size), 20.0, 1)?);
    }
    let measured = session.measure(contenders, 20.0)?;
    let mut lines = Vec::new();
    for size in SIZES {
        lines.extend(lines_of(size, &measured)?);
    }
    Ok(lines)
}

/// Configures everybody anew, lets some ticks pass, and times the next: within `smoothing_ms` it still moves.
fn moving(key: Key, smoothing_ms: f64, passing: usize) -> Result<Contender<'static>> {
    let config = MixerConfig { smoothing_ms, ..MixerConfig::default() };
    let mut room = Room::with(config, JoinOptions::default(), key.size, key.size)?.dense()?;
    let rows = [1, 0].map(|round| rows::dense(key.size, round));
    let mut turns = rows.into_iter().cycle();
    let mut once = move || {
        let rows = turns.next().ok_or("no rows")?;
        room.configure(&rows)?;
        room.settle(passing)?;
        // The room at rest is measured on a core that is awake, too.
        wake();
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
    let with_goal = |name| -> Result<Line> {
        let ratio = measured.ratio(Key::new(name, size), at_rest)?;
        Ok(line(name)?.goal(Goal::at_most(LIMIT, "at rest", ratio)))
    };
    Ok(vec![line(AT_REST)?, with_goal(MOVING)?, with_goal(TAKEN_UP)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moving_room_can_be_measured() {
        let mut contender = moving(Key::new(TAKEN_UP, 4), 20.0, 1).unwrap();
        assert!(contender.round().unwrap() > Duration::ZERO);
    }
}
