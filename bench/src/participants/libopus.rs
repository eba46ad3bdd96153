//! libopus as an encoder and a decoder of streams, with the options that the crate's own have.

use std::{collections::VecDeque, fmt};

use mixminus::stream::{DecodeError, Decoder, EncodeError, Encoder, OpusEncoderOptions, StreamFormat};
use opus::{Application, Bitrate, Channels};

use super::{PACKET, RATE_HZ};

/// How many packets a fork encodes once more: as many as a fork of the crate's own encoder.
const REPLAYED: usize = 3;
const MOST_BYTES: usize = 1275;

/// An encoder in mono.
pub struct LibopusEncoder {
    options: OpusEncoderOptions,
    library: opus::Encoder,
    /// The last packets.
    recent: VecDeque<Vec<f32>>,
}

impl LibopusEncoder {
    /// An encoder as new.
    pub fn new(options: OpusEncoderOptions) -> Result<Self, EncodeError> {
        let library = library(&options).map_err(refused)?;
        Ok(Self { options, library, recent: VecDeque::new() })
    }
}

fn refused(fault: opus::Error) -> EncodeError {
    EncodeError::Refused { reason: fault.code().description() }
}

fn library(options: &OpusEncoderOptions) -> opus::Result<opus::Encoder> {
    let application = if options.speech { Application::Voip } else { Application::Audio };
    let mut library = opus::Encoder::new(RATE_HZ, Channels::Mono, application)?;
    library.set_bitrate(Bitrate::Bits(options.bits_per_second as i32))?;
    library.set_complexity(i32::from(options.complexity))?;
    library.set_vbr(false)?;
    library.set_inband_fec(options.expected_loss_percent > 0)?;
    library.set_packet_loss_perc(i32::from(options.expected_loss_percent))?;
    Ok(library)
}

impl Encoder for LibopusEncoder {
    fn format(&self) -> StreamFormat {
        StreamFormat::mono(RATE_HZ)
    }

    fn takes(&self, frames: usize) -> bool {
        frames == PACKET
    }

    fn encode(&mut self, samples: &[f32], out: &mut [u8]) -> Result<usize, EncodeError> {
        let mut oldest = if self.recent.len() < REPLAYED { None } else { self.recent.pop_front() }.unwrap_or_default();
        oldest.clear();
        oldest.extend_from_slice(samples);
        self.recent.push_back(oldest);
        let room = out.len().min(MOST_BYTES);
        self.library.encode_float(samples, &mut out[..room]).map_err(refused)
    }

    fn fork(&mut self) -> Box<dyn Encoder> {
        let mut fork = Self::new(self.options).unwrap_or_else(|_| unreachable!("these options were taken before"));
        for samples in &self.recent {
            // What this encoder took that one takes.
            let _bytes = fork.encode(samples, &mut [0; MOST_BYTES]);
        }
        Box::new(fork)
    }

    fn reset(&mut self) {
        self.recent.clear();
        // It was made by the same library: it cannot fail.
        let _reset = self.library.reset_state();
    }
}

impl fmt::Debug for LibopusEncoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LibopusEncoder").field("options", &self.options).finish_non_exhaustive()
    }
}

/// A decoder to mono.
pub struct LibopusDecoder {
    library: opus::Decoder,
}

impl LibopusDecoder {
    /// A decoder as new.
    pub fn new() -> Result<Self, DecodeError> {
        let library = opus::Decoder::new(RATE_HZ, Channels::Mono);
        Ok(Self { library: library.map_err(|fault| DecodeError::Refused { reason: fault.code().description() })? })
    }
}

impl Decoder for LibopusDecoder {
    fn format(&self) -> StreamFormat {
        StreamFormat::mono(RATE_HZ)
    }

    fn frames(&self, payload: &[u8]) -> Option<usize> {
        opus::packet::get_nb_samples(payload, RATE_HZ).ok()
    }

    fn decode(&mut self, payload: &[u8], out: &mut [f32]) -> Result<usize, DecodeError> {
        let frames = self.frames_in_room(payload, out)?;
        let decoded = self.library.decode_float(payload, &mut out[..frames], false);
        decoded.map_err(|fault| DecodeError::Refused { reason: fault.code().description() })
    }

    fn conceal(&mut self, out: &mut [f32]) -> bool {
        self.library.decode_float(&[], out, false).is_ok()
    }

    /// The library conceals by itself where there is no copy.
    fn recover(&mut self, next: &[u8], out: &mut [f32]) -> bool {
        self.library.decode_float(next, out, true).is_ok()
    }

    fn recovers(&self) -> bool {
        true
    }

    fn reset(&mut self) {
        // It was made by the same library: it cannot fail.
        let _reset = self.library.reset_state();
    }
}

impl fmt::Debug for LibopusDecoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LibopusDecoder").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_what_the_crates_own_takes_and_forks_go_on() {
        let options = OpusEncoderOptions::default();
        let mut encoder = LibopusEncoder::new(options).unwrap();
        let mut decoder = LibopusDecoder::new().unwrap();
        let (mut bytes, mut out) = ([0; MOST_BYTES], vec![0.0; decoder.most_samples()]);
        let sound: Vec<f32> = (0..PACKET).map(|at| 0.3 * (at as f32 / 20.0).sin()).collect();
        for _ in 0..5 {
            assert_eq!(encoder.encode(&sound, &mut bytes), Ok(80), "32 kbit/s");
            assert_eq!(decoder.decode(&bytes[..80], &mut out), Ok(PACKET));
        }
        assert_eq!(encoder.fork().encode(&sound, &mut bytes), Ok(80));
        assert_eq!(decoder.decode(&bytes[..80], &mut out), Ok(PACKET));
        assert!(out[..PACKET].iter().any(|sample| *sample > 0.2));
    }
}
