//! What comes with every mix beside its sum: limiter, meters and detectors.

use mixminus::{Detector, JoinOptions, MixerConfig};

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
    about: "the room of four_talkers with limiter and energy detectors, beside the same without them (the meters stay on)",
    run,
};

const SIZE: usize = 1000;
const BARE: &str = "mixminus, bare";
/// How many times as long as the bare mixer a tick may take.
const LIMIT: f64 = 1.5;

fn run(session: &Session) -> Result<Vec<Line>> {
    let (ours, bare) = (Key::new(OURS, SIZE), Key::new(BARE, SIZE));
    let mut full = Room::new(SIZE, TALKERS)?.configured()?;
    let mut without = self::bare(SIZE)?;
    let contenders =
        vec![Contender::repeated(ours, move || full.tick()), Contender::repeated(bare, move || without.tick())];
    let measured = session.measure(contenders, 6.0)?;
    let line = |key| Line::tick(CASE.name, key, &measured)?.of_pairs(TALKERS, SIZE).beside(bare, &measured);
    let goal = Goal::at_most(LIMIT, "without them", measured.ratio(ours, bare)?);
    Ok(vec![line(ours)?.goal(goal), line(bare)?.noting("no limiter, the host's detectors")])
}

/// A room of so many with neither limiter nor energy detectors.
fn bare(size: usize) -> Result<Room> {
    let config = MixerConfig { limiter: None, ..MixerConfig::default() };
    let options = JoinOptions { detector: Detector::Host, ..JoinOptions::default() };
    Room::with(config, options, size, TALKERS)?.configured()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_rooms_duck() {
        // The host says that its talkers are active, so the bare room does the same work: it ducks.
        let heard = |mut room: Room| room.heard().unwrap();
        assert_eq!(heard(bare(20).unwrap()), heard(Room::new(20, TALKERS).and_then(Room::configured).unwrap()));
    }
}
