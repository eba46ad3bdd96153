//! Opus, by the crate `opus-rs`: a port of libopus to Rust, so that no C compiler is needed.
//!
//! What it was chosen by, beside `ropus` 0.12.18 (a port, too) and libopus 1.6 itself: a minute of
//! speech at 48 kHz in packets of 20 ms, encoded by libopus at 32 kbit/s mono (48 kbit/s stereo),
//! decoded on a shared x86-64 core with AVX-512; the best of five runs, and packets lost at random.
//!
//! | | libopus | opus-rs 0.1.40 | ropus 0.12.18 |
//! | --- | --- | --- | --- |
//! | decode a mono packet, µs | 39 | 47 | 54 |
//! | decode a stereo packet, µs | 71 | 91 | 99 |
//! | conceal a mono packet, µs | 29 | 44 | 49 |
//! | decoded, SNR to libopus, dB | | 169 | 84 |
//! | 5 % concealed, SNR to libopus, dB | | 169 | 13 |
//! | 5 % concealed, lost packets to the original, dB | 1.1 | 1.1 | 0.2 |
//! | 10 % concealed, lost packets to the original, dB | 0.8 | 0.8 | 0.1 |
//! | 5 % recovered, lost packets to the original, dB | 4.9 | 4.9 | 4.8 |
//! | 10 % recovered, lost packets to the original, dB | 4.7 | 4.7 | 4.5 |
//!
//! The decode time is repeated by `cargo bench --bench stream --features opus,g711,g722 -- decode`,
//! of a recording of the examples. Of 300,000 packets, random bytes and damaged ones, decoded,
//! concealed and recovered in any order, none made it panic; 40,000 of them were decoded with overflow
//! checks and an address sanitizer. What a packet holds is read here ([`packet`]), in agreement with
//! libopus on 20 million packets of random bytes.

mod encoder;
mod packet;
#[cfg(test)]
mod tests;

use std::fmt;

use opus_rs::OpusDecoder;

use super::{DecodeError, Decoder};
use crate::data::ports::StreamFormat;
pub use encoder::{OpusEncoder, OpusEncoderOptions};
use packet::{Packet, UNIT};

const RATE_HZ: u32 = 48_000;
/// Frames that are concealed at once: 20 ms.
const STEP: usize = 960;

/// A decoder of Opus: 48 kHz, mono or stereo as the host wants it, whatever the packets hold. RTP
/// has a clock of 48,000 Hz for it (RFC 7587).
///
/// It conceals packets that are missing, and recovers them from the next packet when the sender
/// adds copies (in-band FEC: `OPUS_SET_INBAND_FEC` and `OPUS_SET_PACKET_LOSS_PERC`). A copy is of
/// the last 10 to 60 ms before the packet that carries it: of a longer gap the rest is concealed.
/// The modes for music and for packets under 10 ms (CELT) have no copies.
///
/// Nothing is allocated but by the constructors and [`reset`](Decoder::reset).
///
/// [`Opus::mono`] mixes a stereo packet down as it decodes. Its sender should then set
/// `OPUS_SET_PHASE_INVERSION_DISABLED`, and so should one whose stereo is mixed to mono later:
/// where it sends a band of both sides with one sign turned, the sum of the sides is silence. That
/// cannot be set here: the library has no such setting for its decoder.
///
/// ```
/// use mixminus::stream::{Decoder, Opus};
///
/// let mut decoder = Opus::mono()?;
/// let pause = [0x78]; // 20 ms in which the sender has nothing to say: DTX
/// assert_eq!(decoder.frames(&pause), Some(960));
/// let mut out = vec![0.0; decoder.most_samples()];
/// assert_eq!(decoder.decode(&pause, &mut out)?, 960);
/// # Ok::<(), mixminus::stream::DecodeError>(())
/// ```
pub struct Opus {
    format: StreamFormat,
    library: OpusDecoder,
    /// Whether the last packet was CELT: then there is no SILK state that a copy could follow on.
    after_celt: bool,
    /// What is concealed at once.
    concealed: Vec<f32>,
}

