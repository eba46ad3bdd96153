//! Dense rows: the product of a few rows of gains at a time with all signals. That is every row of a large room in
//! which most gains differ.

use super::{
    curves::Curves,
    dense_rows::{BATCH, Batch, DenseKind, Member, WRITTEN},
    part::{MixMemory, Part},
    scene::Scene,
};
use crate::{
    audio::plan::{Moves, Recipe},
    data::memory::room,
    dsp::{AnySum, BLOCK, DenseRow, Kernel, Lanes, LineGain, ROWS, RunningSum, Signals, Term, Tile, Tiles},
};

/// What dense rows are made in.
#[derive(Debug)]
pub(crate) struct Dense {
    batch: Batch,
    /// The halves of rows with curves, over one tile.
    halves: [Tile; WRITTEN],
    sums: Sums,
    /// The terms of a row whose moves began at different times.
    open: Vec<Term>,
    ducked: Vec<Term>,
}

impl Dense {
    /// Room for the gains of so many sources. Allocates: control side.
    pub fn new(sources: usize) -> Self {
        let terms = || room(sources, Term::default());
        let (open, ducked) = (terms(), terms());
        Self { batch: Batch::new(sources), halves: [Tile::SILENCE; WRITTEN], sums: Sums::ZERO, open, ducked }
    }

    /// Makes the dense rows of a part.
    pub fn mix(&mut self, curves: &mut Curves, part: &mut Part<'_>, scene: Scene<'_>) {
        for group in part.groups.clone() {
            let (recipe, mix) = (scene.recipe(group), part.mix_of(group) as usize);
            if matches!(recipe, Recipe::Dense { .. }) {
                part.channels[scene.channel].lanes[mix] = Lanes::NOTHING;
            }
            if let Some(kind) = DenseKind::of(recipe) {
                if !self.batch.has_room_for(kind) {
                    self.multiply(curves, part, scene);
                }
                if self.batch.members.is_empty() {
                    self.batch.clear(kind);
                }
                self.batch.push(group, mix, scene);
            } else if let Recipe::Dense { moves: Moves::Apart, .. } = recipe {
                self.mix_apart(group, mix, curves, part, scene);
            }
        }
        self.multiply(curves, part, scene);
    }

    /// Multiplies the rows of the batch with all signals, and forgets them.
    fn multiply(&mut self, curves: &mut Curves, part: &mut Part<'_>, scene: Scene<'_>) {
        let (kind, memory) = (self.batch.kind, &mut part.channels[scene.channel]);
        if self.batch.members.is_empty() {
            return;
        }
        match kind.over {
            None => {
                let batch = &self.batch;
                let gains = batch.members.iter().flat_map(|member| batch.gains(*member, scene));
                let scratch = (&mut self.halves, &mut self.sums);
                multiply_rows(gains, &[], batch, scratch, curves, memory, scene);
            }
            Some(over) => {
                let (batch, remaining) = (&self.batch, scene.remaining.after(over));
                let gains = batch.members.iter().flat_map(|member| batch.lines(*member, scene));
                let scratch = (&mut self.halves, &mut self.sums);
                multiply_rows(gains, remaining, batch, scratch, curves, memory, scene);
            }
        }
        for member in &self.batch.members {
            memory.measured[member.mix] = memory.lanes[member.mix].measured();
        }
        self.batch.clear(kind);
    }

