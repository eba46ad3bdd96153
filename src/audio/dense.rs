//! Rows with a gain for every audible source: the product of a few rows of gains at a time with all signals. That is every row of a small room, and
//! those of a large one in which most gains differ.

use std::ops::Range;

use super::{
    moving::{PLANES, write_ends},
    plan::{Group, Sum},
    resting::Resting,
    row_envelope::Envelope,
    worker::{Portion, Scene},
};
use crate::{
    kernel::{BLOCK, Lanes, Mover, Moving, ROWS, Row, Running, Signals, Stack, Terms, Tile, Weight},
    memory::{filled, room},
};

/// Rows of gains that are multiplied before the next ones are written: enough to read the signals of a panel many times while they are near.
const BATCH: usize = 40;

/// With fewer sources, all panels of a row are made one after the other: they are near enough.
const NEAR: usize = 64;

/// The gains of a batch.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Rows of gains, one behind the other: those of a group together.
    gains: Vec<f32>,
    /// The groups, as their numbers in the part; all have such rows.
    groups: Vec<usize>,
    each: Rows,
    sums: [Running; BATCH],
}

/// Which rows a group has.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Rows {
    /// A row of what is ducked, behind that of what is not.
    ducks: bool,
    /// The same again, of where its gains come from.
    moves: bool,
}

impl Rows {
    const ALL: [Self; 4] = [
        Self { ducks: false, moves: false },
        Self { ducks: true, moves: false },
        Self { ducks: false, moves: true },
        Self { ducks: true, moves: true },
    ];

    /// Those of a group, if its mix is made here.
    fn of(group: &Group, scene: Scene<'_>) -> Option<Self> {
        let listener = &scene.listeners[group.first as usize];
        match group.sum {
            Sum::Program(program) if scene.is_small() => Some(Self { ducks: program.ducks(), moves: false }),
            Sum::Dense => Some(Self { ducks: Resting::ducks(listener), moves: false }),
            Sum::Ends(_) => Some(Self { ducks: listener.level.is_none(), moves: true }),
            _ => None,
        }
    }

    fn count(self) -> usize {
        (1 + usize::from(self.ducks)) * (1 + usize::from(self.moves))
    }

    /// The products that follow each other in one f32 sum: see the kernel. Where an envelope or the parts of a move are still to come there is less room for
    /// rounding. It depends on the group alone, so that its bits do not depend on what it is made together with.
    fn chain(self) -> usize {
        match self.count() {
            1 => 8,
            2 => 5,
            _ => 3,
        }
    }
}

impl Batch {
    /// Room for the gains of `places` sources. Allocates: control side.
    pub fn new(places: usize) -> Self {
        Self {
            gains: filled(BATCH * places, 0.0),
            groups: room(BATCH, 0),
            each: Rows::default(),
            sums: [Running::NOTHING; BATCH],
        }
    }
}

/// Adds up the dense groups of a part.
pub(crate) fn add(batch: &mut Batch, envelope: &mut Envelope, portion: &mut Portion<'_>, scene: Scene<'_>) {
    let mut present = [false; Rows::ALL.len()];
    for rows in portion.groups.iter().filter_map(|group| Rows::of(group, scene)) {
        present[usize::from(rows.ducks) + 2 * usize::from(rows.moves)] = true;
    }
    for (each, _) in Rows::ALL.into_iter().zip(present).filter(|(_, present)| *present) {
        batch.each = each;
        for number in 0..portion.groups.len() {
            if Rows::of(&portion.groups[number], scene) == Some(each) {
                portion.lanes[number] = Lanes::NOTHING;
                batch.push(number, &portion.groups[number], scene);
                if (batch.groups.len() + 1) * each.count() > BATCH {
                    multiply(batch, envelope, portion, scene);
                }
            }
        }
        multiply(batch, envelope, portion, scene);
    }
}

