//! Rows that hear everybody but one, all at one gain: a room in which everybody talks and nobody is configured. Each source is read twice, however many there are.
//!
//! On the way up, sources are added up by four, and what comes of it by four, and once more. What is outside of one of those blocks of 64 is the sum of all blocks before
//! it and of all after it, which run in f64 from both ends. On the way down, what is outside of each part is what is outside of the whole, and the other three parts;
//! what a row hears is what is outside of itself. Nothing is subtracted. No sample has more than 15 roundings: 1 where it fades, 6 on the way up, 1 of the running sums, 4 on the
//! way down, 1 where the gain is multiplied with, and 2 in a gain that is listed at a ducking level.

use super::worker::{Portion, Scene};
use crate::{
    data::memory::{filled, room},
    kernel::{Measured, Other, QUAD, Running, Stack, Tile},
};

/// How often sources are added up by four.
const LEVELS: usize = 3;

/// The scratch of rows that leave one out.
#[derive(Debug)]
pub(crate) struct Others {
    rows: Vec<OtherRow>,
    /// What is outside of the parts of the sum in hand.
    around: [Vec<Tile>; LEVELS - 1],
    /// The sum of all blocks before each.
    before: Vec<Running>,
    running: Vec<Running>,
}

/// A group that hears everybody but one: its number in the part, the position of that one, and how loud the others are.
#[derive(Debug, Clone, Copy, Default)]
struct OtherRow {
    number: usize,
    position: usize,
    gain: f32,
}

impl OtherRow {
    /// The quad that it leaves one out of.
    fn quad(&self) -> usize {
        self.position / QUAD
    }
}

/// The sources of a sum.
const fn size(level: usize) -> usize {
    QUAD.pow(level as u32 + 1)
}

impl Others {
    /// Room for the rows of `places` sources. Allocates: control side.
    pub fn new(places: usize, panels: usize) -> Self {
        Self {
            rows: room(places, OtherRow::default()),
            around: std::array::from_fn(|_| filled(QUAD * panels, Tile::SILENCE)),
            before: filled(places.div_ceil(size(LEVELS - 1)) * panels, Running::NOTHING),
            running: filled(panels, Running::NOTHING),
        }
    }

    /// How many tiles it needs for the sums of `places` sources.
    pub fn tiles(places: usize, panels: usize) -> usize {
        (0..LEVELS).map(|level| places.div_ceil(size(level)) * panels).sum()
    }

    /// Begins with another part.
    pub fn clear(&mut self) {
        self.rows.clear();
    }

    /// Takes note of a group that hears everybody but one.
    pub fn note(&mut self, number: u32, position: u32, gain: f32) {
        self.rows.push(OtherRow { number: number as usize, position: position as usize, gain });
    }

    /// Makes the mixes of the groups that were noted, with their limiters and measures. `tiles` are scratch: as many as it needs.
    pub fn add(&mut self, tiles: &mut [Tile], portion: &mut Portion<'_>, scene: Scene<'_>) {
        if !self.rows.is_empty() {
            let mut sums = Sums::of(tiles, scene);
            sums.add_up(scene);
            self.run(sums.levels[LEVELS - 1], scene);
            self.go_down(&sums, portion, scene);
        }
    }

    /// Puts what is outside of each block into its place.
    fn run(&mut self, blocks: &mut [Tile], scene: Scene<'_>) {
        let (kernel, panels) = (scene.shared.kernel, scene.frames.panels());
        if blocks.len() <= panels {
            return blocks.fill(Tile::SILENCE);
        }
        let Self { before, running, .. } = self;
        running.fill(Running::NOTHING);
        for (block, before) in blocks.chunks_exact(panels).zip(before.chunks_exact_mut(panels)) {
            kernel.run_on(block, running, before);
        }
        running.fill(Running::NOTHING);
        for (block, before) in blocks.chunks_exact_mut(panels).zip(before.chunks_exact(panels)).rev() {
            kernel.run_back(block, running, before);
        }
    }

