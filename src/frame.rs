//! What a participant sends in a tick: [`Frame`], and how it becomes the mixer's samples. Pure data.

use crate::{id::ParticipantKey, kernel::Kernel, meter::Loudness};

/// One tick of one source: mono samples at the mixer's rate, borrowed from the host.
///
/// ```
/// use mixminus::Frame;
/// let float = Frame::from(&[0.0_f32, 0.5, -0.5][..]);
/// let integer = Frame::from(&[0_i16, 16384, -16384][..]).active(true);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    pub(crate) samples: Samples<'a>,
    pub(crate) active: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Samples<'a> {
    F32(&'a [f32]),
    I16(&'a [i16]),
}

impl Frame<'_> {
    /// What the host knows of the source in this tick: whether it is active. Read by [`Detector::Host`](crate::Detector::Host) only.
    #[must_use]
    pub fn active(self, active: bool) -> Self {
        Self { active, ..self }
    }
}

/// Samples with full scale at -1.0 and 1.0. What goes past it is mixed as it is.
impl<'a> From<&'a [f32]> for Frame<'a> {
    fn from(samples: &'a [f32]) -> Self {
        Self { samples: Samples::F32(samples), active: false }
    }
}

/// Samples with full scale at -32768: each stands for sample / 32768.
impl<'a> From<&'a [i16]> for Frame<'a> {
    fn from(samples: &'a [i16]) -> Self {
        Self { samples: Samples::I16(samples), active: false }
    }
}

impl Samples<'_> {
    /// Past this magnitude a sample is no sample, but the sign of a fault: sums of it could leave the range of f32.
    pub const LIMIT: f32 = 1e30;

    pub fn len(&self) -> usize {
        match self {
            Self::F32(samples) => samples.len(),
            Self::I16(samples) => samples.len(),
        }
    }

    /// Copies to `out`, which is as long, and measures. `Err` with the place of the first sample that is none.
    pub fn read_into(&self, out: &mut [f32], kernel: Kernel) -> Result<Loudness, usize> {
        match self {
            Self::F32(samples) => out.copy_from_slice(samples),
            Self::I16(samples) => {
                for (out, sample) in out.iter_mut().zip(*samples) {
                    *out = f32::from(*sample) / 32768.0;
                }
            }
        }
        let loudness = Loudness::of(out, kernel);
        if loudness.peak <= Self::LIMIT {
            return Ok(loudness);
        }
        let spoilt = |sample: &f32| sample.is_nan() || sample.abs() > Self::LIMIT;
        Err(out.iter().position(spoilt).unwrap_or_default())
    }
}

/// The nearest i16 of a sample: full scale is -32768, and +1.0 becomes 32767.
pub(crate) fn to_i16(sample: f32) -> i16 {
    (sample * 32768.0).round_ties_even() as i16
}

/// Why a frame was refused. The tick goes on, and the source counts as missing in it unless a good frame follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// Nobody has this key: the participant left, or joined after this tick began.
    #[error("{key} is not in this mix: it left, or joins with the next tick")]
    Unknown {
        /// The key of the frame.
        key: ParticipantKey,
    },
    /// The participant joined as a listener only.
    #[error("{key} joined as a listener and sends nothing: join with Role::Both or Role::Source")]
    NotASource {
        /// The key of the frame.
        key: ParticipantKey,
    },
    /// The frame is not one tick long.
    #[error("the frame of {key} has {actual} samples, and a tick of this mixer has {expected}")]
    WrongLength {
        /// The key of the frame.
        key: ParticipantKey,
        /// Samples of a tick.
        expected: usize,
        /// Samples of the frame.
        actual: usize,
    },
    /// A sample is NaN, infinite or past ±1e30.
    #[error("sample {index} of the frame of {key} is NaN, infinite or past 1e30: the frame counts as missing")]
    NotFinite {
        /// The key of the frame.
        key: ParticipantKey,
        /// The place of the first such sample.
        index: usize,
    },
    /// The participant has sent its frame of this tick already.
    #[error("{key} has sent its frame of this tick already: one frame a tick")]
    Repeated {
        /// The key of the frame.
        key: ParticipantKey,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_i16_comes_back_as_it_was() {
        for sample in i16::MIN..=i16::MAX {
            let mut out = [0.0];
            Samples::I16(&[sample]).read_into(&mut out, Kernel::detect()).unwrap();
            assert_eq!(to_i16(out[0]), sample);
        }
    }

    #[test]
    fn what_goes_past_full_scale_saturates_in_i16() {
        assert_eq!([1.0, 1.5, -1.0, -1.5].map(to_i16), [32767, 32767, -32768, -32768]);
    }

    #[test]
    fn what_is_no_sample_is_found() {
        let mut out = [0.0; 3];
        for bad in [f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 2e30] {
            assert_eq!(Samples::F32(&[0.0, bad, 0.0]).read_into(&mut out, Kernel::detect()), Err(1));
        }
    }
}
