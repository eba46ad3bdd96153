//! One sample more, or one fewer, that nobody hears: [`Slip`].
//!
//! Two clocks that differ by 50 ppm are a sample apart after 20,000. A slip makes up for it within
//! 240 samples: they are read at places that move evenly from one sample to the next, by a sinc in a
//! Kaiser window (beta of 10) over 48 samples. What lies before and behind a slip is not touched.
//! While it lasts the pitch is off by 0.4 %, 7 cents, for 5 ms at 48 kHz.
//!
//! Up to 0.85 of half the rate a slip is within -95 dB of the sound that it stands for. (Over 32
//! samples it would be within -72 dB, over 40 within -83 dB.) A slip takes 3.3 us, on a busy machine,
//! without vectors wider than 4. At 50 ppm there are 2.4 in a second at 48 kHz, and 1.2 % of the
//! samples are touched. The table is 45 KiB, the same for all streams.

use std::{f64::consts::PI, sync::LazyLock};

/// Samples that one place is read from.
const TAPS: usize = 2 * Slip::AROUND;
/// Samples that are summed side by side.
const LANES: usize = 8;
/// Of the Kaiser window: more falls deeper and more slowly.
const BETA: f64 = 10.0;

/// The filters for all places from one sample, which the first one gives, to
/// the next, which the last one gives.
static TABLE: LazyLock<Vec<[f32; TAPS]>> = LazyLock::new(|| (0..=Slip::LENGTH).map(filter).collect());

/// One sample more or fewer, spread over [`LENGTH`](Self::LENGTH) samples by a windowed sinc whose
/// place moves evenly from one sample to the next. [`new`](Self::new) may allocate; all else is real
/// time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slip {
    table: &'static [[f32; TAPS]],
}

/// Which way the places of a slip move away from those of its samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// One sample fewer than is taken.
    Shorter,
    /// One more.
    Longer,
}

impl Slip {
    /// Samples that are given.
    pub const LENGTH: usize = 240;
    /// Samples that must be there before and behind those that are taken.
    pub const AROUND: usize = 24;

    /// The first of all makes the table: control side.
    pub fn new() -> Self {
        Self { table: &TABLE }
    }

    /// `from`: [`AROUND`](Self::AROUND), [`LENGTH`](Self::LENGTH) and 1 more, and again `AROUND`
    /// samples. `to`: `LENGTH` samples. The first that is taken is given as it is; the sample that
    /// lies behind all that are taken follows on the last that is given.
    #[allow(dead_code, reason = "for buffers that hold a whole slip")]
    pub fn shorten(&self, from: &[f32], to: &mut [f32]) {
        self.part(Direction::Shorter, 0, from, to);
    }

    /// `from`: [`AROUND`](Self::AROUND), [`LENGTH`](Self::LENGTH) less 1, and again `AROUND`
    /// samples. `to`: `LENGTH` samples.
    #[allow(dead_code, reason = "for buffers that hold a whole slip")]
    pub fn lengthen(&self, from: &[f32], to: &mut [f32]) {
        self.part(Direction::Longer, 0, from, to);
    }

    /// A part of a slip: as many samples as `to` has, from the one with the number `at` on. `from`
    /// begins [`AROUND`](Self::AROUND) samples before the one of this number among those that are
    /// taken, and has twice `AROUND` more than `to`.
    pub fn part(&self, direction: Direction, at: usize, from: &[f32], to: &mut [f32]) {
        let (first, filters) = match direction {
            Direction::Shorter => (1, self.table.get(at..)),
            Direction::Longer => (0, self.table.get(..=Self::LENGTH.saturating_sub(at))),
        };
        let windows = from.get(first..).unwrap_or_default().windows(TAPS);
        let filters = filters.unwrap_or_default();
        let peak = peak(from);
        let read = |(to, (window, filter)): (&mut f32, (&[f32], &[f32; TAPS]))| {
            *to = read(window, filter).clamp(-peak, peak);
        };
        match direction {
            Direction::Shorter => to.iter_mut().zip(windows.zip(filters)).for_each(read),
            Direction::Longer => to.iter_mut().zip(windows.zip(filters.iter().rev())).for_each(read),
        }
    }
}

