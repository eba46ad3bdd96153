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

use crate::kernel::{Kernel, SEGMENT, Signals, Stack, Tile};

/// With fewer audible sources there are no segments: a mix names its sources.
pub(crate) const WORTHWHILE: usize = 17;

/// Where the derived signals of a panel are.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Segments {
    /// The sources that they are of.
    audible: usize,
    /// How many segments there are.
    count: usize,
    /// Whether the sums of all but one or of two in a segment, or the runs between two, are named in a row.
    pub needs_others: bool,
    pub needs_twos: bool,
    pub needs_runs: bool,
}

impl Segments {
    pub fn of(audible: usize) -> Self {
        Self { audible, count: audible.div_ceil(SEGMENT), ..Self::default() }
    }

    /// How many derived signals a panel of `audible` sources has at most.
    pub fn derived(audible: usize) -> usize {
        Self::of(audible).twos_at() + audible.div_ceil(2)
    }

    /// Levels of the table: runs that a smaller block divides need no table.
    fn levels(&self) -> usize {
        (usize::BITS - self.count.saturating_sub(1).leading_zeros()).saturating_sub(1) as usize
    }

    fn table_at(&self, level: usize) -> usize {
        self.count * (3 + level - 2)
    }

    fn others_at(&self) -> usize {
        self.table_at(self.levels() + 2)
    }

    fn twos_at(&self) -> usize {
        self.others_at() + self.audible
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
        self.needs_others = true;
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
        if from == 0 {
            derived(self.count + last);
        } else if to == self.count {
            derived(2 * self.count + from);
        } else if from == last {
            derived(from);
        } else {
            let level = (usize::BITS - (from ^ last).leading_zeros()) as usize;
            let at = if level == 1 { 0 } else { self.table_at(level) };
            self.needs_runs |= level > 1;
            derived(at + from);
            derived(at + last);
        }
    }

    /// Makes the derived signals of one panel. `signals` are those of the audible sources.
    pub fn derive(&self, derived: &mut [Tile], frames: Stack<'_>, panel: usize, signals: &[u32], kernel: Kernel) {
        let (sums, others) = derived.split_at_mut(self.others_at());
        let (others, twos) = others.split_at_mut(self.audible);
        for (segment, sum) in sums[..self.count].iter_mut().enumerate() {
            let members = self.members(segment);
            let of_two = members.start / 2..members.end.div_ceil(2);
            let others = if self.needs_others { &mut others[members] } else { &mut [] };
            let twos = if self.needs_twos { &mut twos[of_two] } else { &mut [] };
            let mut sources = [&Tile::SILENCE; SEGMENT];
            for (source, signal) in sources.iter_mut().zip(&signals[self.members(segment)]) {
                *source = frames.get(panel, *signal);
            }
            kernel.add_segment(&sources, sum, others, twos);
        }
        let (sums, runs) = sums.split_at_mut(self.count);
        let (from_first, runs) = runs.split_at_mut(self.count);
        let (to_last, table) = runs.split_at_mut(self.count);
        kernel.run(sums, from_first, false);
        kernel.run(sums, to_last, true);
        for level in (2..self.levels() + 2).filter(|_| self.needs_runs) {
            let table = &mut table[(level - 2) * self.count..][..self.count];
            for (sums, table) in sums.chunks(1 << level).zip(table.chunks_mut(1 << level)) {
                let middle = (1 << (level - 1)).min(sums.len());
                kernel.run(&sums[..middle], &mut table[..middle], true);
                kernel.run(&sums[middle..], &mut table[middle..], false);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The derived signals of a panel in which the source at position p is the constant p + 1.
    fn derive(audible: usize) -> (Segments, Vec<Tile>) {
        let panel: Vec<Tile> = (0..audible).map(|p| Tile([p as f32 + 1.0; Tile::SAMPLES])).collect();
        let signals: Vec<u32> = (0..audible as u32).collect();
        let segments = Segments { needs_others: true, needs_twos: true, needs_runs: true, ..Segments::of(audible) };
        let mut derived = vec![Tile::SILENCE; Segments::derived(audible)];
        segments.derive(&mut derived, Stack { tiles: &panel, stride: 1 }, 0, &signals, Kernel::detect());
        (segments, derived)
    }

    fn number(signal: u32) -> usize {
        (signal ^ Signals::derived(0)) as usize
    }

    #[test]
    fn every_run_is_the_sum_of_its_sources() {
        for audible in [17, 24, 25, 64, 65, 100, 200] {
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
        for audible in [17, 30, 64] {
            let (mut segments, derived) = derive(audible);
            for position in (0..audible).step_by(2) {
                let second = if position + 1 < audible { position + 2 } else { 0 };
                assert_eq!(derived[number(segments.two(position))].0[47], (position + 1 + second) as f32);
            }
        }
    }

    #[test]
    fn the_others_leave_one_out() {
        for audible in [17, 30, 64] {
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
