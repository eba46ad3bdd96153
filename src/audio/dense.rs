//! Rows with a gain for every audible source: the product of a few rows of gains at a time with all signals. That is every row of a small room, and
//! those of a large one in which most gains differ.

use super::{
    batch::{BATCH, Batch, Rows, WRITTEN},
    plan::Sum,
    row_envelope::Envelope,
    worker::{Portion, Scene},
};
use crate::kernel::{Depth, Lanes, ROWS, Row, Running, Tile, Together, Waiting};

/// What dense rows are made in.
#[derive(Debug)]
pub(crate) struct Dense {
    batch: Batch,
    products: [Tile; WRITTEN],
    sums: Sums,
}

/// The running sums of the rows of a batch over one panel, where there are many signals; and room for what waits.
#[derive(Debug)]
struct Sums {
    running: [Running; BATCH],
    waiting: Waiting,
}

impl Dense {
    /// Room for the gains of `places` sources. Allocates: control side.
    pub fn new(places: usize) -> Self {
        let sums = Sums { running: [Running::NOTHING; BATCH], waiting: Waiting::NOTHING };
        Self { batch: Batch::new(places), products: [Tile::SILENCE; WRITTEN], sums }
    }

    /// Adds up the dense groups of a part.
    pub fn add(&mut self, envelope: &mut Envelope, portion: &mut Portion<'_>, scene: Scene<'_>) {
        let mut present = [false; Rows::ALL.len()];
        for rows in portion.groups.iter().filter_map(|group| Rows::of(group, scene)) {
            present[usize::from(rows.ducks) + 2 * usize::from(rows.moves)] = true;
        }
        for (each, _) in Rows::ALL.into_iter().zip(present).filter(|(_, present)| *present) {
            self.batch.clear(each);
            for number in 0..portion.groups.len() {
                if Rows::of(&portion.groups[number], scene) == Some(each) {
                    portion.lanes[number] = Lanes::NOTHING;
                    self.batch.push(number, &portion.groups[number], scene);
                    if self.batch.is_full() {
                        self.multiply(envelope, portion, scene);
                    }
                }
            }
            self.multiply(envelope, portion, scene);
        }
    }

    /// Multiplies the rows of the batch with all signals, and forgets them.
    fn multiply(&mut self, envelope: &mut Envelope, portion: &mut Portion<'_>, scene: Scene<'_>) {
        let each = self.batch.each;
        let panels = if self.batch.groups.is_empty() { 0..0 } else { 0..scene.frames.panels() };
        let mut tiles = [&Tile::SILENCE; Depth::MOST];
        if each.count() == 1 {
            let mut rows = whole_rows(&self.batch, portion, scene);
            panels.for_each(|panel| self.sums.multiply(&mut rows, (panel, panel), &mut tiles, each, scene));
        } else {
            let (mut lanes, mut rows) = ([Lanes::NOTHING; WRITTEN], [const { None }; WRITTEN]);
            let gains = self.batch.groups.iter().flat_map(|member| self.batch.rows(*member, portion.groups, scene));
            let outs = self.products.chunks_exact_mut(1).zip(&mut lanes);
            for (row, (gains, (out, lanes))) in rows.iter_mut().zip(gains.zip(outs)) {
                *row = Some(Row { gains, out, lanes });
            }
            for panel in panels {
                self.sums.multiply(&mut rows, (panel, 0), &mut tiles, each, scene);
                put_together(&rows, panel, &self.batch, envelope, portion, scene);
            }
        }
        self.batch.clear(each);
    }
}

/// Rows that are whole mixes are written where they belong.
fn whole_rows<'a>(batch: &'a Batch, portion: &'a mut Portion<'_>, scene: Scene<'a>) -> [Option<Row<'a>>; BATCH] {
    let Portion { groups, mixes, lanes } = portion;
    let mut places = mixes.chunks_exact_mut(scene.frames.panels()).zip(lanes.iter_mut());
    let (mut rows, mut next) = ([const { None }; BATCH], 0);
    for (row, member) in rows.iter_mut().zip(&batch.groups) {
        let place = places.nth(member.number - next);
        next = member.number + 1;
        let gains = batch.rows(*member, groups, scene).next().unwrap_or_default();
        *row = place.map(|(out, lanes)| Row { gains, out, lanes });
    }
    rows
}

