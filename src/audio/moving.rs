//! How a large row is put together in which single gains move: as products at both ends of the moves.
//!
//! Moves that began together run along the same line. A mix of gains that do is the product with the gains that they start from, falling along it, and the product
//! with those that they head for, rising. Where the smoothing time fits in a tick all moves are such, for they began with the tick.

use super::{Clock, compose::Heard, listener::Listener, row::Entry, segments::WORTHWHILE};
use crate::fade::Fade;

/// Rows of gains: open and ducked at the end of the moves; and at their start.
pub(crate) const PLANES: usize = 4;

/// How many samples of the moves of a row are over, if single gains move in it and all of them began together; and if it is so large that it is worth it.
pub(crate) fn samples_over(listener: &Listener, heard: Heard<'_>) -> Option<u32> {
    let (clock, gains) = (&heard.clock, &listener.gains);
    let moves = |fade: &Fade| fade.moving(clock.now, clock.timing);
    let apart = !gains.classes.is_empty() || clock.timing.moves_overlap() && heard.moving().next().is_some();
    if heard.audible.len() < WORTHWHILE || apart {
        return None;
    }
    let mut first = moves(&gains.unlisted).then(|| gains.unlisted.over(clock.now));
    // One pass: in a large room the entries of all rows are far away.
    for Entry { factor, exempt, own, .. } in &gains.entries {
        let moving = match (moves(factor), moves(exempt)) {
            (false, false) => None,
            (true, false) => Some(factor),
            (false, true) => Some(exempt),
            // A base and an exemption that move together are no line.
            (true, true) => return None,
        };
        let over = moving.map(|fade| fade.over(clock.now));
        if own.is_some() || over.is_some_and(|over| over != *first.get_or_insert(over)) {
            return None;
        }
    }
    first
}

/// Writes the gains of a row at both ends of its moves: as many as there are audible sources in each plane, or none in the ducked planes of a row whose
/// envelope does not move. Gains that are not moving are the same at both ends.
pub(crate) fn write_ends(planes: [&mut [f32]; PLANES], listener: &Listener, slot: u32, heard: Heard<'_>) {
    let (clock, gains) = (&heard.clock, &listener.gains);
    let mut ends = Ends { planes, level: listener.level };
    let unlisted = both_ends(gains.unlisted, clock);
    ends.fill(unlisted);
    for position in heard.moving() {
        ends.write(position, together(unlisted, position, heard), [0.0; 2]);
    }
    let presences_move = heard.moving().next().is_some();
    for entry in &gains.entries {
        let here = |_: &usize| heard.sources[entry.source.slot as usize].key == entry.source;
        if let Some(position) = heard.position(entry.source.slot).filter(here) {
            let mut factor = both_ends(entry.factor, clock);
            if presences_move {
                factor = together(factor, position, heard);
            }
            ends.write(position, factor, both_ends(entry.exempt, clock));
        }
    }
    if let Some(own) = heard.position(slot) {
        ends.write(own, [0.0; 2], [0.0; 2]);
    }
}

fn both_ends(fade: Fade, clock: &Clock<'_>) -> [f64; 2] {
    let settled = fade.settled(clock.now, clock.timing);
    [settled.start(), settled.target()]
}

/// The gain of a source at its presence: if that moves, what comes of both is one move, on which the signal already is.
fn together([start, target]: [f64; 2], position: usize, heard: Heard<'_>) -> [f64; 2] {
    let fade = heard.sources[heard.audible[position] as usize].presence.fade;
    match (fade.moving(heard.clock.now, heard.clock.timing), fade.target() > 0.0) {
        (false, _) => [start, target],
        (true, true) => [target; 2],
        (true, false) => [start; 2],
    }
}

struct Ends<'a> {
    planes: [&'a mut [f32]; PLANES],
    level: Option<f64>,
}

impl Ends<'_> {
    /// The gains of a base and an exemption, each at the start and at the end, in the order of the planes.
    fn gains(&self, [b0, b1]: [f64; 2], [w0, w1]: [f64; 2]) -> [f32; PLANES] {
        let gains = match self.level {
            Some(level) => [b1 * (w1 + (1.0 - w1) * level), 0.0, b0 * (w0 + (1.0 - w0) * level), 0.0],
            None => [b1 * w1, b1 * (1.0 - w1), b0 * w0, b0 * (1.0 - w0)],
        };
        gains.map(|gain| gain as f32)
    }

    fn fill(&mut self, base: [f64; 2]) {
        let gains = self.gains(base, [0.0; 2]);
        self.planes.iter_mut().zip(gains).for_each(|(plane, gain)| plane.fill(gain));
    }

    fn write(&mut self, position: usize, base: [f64; 2], exempt: [f64; 2]) {
        let gains = self.gains(base, exempt);
        for (plane, gain) in self.planes.iter_mut().zip(gains) {
            if let Some(out) = plane.get_mut(position) {
                *out = gain;
            }
        }
    }
}
