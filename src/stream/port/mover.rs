//! Repeating a piece of sound, or leaving one out: [`Mover`] finds how many samples from the play head on, or back, the
//! sound is so much like itself that a crossfade there is not heard. In a voice that is a whole number of periods, in
//! a quiet moment anything. Nothing here allocates but [`Mover::new`].

use super::{likeness::Likeness, regulator::Need, store::Store};
use crate::data::memory::filled;

/// The shortest and the longest piece that is repeated or left out of a sound.
const SHORTEST_MS: f64 = 2.5;
const LONGEST_MS: f64 = 15.0;
/// And the longest piece of a quiet moment.
const QUIET_MS: f64 = 40.0;
/// The length of a crossfade, and of what is compared, if there is enough; and the least.
const FADE_MS: f64 = 8.0;
const LEAST_FADE_MS: f64 = 4.0;
/// How like the sound must be, the less the more it is needed.
const LIKE: [f32; 3] = [0.7, 0.6, 0.5];
const NOISE: f32 = 0.5;
/// Quiet is what is 25 dB under the loudest of the last seconds, and under -40 dBFS.
const QUIET_SHARE: f32 = 0.003;
const QUIET_SQUARE: f32 = 1e-4;
/// By how much the loudest falls in each second.
const FALL_A_SECOND: f64 = 0.5;

/// Where the play head is to go on, and over how many samples it is crossfaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Jump {
    pub to: u64,
    pub fade: usize,
    /// Whether it is in a quiet moment, in which many may follow each other.
    pub quiet: bool,
}

/// What there is around the play head.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around {
    pub head: u64,
    /// The samples from here to the head were played, and are still there.
    pub since: u64,
    /// The samples from the head to here are there.
    pub until: u64,
}

#[derive(Debug)]
pub(crate) struct Mover {
    ms: f64,
    likeness: Likeness,
    /// The mean of the channels around the head, and one channel of it.
    piece: Vec<f32>,
    side: Vec<f32>,
    /// The greatest mean square of the last seconds.
    loudest: f32,
}

impl Mover {
    pub fn new(rate_hz: u32) -> Self {
        let ms = f64::from(rate_hz) / 1000.0;
        let room = ((QUIET_MS + FADE_MS) * ms).ceil() as usize + 2;
        let likeness = Likeness::new(rate_hz, room);
        Self { ms, likeness, piece: filled(room, 0.0), side: filled(room, 0.0), loudest: 0.0 }
    }

    /// So many samples of this mean square were played.
    pub fn hear(&mut self, square: f32, frames: usize) {
        let seconds = frames as f64 / (1000.0 * self.ms);
        self.loudest = square.max(self.loudest * FALL_A_SECOND.powf(seconds) as f32);
    }

    /// How far samples may be needed from the play head, back and ahead.
    pub fn reach(&self) -> usize {
        self.piece.len()
    }

    /// A jump back that repeats about `by` samples, or one ahead that leaves out about `-by`.
    pub fn find(&mut self, around: Around, by: i64, need: Need, store: &Store) -> Option<Jump> {
        let ms = self.ms;
        let of = |duration_ms: f64| (duration_ms * ms).round() as usize;
        let (before, behind) = ((around.head - around.since) as usize, (around.until - around.head) as usize);
        let fade = if by > 0 { behind } else { behind / 2 }.min(of(FADE_MS));
        if fade < of(LEAST_FADE_MS).max(1) {
            return None;
        }
        let wanted = (by.unsigned_abs() as usize).min(of(QUIET_MS));
        let room = if by > 0 { before } else { behind - fade };
        let quiet = self.over_quiet(around.head, by > 0, wanted.min(room), fade, store);
        let distance = quiet.or_else(|| {
            let longest = of(LONGEST_MS).min(wanted + wanted / 2).max(of(2.0 * SHORTEST_MS)).min(room);
            let shortest = of(SHORTEST_MS).max(1);
            (longest > shortest)
                .then(|| self.whole_periods(around.head, by > 0, shortest..longest, fade, need, store))?
        })?;
        let to = if by > 0 { around.head - distance as u64 } else { around.head + distance as u64 };
        Some(Jump { to, fade, quiet: quiet.is_some() })
    }

