//! Rows that hear everybody but one, all at one gain: a room in which everybody talks and nobody is configured. Each
//! source is read twice, however many there are.
//!
//! On the way up, sources are added up by four, the sums by four, and once more: blocks of 64. The rest of a block is
//! the sum of all blocks before it and after it, which run in f64 from both ends. On the way down, the rest of each
//! quarter is the rest of the whole and the other three quarters; a row is the rest of its source. Nothing is
//! subtracted. A sample passes at most 15 roundings.

use super::{part::Part, scene::Scene};
use crate::{
    data::memory::{filled, room},
    dsp::{AllButOneRow, Measured, QUAD, RunningSum, Tile, Tiles},
};

/// How often sources are added up by four.
const LEVELS: usize = 3;

/// The scratch of such rows.
#[derive(Debug)]
pub(crate) struct AllButOne {
    /// The rests of the quarters of the sum in hand, on the way down.
    rests: [Vec<Tile>; LEVELS - 1],
    /// The sum of all blocks before each.
    before: Vec<RunningSum>,
    running: Vec<RunningSum>,
}

/// A group that hears everybody but one: the place of its mix in the part, the position of that one, and the gain of
/// the others.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Row {
    pub mix: usize,
    pub position: usize,
    pub gain: f32,
}

impl Row {
    /// The quad of sources that it leaves one out of.
    fn quad(&self) -> usize {
        self.position / QUAD
    }
}

/// Room for the rows of so many groups. Allocates: control side.
pub(crate) fn rows(groups: usize) -> Vec<Row> {
    room(groups, Row::default())
}

/// The sources of a sum.
const fn size(level: usize) -> usize {
    QUAD.pow(level as u32 + 1)
}

/// How many tiles of scratch the sums of so many sources need.
pub(crate) fn scratch_tiles(sources: usize, tiles: usize) -> usize {
    (0..LEVELS).map(|level| sources.div_ceil(size(level)) * tiles).sum()
}

impl AllButOne {
    /// Room for the sums of so many sources. Allocates: control side.
    pub fn new(sources: usize, tiles: usize) -> Self {
        Self {
            rests: std::array::from_fn(|_| filled(QUAD * tiles, Tile::SILENCE)),
            before: filled(sources.div_ceil(size(LEVELS - 1)) * tiles, RunningSum::ZERO),
            running: filled(tiles, RunningSum::ZERO),
        }
    }

    /// Makes the rows. `scratch` has as many tiles as they need.
    pub fn mix(&mut self, rows: &[Row], scratch: &mut [Tile], part: &mut Part<'_>, scene: Scene<'_>) {
        if !rows.is_empty() {
            let mut sums = Sums::new(scratch, scene);
            sums.add_up(scene);
            self.run(sums.levels[LEVELS - 1], scene);
            self.go_down(rows, &sums, part, scene);
        }
    }

    /// Puts the rest of each block into its place.
    fn run(&mut self, blocks: &mut [Tile], scene: Scene<'_>) {
        let (kernel, tiles) = (scene.kernel, scene.tiles());
        if blocks.len() <= tiles {
            return blocks.fill(Tile::SILENCE);
        }
        let Self { before, running, .. } = self;
        running.fill(RunningSum::ZERO);
        for (block, before) in blocks.chunks_exact(tiles).zip(before.chunks_exact_mut(tiles)) {
            kernel.run_forward(block, running, before);
        }
        running.fill(RunningSum::ZERO);
        for (block, before) in blocks.chunks_exact_mut(tiles).zip(before.chunks_exact(tiles)).rev() {
            kernel.run_backward(block, running, before);
        }
    }

