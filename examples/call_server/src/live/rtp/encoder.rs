//! Encodes samples for one peer: [`Encoder`].

use std::{fmt, sync::Arc};

use audio_codec::{BoxedResampler, g722::G722Encoder, pcma::PcmaEncoder, pcmu::PcmuEncoder};
use opus_rs::{Application, OpusEncoder};

use super::codec::Codec;
use crate::room::SAMPLE_RATE;

/// The longest packet of Opus.
const LONGEST: usize = 1275;
const OPUS_BITS_PER_SECOND: i32 = 32_000;

/// A codec's encoder, behind what brings the mixer's samples to its rate.
pub struct Encoder {
    resampler: Option<BoxedResampler>,
    library: Library,
}

enum Library {
    Telephone(Box<dyn audio_codec::Encoder>),
    Opus(Box<OpusEncoder>),
}

impl Encoder {
    pub fn new(codec: Codec) -> Result<Self, String> {
        let library = match codec {
            Codec::Pcmu => Library::Telephone(Box::new(PcmuEncoder::new())),
            Codec::Pcma => Library::Telephone(Box::new(PcmaEncoder::new())),
            Codec::G722 => Library::Telephone(Box::new(G722Encoder::new())),
            Codec::Opus => {
                let mut opus = OpusEncoder::new(SAMPLE_RATE as i32, 1, Application::Voip)?;
                opus.bitrate_bps = OPUS_BITS_PER_SECOND;
                Library::Opus(Box::new(opus))
            }
        };
        let rates = (SAMPLE_RATE as usize, codec.rate_hz() as usize);
        let resampler = (rates.0 != rates.1).then(|| BoxedResampler::new(rates.0, rates.1)).transpose();
        Ok(Self { resampler: resampler.map_err(|error| error.to_string())?, library })
    }

    /// Encodes a packet, of as many samples each time. An empty payload if the library refuses it.
    pub fn encode(&mut self, samples: &[i16]) -> Arc<[u8]> {
        let resampled = self.resampler.as_mut().map(|resampler| resampler.resample(samples));
        let samples = resampled.as_deref().unwrap_or(samples);
        match &mut self.library {
            Library::Telephone(encoder) => {
                let mut out = vec![0; encoder.max_encode_bytes(samples.len())];
                let written = encoder.encode_into(samples, &mut out).unwrap_or(0);
                out[..written].into()
            }
            Library::Opus(encoder) => {
                let mut out = [0; LONGEST];
                let written = encoder.encode_i16(samples, samples.len(), &mut out).unwrap_or(0);
                out[..written].into()
            }
        }
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mixminus::stream::Decoder;
    use std::f64::consts::TAU;

    /// The RMS of a tone after encoding and decoding, in proportion to what it was.
    fn kept(codec: Codec, hz: f64) -> f64 {
        let (mut encoder, mut decoder) = (Encoder::new(codec).unwrap(), codec.decoder().unwrap());
        let mut decoded = Vec::new();
        for packet in 0..50 {
            let sample = |at: i32| (10_000.0 * (TAU * hz * f64::from(packet * 960 + at) / 48_000.0).sin()) as i16;
            let payload = encoder.encode(&(0..960).map(sample).collect::<Vec<_>>());
            let mut out = vec![0.0; decoder.most_samples()];
            let frames = decoder.decode(&payload, &mut out).unwrap();
            assert_eq!(frames, codec.rate_hz() as usize / 50, "{codec:?}");
            decoded.extend(out[..frames].iter().map(|sample| f64::from(*sample)));
        }
        let settled = &decoded[decoded.len() / 2..];
        let power = settled.iter().map(|sample| sample * sample).sum::<f64>() / settled.len() as f64;
        power.sqrt() / (10_000.0 / 32_768.0 / 2_f64.sqrt())
    }

    #[test]
    fn a_tone_is_as_loud_after_every_codec() {
        for codec in Codec::ALL {
            let kept = kept(codec, 440.0);
            assert!((kept - 1.0).abs() < 0.1, "{codec:?}: {kept}");
        }
    }
}
