//! The conference mixers of other media servers in Rust, called as their servers call them.

use crate::{
    Result,
    cases::Case,
    contender::{Contender, Key, OURS},
    line::{Goal, Line},
    peers::{RSIPRTP, RUSTPBX, Rsiprtp, Rustpbx},
    room::Room,
    rounds::Measured,
    session::Session,
};

/// The case.
pub const CASE: Case = Case {
    name: "peers",
    about: "everybody talks and hears the next at half its level, in i16; beside the mixers of other servers",
    run,
};

/// The sizes of the rooms, and how many times as fast as with rustpbx a tick has to be there.
const SIZES: [(usize, f64); 2] = [(15, 50.0), (100, 200.0)];
/// The largest conference of rsiprtp, and how many times as fast as with it a tick has to be there.
const RSIPRTP_SIZE: (usize, f64) = (15, 50.0);

fn run(session: &Session) -> Result<Vec<Line>> {
    let mut contenders = Vec::new();
    for (size, _) in SIZES {
        let mut room = Room::new(session.kernel, size, size)?.next_at_half()?;
        let mut rustpbx = Rustpbx::new(size)?;
        contenders.push(Contender::repeated(Key::new(OURS, size), move || room.tick_i16()));
        contenders.push(Contender::timed(Key::new(RUSTPBX, size), move || rustpbx.round()));
    }
    let mut rsiprtp = Rsiprtp::new(RSIPRTP_SIZE.0);
    contenders.push(Contender::repeated(Key::new(RSIPRTP, RSIPRTP_SIZE.0), move || {
        rsiprtp.tick();
        Ok(())
    }));
    let measured = session.measure(contenders, 20.0)?;
    let mut lines = Vec::new();
    for (size, least) in SIZES {
        lines.extend(lines_of(size, least, &measured)?);
    }
    Ok(lines)
}

fn lines_of(size: usize, least: f64, measured: &Measured) -> Result<Vec<Line>> {
    let key = |name| Key::new(name, size);
    let here: Vec<_> = [RUSTPBX, RSIPRTP].map(key).into_iter().filter(|key| measured.has(*key)).collect();
    let best = measured.fastest(&here)?;
    let line = |key| Line::tick(CASE.name, key, measured)?.of_pairs(size, size).beside(best, measured);
    let mut ours = line(key(OURS))?;
    for peer in &here {
        let (least, name) = if peer.name == RSIPRTP { (RSIPRTP_SIZE.1, "rsiprtp") } else { (least, "rustpbx") };
        ours = ours.goal(Goal::faster(least, name, measured.ratio(*peer, key(OURS))?));
    }
    let mut lines = vec![ours];
    for peer in here {
        lines.push(line(peer)?);
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_is_compared_with_each_of_them() {
        let mut measured = Measured::default();
        for (name, seconds) in [(OURS, 1.0), (RUSTPBX, 60.0), (RSIPRTP, 40.0)] {
            measured.record(Key::new(name, 15), seconds);
        }
        let lines = lines_of(15, 50.0, &measured).unwrap();
        assert_eq!(lines[0].ratio, Some((0.025, Key::new(RSIPRTP, 15))));
        assert_eq!(lines[0].goals.iter().map(|goal| goal.met).collect::<Vec<_>>(), [true, false]);
    }
}
