//! What a participant sends in a tick: [`Frame`], and how it becomes the mixer's samples. Pure data.

use crate::{
    audio::Panels,
    data::{
        id::ParticipantKey,
        sample::{Plane, Sample},
        sides::Side,
    },
    kernel::{Kernel, Tile},
    meter::{Loudness, exact_square},
};

/// One tick of one source: samples at the mixer's rate, mono or stereo, borrowed from the host. A mono mixer hears the mean of a stereo frame; a stereo
/// mixer a mono frame on both sides.
///
/// ```
/// use mixminus::Frame;
/// let mono = Frame::from(&[0.0_f32, 0.5, -0.5][..]);
/// let integers = Frame::from(&[0_i16, 16384, -16384][..]).active(true);
/// let stereo = Frame::interleaved(&[0.5_f32, -0.5, 0.25, -0.25]); // left, right, left, right
/// let planar = Frame::planar(&[0.5_f32, 0.25], &[-0.5_f32, -0.25]);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    pub(crate) samples: Samples<'a>,
    pub(crate) active: bool,
}

/// The samples of a frame, as they lie in memory.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Samples<'a> {
    Mono(Plane<'a>),
    /// Left and right by turns.
    Interleaved(Plane<'a>),
    /// Left, right.
    Planar(Plane<'a>, Plane<'a>),
}

impl<'a> Frame<'a> {
    /// Mono samples.
    pub fn mono<S: Sample>(samples: &'a [S]) -> Self {
        Self { samples: Samples::Mono(S::plane(samples)), active: false }
    }

    /// Stereo samples: left and right by turns.
    pub fn interleaved<S: Sample>(samples: &'a [S]) -> Self {
        Self { samples: Samples::Interleaved(S::plane(samples)), active: false }
    }

    /// Stereo samples: all of the left, and all of the right channel.
    pub fn planar<S: Sample>(left: &'a [S], right: &'a [S]) -> Self {
        Self { samples: Samples::Planar(S::plane(left), S::plane(right)), active: false }
    }

    /// What the host knows of the source in this tick: whether it is active. Read by [`Detector::Host`](crate::Detector::Host) only.
    #[must_use]
    pub fn active(self, active: bool) -> Self {
        Self { active, ..self }
    }
}

/// Mono samples with full scale at -1.0 and 1.0. What goes past it is mixed as it is.
impl<'a> From<&'a [f32]> for Frame<'a> {
    fn from(samples: &'a [f32]) -> Self {
        Self::mono(samples)
    }
}

/// Mono samples with full scale at -32768: each stands for sample / 32768.
impl<'a> From<&'a [i16]> for Frame<'a> {
    fn from(samples: &'a [i16]) -> Self {
        Self::mono(samples)
    }
}

