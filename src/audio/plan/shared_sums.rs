//! [`SharedSums`]: sums that many sparse rows have in common, made anew in each tick: of eight audible sources each, a
//! *segment*, and of runs of sums.
//!
//! A listener who hears all but a few of a thousand sources hears mostly whole runs of sums. A mix is put together
//! from the runs between the segments that hold an exception, and from what is left of those. Nothing is ever
//! subtracted, so that a voice that is left out leaves no residue; and however long a run is, it is one signal or
//! two:
//!
//! - runs from the first segment on, and runs up to the last one, are running sums from both ends;
//! - any other run is the sum of two: for each power of two, the sums are cut into blocks of as many, and summed from
//!   each block's middle to both sides (a *disjoint sparse table*); the two ends of a run lie on both sides of the
//!   middle of exactly one block.
//!
//! All of them are kept in f64 while they run, so that each is rounded once.

use std::ops::Range;

use crate::dsp::{FEW, Kernel, SEGMENT, Signals, Tile, Tiles};

/// With fewer audible sources a row may name all of them, and is one of a few terms.
pub(crate) const WORTHWHILE: usize = FEW + 1;

/// Which shared sums a tick needs, and the numbers of their signals.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SharedSums {
    /// The sources that they are of.
    audible: usize,
    /// How many sums there are.
    count: usize,
    /// The positions for which a row names the sum of the others in their segment: position p sets
    /// bit p % 64. With more than 64 sources this asks for too many sums, never for too few.
    all_but_one_of: u64,
    /// Whether rows name sums of pairs; and runs of more than one segment, at the ends or elsewhere.
    needs_pairs: bool,
    needs_ends: bool,
    needs_runs: bool,
}

impl SharedSums {
    pub fn of(audible: usize) -> Self {
        Self { audible, count: audible.div_ceil(SEGMENT), ..Self::default() }
    }

    /// How many shared sums there are of so many sources, at most.
    pub fn most(audible: usize) -> usize {
        let all = Self::of(audible);
        all.table_at(all.levels() + 2)
    }

    /// How many are to be made: those up to the last that a row names.
    pub fn needed(&self) -> usize {
        if self.needs_runs {
            Self::most(self.audible)
        } else if self.all_but_one_of != 0 {
            self.table_at(2)
        } else if self.needs_pairs {
            self.all_but_one_at()
        } else {
            self.pairs_at()
        }
    }

    /// Levels of the sparse table. Runs of two segments need none.
    fn levels(&self) -> usize {
        (usize::BITS - self.count.saturating_sub(1).leading_zeros()).saturating_sub(1) as usize
    }

    /// Where the sums of pairs begin: behind those of segments, and of runs from the first one on and up to the last
    /// one.
    fn pairs_at(&self) -> usize {
        3 * self.count
    }

    fn all_but_one_at(&self) -> usize {
        self.pairs_at() + self.audible.div_ceil(2)
    }

    fn table_at(&self, level: usize) -> usize {
        self.all_but_one_at() + self.audible + self.count * (level - 2)
    }

    /// The segment of a source, by its position among the audible.
    pub fn segment(position: usize) -> usize {
        position / SEGMENT
    }

    /// The positions in a segment.
    pub fn members(&self, segment: usize) -> Range<usize> {
        segment * SEGMENT..((segment + 1) * SEGMENT).min(self.audible)
    }

    /// The segments all of whose members are in a range of positions.
    pub fn whole_segments(&self, range: &Range<usize>) -> Range<usize> {
        let end = if range.end == self.audible { self.count } else { range.end / SEGMENT };
        range.start.div_ceil(SEGMENT)..end
    }

    /// The signal of all in a segment but the source at this position.
    pub fn all_but_one(&mut self, position: usize) -> u32 {
        self.all_but_one_of |= 1 << (position % 64);
        Signals::shared(self.all_but_one_at() + position)
    }

    /// The signal of the source at this even position and of the one after it, if there is one.
    pub fn pair(&mut self, position: usize) -> u32 {
        self.needs_pairs = true;
        Signals::shared(self.pairs_at() + position / 2)
    }

    /// Names the signals that the segments `from..to` are the sum of: none, one or two.
    pub fn run(&mut self, from: usize, to: usize, mut name: impl FnMut(u32)) {
        let mut shared = |number| name(Signals::shared(number));
        if from >= to {
            return;
        }
        let last = to - 1;
        if from == last {
            shared(from);
        } else if from == 0 {
            self.needs_ends = true;
            shared(self.count + last);
        } else if to == self.count {
            self.needs_ends = true;
            shared(2 * self.count + from);
        } else {
            let level = (usize::BITS - (from ^ last).leading_zeros()) as usize;
            let at = if level == 1 { 0 } else { self.table_at(level) };
            self.needs_runs |= level > 1;
            shared(at + from);
            shared(at + last);
        }
    }

