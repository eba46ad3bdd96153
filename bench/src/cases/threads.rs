//! A tick of one room on two threads.

use mixminus::{InstructionSet, JoinOptions, MixerConfig};

use crate::{
    Result,
    cases::Case,
    contender::{Contender, Key, OURS},
    line::{Goal, Line},
    room::Room,
    session::Session,
};

/// The case.
pub const CASE: Case =
    Case { name: "threads", about: "the dense room on two of rayon's threads, beside one; needs two idle cores", run };

const SIZE: usize = 1024;
const TWO: &str = "mixminus, two threads";
/// How many times as fast as one thread two have to be.
const LEAST: f64 = 1.8;

fn run(session: &Session) -> Result<Vec<Line>> {
    let (one, two) = (Key::new(OURS, SIZE), Key::new(TWO, SIZE));
    let mut alone = Room::new(session.kernel, SIZE, SIZE)?.dense()?;
    let mut shared = shared(session.kernel, SIZE)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build()?;
    let contenders = vec![
        Contender::repeated(one, move || alone.tick()),
        Contender::repeated(two, move || {
            pool.install(|| shared.tick_on_rayon().map_err(|fault| fault.to_string())).map_err(Into::into)
        }),
    ];
    let measured = session.measure(contenders, 10.0)?;
    let line = |key| Line::tick(CASE.name, key, &measured)?.of_pairs(SIZE, SIZE).beside(one, &measured);
    let goal = Goal::faster(LEAST, "one thread", measured.ratio(one, two)?);
    Ok(vec![line(one)?, line(two)?.goal(goal)])
}

/// The dense room in a mixer that two threads may share.
fn shared(kernel: InstructionSet, size: usize) -> Result<Room> {
    let config = MixerConfig { workers: 2, instruction_set: Some(kernel), ..MixerConfig::default() };
    Room::with(config, JoinOptions::default(), size, size)?.dense()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KERNEL: InstructionSet = InstructionSet::Portable;

    #[test]
    fn two_threads_hear_what_one_does() {
        let (mut two, mut one) =
            (shared(KERNEL, 40).unwrap(), Room::new(KERNEL, 40, 40).and_then(Room::dense).unwrap());
        two.tick_on_rayon().unwrap();
        one.tick().unwrap();
        assert!(two.heard().unwrap() == one.heard().unwrap());
    }
}
