//! The sum: a mix from its terms. Pure arithmetic on slices; the place for faster kernels.
//!
//! A tile of 32 samples stays in registers while the terms go by. At most [`DEPTH`] products are added in f32 before they go
//! into an f64 sum, so that the error of the sum stays under 1e-6 of the sum of the magnitudes for any number of terms:
//! (8 additions + product + gain + last rounding) * 2^-24 = 6.6e-7, and two more for a moving gain.

use crate::fade::FadeCurve;

/// Samples of a tile.
const TILE: usize = 32;
/// Products that are added in f32.
const DEPTH: usize = 8;

/// One source in a mix.
pub(crate) struct Part<'a> {
    /// One tick of the source.
    pub signal: &'a [f32],
    /// The factor that does not move.
    pub steady: f32,
    /// The factors that move: (samples over, start, target).
    pub moving: [(usize, f32, f32); 3],
    /// How many of `moving` there are.
    pub movers: usize,
    /// Whether the envelope applies.
    pub ducked: bool,
}

/// Writes the sum of the parts. `envelope` has a factor for each sample, for the parts that are ducked.
pub(crate) fn mix<'a>(
    out: &mut [f32],
    parts: impl Iterator<Item = Part<'a>> + Clone,
    envelope: &[f32],
    curve: &FadeCurve,
) {
    for (tile, out) in out.chunks_mut(TILE).enumerate() {
        let at = tile * TILE;
        let [open, ducked] = sum_tile(at, out.len(), parts.clone(), curve);
        match envelope.get(at..at + out.len()) {
            Some(envelope) => {
                for (k, out) in out.iter_mut().enumerate() {
                    *out = (open[k] + ducked[k] * f64::from(envelope[k])) as f32;
                }
            }
            None => {
                for (out, sum) in out.iter_mut().zip(open) {
                    *out = sum as f32;
                }
            }
        }
    }
}

/// The sums of one tile: of the parts that are not ducked, and of those that are.
fn sum_tile<'a>(at: usize, len: usize, parts: impl Iterator<Item = Part<'a>>, curve: &FadeCurve) -> [[f64; TILE]; 2] {
    let mut sums = [[0.0_f64; TILE]; 2];
    let mut partial = [[0.0_f32; TILE]; 2];
    let mut depth = [0; 2];
    for part in parts {
        let which = usize::from(part.ducked);
        add(&mut partial[which], &part, at, len, curve);
        depth[which] += 1;
        if depth[which] == DEPTH {
            flush(&mut sums[which], &mut partial[which]);
            depth[which] = 0;
        }
    }
    for which in 0..2 {
        flush(&mut sums[which], &mut partial[which]);
    }
    sums
}

fn flush(sums: &mut [f64; TILE], partial: &mut [f32; TILE]) {
    for (sum, partial) in sums.iter_mut().zip(partial) {
        *sum += f64::from(*partial);
        *partial = 0.0;
    }
}

/// Adds one part to a tile. Whole tiles go by a fixed length, which the compiler makes vectors of.
fn add(sum: &mut [f32; TILE], part: &Part<'_>, at: usize, len: usize, curve: &FadeCurve) {
    let signal = &part.signal[at..at + len];
    if part.movers > 0 {
        let gains = gains(part, at, len, curve);
        for ((sum, signal), gain) in sum.iter_mut().zip(signal).zip(gains) {
            *sum += signal * gain;
        }
    } else if let Ok(signal) = <&[f32; TILE]>::try_from(signal) {
        for (sum, signal) in sum.iter_mut().zip(signal) {
            *sum += signal * part.steady;
        }
    } else {
        for (sum, signal) in sum.iter_mut().zip(signal) {
            *sum += signal * part.steady;
        }
    }
}

/// The gain of each sample of a tile.
fn gains(part: &Part<'_>, at: usize, len: usize, curve: &FadeCurve) -> [f32; TILE] {
    let mut gains = [part.steady; TILE];
    for (over, start, target) in &part.moving[..part.movers] {
        let (down, up) = curve.parts(over + at, len);
        for ((gain, down), up) in gains.iter_mut().zip(down).zip(up) {
            *gain *= start * down + target * up;
        }
    }
    gains
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timing::Timing;

    const TIMING: Timing = Timing { rate: 1000, tick: 70, smoothing: 4 };

    fn steady(signal: &[f32], gain: f32, ducked: bool) -> Part<'_> {
        Part { signal, steady: gain, moving: [(0, 0.0, 0.0); 3], movers: 0, ducked }
    }

    #[test]
    fn sums_whole_tiles_and_tails() {
        let curve = FadeCurve::new(&TIMING);
        let (a, b) = ([1.0_f32; 70], [0.25_f32; 70]);
        for len in [1, 31, 32, 33, 70] {
            let mut out = vec![9.0; len];
            mix(&mut out, [(&a, 0.5), (&b, 2.0)].iter().map(|(s, g)| steady(&s[..len], *g, false)), &[], &curve);
            assert_eq!(out, vec![1.0; len]);
        }
    }

    #[test]
    fn the_envelope_is_for_the_ducked_alone() {
        let curve = FadeCurve::new(&TIMING);
        let (signal, envelope) = ([1.0_f32; 3], [1.0, 0.5, 0.0]);
        let mut out = [0.0; 3];
        mix(&mut out, [false, true].iter().map(|ducked| steady(&signal, 1.0, *ducked)), &envelope, &curve);
        assert_eq!(out, [2.0, 1.5, 1.0]);
    }

    #[test]
    fn a_gain_moves_and_stays() {
        let curve = FadeCurve::new(&TIMING);
        let signal = [1.0_f32; 6];
        let part =
            Part { moving: [(1, 0.0, 1.0), (0, 0.0, 0.0), (0, 0.0, 0.0)], movers: 1, ..steady(&signal, 2.0, false) };
        let mut out = [0.0; 6];
        let parts = [part];
        mix(&mut out, parts.iter().map(|p| Part { ..*p }), &[], &curve);
        assert_eq!(out, [1.0, 1.5, 2.0, 2.0, 2.0, 2.0]);
    }

    #[test]
    fn ten_thousand_terms_are_as_exact_as_two() {
        let curve = FadeCurve::new(&TIMING);
        let signals: Vec<[f32; 40]> =
            (0..10_000).map(|s| std::array::from_fn(|k| ((s * 37 + k * 11) % 1999) as f32 / 1999.0)).collect();
        let mut out = [0.0; 40];
        mix(&mut out, signals.iter().map(|s| steady(s, 0.33, false)), &[], &curve);
        for (k, out) in out.iter().enumerate() {
            let exact: f64 = signals.iter().map(|s| f64::from(s[k]) * f64::from(0.33_f32)).sum();
            assert!((f64::from(*out) - exact).abs() <= 1e-6 * exact);
        }
    }
}
