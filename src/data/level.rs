//! Loudness: [`Gain`], an amplitude factor, and [`Decibels`], the same on a logarithmic scale. Pure data.

use std::fmt;

/// A level in decibels: as a gain, 0 dB is "as sent"; as a signal level (dBFS), 0 dB is an RMS or peak of 1.0.
///
/// ```
/// use mixminus::Decibels;
/// assert_eq!(Decibels(-20.0).amplitude(), 0.1);
/// assert_eq!(Decibels::from_amplitude(0.0), Decibels::SILENCE);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Decibels(pub f64);

impl Decibels {
    /// No signal at all: an amplitude of exactly 0.
    pub const SILENCE: Self = Self(f64::NEG_INFINITY);

    /// The amplitude factor: 10^(dB / 20).
    pub fn amplitude(self) -> f64 {
        10f64.powf(self.0 / 20.0)
    }

    /// The level of an amplitude: 20 log10(|amplitude|).
    pub fn from_amplitude(amplitude: f64) -> Self {
        Self(20.0 * amplitude.abs().log10())
    }
}

/// A number of dB, or null for a level that is not finite, such as silence: JSON has no number for it.
impl serde::Serialize for Decibels {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Some(self.0).filter(|db| db.is_finite()).serialize(serializer)
    }
}

impl fmt::Display for Decibels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1} dB", self.0)
    }
}

/// An amplitude factor from 0 (silence) to [`Gain::MAX`]; 1 is "as sent".
///
/// ```
/// use mixminus::{Decibels, Gain};
/// assert_eq!(Gain::from_percent(50.0)?, Gain::new(0.5)?);
/// assert_eq!(Gain::try_from(Decibels(-20.0))?.factor(), 0.1);
/// assert!(Gain::new(-1.0).is_err());
/// # Ok::<(), mixminus::GainError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Gain(f64);

impl Gain {
    /// A factor of 0: the source is not in the mix.
    pub const SILENCE: Self = Self(0.0);
    /// A factor of 1: the source as it was sent.
    pub const UNITY: Self = Self(1.0);
    /// The largest gain: a factor of 16, about +24 dB.
    pub const MAX: Self = Self(16.0);

    /// A gain of `factor`.
    ///
    /// # Errors
    /// [`GainError`] if `factor` is not a number from 0 to 16.
    pub fn new(factor: f64) -> Result<Self, GainError> {
        if (0.0..=Self::MAX.0).contains(&factor) { Ok(Self(factor.abs())) } else { Err(GainError { factor }) }
    }

    /// A gain of `percent` / 100: 100 is "as sent".
    ///
    /// # Errors
    /// [`GainError`] if the factor is not a number from 0 to 16.
    pub fn from_percent(percent: f64) -> Result<Self, GainError> {
        Self::new(percent / 100.0)
    }

    /// The amplitude factor.
    pub fn factor(self) -> f64 {
        self.0
    }
}

impl Default for Gain {
    fn default() -> Self {
        Self::UNITY
    }
}

impl TryFrom<Decibels> for Gain {
    type Error = GainError;

    fn try_from(level: Decibels) -> Result<Self, GainError> {
        Self::new(level.amplitude())
    }
}

/// A factor that was refused as a [`Gain`].
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("a gain of {factor} is not a factor from 0 to 16 (+24 dB)")]
pub struct GainError {
    /// The factor that was asked for.
    pub factor: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gain_out_of_range_is_refused() {
        for factor in [-0.1, 16.1, f64::NAN, f64::INFINITY] {
            assert!(Gain::new(factor).is_err(), "{factor}");
        }
    }

    #[test]
    fn a_gain_of_negative_zero_is_stored_as_zero() {
        assert_eq!(Gain::new(-0.0).unwrap().factor().to_bits(), 0);
    }

    #[test]
    fn silence_in_decibels_is_an_amplitude_of_zero() {
        assert_eq!(Decibels::SILENCE.amplitude(), 0.0);
        assert_eq!(Gain::try_from(Decibels::SILENCE), Ok(Gain::SILENCE));
    }
}
