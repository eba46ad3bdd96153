//! Audio in memory, ready to be played: [`Clip`].

use std::{fmt, sync::Arc};

use crate::{
    data::channels::{Channels, Planes},
    stream::FormatError,
};

/// A piece of audio at the rate of a mixer, mono or stereo as it was made. It never changes. A clone shares the samples:
/// one clip can be played by any number of [`Player`](super::Player)s, in all mixers of its rate, at the same time.
///
/// ```
/// use mixminus::{Frame, stream::Clip};
/// let beep: Vec<i16> = (0..4000).map(|n| ((f64::from(n) * 0.785).sin() * 8000.0) as i16).collect();
/// let clip = Clip::new(Frame::mono(&beep), 8000, 48_000)?; // of 8 kHz, for mixers of 48 kHz
/// assert_eq!((clip.samples(), clip.duration_ms()), (24_000, 500.0));
/// # Ok::<(), mixminus::stream::ClipError>(())
/// ```
#[derive(Clone)]
pub struct Clip(Arc<Sound>);

struct Sound {
    left: Box<[f32]>,
    /// Of a stereo clip; as long as the left channel.
    right: Option<Box<[f32]>>,
    rate_hz: u32,
}

impl Clip {
    pub(super) fn of(Samples { left, right }: Samples, rate_hz: u32) -> Self {
        let (left, right) = (left.into_boxed_slice(), right.map(Vec::into_boxed_slice));
        Self(Arc::new(Sound { left, right, rate_hz }))
    }

    /// Samples of each channel.
    pub fn samples(&self) -> usize {
        self.0.left.len()
    }

    /// How long it is, in ms.
    pub fn duration_ms(&self) -> f64 {
        1000.0 * self.samples() as f64 / f64::from(self.0.rate_hz)
    }

    /// The rate of the mixers that can play it, in Hz.
    pub fn rate_hz(&self) -> u32 {
        self.0.rate_hz
    }

    /// Mono or stereo. A mono clip is heard on both sides of a stereo mixer; a mono mixer takes the mean of a stereo clip.
    pub fn channels(&self) -> Channels {
        if self.0.right.is_some() { Channels::Stereo } else { Channels::Mono }
    }

    pub(super) fn planes(&self) -> Planes<'_> {
        Planes { left: &self.0.left, right: self.0.right.as_deref() }
    }
}

impl fmt::Debug for Clip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clip")
            .field("samples", &self.samples())
            .field("rate_hz", &self.rate_hz())
            .field("channels", &self.channels())
            .finish()
    }
}

/// Samples of a clip that is being made.
#[derive(Debug)]
pub(super) struct Samples {
    pub left: Vec<f32>,
    pub right: Option<Vec<f32>>,
}

impl Samples {
    pub fn new(channels: Channels) -> Self {
        Self { left: Vec::new(), right: (channels == Channels::Stereo).then(Vec::new) }
    }

    pub fn followed_by(mut self, mut end: Self) -> Self {
        self.left.append(&mut end.left);
        if let (Some(right), Some(end)) = (&mut self.right, &mut end.right) {
            right.append(end);
        }
        self
    }
}

/// Why there is no clip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClipError {
    /// A rate, or the ratio of the two.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// The channels have different lengths.
    #[error("the clip has {left} samples on the left and {right} on the right")]
    Uneven {
        /// Samples of the left channel.
        left: usize,
        /// Samples of the right channel.
        right: usize,
    },
    /// A sample is NaN, infinite or past ±1e6 (+120 dBFS). Nothing is cleaned in silence: the whole clip is refused.
    #[error("sample {index} of the clip is NaN, infinite or past ±1e6")]
    NotFinite {
        /// The place of the first such sample in its channel.
        index: usize,
    },
}