    /// Makes a row whose moves began at different times: as a sum of named signals.
    fn mix_apart(&mut self, group: usize, mix: usize, curves: &mut Curves, part: &mut Part<'_>, scene: Scene<'_>) {
        let (row, tiles, signals) = (scene.row(group), scene.tiles(), scene.audible.signals());
        self.open.clear();
        self.ducked.clear();
        let (open, ducked) = (&mut self.open, &mut self.ducked);
        row.all(|position, gain| {
            for (terms, line) in [(&mut *open, &gain.open), (&mut *ducked, &gain.ducked)] {
                if !line.is_zero() && terms.len() < terms.capacity() {
                    let signal = signals[position];
                    terms.push(Term { signal, gain: line.target, delta: line.delta, over: line.over });
                }
            }
        });
        let curves = match row.curved {
            true => curves.of(scene.listener(group), 0, tiles * Tile::SAMPLES, &scene.clock, scene.kernel),
            false => [None; 2],
        };
        let sum = AnySum { open: &self.open, ducked: &self.ducked, curves, remaining: scene.remaining, at: 0 };
        let signals = Signals { sources: scene.sources(), shared: Tiles::NOTHING };
        let (memory, mut lanes) = (&mut part.channels[scene.channel], Lanes::NOTHING);
        scene.kernel.add_any(&mut memory.tiles[mix * tiles..][..tiles], signals, &sum, &mut lanes);
        memory.measured[mix] = lanes.measured();
    }
}

/// Multiplies the rows of a batch with all signals: whole mixes where they belong, or halves that are joined by their
/// curves.
fn multiply_rows<'a, G: GainOf>(
    gains: impl Iterator<Item = &'a [G]>,
    remaining: &[f32],
    batch: &Batch,
    (halves, sums): (&mut [Tile; WRITTEN], &mut Sums),
    curves: &mut Curves,
    memory: &mut MixMemory<'_>,
    scene: Scene<'_>,
) {
    let (tiles, mut found) = (scene.tiles(), [&Tile::SILENCE; BLOCK]);
    if !batch.kind.curved {
        let mut rows = whole_rows(batch, gains, memory, tiles);
        for n in 0..tiles {
            sums.multiply(&mut rows, (n, n), &mut found, over_tile(remaining, n), scene);
        }
        return;
    }
    let (mut lanes, mut rows) = ([Lanes::NOTHING; WRITTEN], [const { None }; WRITTEN]);
    let outs = halves.chunks_exact_mut(1).zip(&mut lanes);
    for (row, (gains, (out, lanes))) in rows.iter_mut().zip(gains.zip(outs)) {
        *row = Some(DenseRow { gains, out, lanes });
    }
    for n in 0..tiles {
        sums.multiply(&mut rows, (n, 0), &mut found, over_tile(remaining, n), scene);
        for (member, rows) in batch.members.iter().zip(rows.chunks_exact(2)) {
            let half = |row: &'_ Option<DenseRow<'_, G>>| row.as_ref().map_or(Tile::SILENCE, |row| row.out[0]);
            let (open, ducked) = (half(&rows[0]), half(&rows[1]));
            let listener = scene.listener(member.group);
            let curves = curves.of(listener, n * Tile::SAMPLES, Tile::SAMPLES, &scene.clock, scene.kernel);
            let out = &mut memory.tiles[member.mix * tiles + n];
            scene.kernel.join_halves([&open, &ducked], curves, out, &mut memory.lanes[member.mix]);
        }
    }
}

/// The rows of a batch that are whole mixes, and where these belong.
fn whole_rows<'a, 'g: 'a, G: GainOf>(
    batch: &Batch,
    gains: impl Iterator<Item = &'g [G]>,
    memory: &'a mut MixMemory<'_>,
    tiles: usize,
) -> [Option<DenseRow<'a, G>>; BATCH] {
    let mut places = memory.tiles.chunks_exact_mut(tiles).zip(&mut *memory.lanes);
    let (mut rows, mut next) = ([const { None }; BATCH], 0);
    for (row, (Member { mix, .. }, gains)) in rows.iter_mut().zip(batch.members.iter().zip(gains)) {
        let place = places.nth(mix - next);
        next = mix + 1;
        *row = place.map(|(out, lanes)| DenseRow { gains, out, lanes });
    }
    rows
}

/// The running sums of rows over one tile, where there are many signals.
#[derive(Debug)]
struct Sums([RunningSum; BATCH]);

impl Sums {
    const ZERO: Self = Self([RunningSum::ZERO; BATCH]);