/// The limit of what is given: full scale, or the loudest sample that is taken, if that is past it.
/// Between samples that touch full scale a wave goes past it, by up to 6 dB.
fn peak(samples: &[f32]) -> f32 {
    let (lanes, rest) = samples.as_chunks::<LANES>();
    let mut peaks = [1.0_f32; LANES];
    for lane in lanes {
        peaks.iter_mut().zip(lane).for_each(|(peak, sample)| *peak = greater(*peak, sample.abs()));
    }
    rest.iter().chain(&peaks).fold(1.0, |peak, sample| greater(peak, sample.abs()))
}

/// The first if the second is NaN. Unlike `f32::max` one instruction.
fn greater(a: f32, b: f32) -> f32 {
    if b > a { b } else { a }
}

/// The sound at the place of a filter.
fn read(window: &[f32], filter: &[f32; TAPS]) -> f32 {
    let (windows, filters) = (window.as_chunks::<LANES>().0, filter.as_chunks::<LANES>().0);
    let mut sums = [0.0_f32; LANES];
    for (window, filter) in windows.iter().zip(filters) {
        (0..LANES).for_each(|at| sums[at] += window[at] * filter[at]);
    }
    let halves: [f32; LANES / 2] = std::array::from_fn(|at| sums[at] + sums[at + LANES / 2]);
    halves[0] + halves[2] + (halves[1] + halves[3])
}

/// The filter for a place, as a number of parts of the way from one sample to the next: the former
/// is in the middle of the taps, and the last of its first half.
fn filter(place: usize) -> [f32; TAPS] {
    let place = place as f64 / Slip::LENGTH as f64 + (Slip::AROUND - 1) as f64;
    let taps: [f64; TAPS] = std::array::from_fn(|tap| sinc(tap as f64 - place) * window(tap as f64 - place));
    // Silence and constant levels stay what they are.
    let sum: f64 = taps.iter().sum();
    taps.map(|tap| (tap / sum) as f32)
}

fn sinc(x: f64) -> f64 {
    let whole = x.round();
    // At whole numbers exactly: the first and the last filter are one sample.
    if x == whole { f64::from(u8::from(x == 0.0)) } else { (PI * x).sin() / (PI * x) }
}

fn window(x: f64) -> f64 {
    let inside = 1.0 - (x / Slip::AROUND as f64).powi(2);
    bessel(BETA * inside.max(0.0).sqrt()) / bessel(BETA)
}

