//! Rows with a gain for every audible source: the product of a few rows of gains at a time with all signals. That is every row of a small room, and
//! those of a large one in which most gains differ.

use std::ops::Range;

use super::{
    plan::{Group, Sum},
    program::Program,
    resting::Resting,
    worker::{Envelope, Portion, Scene},
};
use crate::{
    kernel::{BLOCK, Lanes, ROWS, Row, Running, Signals, Stack, Terms, Tile, Weight},
    memory::{filled, room},
};

/// Rows of gains that are multiplied before the next ones are written: enough to read the signals of a panel many times while they are near.
const BATCH: usize = 32;

/// The products that follow each other in one f32 sum: see the kernel. Where an envelope is still to come there is less room for rounding.
const CHAIN: usize = 8;
const DUCKED_CHAIN: usize = 6;

/// The gains of a batch.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Rows of gains, one behind the other: those that are not ducked, then those that are, of each group that has both.
    gains: Vec<f32>,
    /// The groups, as their numbers in the part, and whether they have both.
    groups: Vec<(usize, bool)>,
    rows: usize,
    sums: [Running; BATCH],
}

impl Batch {
    /// Room for the gains of `places` sources. Allocates: control side.
    pub fn new(places: usize) -> Self {
        Self { gains: filled(BATCH * places, 0.0), groups: room(BATCH, (0, false)), rows: 0, sums: [Running::NOTHING; BATCH] }
    }
}

/// Whether a group's mix is made here.
pub(crate) fn is_dense(group: &Group) -> bool {
    matches!(group.sum, Sum::Dense | Sum::Program(Program { derived: false, .. }))
}

/// With fewer sources, all panels of a row are made one after the other: they are near enough.
const NEAR: usize = 64;

/// Adds up the dense groups of a part.
pub(crate) fn add(batch: &mut Batch, envelope: &mut Envelope, portion: &mut Portion<'_>, scene: Scene<'_>) {
    let audible = scene.heard.audible.len();
    for number in 0..portion.groups.len() {
        let group = &portion.groups[number];
        if !is_dense(group) {
            continue;
        }
        portion.lanes[number] = Lanes::NOTHING;
        let gains = &mut batch.gains[batch.rows * audible..][..2 * audible];
        let ducks = write_gains(gains, group, scene);
        batch.rows += 1 + usize::from(ducks);
        batch.groups.push((number, ducks));
        if batch.rows + 2 > BATCH {
            multiply(batch, envelope, portion, scene);
        }
    }
    multiply(batch, envelope, portion, scene);
}

/// Writes the gains of a group that are not ducked, and behind them, if it has any, those that are. Whether it has.
fn write_gains(gains: &mut [f32], group: &Group, scene: Scene<'_>) -> bool {
    let (open, ducked) = gains.split_at_mut(scene.heard.audible.len());
    if let Sum::Program(program) = group.sum {
        let weights = scene.programs.of(program);
        expand(weights.0, open, scene.heard.signals);
        if program.ducks() {
            expand(weights.1, ducked, scene.heard.signals);
        }
        return program.ducks();
    }
    let listener = &scene.listeners[group.first as usize];
    let Some(resting) = Resting::of(listener, group.first, scene.heard) else { return false };
    resting.fill(open, false);
    if resting.ducks() {
        resting.fill(ducked, true);
    }
    resting.ducks()
}

/// The gains of a program, which are in the order of the signals, with a zero for each signal that it does not name.
fn expand(weights: &[Weight], gains: &mut [f32], signals: &[u32]) {
    let mut weights = weights.iter().peekable();
    for (gain, signal) in gains.iter_mut().zip(signals) {
        *gain = weights.next_if(|weight| weight.signal == *signal).map_or(0.0, |weight| weight.gain);
    }
}

/// Multiplies the rows of the batch with all signals, and forgets them.
fn multiply(batch: &mut Batch, envelope: &mut Envelope, portion: &mut Portion<'_>, scene: Scene<'_>) {
    let panels = if batch.rows > 0 { scene.frames.panels() } else { 0 };
    if batch.groups.iter().any(|(_, ducks)| *ducks) {
        (0..panels).for_each(|panel| multiply_ducked(batch, panel, envelope, portion, scene));
    } else {
        let span = if scene.heard.audible.len() <= NEAR { panels.max(1) } else { 1 };
        (0..panels).step_by(span).for_each(|panel| multiply_open(batch, panel..panel + span, portion, scene));
    }
    batch.groups.clear();
    batch.rows = 0;
}

