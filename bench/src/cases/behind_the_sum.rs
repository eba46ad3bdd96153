//! The cost of the limiter and the detectors, which come with every mix beside its sum.

use mixminus::{Detector, InstructionSet, JoinOptions, MixerConfig};

use super::four_talkers::TALKERS;
use crate::{
    Result,
    cases::Case,
    contender::{Contender, Key, OURS},
    line::{Goal, Line},
    room::Room,
    session::Session,
};

/// The case.
pub const CASE: Case = Case {
    name: "behind_the_sum",
    about: "the room of four_talkers with limiter and energy detectors, beside the same without (meters on)",
    run,
};

const SIZE: usize = 1000;
const BARE: &str = "mixminus, bare";
/// How many times as long as the bare mixer a tick may take.
const LIMIT: f64 = 1.5;

fn run(session: &Session) -> Result<Vec<Line>> {
    let (ours, bare) = (Key::new(OURS, SIZE), Key::new(BARE, SIZE));
    let mut full = Room::new(session.kernel, SIZE, TALKERS)?.configured()?;
    let mut without = self::bare(session.kernel, SIZE)?;
    let contenders =
        vec![Contender::repeated(ours, move || full.tick()), Contender::repeated(bare, move || without.tick())];
    let measured = session.measure(contenders, 6.0)?;
    let line = |key| Line::tick(CASE.name, key, &measured)?.of_pairs(TALKERS, SIZE).beside(bare, &measured);
    let goal = Goal::at_most(LIMIT, "without them", measured.ratio(ours, bare)?);
    Ok(vec![line(ours)?.goal(goal), line(bare)?.noting("no limiter, the host's detectors")])
}

/// A room of so many with neither limiter nor energy detectors.
fn bare(kernel: InstructionSet, size: usize) -> Result<Room> {
    let config = MixerConfig { limiter: None, instruction_set: Some(kernel), ..MixerConfig::default() };
    let options = JoinOptions { detector: Detector::Host, ..JoinOptions::default() };
    Room::with(config, options, size, TALKERS)?.configured()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_rooms_duck() {
        // The host says that its talkers are active, so the bare room ducks, too.
        let kernel = InstructionSet::Portable;
        let heard = |mut room: Room| room.heard().unwrap();
        let full = Room::new(kernel, 20, TALKERS).and_then(Room::configured).unwrap();
        assert_eq!(heard(bare(kernel, 20).unwrap()), heard(full));
    }
}