impl Opus {
    /// One channel; both of a stereo packet are mixed down.
    ///
    /// # Errors
    /// The library refuses the format.
    pub fn mono() -> Result<Self, DecodeError> {
        Self::new(StreamFormat::mono(RATE_HZ), 1)
    }

    /// Two channels; a mono packet is on both.
    ///
    /// # Errors
    /// The library refuses the format.
    pub fn stereo() -> Result<Self, DecodeError> {
        Self::new(StreamFormat::stereo(RATE_HZ), 2)
    }

    fn new(format: StreamFormat, channels: usize) -> Result<Self, DecodeError> {
        let library = library(channels)?;
        Ok(Self { format, library, after_celt: false, concealed: vec![0.0; STEP * channels] })
    }

    /// Whether `out` can be filled from the copy that a packet carries: it covers the end of `out`,
    /// and what is before it is concealed, in units of 2.5 ms.
    fn copy_fits(&self, next: &Packet<'_>, out: &[f32]) -> bool {
        let frames = out.len() / self.channels();
        next.carries_copy() && !self.after_celt && frames >= next.coded_frame() && frames.is_multiple_of(UNIT)
    }

    /// Leaves only finite samples within full scale. Packets made to harm could else put
    /// others into the state, for as long as it lasts.
    fn tame(&mut self, out: &mut [f32]) {
        if out.iter().any(|sample| !sample.is_finite()) {
            out.fill(0.0);
            self.reset();
        }
        out.iter_mut().for_each(|sample| *sample = sample.clamp(-1.0, 1.0));
    }

    /// Up to [`STEP`] frames.
    fn conceal_step(&mut self, out: &mut [f32]) -> bool {
        // The library conceals in units of 2.5 ms. What is past `out` is left out.
        let samples = out.len().next_multiple_of(UNIT * self.channels());
        let frames = samples / self.channels();
        let done = self.library.decode(&[], frames, &mut self.concealed[..samples]);
        out.copy_from_slice(&self.concealed[..out.len()]);
        done.is_ok()
    }
}

fn library(channels: usize) -> Result<OpusDecoder, DecodeError> {
    OpusDecoder::new(RATE_HZ as i32, channels).map_err(|reason| DecodeError::Refused { reason })
}

impl fmt::Debug for Opus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opus").field("format", &self.format).finish_non_exhaustive()
    }
}

impl Decoder for Opus {
    fn format(&self) -> StreamFormat {
        self.format
    }

    fn frames(&self, payload: &[u8]) -> Option<usize> {
        Packet::read(payload).map(|packet| packet.frames())
    }

    fn decode(&mut self, payload: &[u8], out: &mut [f32]) -> Result<usize, DecodeError> {
        let frames = self.frames_in_room(payload, out)?;
        let out = &mut out[..frames * self.channels()];
        self.library.decode(payload, frames, out).map_err(|reason| DecodeError::Refused { reason })?;
        // A packet of one byte is a pause: the state stays that of the last one.
        if let (Some(packet), 2..) = (Packet::read(payload), payload.len()) {
            self.after_celt = packet.is_celt();
        }
        self.tame(out);
        Ok(frames)
    }

    fn conceal(&mut self, out: &mut [f32]) -> bool {
        let concealed = out.chunks_mut(STEP * self.channels()).all(|step| self.conceal_step(step));
        self.tame(out);
        concealed
    }

    fn recover(&mut self, next: &[u8], out: &mut [f32]) -> bool {
        if !Packet::read(next).is_some_and(|next| self.copy_fits(&next, out)) {
            return false;
        }
        let recovered = self.library.decode_fec(next, out.len() / self.channels(), out).is_ok();
        self.tame(out);
        recovered
    }

    fn recovers(&self) -> bool {
        true
    }

    fn reset(&mut self) {
        if let Ok(library) = library(self.channels()) {
            self.library = library;
        }
        self.after_celt = false;
    }
}
