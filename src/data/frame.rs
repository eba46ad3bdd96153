//! What a source sends in a tick: [`Frame`], and how the mixer reads its samples. Pure data.

use super::{
    channels::Channel,
    id::ParticipantKey,
    loudness::square_of_dbov,
    sample::{Plane, Sample},
};

/// One tick of one source: samples at the mixer's rate, mono or stereo, borrowed from the host. A mono mixer
/// takes the mean of the two channels of a stereo frame; a stereo mixer takes a mono frame on both sides.
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
    /// The mean square that was told of it, which decides instead of that of the samples.
    pub(crate) told: Option<f64>,
    /// Whether its channels cancelled each other out when they became one.
    pub(crate) anti_phase: bool,
    /// Whether its source is muted where it comes from: then it fades out as a muted one does.
    pub(crate) muted: bool,
}

/// The samples of a frame, in the order in which they lie in memory.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Samples<'a> {
    Mono(Plane<'a>),
    /// Left and right in turn.
    Interleaved(Plane<'a>),
    /// The left channel, then the right one.
    Planar(Plane<'a>, Plane<'a>),
}

impl<'a> Frame<'a> {
    /// Mono samples.
    pub fn mono<S: Sample>(samples: &'a [S]) -> Self {
        Self::of(Samples::Mono(S::plane(samples)))
    }

    /// Stereo samples, left and right in turn.
    pub fn interleaved<S: Sample>(samples: &'a [S]) -> Self {
        Self::of(Samples::Interleaved(S::plane(samples)))
    }

    /// Stereo samples, one slice for each channel.
    pub fn planar<S: Sample>(left: &'a [S], right: &'a [S]) -> Self {
        Self::of(Samples::Planar(S::plane(left), S::plane(right)))
    }

    fn of(samples: Samples<'a>) -> Self {
        Self { samples, active: false, told: None, anti_phase: false, muted: false }
    }

    /// Says whether the host knows the source to be active in this tick. Only
    /// [`Detector::Host`](crate::Detector::Host) reads it.
    #[must_use]
    pub fn active(self, active: bool) -> Self {
        Self { active, ..self }
    }

    /// Tells how loud the frame is, in -dBov: 0 is an RMS of full scale, 127 is silence, and so is what is greater.
    /// This is the audio level that an RTP packet may carry (RFC 6464), whose activity flag goes to
    /// [`active`](Self::active). It decides instead of the RMS of the samples: for
    /// [`Detector::Energy`](crate::Detector::Energy), who is among the [`loudest`](crate::MixerConfig::loudest), and
    /// the [`floor`](field@crate::MixerConfig::floor). Meters show what was measured. A port measures what it is given,
    /// and does not read it.
    ///
    /// ```
    /// use mixminus::Frame;
    /// let (level, voice) = (35, true); // of the RTP packet
    /// let frame = Frame::from(&[0.01_f32, -0.02][..]).level_dbov(level).active(voice);
    /// ```
    #[must_use]
    pub fn level_dbov(self, level: u8) -> Self {
        Self { told: Some(square_of_dbov(level)), ..self }
    }
}

/// Mono samples with full scale at ±1.0. Samples past full scale are mixed as they are.
impl<'a> From<&'a [f32]> for Frame<'a> {
    fn from(samples: &'a [f32]) -> Self {
        Self::mono(samples)
    }
}

/// Mono samples with full scale at -32768: each integer stands for sample / 32768.
impl<'a> From<&'a [i16]> for Frame<'a> {
    fn from(samples: &'a [i16]) -> Self {
        Self::mono(samples)
    }
}

impl Frame<'_> {
    /// A sample past this magnitude, +120 dBFS, is a fault and no sound. Up to it every sum and every square
    /// of a sum is a finite f32, whatever the gains are: 2^20 sources at a gain of 16 add up to 1.7e13.
    pub(crate) const LIMIT: f32 = 1e6;

    /// Samples of each channel. The error holds the lengths of the left and right channel, if they differ.
    #[inline]
    pub(crate) fn len(&self) -> Result<usize, (usize, usize)> {
        let (left, right) = match self.samples {
            Samples::Mono(plane) => (plane.len(), plane.len()),
            Samples::Interleaved(plane) => (plane.len().div_ceil(2), plane.len() / 2),
            Samples::Planar(left, right) => (left.len(), right.len()),
        };
        if left == right { Ok(left) } else { Err((left, right)) }
    }

    /// Whether the frame has a left and a right channel.
    pub(crate) fn is_stereo(&self) -> bool {
        !matches!(self.samples, Samples::Mono(_))
    }

    /// The left and the right sample at an index; 0 past the end.
    pub(crate) fn both(&self, at: usize) -> [f32; 2] {
        [Channel::Left, Channel::Right].map(|channel| self.sample(channel, at))
    }

    /// The sample at an index, as a channel of a mixer takes it; 0 past the end.
    pub(crate) fn sample(&self, channel: Channel, at: usize) -> f32 {
        let (left, right) = match self.samples {
            Samples::Mono(plane) => return plane.get(at),
            Samples::Interleaved(plane) => (plane.get(2 * at), plane.get(2 * at + 1)),
            Samples::Planar(left, right) => (left.get(at), right.get(at)),
        };
        match channel {
            Channel::Left => left,
            Channel::Right => right,
            // Both are halved before they are added: the sum cannot leave the range of f32.
            Channel::Mono => 0.5 * left + 0.5 * right,
        }
    }
}

/// Why a frame was refused. The tick goes on; the source counts as missing in it unless a good frame follows.
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
    #[error("{key} joined as a listener and sends nothing: join with Direction::Both or Direction::Source")]
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
    /// The two channels of a stereo frame differ in length.
    #[error("the frame of {key} has {left} samples on the left and {right} on the right")]
    Uneven {
        /// The key of the frame.
        key: ParticipantKey,
        /// Samples of the left channel.
        left: usize,
        /// Samples of the right channel.
        right: usize,
    },
    /// A sample is NaN, infinite or past ±1e6 (+120 dBFS).
    #[error("sample {index} of the frame of {key} is NaN, infinite or past ±1e6: the frame counts as missing")]
    NotFinite {
        /// The key of the frame.
        key: ParticipantKey,
        /// The index of the first such sample.
        index: usize,
    },
    /// The participant has already sent its frame of this tick.
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
    fn a_level_in_dbov_is_a_mean_square_and_127_is_silence() {
        let told = |level| Frame::mono(&[0.5_f32]).level_dbov(level).told;
        assert_eq!([0, 10, 127, 255].map(told), [1.0, 0.1, 0.0, 0.0].map(Some));
        assert!((told(126).unwrap() / 10_f64.powf(-12.6) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn each_channel_takes_its_own_samples() {
        let (mono, stereo) = (Frame::mono(&[0.5_f32]), Frame::interleaved(&[0.5_f32, -0.25]));
        let of =
            |frame: Frame<'_>| [Channel::Mono, Channel::Left, Channel::Right].map(|channel| frame.sample(channel, 0));
        assert_eq!((of(mono), of(stereo)), ([0.5; 3], [0.125, 0.5, -0.25]));
        assert_eq!((mono.len(), stereo.len()), (Ok(1), Ok(1)));
        assert_eq!(Frame::interleaved(&[0_i16; 3]).len(), Err((2, 1)));
    }
}
