//! Rows with a gain for every audible source: the product of a few rows of gains at a time with all signals. That is every row of a small room, and
//! those of a large one in which most gains differ.

use std::ops::Range;

use super::{
    moving::{PLANES, write_ends},
    plan::{Group, Sum},
    resting::Resting,
    worker::{Envelope, Portion, Scene},
};
use crate::{
    kernel::{BLOCK, Lanes, Mover, Moving, ROWS, Row, Running, Signals, Stack, Terms, Tile, Weight},
    memory::{filled, room},
};

/// Rows of gains that are multiplied before the next ones are written: enough to read the signals of a panel many times while they are near.
const BATCH: usize = 64;

/// The products that follow each other in one f32 sum: see the kernel. Where an envelope or the parts of a move are still to come there is less room for rounding.
const CHAIN: usize = 8;
const CHAIN_OF_PARTS: usize = 6;
const CHAIN_OF_DUCKED_PARTS: usize = 4;

/// With fewer sources, all panels of a row are made one after the other: they are near enough.
const NEAR: usize = 64;

/// The gains of a batch.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Rows of gains, one behind the other: those of a group together.
    gains: Vec<f32>,
    groups: Vec<Rows>,
    rows: usize,
    sums: [Running; BATCH],
}

/// The rows of one group, which is given by its number in the part. They are in the order of these.
#[derive(Debug, Clone, Copy, Default)]
struct Rows {
    number: usize,
    /// Whether it has a row of what is ducked, beside that of what is not; and whether it has the same again, of where its gains come from.
    ducks: bool,
    moves: bool,
}

impl Rows {
    fn count(self) -> usize {
        (1 + usize::from(self.ducks)) * (1 + usize::from(self.moves))
    }

    /// Whether its row is its mix.
    fn is_whole(self) -> bool {
        self.count() == 1
    }
}

impl Batch {
    /// Room for the gains of `places` sources. Allocates: control side.
    pub fn new(places: usize) -> Self {
        Self {
            gains: filled(BATCH * places, 0.0),
            groups: room(BATCH, Rows::default()),
            rows: 0,
            sums: [Running::NOTHING; BATCH],
        }
    }
}

/// Adds up the dense groups of a part.
pub(crate) fn add(batch: &mut Batch, envelope: &mut Envelope, portion: &mut Portion<'_>, scene: Scene<'_>) {
    let audible = scene.heard.audible.len();
    for number in 0..portion.groups.len() {
        let gains = &mut batch.gains[batch.rows * audible..][..PLANES * audible];
        let Some(rows) = write_gains(gains, number, &portion.groups[number], scene) else { continue };
        portion.lanes[number] = Lanes::NOTHING;
        batch.rows += rows.count();
        batch.groups.push(rows);
        if batch.rows + PLANES > BATCH {
            multiply(batch, envelope, portion, scene);
        }
    }
    multiply(batch, envelope, portion, scene);
}

/// Writes the rows of a group, if its mix is made here.
fn write_gains(gains: &mut [f32], number: usize, group: &Group, scene: Scene<'_>) -> Option<Rows> {
    let audible = scene.heard.audible.len();
    let (listener, slot) = (&scene.listeners[group.first as usize], group.first);
    let (open, rest) = gains.split_at_mut(audible);
    let (ducked, rest) = rest.split_at_mut(audible);
    match group.sum {
        Sum::Program(program) if !program.derived => {
            let weights = scene.programs.of(program);
            expand(weights.0, open, scene.heard.signals);
            if program.ducks() {
                expand(weights.1, ducked, scene.heard.signals);
            }
            Some(Rows { number, ducks: program.ducks(), moves: false })
        }
        Sum::Dense => {
            let resting = Resting::of(listener, slot, scene.heard)?;
            resting.fill(open, false);
            if resting.ducks() {
                resting.fill(ducked, true);
            }
            Some(Rows { number, ducks: resting.ducks(), moves: false })
        }
        Sum::Ends => {
            let (start, ducked_start) = rest.split_at_mut(audible);
            let ducks = listener.level.is_none();
            if ducks {
                write_ends([open, ducked, start, ducked_start], listener, slot, scene.heard);
            } else {
                // Two rows, side by side.
                write_ends([open, start, ducked, ducked_start], listener, slot, scene.heard);
            }
            Some(Rows { number, ducks, moves: true })
        }
        _ => None,
    }
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
    if batch.groups.iter().any(|rows| !rows.is_whole()) {
        (0..panels).for_each(|panel| multiply_parts(batch, panel, envelope, portion, scene));
    } else {
        let span = if scene.heard.audible.len() <= NEAR { panels.max(1) } else { 1 };
        (0..panels).step_by(span).for_each(|panel| multiply_whole(batch, panel..panel + span, portion, scene));
    }
    batch.groups.clear();
    batch.rows = 0;
}