    /// Makes the shared sums over the first `tiles` tiles of all sources, one sum behind the other: as many as are
    /// [`needed`](Self::needed). `signals` are those of the audible sources.
    pub fn make(&self, out: &mut [Tile], tiles: usize, sources: Tiles<'_>, signals: &[u32], kernel: Kernel) {
        let (sums, rest) = out.split_at_mut(self.pairs_at() * tiles);
        let (pairs, rest) = rest.split_at_mut((self.audible.div_ceil(2) * tiles).min(rest.len()));
        let (all_but_one, table) = rest.split_at_mut((self.audible * tiles).min(rest.len()));
        let (sums, ends) = sums.split_at_mut(self.count * tiles);
        for (segment, sum) in sums.chunks_exact_mut(tiles).enumerate() {
            let members = self.members(segment);
            let of_pairs = members.start / 2 * tiles..members.end.div_ceil(2) * tiles;
            let pairs = if self.needs_pairs { &mut pairs[of_pairs] } else { &mut [] };
            let wanted = (self.all_but_one_of >> (members.start % 64)) as u8;
            let of_members = members.start * tiles..members.end * tiles;
            let all_but_one = if wanted != 0 { &mut all_but_one[of_members] } else { &mut [] };
            let mut found: [&[Tile]; SEGMENT] = [&[]; SEGMENT];
            for (found, signal) in found.iter_mut().zip(&signals[members]) {
                *found = sources.signal(*signal, tiles);
            }
            kernel.add_segment(&found, sum, all_but_one, wanted, pairs);
        }
        self.run_up(sums, ends, table, tiles, kernel);
    }

    /// Makes the runs, of the sums of segments: from both ends, and those of the sparse table.
    fn run_up(&self, sums: &[Tile], ends: &mut [Tile], table: &mut [Tile], tiles: usize, kernel: Kernel) {
        let (from_first, to_last) = ends.split_at_mut(self.count * tiles);
        if self.needs_ends {
            kernel.run(sums, from_first, tiles, false);
            kernel.run(sums, to_last, tiles, true);
        }
        for level in (2..self.levels() + 2).filter(|_| self.needs_runs) {
            let table = &mut table[(level - 2) * self.count * tiles..][..self.count * tiles];
            let block = tiles << level;
            for (sums, table) in sums.chunks(block).zip(table.chunks_mut(block)) {
                let middle = (block / 2).min(sums.len());
                kernel.run(&sums[..middle], &mut table[..middle], tiles, true);
                kernel.run(&sums[middle..], &mut table[middle..], tiles, false);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shared sums over two tiles, in which the source at position p is the constant p + 1, then 2 (p + 1): in
    /// the second one.
    fn make(audible: usize) -> (SharedSums, Vec<Tile>) {
        let tile = |n: usize| Tile([((n / 2 + 1) * (n % 2 + 1)) as f32 * 0.5; Tile::SAMPLES]);
        let tiles: Vec<Tile> = (0..2 * audible).map(tile).collect();
        let signals: Vec<u32> = (0..audible as u32).collect();
        let needs = SharedSums { all_but_one_of: !0, needs_pairs: true, needs_ends: true, ..SharedSums::of(audible) };
        let sums = SharedSums { needs_runs: true, ..needs };
        let mut made = vec![Tile::SILENCE; 2 * sums.needed()];
        sums.make(&mut made, 2, Tiles { tiles: &tiles, stride: 2 }, &signals, Kernel::detect());
        let of_tile = |n: usize| made.iter().skip(n).step_by(2).copied().collect::<Vec<_>>();
        assert!(of_tile(0).iter().zip(&of_tile(1)).all(|(first, second)| first.0[7] * 2.0 == second.0[7]));
        (sums, of_tile(1))
    }

    #[test]
    fn what_is_not_needed_is_not_made() {
        let needed = |needs: [bool; 3]| {
            let [needs_pairs, needs_others, needs_runs] = needs;
            SharedSums { all_but_one_of: u64::from(needs_others), needs_pairs, needs_runs, ..SharedSums::of(100) }
                .needed()
        };
        let counts = [[false; 3], [true, false, false], [false, true, false], [false, false, true]].map(needed);
        // 13 segments: their sums and two runs of each, 50 pairs, 100 that leave one out, a table of 3 levels.
        assert_eq!(counts, [39, 89, 189, 228]);
        assert_eq!(SharedSums::most(100), 228);
    }

    fn number(signal: u32) -> usize {
        (signal ^ Signals::shared(0)) as usize
    }

    #[test]
    fn every_run_is_the_sum_of_its_sources() {
        for audible in [14, 17, 24, 25, 64, 65, 100, 200] {
            let (mut sums, made) = make(audible);
            for from in 0..=sums.count {
                for to in from..=sums.count {
                    let mut sum = 0.0;
                    sums.run(from, to, |signal| sum += made[number(signal)].0[47]);
                    let expected: usize = (from..to).flat_map(|s| sums.members(s)).map(|p| p + 1).sum();
                    assert_eq!(sum, expected as f32, "{from}..{to} of {audible}");
                }
            }
        }
    }

    #[test]
    fn a_pair_is_two() {
        for audible in [14, 17, 30, 64] {
            let (mut sums, made) = make(audible);
            for position in (0..audible).step_by(2) {
                let second = if position + 1 < audible { position + 2 } else { 0 };
                assert_eq!(made[number(sums.pair(position))].0[47], (position + 1 + second) as f32);
            }
        }
    }

    #[test]
    fn one_is_left_out() {
        for audible in [14, 17, 30, 64] {
            let (mut sums, made) = make(audible);
            for position in 0..audible {
                let others = made[number(sums.all_but_one(position))].0[0];
                let members = sums.members(SharedSums::segment(position));
                let expected: usize = members.filter(|p| *p != position).map(|p| p + 1).sum();
                assert_eq!(others, expected as f32, "{position} of {audible}");
            }
        }
    }
}
