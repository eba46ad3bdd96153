//! What encode groups ask of a codec: [`Encoder`]. Hosts may bring codecs of their own.

use crate::data::ports::StreamFormat;

/// Turns samples into packets: one for each mix that listeners hear. Called on the threads that encode, never on the
/// audio thread. It may allocate; what it does in [`encode`](Self::encode) every listener of the mix waits for.
///
/// Samples have full scale at ±1.0; with two channels they lie side by side: left, right, left.
///
/// A codec of the host's own, here samples of 16 bits as RTP's L16 has them:
///
/// ```
/// use mixminus::stream::{EncodeError, Encoder, StreamFormat};
///
/// #[derive(Debug, Clone)]
/// struct L16;
///
/// impl Encoder for L16 {
///     fn format(&self) -> StreamFormat {
///         StreamFormat::mono(16_000)
///     }
///
///     fn takes(&self, _frames: usize) -> bool {
///         true // packets of any length
///     }
///
///     fn encode(&mut self, samples: &[f32], out: &mut [u8]) -> Result<usize, EncodeError> {
///         let bytes = self.bytes_in_room(2 * samples.len(), out)?;
///         for (out, sample) in out.chunks_exact_mut(2).zip(samples) {
///             out.copy_from_slice(&((sample * 32767.0) as i16).to_be_bytes());
///         }
///         Ok(bytes)
///     }
///
///     fn fork(&mut self) -> Box<dyn Encoder> {
///         Box::new(self.clone())
///     }
///
///     fn reset(&mut self) {}
/// }
///
/// let mut out = [0; 4];
/// assert_eq!(L16.encode(&[0.5, -0.25], &mut out), Ok(4));
/// assert_eq!(out, [0x3F, 0xFF, 0xE0, 0x01]);
/// ```
pub trait Encoder: Send + std::fmt::Debug {
    /// The rate and the channels of what it takes.
    fn format(&self) -> StreamFormat;

    /// Whether a packet may have so many frames (samples of each channel).
    fn takes(&self, frames: usize) -> bool;

    /// Encodes one packet, and tells how many bytes of `out` it has. 0: nothing is to be sent for this time (DTX).
    ///
    /// # Errors
    /// [`EncodeError`]: there is no packet for this time.
    fn encode(&mut self, samples: &[f32], out: &mut [u8]) -> Result<usize, EncodeError>;

    /// Another encoder that goes on from here, for listeners whose decoders have heard this one until now. Exact: both
    /// give the same packets for the same samples. Where a library cannot copy its state, one that has encoded the last
    /// packets, too, is near enough that no listener hears the change.
    fn fork(&mut self) -> Box<dyn Encoder>;

    /// As new: other listeners follow.
    fn reset(&mut self);

    /// How long two encoders must have had the same sound before a decoder may go from one to the other without an edge, in
    /// ms: 0 if a packet does not depend on those before it.
    fn memory_ms(&self) -> u32 {
        100
    }

    /// `bytes`, if `out` has as many: for implementations of [`encode`](Self::encode).
    ///
    /// # Errors
    /// [`EncodeError::Room`].
    fn bytes_in_room(&self, bytes: usize, out: &[u8]) -> Result<usize, EncodeError> {
        if bytes > out.len() { Err(EncodeError::Room { bytes, room: out.len() }) } else { Ok(bytes) }
    }

    /// The frames of a packet that this codec takes: for implementations of [`encode`](Self::encode).
    ///
    /// # Errors
    /// [`EncodeError::Length`].
    fn frames_of(&self, samples: &[f32]) -> Result<usize, EncodeError> {
        let channels = self.format().channels.count();
        let frames = samples.len() / channels;
        let whole = samples.len().is_multiple_of(channels);
        if whole && self.takes(frames) { Ok(frames) } else { Err(EncodeError::Length { frames }) }
    }
}

/// Samples that are not encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The codec has no packets of this length.
    #[error("the codec has no packets of {frames} frames")]
    Length {
        /// The frames of the samples.
        frames: usize,
    },
    /// The packet is longer than the room for it.
    #[error("a packet of {bytes} bytes is longer than the room for it, {room} bytes")]
    Room {
        /// The bytes of the packet.
        bytes: usize,
        /// The bytes that there is room for.
        room: usize,
    },
    /// The library that encodes refuses the samples, or a setting.
    #[error("the codec refuses: {reason}")]
    Refused {
        /// What it says.
        reason: &'static str,
    },
}
