//! How loud frames and mixes are: what the kernels measure, made exact where that matters. Pure data.

use crate::kernel::{Measured, Tile};

/// How loud some samples are.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Loudness {
    /// The greatest magnitude. NaN if a sample is NaN: seen as bits, NaN is past infinity.
    pub peak: f32,
    /// The mean of the squares.
    pub square: f64,
}

impl Loudness {
    /// How far from the truth a mean square of the kernels may be, with much to spare.
    const UNSURE: f64 = 1e-4;

    /// Of `count` samples. The sums of the kernels are good to 1e-5; what is nearer to `threshold`, or past what they can hold, is added up again in f64.
    pub fn of<S: Iterator<Item = f32>>(
        measured: Measured,
        count: usize,
        threshold: f64,
        samples: impl FnOnce() -> S,
    ) -> Self {
        // Nobody waits for this division: it does not depend on what was measured.
        let square = f64::from(measured.squares) * (1.0 / f64::from(count.max(1) as u32));
        let near = threshold > 0.0 && (square - threshold).abs() <= Self::UNSURE * threshold;
        let small = measured.peak < 1e-12 && measured.peak > 0.0 && threshold < 1e-18;
        let square = if near || small || !square.is_finite() { exact_square(samples(), count) } else { square };
        Self { peak: measured.peak, square }
    }

    /// That of two channels together.
    pub fn with(&self, other: &Self) -> Self {
        Self { peak: self.peak.max(other.peak), square: 0.5 * self.square + 0.5 * other.square }
    }

    /// The same, with the mean square as `exact` has it if that is near enough to `threshold` to matter.
    pub fn sure(self, threshold: f64, exact: impl FnOnce() -> f64) -> Self {
        let near = threshold > 0.0 && (self.square - threshold).abs() <= Self::UNSURE * threshold;
        if near { Self { square: exact(), ..self } } else { self }
    }
}

/// The mean square of `count` samples, added up in f64.
pub(crate) fn exact_square(samples: impl Iterator<Item = f32>, count: usize) -> f64 {
    samples.map(|sample| f64::from(sample).powi(2)).sum::<f64>() / count.max(1) as f64
}

/// The levels of a mix. The root is left to those who read them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct MixLevel {
    pub peak: f32,
    /// The mean of the squares.
    pub square: f64,
    /// The limiter's least gain.
    pub gain: f32,
}

impl Default for MixLevel {
    /// Of silence.
    fn default() -> Self {
        Self { peak: 0.0, square: 0.0, gain: 1.0 }
    }
}

impl MixLevel {
    /// Of a mix, of so many samples, that the limiter leaves as it is.
    pub fn of(measured: Measured, mix: &[Tile], count: usize) -> Self {
        let Loudness { peak, square } = Loudness::of(measured, count, 0.0, || Tile::flat(mix).iter().copied());
        Self { peak, square, gain: 1.0 }
    }

    pub fn rms(&self) -> f32 {
        self.square.sqrt() as f32
    }

    /// Whether the limiter acted.
    pub fn limited(&self) -> bool {
        self.gain < 1.0
    }
}
