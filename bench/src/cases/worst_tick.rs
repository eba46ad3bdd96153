//! The ticks of a large room that do the most: everybody's row is taken up, a ducker begins to
//! speak or ends.
//!
//! Each of these ticks happens once and is timed by itself. What leads to it, and the ticks until
//! the room is at rest again, are not timed.

use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};

use mixminus::{Detector, InstructionSet, JoinOptions, MixerConfig, config::ParticipantMixerLevel};

use super::four_talkers::TALKERS;
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
    stats,
};

/// The case.
pub const CASE: Case = Case {
    name: "worst_tick",
    about: "single ticks of four talkers and ducked listeners: every row changes, a ducker begins, a ducker ends",
    run,
};

const SIZES: [usize; 3] = [100, 1000, 10_000];
/// The seconds that the tick may take that takes up every row of the largest room.
const TAKEN_UP: f64 = 2e-3;
/// How many times as long as at rest the tick may take in which a ducker begins or ends.
const DUCKER: f64 = 3.0;

/// The tick that is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// Nothing changes.
    AtRest,
    /// The first tick after a request that changes every row.
    TakenUp,
    /// The tick after that.
    After,
    /// The ducker, who was quiet, begins to speak.
    Begins,
    /// The ducker, who spoke, is quiet.
    Ends,
}

const MOMENTS: [Moment; 5] = [Moment::AtRest, Moment::TakenUp, Moment::After, Moment::Begins, Moment::Ends];

/// The rows of a room, by the participant and the round, and the names of its contenders.
struct Rows {
    row: fn(usize, usize) -> ParticipantMixerLevel,
    names: [&'static str; MOMENTS.len()],
}

const ROWS: [Rows; 2] = [
    Rows {
        row: rows::sixteen_kinds,
        names: [
            "rows of 16 kinds, at rest",
            "rows of 16 kinds, all taken up",
            "rows of 16 kinds, the tick after",
            "rows of 16 kinds, a ducker begins",
            "rows of 16 kinds, a ducker ends",
        ],
    },
    Rows {
        row: rows::own_levels,
        names: [
            "different rows, at rest",
            "different rows, all taken up",
            "different rows, the tick after",
            "different rows, a ducker begins",
            "different rows, a ducker ends",
        ],
    },
];

fn run(session: &Session) -> Result<Vec<Line>> {
    let mut contenders = Vec::new();
    for size in SIZES {
        for rows in &ROWS {
            contenders.extend(contenders_of(session.kernel, rows, size)?);
        }
    }
    let measured = session.measure(contenders, 30.0)?;
    let mut lines = Vec::new();
    for (size, rows) in SIZES.into_iter().flat_map(|size| ROWS.iter().map(move |rows| (size, rows))) {
        lines.extend(lines_of(rows, size, &measured)?);
    }
    Ok(lines)
}

/// All moments of one room.
fn contenders_of(kernel: InstructionSet, rows: &Rows, size: usize) -> Result<Vec<Contender<'static>>> {
    let scene = Rc::new(RefCell::new(Scene::new(kernel, rows.row, size)?));
    // A single tick of a small room is short, and a round has time for several.
    let ticks = (SIZES[2] / size).clamp(1, 9);
    let contender = |(moment, name)| {
        let scene = Rc::clone(&scene);
        Contender::timed(Key::new(name, size), move || {
            let times: Result<Vec<_>> = (0..ticks).map(|_| scene.borrow_mut().time(moment)).collect();
            let seconds: Vec<_> = times?.iter().map(Duration::as_secs_f64).collect();
            Ok(Duration::from_secs_f64(stats::median(&seconds)))
        })
    };
    Ok(MOMENTS.into_iter().zip(rows.names).map(contender).collect())
}

/// A room at rest whose ducker speaks. Every moment begins and ends with it.
struct Scene {
    kernel: InstructionSet,
    room: Room,
    /// The rows of two rounds, in force by turns.
    rows: [Vec<ParticipantMixerLevel>; 2],
}

impl Scene {
    /// Ticks until a new row is at rest.
    const SMOOTHED: usize = 4;
    /// Ticks until the ducking has reached its lower level.
    const DUCKED: usize = 8;
    /// Ticks until it has reached its upper level.
    const RELEASED: usize = 24;

    fn new(kernel: InstructionSet, row: fn(usize, usize) -> ParticipantMixerLevel, size: usize) -> Result<Self> {
        let config = MixerConfig { instruction_set: Some(kernel), ..MixerConfig::default() };
        // The host's word, so that it is known in which tick the ducker begins and ends.
        let options = JoinOptions { detector: Detector::Host, ..JoinOptions::default() };
        let room = Room::with(config, options, size, TALKERS)?;
        let rows = [0, 1].map(|round| (0..size).map(|n| row(n, round)).collect());
        let mut scene = Self { kernel, room, rows };
        scene.publish()?;
        scene.room.settle(Self::DUCKED)?;
        Ok(scene)
    }