    /// Makes the rows. Most are in the order of whom they leave out, so that those of a sum follow each other.
    fn go_down(&mut self, rows: &[Row], sums: &Sums<'_>, part: &mut Part<'_>, scene: Scene<'_>) {
        let (kernel, tiles) = (scene.kernel, scene.tiles());
        let [of_quads, of_sixteens] = &mut self.rests;
        let quarter = |n: usize| n % QUAD * tiles..(n % QUAD + 1) * tiles;
        // Whose quarters the rests at hand are of.
        let (mut block, mut sixteen) = (usize::MAX, usize::MAX);
        let of_one_quad = |a: &Row, b: &Row| a.position < b.position && a.quad() == b.quad();
        for rows in rows.chunk_by(of_one_quad) {
            let quad = rows[0].quad();
            if sums.has_several(1) && quad / size(1) != block {
                block = quad / size(1);
                let rest = &sums.levels[2][block * tiles..][..tiles];
                kernel.add_rests(sums.tiles(1), sums.parts(block, 1).numbers(), rest, of_sixteens);
            }
            if quad / size(0) != sixteen {
                sixteen = quad / size(0);
                // The rest of the only sixteen is that of its block.
                let rest = if sums.has_several(1) { &of_sixteens[quarter(sixteen)] } else { &*sums.levels[2] };
                kernel.add_rests(sums.tiles(0), sums.parts(sixteen, 0).numbers(), rest, of_quads);
            }
            mix_quad(rows, part, &of_quads[quarter(quad)], scene);
        }
    }
}

/// The sums of 4 sources each, of 16, and of 64; in the place of the last ones, in the end, their rests.
struct Sums<'a> {
    levels: [&'a mut [Tile]; LEVELS],
    count: usize,
}

impl<'a> Sums<'a> {
    /// Room for those of a tick.
    fn new(scratch: &'a mut [Tile], scene: Scene<'_>) -> Self {
        let (count, sources) = (scene.tiles(), scene.audible.len());
        let mut rest = scratch;
        let levels = std::array::from_fn(|level| {
            let (sums, others) = std::mem::take(&mut rest).split_at_mut(sources.div_ceil(size(level)) * count);
            rest = others;
            sums
        });
        Self { levels, count }
    }

    /// Adds up the sources, level by level.
    fn add_up(&mut self, scene: Scene<'_>) {
        let (kernel, sources) = (scene.kernel, scene.sources());
        for (quad, sum) in scene.audible.signals().chunks(QUAD).zip(self.levels[0].chunks_exact_mut(self.count)) {
            kernel.add_quad(sources, quad, sum);
        }
        // The only sum of a level is the rest of nothing.
        for level in 1..(1..LEVELS).find(|level| !self.has_several(*level)).unwrap_or(LEVELS) {
            for n in 0..self.levels[level].len() / self.count {
                let parts = self.parts(n, level - 1);
                let (below, sums) = self.levels.split_at_mut(level);
                let tiles = Tiles { tiles: below[level - 1], stride: self.count };
                kernel.add_quad(tiles, parts.numbers(), &mut sums[0][n * self.count..][..self.count]);
            }
        }
    }

    fn has_several(&self, level: usize) -> bool {
        self.levels[level].len() > self.count
    }

    fn tiles(&self, level: usize) -> Tiles<'_> {
        Tiles { tiles: self.levels[level], stride: self.count }
    }

    /// The sums of a level that the n-th one of the level above is the sum of.
    fn parts(&self, n: usize, level: usize) -> Parts {
        let (first, count) = (n * QUAD, self.levels[level].len() / self.count);
        Parts(std::array::from_fn(|part| (first + part) as u32), (count - first).min(QUAD))
    }
}

/// Makes the rows of one quad of sources.
fn mix_quad(rows: &[Row], part: &mut Part<'_>, rest: &[Tile], scene: Scene<'_>) {
    let (mut together, mut measured) = ([const { None }; QUAD], [Measured::default(); QUAD]);
    let memory = &mut part.channels[scene.channel];
    let (mut mixes, mut next) = (&mut *memory.tiles, 0);
    for (row, measured) in rows.iter().zip(&mut measured) {
        let (out, others) = mixes[(row.mix - next) * rest.len()..].split_at_mut(rest.len());
        (mixes, next) = (others, row.mix + 1);
        together[row.position % QUAD] = Some(AllButOneRow { gain: row.gain, out, measured });
    }
    let (signals, first) = (scene.audible.signals(), rows[0].quad() * QUAD);
    let sources = &signals[first..(first + QUAD).min(signals.len())];
    scene.kernel.add_rows(&mut together, scene.sources(), sources, rest);
    for (row, measured) in rows.iter().zip(measured) {
        memory.measured[row.mix] = measured;
    }
}

/// Up to four consecutive sums.
#[derive(Debug, Clone, Copy)]
struct Parts([u32; QUAD], usize);

impl Parts {
    fn numbers(&self) -> &[u32] {
        &self.0[..self.1]
    }
}
