//! Mixes of a few signals at gains that rest, each made from its first sample to its last one, many by one call: what there is to do beside the samples is done once.

use super::{
    plan::{Group, Sum},
    row_envelope::Envelope,
    worker::{Portion, Scene},
};
use crate::{
    kernel::{FewRow, Lanes, Measured, Signals, Stack, Tile},
    memory::room,
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

    /// Looks for those groups of a part that are a few sources as they are.
    pub fn find(&mut self, groups: &[Group]) {
        self.rows.clear();
        self.ducked.clear();
        for (number, group) in (0..).zip(groups) {
            match group.sum {
                Sum::Program(program) if program.derived => {}
                Sum::Program(program) if program.is_few() => self.rows.push(program.row(number)),
                Sum::Program(program) if program.is_few_ducked() => self.ducked.push(number),
                _ => {}
            }
        }
    }

    /// Makes the mixes of the groups that were found.
    pub fn add(&mut self, envelope: &mut Envelope, portion: &mut Portion<'_>, scene: Scene<'_>) {
        let signals = Signals { frames: scene.frames.after(0), derived: Stack::NOTHING };
        add_whole(&self.rows, signals, portion, scene);
        for number in &self.ducked {
            add_ducked(*number as usize, envelope, portion, scene);
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

/// Makes the mix of a row that has an envelope.
fn add_ducked(number: usize, envelope: &mut Envelope, portion: &mut Portion<'_>, scene: Scene<'_>) {
    let (group, panels) = (&portion.groups[number], scene.frames.panels());
    let Sum::Program(program) = group.sum else { return };
    let (open, ducked) = scene.programs.of(program);
    let listener = &scene.listeners[group.first as usize];
    let envelope = envelope.of(listener, 0, panels * Tile::SAMPLES, scene);
    let (out, mut lanes) = (&mut portion.mixes[number * panels..][..panels], Lanes::NOTHING);
    let signals = Signals { frames: scene.frames.after(0), derived: Stack::NOTHING };
    scene.shared.kernel.add_few_ducked(out, signals, [open, ducked], envelope, &mut lanes);
    portion.finish(number, lanes.measured(), scene);
}