impl Frame<'_> {
    /// Past this magnitude a sample is no sample, but the sign of a fault: sums of it could leave the range of f32.
    pub(crate) const LIMIT: f32 = 1e30;

    /// Samples of each channel; of the left and of the right one, if they are not as many.
    #[inline]
    pub(crate) fn len(&self) -> Result<usize, (usize, usize)> {
        let (left, right) = match self.samples {
            Samples::Mono(plane) => (plane.len(), plane.len()),
            Samples::Interleaved(plane) => (plane.len().div_ceil(2), plane.len() / 2),
            Samples::Planar(left, right) => (left.len(), right.len()),
        };
        if left == right { Ok(left) } else { Err((left, right)) }
    }

    /// One sample of one side; 0 past the end.
    pub(crate) fn sample(&self, side: Side, at: usize) -> f32 {
        let (left, right) = match self.samples {
            Samples::Mono(plane) => return plane.get(at),
            Samples::Interleaved(plane) => (plane.get(2 * at), plane.get(2 * at + 1)),
            Samples::Planar(left, right) => (left.get(at), right.get(at)),
        };
        match side {
            Side::Left => left,
            Side::Right => right,
            // Each is halved first: no sum leaves the range of f32.
            Side::Middle => 0.5 * left + 0.5 * right,
        }
    }

    /// The mean square of all channels, added up in f64.
    pub(crate) fn square(&self) -> f64 {
        let count = self.len().unwrap_or_default();
        let square = |side| exact_square((0..count).map(|at| self.sample(side, at)), count);
        0.5 * square(Side::Left) + 0.5 * square(Side::Right)
    }

    /// Copies one side to a signal of `out`, and measures: the mean square is exact where it decides, near `threshold`. `Err` with the place of the first
    /// sample that is none.
    #[inline]
    pub(crate) fn read_into(
        &self,
        side: Side,
        out: &mut Panels,
        signal: usize,
        threshold: f64,
        kernel: Kernel,
    ) -> Result<Loudness, usize> {
        let out = out.of_mut(signal);
        let count = self.len().unwrap_or_default();
        let measured = match (self.samples, side) {
            (Samples::Mono(plane), _)
            | (Samples::Planar(plane, _), Side::Left)
            | (Samples::Planar(_, plane), Side::Right) => match plane {
                Plane::F32(samples) => kernel.take_f32(samples, out),
                Plane::I16(samples) => kernel.take_i16(samples, out),
            },
            _ => {
                let (samples, rest) = Tile::flat_mut(out).split_at_mut(count);
                samples.iter_mut().enumerate().for_each(|(at, sample)| *sample = self.sample(side, at));
                rest.fill(0.0);
                kernel.measure(out)
            }
        };
        if measured.peak <= Self::LIMIT {
            return Ok(Loudness::of(measured, count, threshold, || Tile::flat(out).iter().copied()));
        }
        let spoilt = |sample: &f32| sample.is_nan() || sample.abs() > Self::LIMIT;
        Err(Tile::flat(out).iter().position(spoilt).unwrap_or_default())
    }
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
    /// The channels of a stereo frame are not as long as each other.
    #[error("the frame of {key} has {left} samples on the left and {right} on the right")]
    Uneven {
        /// The key of the frame.
        key: ParticipantKey,
        /// Samples of the left channel.
        left: usize,
        /// Samples of the right channel.
        right: usize,
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

    fn read(frame: Frame<'_>, threshold: f64) -> (Panels, Result<Loudness, usize>) {
        let mut panels = Panels::new(1, Tile::count(frame.len().unwrap()));
        let read = frame.read_into(Side::Middle, &mut panels, 0, threshold, Kernel::detect());
        (panels, read)
    }

    #[test]
    fn every_i16_comes_back_as_it_was() {
        let samples: Vec<i16> = (i16::MIN..=i16::MAX).collect();
        let (panels, _) = read(Frame::from(&samples[..]), 0.0);
        let mut out = vec![0; samples.len()];
        Kernel::detect().give_i16(&Tile::flat(panels.of(0))[..samples.len()], &mut out);
        assert_eq!(out, samples);
    }

    #[test]
    fn what_is_no_sample_is_found() {
        for bad in [f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 2e30] {
            for place in [0, 1, 47, 48, 99] {
                let mut samples = [0.5; 100];
                samples[place] = bad;
                assert_eq!(read(Frame::from(&samples[..]), 0.0).1, Err(place), "{bad}");
            }
        }
    }

    #[test]
    fn what_decides_is_exact() {
        let frame: Vec<f32> = (0..480).map(|n| (n as f32 * 0.37).sin() * 0.003).collect();
        let exact = frame.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / 480.0;
        assert_eq!(read(Frame::from(&frame[..]), exact).1.unwrap().square, exact);
        let far = read(Frame::from(&frame[..]), 0.0).1.unwrap().square;
        assert!((far / exact - 1.0).abs() < 1e-5);
        assert_eq!(read(Frame::from(&[0.0_f32; 480][..]), exact).1.unwrap(), Loudness { peak: 0.0, square: 0.0 });
        let huge = read(Frame::from(&[1e25_f32; 480][..]), 0.0).1.unwrap().square;
        assert!((huge / f64::from(1e25_f32).powi(2) - 1.0).abs() < 1e-12);
    }
}
