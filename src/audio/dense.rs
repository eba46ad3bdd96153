//! Rows with a gain for every audible source: the product of a few rows of gains at a time with all signals. That is every row of a small room, and
//! those of a large one in which most gains differ.

use super::{
    batch::{BATCH, Batch, Rows, WRITTEN},
    ramps::Ramps,
    row_envelope::Envelope,
    sums::Sums,
    worker::{Portion, Scene},
};
use crate::kernel::{Depth, Lanes, Row, Tile, Together};

/// What dense rows are made in.
#[derive(Debug)]
pub(crate) struct Dense {
    batch: Batch,
    ramps: Ramps,
    products: [Tile; WRITTEN],
    sums: Sums,
}

impl Dense {
    /// Room for the gains of `places` sources. Allocates: control side.
    pub fn new(places: usize) -> Self {
        Self {
            batch: Batch::new(places),
            ramps: Ramps::new(places),
            products: [Tile::SILENCE; WRITTEN],
            sums: Sums::NOTHING,
        }
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
                    if !self.batch.has_room_for(&portion.groups[number]) {
                        self.multiply(envelope, portion, scene);
                    }
                    self.batch.push(number, &portion.groups[number], scene);
                }
            }
            self.multiply(envelope, portion, scene);
        }
    }

    /// Multiplies the rows of the batch with all signals, and forgets them.
    fn multiply(&mut self, envelope: &mut Envelope, portion: &mut Portion<'_>, scene: Scene<'_>) {
        let each = self.batch.each;
        if self.batch.groups.is_empty() {
            return;
        }
        if each.count() == 1 {
            let (mut rows, mut tiles) = (whole_rows(&self.batch, portion, scene), [&Tile::SILENCE; Depth::MOST]);
            let mut add = |panel| self.sums.multiply(&mut rows, (panel, panel), &mut tiles, each.depth(), scene);
            (0..scene.frames.panels()).for_each(&mut add);
        } else {
            self.ramps.multiply(&self.batch, &mut self.sums, portion, scene);
            self.multiply_products(envelope, portion, scene);
        }
        self.batch.clear(each);
    }

    /// The same of rows that mixes are put together from, in all panels in which they are no ramps.
    fn multiply_products(&mut self, envelope: &mut Envelope, portion: &mut Portion<'_>, scene: Scene<'_>) {
        let each = self.batch.each;
        let (mut lanes, mut rows) = ([Lanes::NOTHING; WRITTEN], [const { None }; WRITTEN]);
        let gains = self.batch.groups.iter().flat_map(|member| self.batch.rows(*member, portion.groups, scene));
        let outs = self.products.chunks_exact_mut(1).zip(&mut lanes);
        for (row, (gains, (out, lanes))) in rows.iter_mut().zip(gains.zip(outs)) {
            *row = Some(Row { gains, out, lanes });
        }
        let mut tiles = [&Tile::SILENCE; Depth::MOST];
        for panel in (0..scene.frames.panels()).filter(|panel| self.batch.course(*panel, scene).is_none()) {
            self.sums.multiply(&mut rows, (panel, 0), &mut tiles, each.depth(), scene);
            put_together(&rows, panel, &self.batch, envelope, portion, scene);
        }
    }
}

/// Rows that are whole mixes are written where they belong.
fn whole_rows<'a>(batch: &'a Batch, portion: &'a mut Portion<'_>, scene: Scene<'a>) -> [Option<Row<'a>>; BATCH] {
    let Portion { groups, mixes, lanes } = portion;
    let gains = batch.groups.iter().map(|member| batch.rows(*member, groups, scene).next().unwrap_or_default());
    rows_of(batch, gains, mixes, lanes, scene.frames.panels())
}

/// The rows of the groups of a batch, and where their mixes belong.
pub(crate) fn rows_of<'a, G, const N: usize>(
    batch: &Batch,
    gains: impl Iterator<Item = &'a [G]>,
    mixes: &'a mut [Tile],
    lanes: &'a mut [Lanes],
    panels: usize,
) -> [Option<Row<'a, G>>; N] {
    let mut places = mixes.chunks_exact_mut(panels).zip(lanes);
    let (mut rows, mut next) = ([const { None }; N], 0);
    for (row, (member, gains)) in rows.iter_mut().zip(batch.groups.iter().zip(gains)) {
        let place = places.nth(member.number - next);
        next = member.number + 1;
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
        let parts = group.over().map(|over| scene.shared.curve.parts(over as usize + at, Tile::SAMPLES));
        let product = |n: usize| rows.get(n).and_then(Option::as_ref).map_or(&Tile::SILENCE, |row| &row.out[0]);
        let products = std::array::from_fn(product);
        let out = &mut portion.mixes[member.number * scene.frames.panels() + panel];
        let lanes = &mut portion.lanes[member.number];
        scene.shared.kernel.put_together(products, Together { parts, envelope }, out, lanes);
    }
}