    /// Changes every row in one request.
    fn publish(&mut self) -> Result<()> {
        self.rows.swap(0, 1);
        self.room.configure(&self.rows[0])
    }

    /// The time of a moment's tick.
    fn time(&mut self, moment: Moment) -> Result<Duration> {
        self.lead_to(moment)?;
        wake(self.kernel);
        let begin = Instant::now();
        self.room.tick()?;
        let time = begin.elapsed();
        self.recover_from(moment)?;
        Ok(time)
    }

    /// Everything before the tick.
    fn lead_to(&mut self, moment: Moment) -> Result<()> {
        match moment {
            Moment::AtRest => self.room.settle(1),
            Moment::TakenUp => self.publish(),
            Moment::After => {
                self.publish()?;
                self.room.settle(1)
            }
            Moment::Begins => {
                self.room.first_speaks(false);
                self.room.settle(Self::RELEASED)?;
                self.room.first_speaks(true);
                Ok(())
            }
            Moment::Ends => {
                self.room.first_speaks(false);
                Ok(())
            }
        }
    }

    /// Everything after the tick, until the room is at rest.
    fn recover_from(&mut self, moment: Moment) -> Result<()> {
        match moment {
            Moment::AtRest => Ok(()),
            Moment::TakenUp | Moment::After => self.room.settle(Self::SMOOTHED),
            Moment::Begins => self.room.settle(Self::DUCKED),
            Moment::Ends => {
                self.room.settle(Self::RELEASED)?;
                self.room.first_speaks(true);
                self.room.settle(Self::DUCKED)
            }
        }
    }
}

fn lines_of(rows: &Rows, size: usize, measured: &Measured) -> Result<Vec<Line>> {
    let at_rest = Key::new(rows.names[0], size);
    let line = |(moment, name)| -> Result<Line> {
        let key = Key::new(name, size);
        let line = Line::tick(CASE.name, key, measured)?.of_pairs(TALKERS, size).beside(at_rest, measured)?;
        Ok(match moment {
            Moment::TakenUp if size == SIZES[2] => line.goal(Goal::under(TAKEN_UP, measured.median(key)?)),
            Moment::Begins | Moment::Ends => line.goal(Goal::at_most(DUCKER, "at rest", measured.ratio(key, at_rest)?)),
            _ => line,
        })
    };
    MOMENTS.into_iter().zip(rows.names).map(line).collect()
}

#[cfg(test)]
mod tests {
    use mixminus::TalkEventKind;

    use super::*;

    fn scene() -> Scene {
        Scene::new(InstructionSet::Portable, rows::own_levels, 8).unwrap()
    }

    #[test]
    fn the_room_is_at_rest_before_and_after_each_moment() {
        let mut scene = scene();
        for moment in MOMENTS {
            let [before, again] = [0, 1].map(|_| scene.room.heard().unwrap());
            assert!(before == again, "before {moment:?}");
            scene.time(moment).unwrap();
        }
    }

    #[test]
    fn what_moves_moves_in_the_tick_that_is_timed() {
        for moment in [Moment::TakenUp, Moment::Begins, Moment::Ends] {
            let mut scene = scene();
            scene.lead_to(moment).unwrap();
            let timed = scene.room.heard().unwrap();
            scene.room.settle(Scene::RELEASED).unwrap();
            let at_rest = scene.room.heard().unwrap();
            assert!(timed.iter().zip(&at_rest).skip(TALKERS).all(|(timed, at_rest)| timed != at_rest), "{moment:?}");
        }
    }

    #[test]
    fn the_ducker_begins_and_ends_in_the_tick_that_is_timed() {
        let mut scene = scene();
        let mut events = scene.room.controller().talk_events().unwrap();
        for begins in [false, true] {
            scene.lead_to(if begins { Moment::Begins } else { Moment::Ends }).unwrap();
            events.by_ref().for_each(drop);
            scene.room.settle(1).unwrap();
            let begun = events.by_ref().any(|event| matches!(event.kind, TalkEventKind::Started { .. }));
            assert_eq!(begun, begins);
            assert_eq!(scene.room.controller().readings("0").unwrap().source.active, begins);
        }
    }

    #[test]
    fn the_largest_room_has_a_time_to_take_its_rows_up_in() {
        let mut measured = Measured::default();
        for (name, seconds) in ROWS[1].names.into_iter().zip([0.001, 0.0021, 0.002, 0.003, 0.0031]) {
            measured.record(Key::new(name, 10_000), seconds);
        }
        let lines = lines_of(&ROWS[1], 10_000, &measured).unwrap();
        let met: Vec<_> = lines.iter().map(|line| line.goals.iter().map(|goal| goal.met).collect::<Vec<_>>()).collect();
        assert_eq!(met, [vec![], vec![false], vec![], vec![true], vec![false]]);
    }
}
