//! Sums that many mixes have in common, made anew for each panel: of eight audible sources each, a *segment*, and of runs of segments.
//!
//! A listener who hears all but a few of a thousand sources hears mostly whole runs of segments. A mix is put together from the runs between the segments
//! that hold whom it leaves out, and from what is left of those. Nothing is ever subtracted, so that a voice that is left out leaves no residue; and
//! however long a run is, it is one signal or two:
//!
//! - runs from the first segment on, and runs up to the last one, are running sums from both ends;
//! - any other run is the sum of two: for each power of two, the segments are cut into blocks of as many, and summed from each block's middle
//!   to both sides (a *disjoint sparse table*); the two ends of a run lie on both sides of the middle of exactly one block.
//!
//! All of them are kept in f64 while they run, so that each is rounded once.

use crate::kernel::{FEW, Kernel, SEGMENT, Signals, Stack, Tile};

/// With fewer audible sources a mix may name all of them, and be one of a few signals.
pub(crate) const WORTHWHILE: usize = FEW + 1;

/// Where the derived signals of a panel are.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Segments {
    /// The sources that they are of.
    audible: usize,
    /// How many segments there are.
    count: usize,
    /// The positions at which the sum of all others in the segment is named in a row, a bit for each: modulo 64, so that in a larger room some are made that nobody names.
    pub others_of: u64,
    /// Whether the sums of two are named; and runs of more than one segment, at the ends or elsewhere.
    pub needs_twos: bool,
    pub needs_ends: bool,
    pub needs_runs: bool,
}

impl Segments {
    pub fn of(audible: usize) -> Self {
        Self { audible, count: audible.div_ceil(SEGMENT), ..Self::default() }
    }

    /// How many derived signals a panel of `audible` sources has at most.
    pub fn derived(audible: usize) -> usize {
        let most = Self::of(audible);
        most.table_at(most.levels() + 2)
    }

    /// How many of them are to be made: those up to the last that is named in a row.
    pub fn needed(&self) -> usize {
        if self.needs_runs {
            Self::derived(self.audible)
        } else if self.others_of != 0 {
            self.table_at(2)
        } else if self.needs_twos {
            self.others_at()
        } else {
            self.twos_at()
        }
    }

    /// Levels of the table: runs that a smaller block divides need no table.
    fn levels(&self) -> usize {
        (usize::BITS - self.count.saturating_sub(1).leading_zeros()).saturating_sub(1) as usize
    }

    /// Behind the sums, and the runs from the first one on and up to the last one.
    fn twos_at(&self) -> usize {
        3 * self.count
    }

    fn others_at(&self) -> usize {
        self.twos_at() + self.audible.div_ceil(2)
    }

    fn table_at(&self, level: usize) -> usize {
        self.others_at() + self.audible + self.count * (level - 2)
    }

    /// The segment of a source, by its position among the audible.
    pub fn segment(position: usize) -> usize {
        position / SEGMENT
    }

    /// The positions in a segment.
    pub fn members(&self, segment: usize) -> std::ops::Range<usize> {
        segment * SEGMENT..((segment + 1) * SEGMENT).min(self.audible)
    }

    pub fn count(&self) -> usize {
        self.count
    }

    /// The signal of all in its segment but this one.
    pub fn others(&mut self, position: usize) -> u32 {
        self.others_of |= 1 << (position % 64);
        Signals::derived(self.others_at() + position)
    }

    /// The signal of the source at this even position and of the one after it, if there is one.
    pub fn two(&mut self, position: usize) -> u32 {
        self.needs_twos = true;
        Signals::derived(self.twos_at() + position / 2)
    }

    /// Names the signals that the segments `from..to` are the sum of: none, one or two.
    pub fn run(&mut self, from: usize, to: usize, mut name: impl FnMut(u32)) {
        let mut derived = |number| name(Signals::derived(number));
        if from >= to {
            return;
        }
        let last = to - 1;
        if from == last {
            derived(from);
        } else if from == 0 {
            self.needs_ends = true;
            derived(self.count + last);
        } else if to == self.count {
            self.needs_ends = true;
            derived(2 * self.count + from);
        } else {
            let level = (usize::BITS - (from ^ last).leading_zeros()) as usize;
            let at = if level == 1 { 0 } else { self.table_at(level) };
            self.needs_runs |= level > 1;
            derived(at + from);
            derived(at + last);
        }
    }