    /// How far the sound from the head on is quiet, at most so far; `None` if that is not worth a jump.
    fn over_quiet(&mut self, head: u64, back: bool, most: usize, fade: usize, store: &Store) -> Option<usize> {
        let start = if back { head - most as u64 } else { head };
        self.take(start, most + fade, store);
        let quiet = QUIET_SQUARE.min(QUIET_SHARE * self.loudest);
        let least = (SHORTEST_MS * self.ms) as usize;
        let piece = &self.piece[..most + fade];
        let is_quiet = |part: &[f32]| mean_square(part) <= quiet;
        let reached = if back {
            if !is_quiet(&piece[most..]) {
                return None;
            }
            piece[..most].rchunks(fade).take_while(|part| is_quiet(part)).map(<[f32]>::len).sum()
        } else {
            piece.chunks(fade).take_while(|part| is_quiet(part)).map(<[f32]>::len).sum::<usize>().saturating_sub(fade)
        };
        (reached >= least.max(1)).then_some(reached)
    }

    /// How far away the sound is most like that at the head.
    fn whole_periods(
        &mut self,
        head: u64,
        back: bool,
        distances: std::ops::Range<usize>,
        fade: usize,
        need: Need,
        store: &Store,
    ) -> Option<usize> {
        let (shortest, longest) = (distances.start, distances.end);
        let start = if back { head - longest as u64 } else { head };
        self.take(start, longest + fade, store);
        let piece = &self.piece[..longest + fade];
        let found = if back {
            self.likeness.best(&piece[longest..], &piece[..longest - shortest + fade])
        } else {
            self.likeness.best(&piece[..fade], &piece[shortest..])
        };
        let distance = if back { longest - found.shift } else { shortest + found.shift };
        match need {
            // A noise, of which any piece will do.
            Need::Most if found.likeness < NOISE => Some(longest),
            _ => (found.likeness >= LIKE[need as usize]).then_some(distance),
        }
    }

    /// Copies the mean of the channels.
    fn take(&mut self, position: u64, frames: usize, store: &Store) {
        store.copy(0, position, &mut self.piece[..frames]);
        if store.channels() == 2 {
            store.copy(1, position, &mut self.side[..frames]);
            let both = self.piece[..frames].iter_mut().zip(&self.side);
            both.for_each(|(left, right)| *left = 0.5 * (*left + right));
        }
    }
}

/// The mean square of samples; 0 of none.
pub(crate) fn mean_square(samples: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    let chunks = samples.chunks_exact(8);
    let rest: f32 = chunks.remainder().iter().map(|sample| sample * sample).sum();
    chunks.for_each(|chunk| sums.iter_mut().zip(chunk).for_each(|(sum, sample)| *sum += sample * sample));
    (sums.iter().sum::<f32>() + rest) / samples.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::channels::Channels;

    fn store(sound: impl Fn(usize) -> f32) -> Store {
        let samples: Vec<f32> = (0..1600).map(sound).collect();
        let mut store = Store::new(1600, Channels::Mono);
        store.write(0, [&samples, &[]], 0, 1600);
        store
    }

    const AROUND: Around = Around { head: 800, since: 400, until: 1200 };

    #[test]
    fn a_tone_is_moved_by_whole_periods() {
        // 125 Hz at 8 kHz: 64 samples.
        let store = store(|at| (std::f32::consts::TAU * at as f32 / 64.0).sin());
        let mut mover = Mover::new(8000);
        mover.hear(0.5, 80);
        assert_eq!(mover.find(AROUND, 400, Need::Some, &store), Some(Jump { to: 736, fade: 64, quiet: false }));
        assert_eq!(mover.find(AROUND, -400, Need::Some, &store), Some(Jump { to: 864, fade: 64, quiet: false }));
    }

    #[test]
    fn a_quiet_moment_is_moved_by_what_is_wanted() {
        let store = store(|at| if at < 700 { 0.5 } else { 0.001 });
        let mut mover = Mover::new(8000);
        mover.hear(0.25, 80);
        assert_eq!(mover.find(AROUND, -170, Need::Some, &store), Some(Jump { to: 970, fade: 64, quiet: true }));
        let back = mover.find(AROUND, 170, Need::Some, &store).unwrap();
        assert_eq!(back, Jump { to: 800 - 64, fade: 64, quiet: true }, "no further than it is quiet");
    }

    #[test]
    fn without_room_or_likeness_nothing_is_moved() {
        let noise = store(|at| {
            let mixed = (at as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            ((mixed ^ mixed >> 31).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 40) as f32 / (1 << 24) as f32 - 0.5
        });
        let mut mover = Mover::new(8000);
        mover.hear(0.1, 80);
        assert_eq!(mover.find(AROUND, -400, Need::Some, &noise), None);
        assert_eq!(mover.find(Around { until: 810, ..AROUND }, 100, Need::Most, &noise), None);
    }
}