    /// Writes the rows. Most are in the order of whom they leave out, so that those of a sum follow each other.
    fn go_down(&mut self, sums: &Sums<'_>, portion: &mut Portion<'_>, scene: Scene<'_>) {
        let (kernel, panels) = (scene.shared.kernel, scene.frames.panels());
        let Self { rows, around: [of_quads, of_sixteens], .. } = self;
        let part = |n: usize| n % QUAD * panels..(n % QUAD + 1) * panels;
        // Whose parts the surroundings at hand are of.
        let (mut block, mut sixteen) = (usize::MAX, usize::MAX);
        let of_one_quad = |a: &OtherRow, b: &OtherRow| a.position < b.position && a.quad() == b.quad();
        for rows in rows.chunk_by(of_one_quad) {
            let quad = rows[0].quad();
            if sums.has_several(1) && quad / size(1) != block {
                block = quad / size(1);
                let outside = &sums.levels[2][block * panels..][..panels];
                kernel.leave_out(sums.stack(1), sums.parts(block, 1).get(), outside, of_sixteens);
            }
            if quad / size(0) != sixteen {
                sixteen = quad / size(0);
                // What is outside of the only sixteen is what is outside of its block.
                let outside = if sums.has_several(1) { &of_sixteens[part(sixteen)] } else { &*sums.levels[2] };
                kernel.leave_out(sums.stack(0), sums.parts(sixteen, 0).get(), outside, of_quads);
            }
            add_quad(rows, portion, &of_quads[part(quad)], scene);
        }
    }
}

/// The sums of 4 sources each, of 16, and of 64; of the last ones, in the end, what is outside of them.
struct Sums<'a> {
    levels: [&'a mut [Tile]; LEVELS],
    panels: usize,
}

impl<'a> Sums<'a> {
    /// Room for those of a tick.
    fn of(tiles: &'a mut [Tile], scene: Scene<'_>) -> Self {
        let (panels, sources) = (scene.frames.panels(), scene.heard.signals.len());
        let mut rest = tiles;
        let levels = std::array::from_fn(|level| {
            let (sums, others) = std::mem::take(&mut rest).split_at_mut(sources.div_ceil(size(level)) * panels);
            rest = others;
            sums
        });
        Self { levels, panels }
    }

    /// Adds up the sources, level by level.
    fn add_up(&mut self, scene: Scene<'_>) {
        let kernel = scene.shared.kernel;
        for (quad, sum) in scene.heard.signals.chunks(QUAD).zip(self.levels[0].chunks_exact_mut(self.panels)) {
            kernel.sum_up(scene.frames.after(0), quad, sum);
        }
        // The only sum of a level is outside of nobody.
        for level in 1..(1..LEVELS).find(|level| !self.has_several(*level)).unwrap_or(LEVELS) {
            for n in 0..self.levels[level].len() / self.panels {
                let parts = self.parts(n, level - 1);
                let (below, sums) = self.levels.split_at_mut(level);
                let stack = Stack { tiles: below[level - 1], stride: self.panels };
                kernel.sum_up(stack, parts.get(), &mut sums[0][n * self.panels..][..self.panels]);
            }
        }
    }

    fn has_several(&self, level: usize) -> bool {
        self.levels[level].len() > self.panels
    }

    fn stack(&self, level: usize) -> Stack<'_> {
        Stack { tiles: self.levels[level], stride: self.panels }
    }

    /// The sums of a level that the n-th one of the level above is the sum of.
    fn parts(&self, n: usize, level: usize) -> Parts {
        let (first, count) = (n * QUAD, self.levels[level].len() / self.panels);
        Parts(std::array::from_fn(|part| (first + part) as u32), (count - first).min(QUAD))
    }
}

/// Makes the mixes of one quad, and limits them while they are near.
fn add_quad(rows: &[OtherRow], portion: &mut Portion<'_>, outside: &[Tile], scene: Scene<'_>) {
    let (mut together, mut measured) = ([const { None }; QUAD], [Measured::default(); QUAD]);
    let (mut mixes, mut next) = (&mut *portion.mixes, 0);
    for (row, measured) in rows.iter().zip(&mut measured) {
        let (out, others) = mixes[(row.number - next) * outside.len()..].split_at_mut(outside.len());
        (mixes, next) = (others, row.number + 1);
        together[row.position % QUAD] = Some(Other { gain: row.gain, out, measured });
    }
    let (signals, first) = (scene.heard.signals, rows[0].quad() * QUAD);
    let sources = &signals[first..(first + QUAD).min(signals.len())];
    scene.shared.kernel.add_others(&mut together, scene.frames.after(0), sources, outside);
    for (row, measured) in rows.iter().zip(measured) {
        portion.finish(row.number, measured, scene);
    }
}

/// Up to four sums that follow each other.
#[derive(Debug, Clone, Copy)]
struct Parts([u32; QUAD], usize);

impl Parts {
    fn get(&self) -> &[u32] {
        &self.0[..self.1]
    }
}