    /// Makes the derived signals of as many panels as there are tiles for, behind one another: as many as are [`needed`](Self::needed). `signals` are those of the audible sources.
    pub fn derive(&self, derived: &mut [Tile], panels: usize, frames: Stack<'_>, signals: &[u32], kernel: Kernel) {
        let (sums, rest) = derived.split_at_mut(self.twos_at() * panels);
        let (twos, rest) = rest.split_at_mut((self.audible.div_ceil(2) * panels).min(rest.len()));
        let (others, table) = rest.split_at_mut((self.audible * panels).min(rest.len()));
        let (sums, runs) = sums.split_at_mut(self.count * panels);
        for (segment, sum) in sums.chunks_exact_mut(panels).enumerate() {
            let members = self.members(segment);
            let of_two = members.start / 2 * panels..members.end.div_ceil(2) * panels;
            let twos = if self.needs_twos { &mut twos[of_two] } else { &mut [] };
            let named = (self.others_of >> (members.start % 64)) as u8;
            let others = if named != 0 { &mut others[members.start * panels..members.end * panels] } else { &mut [] };
            let mut sources: [&[Tile]; SEGMENT] = [&[]; SEGMENT];
            for (source, signal) in sources.iter_mut().zip(&signals[members]) {
                *source = frames.signal(*signal, panels);
            }
            kernel.add_segment(&sources, sum, others, named, twos);
        }
        let (from_first, to_last) = runs.split_at_mut(self.count * panels);
        if self.needs_ends {
            kernel.run(sums, from_first, panels, false);
            kernel.run(sums, to_last, panels, true);
        }
        for level in (2..self.levels() + 2).filter(|_| self.needs_runs) {
            let table = &mut table[(level - 2) * self.count * panels..][..self.count * panels];
            let block = panels << level;
            for (sums, table) in sums.chunks(block).zip(table.chunks_mut(block)) {
                let middle = (block / 2).min(sums.len());
                kernel.run(&sums[..middle], &mut table[..middle], panels, true);
                kernel.run(&sums[middle..], &mut table[middle..], panels, false);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The derived signals of two panels in which the source at position p is the constants p + 1 and 2 (p + 1): of the second one.
    fn derive(audible: usize) -> (Segments, Vec<Tile>) {
        let tile = |n: usize| Tile([((n / 2 + 1) * (n % 2 + 1)) as f32 * 0.5; Tile::SAMPLES]);
        let panels: Vec<Tile> = (0..2 * audible).map(tile).collect();
        let signals: Vec<u32> = (0..audible as u32).collect();
        let needs = Segments { others_of: !0, needs_twos: true, needs_ends: true, ..Segments::of(audible) };
        let segments = Segments { needs_runs: true, ..needs };
        let mut derived = vec![Tile::SILENCE; 2 * segments.needed()];
        segments.derive(&mut derived, 2, Stack { tiles: &panels, stride: 2 }, &signals, Kernel::detect());
        let of_panel = |panel: usize| derived.iter().skip(panel).step_by(2).copied().collect::<Vec<_>>();
        assert!(of_panel(0).iter().zip(&of_panel(1)).all(|(first, second)| first.0[7] * 2.0 == second.0[7]));
        (segments, of_panel(1))
    }

    #[test]
    fn what_is_not_needed_is_not_made() {
        let needed = |needs: [bool; 3]| {
            let [needs_twos, needs_others, needs_runs] = needs;
            Segments { others_of: u64::from(needs_others), needs_twos, needs_runs, ..Segments::of(100) }.needed()
        };
        let counts = [[false; 3], [true, false, false], [false, true, false], [false, false, true]].map(needed);
        // 13 segments: their sums and two runs of each, 50 twos, 100 others, a table of 3 levels.
        assert_eq!(counts, [39, 89, 189, 228]);
        assert_eq!(Segments::derived(100), 228);
    }

    fn number(signal: u32) -> usize {
        (signal ^ Signals::derived(0)) as usize
    }

    #[test]
    fn every_run_is_the_sum_of_its_sources() {
        for audible in [14, 17, 24, 25, 64, 65, 100, 200] {
            let (mut segments, derived) = derive(audible);
            for from in 0..=segments.count() {
                for to in from..=segments.count() {
                    let mut sum = 0.0;
                    segments.run(from, to, |signal| sum += derived[number(signal)].0[47]);
                    let expected: usize = (from..to).flat_map(|s| segments.members(s)).map(|p| p + 1).sum();
                    assert_eq!(sum, expected as f32, "{from}..{to} of {audible}");
                }
            }
        }
    }

    #[test]
    fn two_are_two() {
        for audible in [14, 17, 30, 64] {
            let (mut segments, derived) = derive(audible);
            for position in (0..audible).step_by(2) {
                let second = if position + 1 < audible { position + 2 } else { 0 };
                assert_eq!(derived[number(segments.two(position))].0[47], (position + 1 + second) as f32);
            }
        }
    }

    #[test]
    fn the_others_leave_one_out() {
        for audible in [14, 17, 30, 64] {
            let (mut segments, derived) = derive(audible);
            for position in 0..audible {
                let others = derived[number(segments.others(position))].0[0];
                let members = segments.members(Segments::segment(position));
                let expected: usize = members.filter(|p| *p != position).map(|p| p + 1).sum();
                assert_eq!(others, expected as f32, "{position} of {audible}");
            }
        }
    }
}
