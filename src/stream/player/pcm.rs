//! Audio as files and codecs have it: [`Pcm`].

use super::clip::{Clip, ClipError};
use crate::data::{channels::Channels, frame::Frame, ports::StreamFormat};

/// Audio at a rate of its own, before it is made a [`Clip`] for the mixers of some rate.
///
/// ```
/// use mixminus::stream::{Pcm, StreamFormat};
/// let pcm = Pcm { format: StreamFormat::stereo(16_000), samples: vec![0.5, -0.5, 0.25, -0.25] };
/// assert_eq!((pcm.frames(), pcm.duration_ms(), pcm.clip(48_000)?.samples()), (2, 0.125, 6));
/// # Ok::<(), mixminus::stream::ClipError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Pcm {
    /// The rate and the channels.
    pub format: StreamFormat,
    /// Full scale is ±1.0; with two channels they lie side by side: left, right, left.
    pub samples: Vec<f32>,
}

impl Pcm {
    /// Samples of each channel.
    pub fn frames(&self) -> usize {
        self.samples.len() / self.format.channels.count()
    }

    /// How long it is, in ms.
    pub fn duration_ms(&self) -> f64 {
        1000.0 * self.frames() as f64 / f64::from(self.format.rate_hz)
    }

    /// A clip of it for mixers of `mixer_hz`: see [`Clip::new`].
    ///
    /// # Errors
    /// [`ClipError`].
    pub fn clip(&self, mixer_hz: u32) -> Result<Clip, ClipError> {
        let frame = match self.format.channels {
            Channels::Mono => Frame::mono(&self.samples),
            Channels::Stereo => Frame::interleaved(&self.samples),
        };
        Clip::new(frame, self.format.rate_hz, mixer_hz)
    }
}