/// Where there are envelopes, or moves, the products are put together in a second step.
fn put_together(
    rows: &[Option<Row<'_>>; WRITTEN],
    panel: usize,
    batch: &Batch,
    envelope: &mut Envelope,
    portion: &mut Portion<'_>,
    scene: Scene<'_>,
) {
    let (each, at) = (batch.each, panel * Tile::SAMPLES);
    for (member, rows) in batch.groups.iter().zip(rows.chunks_exact(each.count())) {
        let group = &portion.groups[member.number];
        let listener = &scene.listeners[group.first as usize];
        let envelope = match (each.ducks, each.moves) {
            (false, _) => None,
            (true, false) => Some(envelope.of(listener, at, Tile::SAMPLES, scene)),
            (true, true) => Some(envelope.of_ducking(listener, at, Tile::SAMPLES, scene)),
        };
        let parts = match group.sum {
            Sum::Ends(over) => Some(scene.shared.curve.parts(over as usize + at, Tile::SAMPLES)),
            _ => None,
        };
        let product = |n: usize| rows.get(n).and_then(Option::as_ref).map_or(&Tile::SILENCE, |row| &row.out[0]);
        let products = std::array::from_fn(product);
        let out = &mut portion.mixes[member.number * scene.frames.panels() + panel];
        let lanes = &mut portion.lanes[member.number];
        scene.shared.kernel.put_together(products, Together { parts, envelope }, out, lanes);
    }
}

impl Sums {
    /// Multiplies rows with all signals, over one panel, to the tile at a place of those that are the row's; `tiles` has room for those of a block.
    fn multiply<'s>(
        &mut self,
        rows: &mut [Option<Row<'_>>],
        (panel, place): (usize, usize),
        tiles: &mut [&'s Tile; Depth::MOST],
        each: Rows,
        scene: Scene<'s>,
    ) {
        let (kernel, signals, depth) = (scene.shared.kernel, scene.heard.signals, each.depth());
        if signals.len() <= depth.at_once() {
            let tiles = find(signals, panel, tiles, scene);
            return kernel.multiply(rows, place, tiles, depth, &mut self.waiting);
        }
        self.running.fill(Running::NOTHING);
        for (at, signals) in (0..).step_by(depth.block()).zip(signals.chunks(depth.block())) {
            let tiles = find(signals, panel, tiles, scene);
            for (rows, running) in rows.as_chunks::<ROWS>().0.iter().zip(self.running.as_chunks_mut::<ROWS>().0) {
                let Some(first) = rows[0].as_ref().map(|row| row.gains) else { break };
                // Rows that are not there are made like the first one, and not written.
                let gains = rows.each_ref().map(|row| row.as_ref().map_or(first, |row| row.gains));
                let gains = gains.map(|gains| &gains[at..at + signals.len()]);
                kernel.multiply_on(running, gains, tiles, depth, &mut self.waiting);
            }
        }
        for (row, sums) in rows.iter_mut().flatten().zip(&self.running) {
            kernel.round_off(sums, &mut row.out[place], row.lanes);
        }
    }
}

/// Finds the tiles of some signals in a panel.
fn find<'t, 's>(
    signals: &[u32],
    panel: usize,
    tiles: &'t mut [&'s Tile; Depth::MOST],
    scene: Scene<'s>,
) -> &'t [&'s Tile] {
    let frames = scene.frames.after(panel);
    tiles.iter_mut().zip(signals).for_each(|(tile, signal)| *tile = frames.get(0, *signal));
    &tiles[..signals.len()]
}
