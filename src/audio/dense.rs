//! Rows in which most gains differ: the product of a few rows of gains at a time with all signals.

use super::{
    plan::Sum,
    resting::Resting,
    worker::{Envelope, Portion, Scene},
};
use crate::{
    kernel::{Lanes, ROWS, Signals, Terms, Tile, Weight},
    memory::filled,
};

/// Rows of gains that are multiplied before the next ones are written: enough to read the signals of a panel many times while they are near.
const BATCH: usize = 32;

/// The products that follow each other in one f32 sum: see the kernel. Where an envelope is still to come there is less room for rounding.
const CHAIN: usize = 8;
const DUCKED_CHAIN: usize = 6;

/// The gains of a batch.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Rows of gains, one behind the other.
    gains: Vec<f32>,
    rows: Vec<Row>,
}

/// A group, as its number in the part, and which of its gains a row has: those that are ducked, or those that are not.
#[derive(Debug, Clone, Copy, Default)]
struct Row {
    group: usize,
    ducked: bool,
}

impl Batch {
    /// Room for the gains of `places` sources. Allocates: control side.
    pub fn new(places: usize) -> Self {
        Self { gains: filled(BATCH * places, 0.0), rows: crate::memory::room(BATCH, Row::default()) }
    }
}

/// Adds up the dense groups of a part.
pub(crate) fn add(batch: &mut Batch, envelope: &mut Envelope, portion: &mut Portion<'_>, scene: Scene<'_>) {
    let audible = scene.heard.audible.len();
    batch.rows.clear();
    for group in 0..portion.groups.len() {
        let slot = portion.groups[group].first;
        let listener = &scene.listeners[slot as usize];
        if !matches!(portion.groups[group].sum, Sum::Dense) {
            continue;
        }
        let Some(resting) = Resting::of(listener, slot, scene.heard) else { continue };
        portion.lanes[group] = Lanes::NOTHING;
        if batch.rows.len() + 2 > BATCH {
            multiply(batch, envelope, portion, scene);
        }
        for ducked in [false, true].into_iter().take(if resting.ducks() { 2 } else { 1 }) {
            resting.fill(&mut batch.gains[batch.rows.len() * audible..][..audible], ducked);
            batch.rows.push(Row { group, ducked });
        }
    }
    multiply(batch, envelope, portion, scene);
}

/// Multiplies the rows of the batch with all signals, and forgets them.
fn multiply(batch: &mut Batch, envelope: &mut Envelope, portion: &mut Portion<'_>, scene: Scene<'_>) {
    let audible = scene.heard.audible.len();
    for panel in 0..scene.frames.panels() {
        let mut products = [Tile::SILENCE; BATCH + ROWS];
        for first in (0..batch.rows.len()).step_by(ROWS) {
            let gains = std::array::from_fn(|n| {
                let row = (first + n).min(batch.rows.len() - 1);
                &batch.gains[row * audible..][..audible]
            });
            let chain = if batch.rows.iter().any(|row| row.ducked) { DUCKED_CHAIN } else { CHAIN };
            let Some(out) = products[first..].first_chunk_mut::<ROWS>() else { break };
            scene.shared.kernel.multiply(out, scene.frames.panel(panel), scene.heard.signals, gains, chain);
        }
        for (n, row) in batch.rows.iter().enumerate().filter(|(_, row)| !row.ducked) {
            let ducks = batch.rows.get(n + 1).is_some_and(|next| next.ducked);
            let weight = |signal: usize| [Weight { signal: signal as u32, gain: 1.0 }];
            let (open, ducked) = (weight(n), weight(n + 1));
            let listener = &scene.listeners[portion.groups[row.group].first as usize];
            let at = panel * Tile::SAMPLES;
            let envelope = if ducks { envelope.of(listener, at, Tile::SAMPLES, &scene.heard) } else { &[] };
            let terms = Terms { open: &open, ducked: &ducked, envelope, ..Terms::of(&scene.shared.curve) };
            let signals = Signals { frames: &products, derived: &[] };
            let out = &mut portion.mixes[row.group * scene.frames.panels() + panel];
            scene.shared.kernel.add_tile(out, 0, signals, &terms, &mut portion.lanes[row.group]);
        }
    }
    batch.rows.clear();
}