/// Rows that are whole mixes are written where they belong.
fn multiply_whole(batch: &mut Batch, panels: Range<usize>, portion: &mut Portion<'_>, scene: Scene<'_>) {
    let mixes = portion.mixes.chunks_exact_mut(scene.frames.panels());
    let (mut places, mut next) = (mixes.zip(&mut *portion.lanes), 0);
    let (all, sums) = (batch.gains.chunks_exact(scene.heard.audible.len()), &mut batch.sums);
    let mut gains = all.zip(&batch.groups).map(|(gains, rows)| {
        let place = places.nth(rows.number - next);
        next = rows.number + 1;
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

/// Where there are envelopes, or moves, the products are put together in a second step.
fn multiply_parts(
    batch: &mut Batch,
    panel: usize,
    envelope: &mut Envelope,
    portion: &mut Portion<'_>,
    scene: Scene<'_>,
) {
    let (mut products, mut lanes) = ([Tile::SILENCE; BATCH], [Lanes::NOTHING; BATCH]);
    let gains = batch.gains.chunks_exact(scene.heard.audible.len()).take(batch.rows);
    let rows = gains.zip(products.chunks_exact_mut(1).zip(&mut lanes));
    let rows = rows.map(|(gains, (out, lanes))| Row { gains, out, lanes });
    let both = batch.groups.iter().any(|rows| rows.ducks && rows.moves);
    let chain = if both { CHAIN_OF_DUCKED_PARTS } else { CHAIN_OF_PARTS };
    multiply_rows(rows, panel..panel + 1, &mut batch.sums, chain, scene);
    let mut row = 0;
    for rows in &batch.groups {
        let listener = &scene.listeners[portion.groups[rows.number].first as usize];
        let at = panel * Tile::SAMPLES;
        let envelope = match (rows.ducks, rows.moves) {
            (false, _) => &[],
            (true, false) => envelope.of(listener, at, Tile::SAMPLES, &scene.heard),
            (true, true) => envelope.of_ducking(listener, at, Tile::SAMPLES, &scene.heard),
        };
        let out = &mut portion.mixes[rows.number * scene.frames.panels() + panel];
        put_together(out, &mut portion.lanes[rows.number], *rows, (&products, row), (envelope, at), scene);
        row += rows.count();
    }
}

/// The mix of one group from its products, the first of which is at `row`.
fn put_together(
    out: &mut Tile,
    lanes: &mut Lanes,
    rows: Rows,
    (products, row): (&[Tile], usize),
    (envelope, at): (&[f32], usize),
    scene: Scene<'_>,
) {
    let signals = Signals { frames: Stack { tiles: products, stride: 1 }, panel: 0, derived: &[] };
    let weight = |plane: usize| [Weight { signal: (row + plane) as u32, gain: 1.0 }];
    let line = |plane: usize, start: f32, target: f32| {
        let mover = Mover { over: at as u32, start, target };
        Moving { signal: (row + plane) as u32, movers: [mover, Mover::NONE, Mover::NONE], count: 1, ..Moving::NONE }
    };
    let again = 1 + usize::from(rows.ducks);
    let ends = |plane: usize| [line(plane, 0.0, 1.0), line(plane + again, 1.0, 0.0)];
    let (open, ducked, open_ends, ducked_ends) = (weight(0), weight(1), ends(0), ends(1));
    let empty = Terms { envelope, ..Terms::of(&scene.shared.curve) };
    let terms = match rows.moves {
        true => Terms { open_moving: &open_ends, ducked_moving: &ducked_ends, ..empty },
        false => Terms { open: &open, ducked: &ducked, ..empty },
    };
    scene.shared.kernel.add_tile(out, 0, signals, &terms, lanes);
}