/// Rows without an envelope are written where they belong.
fn multiply_open(batch: &mut Batch, panels: Range<usize>, portion: &mut Portion<'_>, scene: Scene<'_>) {
    let mixes = portion.mixes.chunks_exact_mut(scene.frames.panels());
    let (mut places, mut next) = (mixes.zip(&mut *portion.lanes), 0);
    let (all, sums) = (batch.gains.chunks_exact(scene.heard.audible.len()), &mut batch.sums);
    let mut gains = all.zip(&batch.groups).map(|(gains, (group, _))| {
        let place = places.nth(group - next);
        next = group + 1;
        place.map(|(mix, lanes)| Row { gains, out: &mut mix[panels.clone()], lanes })
    });
    multiply_rows(std::iter::from_fn(|| gains.next().flatten()), panels.clone(), sums, CHAIN, scene);
}

/// Multiplies rows with all signals, over some panels; over one if there are many signals.
fn multiply_rows<'a>(
    rows: impl Iterator<Item = Row<'a>>,
    panels: Range<usize>,
    sums: &mut [Running; BATCH],
    chain: usize,
    scene: Scene<'_>,
) {
    let (frames, signals) = (scene.frames.from_panel(panels.start), scene.heard.signals);
    let (mut batch, mut count) = ([const { None }; BATCH], 0_usize);
    for (place, row) in batch.iter_mut().zip(rows) {
        (*place, count) = (Some(row), count + 1);
    }
    let quads = batch.as_chunks_mut::<ROWS>().0.iter_mut().take(count.div_ceil(ROWS));
    if signals.len() <= BLOCK {
        return quads.for_each(|rows| scene.shared.kernel.multiply(rows, frames, signals, chain));
    }
    multiply_blocks(&mut batch[..count.next_multiple_of(ROWS).min(BATCH)], frames, sums, chain, scene);
}

/// The same over one panel, block by block of many signals: a block stays near while all rows are multiplied with it.
fn multiply_blocks(
    rows: &mut [Option<Row<'_>>],
    panel: Stack<'_>,
    sums: &mut [Running; BATCH],
    chain: usize,
    scene: Scene<'_>,
) {
    let (kernel, signals) = (scene.shared.kernel, scene.heard.signals);
    sums.fill(Running::NOTHING);
    for at in (0..signals.len()).step_by(BLOCK) {
        let block = at..(at + BLOCK).min(signals.len());
        for (rows, sums) in rows.as_chunks::<ROWS>().0.iter().zip(sums.as_chunks_mut::<ROWS>().0) {
            let Some(first) = rows[0].as_ref().map(|row| row.gains) else { continue };
            // Rows that are not there are made like the first one, and not written.
            let gains = rows.each_ref().map(|row| &row.as_ref().map_or(first, |row| row.gains)[block.clone()]);
            kernel.multiply_on(sums, gains, panel, &signals[block.clone()], chain);
        }
    }
    for (row, sums) in rows.iter_mut().flatten().zip(sums) {
        kernel.round_off(sums, &mut row.out[0], row.lanes);
    }
}

/// Where there are envelopes, products are put together in a second step.
fn multiply_ducked(
    batch: &mut Batch,
    panel: usize,
    envelope: &mut Envelope,
    portion: &mut Portion<'_>,
    scene: Scene<'_>,
) {
    let (kernel, panels) = (scene.shared.kernel, scene.frames.panels());
    let (mut products, mut lanes) = ([Tile::SILENCE; BATCH], [Lanes::NOTHING; BATCH]);
    let gains = batch.gains.chunks_exact(scene.heard.audible.len()).take(batch.rows);
    let rows = gains.zip(products.chunks_exact_mut(1).zip(&mut lanes));
    let rows = rows.map(|(gains, (out, lanes))| Row { gains, out, lanes });
    multiply_rows(rows, panel..panel + 1, &mut batch.sums, DUCKED_CHAIN, scene);
    let weight = |signal: usize| [Weight { signal: signal as u32, gain: 1.0 }];
    let mut row = 0;
    for (number, ducks) in &batch.groups {
        let (open, ducked) = (weight(row), weight(row + 1));
        row += 1 + usize::from(*ducks);
        let listener = &scene.listeners[portion.groups[*number].first as usize];
        let at = panel * Tile::SAMPLES;
        let envelope = if *ducks { envelope.of(listener, at, Tile::SAMPLES, &scene.heard) } else { &[] };
        let terms = Terms { open: &open, ducked: &ducked, envelope, ..Terms::of(&scene.shared.curve) };
        let signals = Signals { frames: Stack { tiles: &products, stride: 1 }, panel: 0, derived: &[] };
        kernel.add_tile(&mut portion.mixes[number * panels + panel], 0, signals, &terms, &mut portion.lanes[*number]);
    }
}