    /// Multiplies rows with all signals over the n-th tile of a tick, to the rows' tile `place`; `found` has room for
    /// the tiles of a block of signals.
    fn multiply<'s, G: GainOf>(
        &mut self,
        rows: &mut [Option<DenseRow<'_, G>>],
        (n, place): (usize, usize),
        found: &mut [&'s Tile; BLOCK],
        remaining: &[f32],
        scene: Scene<'s>,
    ) {
        let (kernel, signals) = (scene.kernel, scene.audible.signals());
        let tiles = scene.sources().starting_at(n);
        if signals.len() <= BLOCK {
            return G::multiply(kernel, rows, place, find(tiles, signals, found), remaining);
        }
        let block = signals.len().div_ceil(signals.len().div_ceil(BLOCK));
        self.0[..rows.len()].fill(RunningSum::ZERO);
        for (at, signals) in (0..).step_by(block).zip(signals.chunks(block)) {
            let found = find(tiles, signals, found);
            for (rows, sums) in rows.as_chunks::<ROWS>().0.iter().zip(self.0.as_chunks_mut::<ROWS>().0) {
                let Some(first) = rows[0].as_ref().map(|row| row.gains) else { break };
                // Rows that are not there are made like the first one, and not written.
                let gains = rows.each_ref().map(|row| row.as_ref().map_or(first, |row| row.gains));
                G::multiply_on(kernel, sums, gains.map(|gains| &gains[at..at + signals.len()]), found, remaining);
            }
        }
        for (row, sum) in rows.iter_mut().flatten().zip(&self.0) {
            kernel.round_off(sum, &mut row.out[place], row.lanes);
        }
    }
}

/// The first tiles of some signals.
fn find<'f, 's>(tiles: Tiles<'s>, signals: &[u32], found: &'f mut [&'s Tile; BLOCK]) -> &'f [&'s Tile] {
    found.iter_mut().zip(signals).for_each(|(found, signal)| *found = tiles.tile(0, *signal));
    &found[..signals.len()]
}

/// What remains of moves over the n-th tile of a tick; nothing for gains at rest.
fn over_tile(remaining: &[f32], n: usize) -> &[f32] {
    remaining.get(n * Tile::SAMPLES..(n + 1) * Tile::SAMPLES).unwrap_or_default()
}

/// What rows are made of: gains at rest or on lines. Each has kernels of its own; those of lines need what remains of
/// the moves.
trait GainOf: Copy + 'static {
    fn multiply(
        kernel: Kernel,
        rows: &mut [Option<DenseRow<'_, Self>>],
        place: usize,
        signals: &[&Tile],
        remaining: &[f32],
    );

    fn multiply_on(
        kernel: Kernel,
        sums: &mut [RunningSum; ROWS],
        gains: [&[Self]; ROWS],
        signals: &[&Tile],
        remaining: &[f32],
    );
}

impl GainOf for f32 {
    fn multiply(kernel: Kernel, rows: &mut [Option<DenseRow<'_>>], place: usize, signals: &[&Tile], _: &[f32]) {
        kernel.multiply(rows, place, signals);
    }

    fn multiply_on(kernel: Kernel, sums: &mut [RunningSum; ROWS], gains: [&[f32]; ROWS], signals: &[&Tile], _: &[f32]) {
        kernel.multiply_on(sums, gains, signals);
    }
}

impl GainOf for LineGain {
    fn multiply(
        kernel: Kernel,
        rows: &mut [Option<DenseRow<'_, Self>>],
        place: usize,
        signals: &[&Tile],
        remaining: &[f32],
    ) {
        kernel.multiply_lines(rows, place, signals, remaining);
    }

    fn multiply_on(
        kernel: Kernel,
        sums: &mut [RunningSum; ROWS],
        gains: [&[Self]; ROWS],
        signals: &[&Tile],
        remaining: &[f32],
    ) {
        kernel.multiply_lines_on(sums, gains, signals, remaining);
    }
}
