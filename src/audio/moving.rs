//! How a row is put together in which single gains move: as products at both ends of the moves, if there is one line for all of them.
//!
//! Moves that began together run along the same line. A mix of gains that do is the product with the gains that they start from, falling along it, and the product
//! with those that they head for, rising. Where the smoothing time fits in a tick all moves are such, for they began with the tick. In most tiles one product does,
//! of [`ramps`](super::ramps).

use super::{
    Arena, Clock,
    compose::{Heard, write_terms},
    entry::Entry,
    listener::Listener,
    plan::{Sum, heard},
};
use crate::data::fade::Fade;

/// Rows of gains: open and ducked at the end of the moves; and at their start.
pub(crate) const PLANES: usize = 4;

impl Arena {
    /// What a listener hears whose single gains move. The terms are made for it if it is [`Sum::Moving`].
    pub fn compose_moving(&mut self, slot: u32, clock: &Clock<'_>) -> Sum {
        let index = slot as usize;
        let heard = heard(&self.sources, &self.audible, &self.positions, &self.signals, clock);
        if let Some(over) = samples_over(&self.listeners[index], heard) {
            self.keep_ends(slot, clock);
            return Sum::Ends(over);
        }
        self.listeners[index].gains.spread_out();
        write_terms(&mut self.terms, &self.listeners[index], slot, heard);
        if self.terms.is_empty() { Sum::Silent } else { Sum::Moving }
    }
}

/// How many samples of the moves of a row are over, if single gains move in it and all of them began together.
fn samples_over(listener: &Listener, heard: Heard<'_>) -> Option<u32> {
    let (clock, gains) = (&heard.clock, &listener.gains);
    let moves = |fade: &Fade| fade.moving(clock.now, clock.timing);
    let apart = !gains.classes.is_empty() || clock.timing.moves_overlap() && heard.moving().next().is_some();
    if apart {
        return None;
    }
    if gains.departs() {
        return gains.departed_for(clock);
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
    let [end, ducked_end, start, ducked_start] = planes;
    let unlisted = both_ends(listener.gains.unlisted, &heard.clock);
    if let Some(level) = listener.level {
        end.fill((unlisted[1] * level) as f32);
        start.fill((unlisted[0] * level) as f32);
        return see_ends(listener, slot, unlisted, heard, |position, [b0, b1], [w0, w1]| {
            end[position] = (b1 * (w1 + (1.0 - w1) * level)) as f32;
            start[position] = (b0 * (w0 + (1.0 - w0) * level)) as f32;
        });
    }
    end.fill(0.0);
    start.fill(0.0);
    ducked_end.fill(unlisted[1] as f32);
    ducked_start.fill(unlisted[0] as f32);
    see_ends(listener, slot, unlisted, heard, |position, [b0, b1], [w0, w1]| {
        end[position] = (b1 * w1) as f32;
        ducked_end[position] = (b1 * (1.0 - w1)) as f32;
        start[position] = (b0 * w0) as f32;
        ducked_start[position] = (b0 * (1.0 - w0)) as f32;
    });
}

/// Sees the positions of all sources that are different from the rest, with their base and exemption: each at the start and at the end.
#[inline]
fn see_ends(
    listener: &Listener,
    slot: u32,
    unlisted: [f64; 2],
    heard: Heard<'_>,
    mut see: impl FnMut(usize, [f64; 2], [f64; 2]),
) {
    let (clock, gains) = (&heard.clock, &listener.gains);
    let mut presences_move = false;
    for position in heard.moving() {
        presences_move = true;
        see(position, together(unlisted, position, heard), [0.0; 2]);
    }
    // Whom a row lists is here: who leaves is taken off all rows.
    for (from, rest) in gains.from.iter().zip(&gains.at_rest) {
        if let Some(position) = heard.position(rest.slot) {
            let mut factor = [f64::from(*from), f64::from(rest.gain)];
            if presences_move {
                factor = together(factor, position, heard);
            }
            see(position, factor, if rest.ducks_others { [1.0; 2] } else { [0.0; 2] });
        }
    }
    for entry in &gains.entries {
        let here = |_: &usize| heard.sources[entry.source.slot as usize].key == entry.source;
        if let Some(position) = heard.position(entry.source.slot).filter(here) {
            let mut factor = both_ends(entry.factor, clock);
            if presences_move {
                factor = together(factor, position, heard);
            }
            see(position, factor, both_ends(entry.exempt, clock));
        }
    }
    if let Some(own) = heard.position(slot) {
        see(own, [0.0; 2], [0.0; 2]);
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