/// The modified Bessel function of the first kind, of order 0, up to 20.
fn bessel(x: f64) -> f64 {
    let terms = (1..50).scan(1.0, |term, n| {
        *term *= (x / 2.0 / f64::from(n)).powi(2);
        Some(*term)
    });
    1.0 + terms.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    const LENGTH: usize = Slip::LENGTH;
    const AROUND: usize = Slip::AROUND;

    /// How many samples are taken.
    fn taken(direction: Direction) -> usize {
        if direction == Direction::Shorter { LENGTH + 1 } else { LENGTH - 1 }
    }

    fn slip(direction: Direction, from: &[f32]) -> [f32; LENGTH] {
        let mut to = [9.0; LENGTH];
        match direction {
            Direction::Shorter => Slip::new().shorten(from, &mut to),
            Direction::Longer => Slip::new().lengthen(from, &mut to),
        }
        to
    }

    /// `sound` by the number of the sample that is taken.
    fn sent(direction: Direction, sound: impl Fn(f64) -> f64) -> Vec<f32> {
        (0..taken(direction) + 2 * AROUND).map(|at| sound(at as f64 - AROUND as f64) as f32).collect()
    }

    /// The place that a sample is to be read at.
    fn place(direction: Direction, at: usize) -> f64 {
        at as f64 * taken(direction) as f64 / LENGTH as f64
    }

    const BOTH: [Direction; 2] = [Direction::Shorter, Direction::Longer];

    #[test]
    fn a_tone_is_read_at_the_places_of_the_slip() {
        for part in [1.0 / 24.0, 5.0 / 24.0, 10.0 / 24.0, 18.0 / 24.0, 0.8, 0.85] {
            for direction in BOTH {
                let tone = |at: f64| (TAU * 0.5 * part * at + 0.3).sin();
                let heard = slip(direction, &sent(direction, tone));
                let off = |at: usize| f64::from(heard[at]) - tone(place(direction, at));
                let most = (0..LENGTH).map(|at| off(at).abs()).fold(0.0, f64::max);
                assert!(20.0 * most.log10() < -95.0, "{part} of half the rate, {direction:?}: off by {most}");
            }
        }
    }

    #[test]
    fn a_slip_begins_with_its_first_sample_and_joins_the_one_behind_it() {
        for direction in BOTH {
            let from = sent(direction, |at| (0.7 * at).sin());
            assert_eq!(slip(direction, &from)[0], from[AROUND]);
            assert!((place(direction, LENGTH) - taken(direction) as f64).abs() < 1e-9);
            let edge = if direction == Direction::Shorter { 0 } else { LENGTH };
            assert_eq!(Slip::new().table[edge].iter().filter(|tap| **tap != 0.0).count(), 1);
        }
    }

    #[test]
    fn constant_levels_and_silence_stay() {
        for direction in BOTH {
            for level in [0.0, 1.0, -0.3] {
                let heard = slip(direction, &sent(direction, |_| level));
                let off = heard.iter().map(|sample| (f64::from(*sample) - level).abs()).fold(0.0, f64::max);
                assert!(off <= 1e-6 * level.abs(), "{direction:?}, {level}: off by {off}");
            }
        }
    }

    #[test]
    fn an_impulse_keeps_its_place_and_its_weight() {
        for direction in BOTH {
            let middle = (LENGTH / 2) as f64;
            let heard = slip(direction, &sent(direction, |at| f64::from(u8::from(at == middle))));
            let sum: f32 = heard.iter().sum();
            assert!((sum - 1.0).abs() < 0.01, "{direction:?}: {sum}");
            let loudest = (0..LENGTH).max_by(|a, b| heard[*a].total_cmp(&heard[*b])).unwrap();
            assert!((place(direction, loudest) - middle).abs() <= 0.51 && heard[loudest] > 0.6);
            assert!((0..LENGTH).all(|at| heard[at] == 0.0 || at.abs_diff(loudest) <= AROUND));
        }
    }

    #[test]
    fn parts_are_what_the_whole_is() {
        for direction in BOTH {
            let from = sent(direction, |at| (0.9 * at).sin() * (0.013 * at).cos());
            let whole = slip(direction, &from);
            for step in [1, 7, 80, 239] {
                let mut parts = [9.0; LENGTH];
                for (number, to) in parts.chunks_mut(step).enumerate() {
                    let (at, end) = (number * step, number * step + to.len());
                    let end = (end + 2 * AROUND).min(from.len());
                    Slip::new().part(direction, at, &from[at..end], to);
                }
                assert_eq!(parts, whole, "{direction:?} in parts of {step}");
            }
        }
    }

    #[test]
    fn what_is_within_full_scale_stays_there_and_louder_waves_are_not_cut() {
        for direction in BOTH {
            let square = sent(direction, |at| if (at / 5.0).floor() % 2.0 == 0.0 { 1.0 } else { -1.0 });
            assert!(slip(direction, &square).iter().all(|sample| sample.abs() <= 1.0));
            let loud = sent(direction, |at| 3.0 * (0.1 * at).sin());
            assert!(slip(direction, &loud).iter().any(|sample| *sample > 2.9));
        }
    }
}
