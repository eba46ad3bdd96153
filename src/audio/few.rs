//! Mixes of a few signals at gains that rest, each made from its first sample to its last one, many by one call: what there is to do beside the samples is done once.

use std::ops::Range;

use super::{
    plan::Sum,
    program::Program,
    row_envelope::Envelope,
    worker::{Portion, Scene},
};
use crate::{
    data::memory::room,
    kernel::{FewRow, Lanes, Measured, Signals, Stack, Tile},
};

/// Mixes that are made before they are limited: their measures are near while they wait, and so are most of the mixes.
const AT_ONCE: usize = 32;

/// The mixes of a few sources.
#[derive(Debug)]
pub(crate) struct Few {
    rows: Vec<FewRow>,
    /// The numbers of the groups whose mixes have an envelope.
    ducked: Vec<u32>,
}

impl Few {
    /// Room for the rows of `places` participants. Allocates: control side.
    pub fn new(places: usize) -> Self {
        Self { rows: room(places, FewRow::default()), ducked: room(places, 0) }
    }

    /// Begins with another part.
    pub fn clear(&mut self) {
        self.rows.clear();
        self.ducked.clear();
    }

    /// Takes note of a group that is a few sources as they are.
    pub fn note(&mut self, number: u32, program: Program) {
        if program.is_few() { self.rows.push(program.row(number)) } else { self.ducked.push(number) }
    }

    /// Makes the mixes of the groups that were noted.
    pub fn add(&mut self, envelope: &mut Envelope, portion: &mut Portion<'_>, scene: Scene<'_>) {
        let signals = Signals { frames: scene.frames.after(0), derived: Stack::NOTHING };
        add_whole(&self.rows, signals, portion, scene);
        for number in self.ducked.iter().map(|number| *number as usize) {
            portion.lanes[number] = Lanes::NOTHING;
            add_ducked(number, 0..scene.frames.panels(), signals, envelope, portion, scene);
            portion.finish(number, portion.lanes[number].measured(), scene);
        }
    }
}

/// Makes the mixes of some rows, with their limiters and measures.
pub(super) fn add_whole(rows: &[FewRow], signals: Signals<'_>, portion: &mut Portion<'_>, scene: Scene<'_>) {
    for rows in rows.chunks(AT_ONCE) {
        let mut measured = [Measured::default(); AT_ONCE];
        let (weights, panels) = (scene.programs.weights(), scene.frames.panels());
        scene.shared.kernel.add_few_whole(rows, weights, signals, panels, portion.mixes, &mut measured[..rows.len()]);
        for (row, measured) in rows.iter().zip(measured) {
            portion.finish(row.number as usize, measured, scene);
        }
    }
}

/// Makes the mix of a row that has an envelope over some panels, and goes on measuring it.
pub(super) fn add_ducked(
    number: usize,
    panels: Range<usize>,
    signals: Signals<'_>,
    envelope: &mut Envelope,
    portion: &mut Portion<'_>,
    scene: Scene<'_>,
) {
    let group = &portion.groups[number];
    let Sum::Program(program) = group.sum else { return };
    let (terms, listener) = (scene.programs.of(program), &scene.listeners[group.first as usize]);
    let envelope = envelope.of(listener, panels.start * Tile::SAMPLES, panels.len() * Tile::SAMPLES, scene);
    let out = &mut portion.mixes[number * scene.frames.panels()..][panels];
    scene.shared.kernel.add_few_ducked(out, signals, terms.into(), envelope, &mut portion.lanes[number]);
}