impl Batch {
    /// Writes the rows of a group.
    fn push(&mut self, number: usize, group: &Group, scene: Scene<'_>) {
        let audible = scene.heard.audible.len();
        let size = self.each.count() * audible;
        let rows = &mut self.gains[self.groups.len() * size..][..size];
        let (listener, slot) = (&scene.listeners[group.first as usize], group.first);
        let mut rows_of_plane = rows.chunks_exact_mut(audible);
        let mut planes: [&mut [f32]; PLANES] = std::array::from_fn(|_| rows_of_plane.next().unwrap_or_default());
        match group.sum {
            Sum::Program(program) => {
                let weights = scene.programs.of(program);
                expand(weights.0, planes[0], scene.heard.signals);
                expand(weights.1, planes[1], scene.heard.signals);
            }
            Sum::Ends(_) => {
                if !self.each.ducks {
                    // Its second row is the first one's start.
                    planes.swap(1, 2);
                }
                write_ends(planes, listener, slot, scene.heard);
            }
            _ => {
                if let Some(resting) = Resting::of(listener, slot, scene.heard) {
                    let [open, ducked, ..] = planes;
                    resting.fill(open, false);
                    if self.each.ducks {
                        resting.fill(ducked, true);
                    }
                }
            }
        }
        self.groups.push(number);
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
    let panels = if batch.groups.is_empty() { 0 } else { scene.frames.panels() };
    if batch.each.count() > 1 {
        (0..panels).for_each(|panel| multiply_parts(batch, panel, envelope, portion, scene));
    } else {
        let span = if scene.heard.audible.len() <= NEAR { panels.max(1) } else { 1 };
        (0..panels).step_by(span).for_each(|panel| multiply_whole(batch, panel..panel + span, portion, scene));
    }
    batch.groups.clear();
}

/// Rows that are whole mixes are written where they belong.
fn multiply_whole(batch: &mut Batch, panels: Range<usize>, portion: &mut Portion<'_>, scene: Scene<'_>) {
    let mixes = portion.mixes.chunks_exact_mut(scene.frames.panels());
    let (mut places, mut next) = (mixes.zip(&mut *portion.lanes), 0);
    let (all, sums) = (batch.gains.chunks_exact(scene.heard.audible.len()), &mut batch.sums);
    let mut gains = all.zip(&batch.groups).map(|(gains, number)| {
        let place = places.nth(number - next);
        next = number + 1;
        place.map(|(mix, lanes)| Row { gains, out: &mut mix[panels.clone()], lanes })
    });
    multiply_rows(std::iter::from_fn(|| gains.next().flatten()), panels.clone(), sums, batch.each.chain(), scene);
}

/// Multiplies rows with all signals, over some panels; over one if there are many signals.
fn multiply_rows<'a>(
    rows: impl Iterator<Item = Row<'a>>,
    panels: Range<usize>,
    sums: &mut [Running; BATCH],
    chain: usize,
    scene: Scene<'_>,
) {
    let (frames, signals) = (scene.frames.after(panels.start), scene.heard.signals);
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
    let each = batch.each;
    let gains = batch.gains.chunks_exact(scene.heard.audible.len()).take(batch.groups.len() * each.count());
    let rows = gains.zip(products.chunks_exact_mut(1).zip(&mut lanes));
    let rows = rows.map(|(gains, (out, lanes))| Row { gains, out, lanes });
    multiply_rows(rows, panel..panel + 1, &mut batch.sums, each.chain(), scene);
    for (number, products) in batch.groups.iter().zip(products.chunks_exact(each.count())) {
        let listener = &scene.listeners[portion.groups[*number].first as usize];
        let at = panel * Tile::SAMPLES;
        let envelope = match (each.ducks, each.moves) {
            (false, _) => &[],
            (true, false) => envelope.of(listener, at, Tile::SAMPLES, &scene.heard),
            (true, true) => envelope.of_ducking(listener, at, Tile::SAMPLES, &scene.heard),
        };
        let out = &mut portion.mixes[number * scene.frames.panels() + panel];
        let over = if let Sum::Ends(over) = portion.groups[*number].sum { over } else { 0 };
        put_together(out, &mut portion.lanes[*number], each, products, (envelope, at as u32 + over), scene);
    }
}

/// The mix of one group from its products.
fn put_together(
    out: &mut Tile,
    lanes: &mut Lanes,
    rows: Rows,
    products: &[Tile],
    (envelope, over): (&[f32], u32),
    scene: Scene<'_>,
) {
    let signals = Signals { frames: Stack { tiles: products, stride: 1 }, panel: 0, derived: &[] };
    let weight = |plane: usize| [Weight { signal: plane as u32, gain: 1.0 }];
    let line = |plane: usize, start: f32, target: f32| {
        let mover = Mover { over, start, target };
        Moving { signal: plane as u32, movers: [mover, Mover::NONE, Mover::NONE], count: 1, ..Moving::NONE }
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
