//! What a port asks of a codec: [`Decoder`]. Hosts may bring codecs of their own.

use crate::data::{channels::Channels, ports::StreamFormat};

/// The longest packet, in ms: the 120 ms of Opus.
pub const MOST_MS: usize = 120;

/// Turns the packets of one stream into samples. Called on the thread that decodes, never on the
/// audio thread; may allocate in its constructor only, unless its own docs say otherwise.
///
/// Samples have full scale at ±1.0; with two channels they lie side by side: left, right, left.
///
/// A codec of the host's own, here samples of 16 bits as RTP's L16 has them:
///
/// ```
/// use mixminus::stream::{DecodeError, Decoder, StreamFormat};
///
/// #[derive(Debug)]
/// struct L16;
///
/// impl Decoder for L16 {
///     fn format(&self) -> StreamFormat {
///         StreamFormat::mono(16_000)
///     }
///
///     fn frames(&self, payload: &[u8]) -> Option<usize> {
///         (!payload.is_empty() && payload.len() % 2 == 0).then_some(payload.len() / 2)
///     }
///
///     fn decode(&mut self, payload: &[u8], out: &mut [f32]) -> Result<usize, DecodeError> {
///         let frames = self.frames_in_room(payload, out)?;
///         for (sample, bytes) in out.iter_mut().zip(payload.chunks_exact(2)) {
///             *sample = f32::from(i16::from_be_bytes([bytes[0], bytes[1]])) / 32768.0;
///         }
///         Ok(frames)
///     }
///
///     fn conceal(&mut self, _out: &mut [f32]) -> bool {
///         false
///     }
///
///     fn recover(&mut self, _next: &[u8], _out: &mut [f32]) -> bool {
///         false
///     }
///
///     fn reset(&mut self) {}
/// }
///
/// let mut out = vec![0.0; L16.most_samples()];
/// assert_eq!(L16.decode(&[0x40, 0, 0xE0, 0], &mut out), Ok(2));
/// assert_eq!(out[..2], [0.5, -0.25]);
/// ```
pub trait Decoder: Send + std::fmt::Debug {
    /// The rate and the channels of what it gives.
    fn format(&self) -> StreamFormat;

    /// How many frames (samples of each channel) a packet holds, without decoding it; None if it
    /// is no packet of this codec.
    fn frames(&self, payload: &[u8]) -> Option<usize>;

    /// Decodes the packet that follows on the last one into `out` (channels side by side, room for
    /// [`MOST_MS`] of them), and returns how many frames.
    ///
    /// # Errors
    /// The payload is no packet of this codec, or longer than the room. The decoder can go on with
    /// the next packet.
    fn decode(&mut self, payload: &[u8], out: &mut [f32]) -> Result<usize, DecodeError>;

    /// Fills `out` with what stands in for a missing packet; whole frames. Returns false if the
    /// codec cannot: the port then goes on with the last period itself. What `out` holds then does
    /// not count.
    fn conceal(&mut self, out: &mut [f32]) -> bool;

    /// Decodes the copy of the packet *before* `next` that `next` carries (Opus in-band FEC),
    /// `out.len()` long. false if it carries none: then nothing has happened, and
    /// [`conceal`](Self::conceal) may be called.
    ///
    /// It is called in the place of the packet that is missing; `next` itself is decoded after it.
    fn recover(&mut self, next: &[u8], out: &mut [f32]) -> bool;

    /// Whether [`recover`](Self::recover) can ever succeed for this codec (Opus: yes; G.711: no).
    fn recovers(&self) -> bool {
        false
    }

    /// As new: another sender's packets follow.
    fn reset(&mut self);

    /// How many samples the longest packet takes, of all channels: the room that
    /// [`decode`](Self::decode) wants.
    fn most_samples(&self) -> usize {
        self.format().rate_hz as usize * MOST_MS / 1000 * self.channels()
    }

    /// The channels of what it gives: 1 or 2.
    fn channels(&self) -> usize {
        match self.format().channels {
            Channels::Mono => 1,
            Channels::Stereo => 2,
        }
    }

    /// The frames of a packet that fits into `out`: for implementations of
    /// [`decode`](Self::decode).
    ///
    /// # Errors
    /// The payload is no packet of this codec, or longer than the room.
    fn frames_in_room(&self, payload: &[u8], out: &[f32]) -> Result<usize, DecodeError> {
        if payload.is_empty() {
            return Err(DecodeError::Empty);
        }
        let frames = self.frames(payload).ok_or(DecodeError::NoPacket { bytes: payload.len() })?;
        let room = out.len() / self.channels();
        if frames > room { Err(DecodeError::TooLong { frames, room }) } else { Ok(frames) }
    }
}

/// A codec that is chosen while the program runs.
impl<D: Decoder + ?Sized> Decoder for Box<D> {
    fn format(&self) -> StreamFormat {
        (**self).format()
    }

    fn frames(&self, payload: &[u8]) -> Option<usize> {
        (**self).frames(payload)
    }

    fn decode(&mut self, payload: &[u8], out: &mut [f32]) -> Result<usize, DecodeError> {
        (**self).decode(payload, out)
    }

    fn conceal(&mut self, out: &mut [f32]) -> bool {
        (**self).conceal(out)
    }

    fn recover(&mut self, next: &[u8], out: &mut [f32]) -> bool {
        (**self).recover(next, out)
    }

    fn recovers(&self) -> bool {
        (**self).recovers()
    }

    fn reset(&mut self) {
        (**self).reset();
    }

    fn most_samples(&self) -> usize {
        (**self).most_samples()
    }

    fn channels(&self) -> usize {
        (**self).channels()
    }
}

/// A payload that is not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// There are no bytes. Nothing came, or the sender pauses: that is no packet.
    #[error("an empty payload is no packet: what is missing is concealed, not decoded")]
    Empty,
    /// The bytes are no packet of this codec.
    #[error("the payload, {bytes} bytes, is no packet of this codec")]
    NoPacket {
        /// How many bytes there are.
        bytes: usize,
    },
    /// The library that decodes refuses it.
    #[error("the codec refuses: {reason}")]
    Refused {
        /// What it says.
        reason: &'static str,
    },
    /// The packet holds more than there is room for.
    #[error("a packet of {frames} frames is longer than the room for it, {room} frames; packets have up to 120 ms")]
    TooLong {
        /// The frames of the packet.
        frames: usize,
        /// The frames that there is room for.
        room: usize,
    },
}
