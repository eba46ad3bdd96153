//! G.711, the codec of telephones, by the tables of the crate `audio-codec`: [`G711`] and [`G711Encoder`].

use std::fmt;

use audio_codec::{
    Encoder as _,
    pcma::{PcmaDecoder, PcmaEncoder},
    pcmu::{PcmuDecoder, PcmuEncoder},
};

use super::{DecodeError, Decoder, EncodeError, Encoder, MOST_MS};
use crate::data::{ports::StreamFormat, sample::Sample};

const RATE_HZ: u32 = 8000;

/// A decoder of G.711: 8 kHz mono, a byte for each sample. RTP names it PCMU (payload type 0) and
/// PCMA (8), with a clock of 8000 Hz.
///
/// It has no state: packets may be decoded in any order, and what is missing it cannot tell.
///
/// ```
/// use mixminus::stream::{Decoder, G711};
///
/// let mut decoder = G711::mu_law();
/// let payload = [0xFF; 160]; // 20 ms of silence
/// assert_eq!(decoder.frames(&payload), Some(160));
/// let mut out = vec![0.0; decoder.most_samples()];
/// assert_eq!(decoder.decode(&payload, &mut out), Ok(160));
/// assert!(out[..160].iter().all(|sample| *sample == 0.0));
/// ```
#[derive(Clone)]
pub struct G711 {
    law: Law,
    /// The sample of each byte.
    samples: [f32; 256],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Law {
    Mu,
    A,
}

impl G711 {
    /// PCMU: North America and Japan.
    pub fn mu_law() -> Self {
        Self::new(Law::Mu, PcmuDecoder::new())
    }

    /// PCMA: everywhere else.
    pub fn a_law() -> Self {
        Self::new(Law::A, PcmaDecoder::new())
    }

    fn new(law: Law, mut library: impl audio_codec::Decoder) -> Self {
        let samples = std::array::from_fn(|code| {
            let mut sample = [0];
            // A byte fits into a sample: the library refuses nothing else.
            let _one = library.decode_into(&[code as u8], &mut sample);
            f32::from(sample[0]) / 32768.0
        });
        Self { law, samples }
    }
}

impl fmt::Debug for G711 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("G711").field("law", &self.law).finish_non_exhaustive()
    }
}

impl Decoder for G711 {
    fn format(&self) -> StreamFormat {
        StreamFormat::mono(RATE_HZ)
    }

    fn frames(&self, payload: &[u8]) -> Option<usize> {
        (1..=RATE_HZ as usize * MOST_MS / 1000).contains(&payload.len()).then_some(payload.len())
    }

    fn decode(&mut self, payload: &[u8], out: &mut [f32]) -> Result<usize, DecodeError> {
        let frames = self.frames_in_room(payload, out)?;
        for (sample, code) in out.iter_mut().zip(payload) {
            *sample = self.samples[usize::from(*code)];
        }
        Ok(frames)
    }

    fn conceal(&mut self, _out: &mut [f32]) -> bool {
        false
    }

    fn recover(&mut self, _next: &[u8], _out: &mut [f32]) -> bool {
        false
    }

    fn reset(&mut self) {}
}

/// An encoder of G.711: 8 kHz mono, a byte for each sample, packets of 1 ms to 120 ms.
///
/// ```
/// use mixminus::stream::{Encoder, G711Encoder};
///
/// let mut packet = [0; 160];
/// assert_eq!(G711Encoder::mu_law().encode(&[0.0; 160], &mut packet), Ok(160)); // 20 ms
/// assert_eq!(packet, [0xFF; 160]);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct G711Encoder {
    law: Law,
}

impl G711Encoder {
    /// PCMU: North America and Japan.
    pub fn mu_law() -> Self {
        Self { law: Law::Mu }
    }

    /// PCMA: everywhere else.
    pub fn a_law() -> Self {
        Self { law: Law::A }
    }

    fn code(&self, sample: i16) -> u8 {
        let mut code = [0];
        // A sample becomes a byte: the library refuses nothing else.
        let _one = match self.law {
            Law::Mu => PcmuEncoder::new().encode_into(&[sample], &mut code),
            // The library (0.4.13) takes them for the least positive ones.
            Law::A if (-8..0).contains(&sample) => return 0x55,
            Law::A => PcmaEncoder::new().encode_into(&[sample], &mut code),
        };
        code[0]
    }
}

impl Encoder for G711Encoder {
    fn format(&self) -> StreamFormat {
        StreamFormat::mono(RATE_HZ)
    }

    fn takes(&self, frames: usize) -> bool {
        (8..=RATE_HZ as usize * MOST_MS / 1000).contains(&frames)
    }

    fn encode(&mut self, samples: &[f32], out: &mut [u8]) -> Result<usize, EncodeError> {
        let frames = self.frames_of(samples)?;
        let bytes = self.bytes_in_room(frames, out)?;
        for (code, sample) in out.iter_mut().zip(samples) {
            *code = self.code(i16::from_f32(*sample));
        }
        Ok(bytes)
    }

    fn fork(&mut self) -> Box<dyn Encoder> {
        Box::new(*self)
    }

    fn reset(&mut self) {}

    fn memory_ms(&self) -> u32 {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Table 2a/G.711, in 14 bits: the decoder output of segment s and step q is
    /// (33 + 2q) * 2^s - 33; the bits are sent inverted.
    fn mu_law(code: u8) -> i32 {
        let code = !code;
        let (segment, step) = (code >> 4 & 7, i32::from(code & 15));
        let size = ((33 + 2 * step) << segment) - 33;
        if code & 0x80 != 0 { -size } else { size }
    }

    /// Table 1a/G.711, in 13 bits: (2q + 1) for segment 0, (2q + 33) * 2^(s - 1) for the others;
    /// even bits are sent inverted.
    fn a_law(code: u8) -> i32 {
        let code = code ^ 0x55;
        let (segment, step) = (code >> 4 & 7, i32::from(code & 15));
        let size = if segment == 0 { 2 * step + 1 } else { (2 * step + 33) << (segment - 1) };
        if code & 0x80 != 0 { size } else { -size }
    }

    fn check(mut decoder: G711, law: impl Fn(u8) -> i32, full: f32) {
        let payload: Vec<u8> = (0..=255).collect();
        let mut out = vec![f32::NAN; decoder.most_samples()];
        assert_eq!(decoder.decode(&payload, &mut out), Ok(256));
        for (code, sample) in payload.iter().zip(&out) {
            assert_eq!(*sample, law(*code) as f32 / full, "code {code:#04x} of {decoder:?}");
        }
    }

    #[test]
    fn every_code_is_that_of_the_standard() {
        check(G711::mu_law(), mu_law, 8192.0);
        check(G711::a_law(), a_law, 4096.0);
        // The ends of both tables, as printed.
        assert_eq!([0x80, 0xFF, 0x7F, 0x00].map(mu_law), [8031, 0, 0, -8031]);
        assert_eq!([0xD5, 0xAA, 0x55, 0x2A].map(a_law), [1, 4032, -1, -4032]);
    }

    #[test]
    fn it_cannot_tell_what_is_missing() {
        let mut decoder = G711::a_law();
        let mut out = [1.0; 160];
        assert!(!decoder.recovers() && !decoder.conceal(&mut out) && !decoder.recover(&[0; 160], &mut out));
        assert_eq!(out, [1.0; 160]);
    }

    #[test]
    fn what_is_no_packet_is_refused() {
        let mut decoder = G711::mu_law();
        assert_eq!(decoder.frames(&[]), None);
        assert_eq!(decoder.frames(&[0; 960]), Some(960));
        assert_eq!(decoder.frames(&[0; 961]), None);
        let mut out = [0.0; 160];
        assert_eq!(decoder.decode(&[], &mut out), Err(DecodeError::Empty));
        assert_eq!(decoder.decode(&[0; 161], &mut out), Err(DecodeError::TooLong { frames: 161, room: 160 }));
        assert_eq!(decoder.decode(&[0; 961], &mut out), Err(DecodeError::NoPacket { bytes: 961 }));
    }

    proptest! {
        #[test]
        fn any_bytes_are_samples(payload in prop::collection::vec(any::<u8>(), 1..960)) {
            let mut out = [0.0; 960];
            for mut decoder in [G711::mu_law(), G711::a_law()] {
                prop_assert_eq!(decoder.decode(&payload, &mut out), Ok(payload.len()));
                prop_assert!(out.iter().all(|sample| sample.abs() < 1.0));
            }
        }
    }

    #[test]
    fn every_code_is_encoded_to_what_it_is_decoded_from() {
        for (mut encoder, mut decoder) in
            [(G711Encoder::mu_law(), G711::mu_law()), (G711Encoder::a_law(), G711::a_law())]
        {
            let codes: [u8; 256] = std::array::from_fn(|code| code as u8);
            let (mut samples, mut again) = ([0.0; 256], [0; 256]);
            assert_eq!(decoder.decode(&codes, &mut samples), Ok(256));
            assert_eq!(encoder.encode(&samples, &mut again), Ok(256));
            let mut heard = [1.0; 256];
            assert_eq!(decoder.decode(&again, &mut heard), Ok(256));
            // The mu-law has two codes for 0.
            assert_eq!(samples, heard);
            assert_eq!(encoder.encode(&[2.0; 160], &mut [0; 160]), Ok(160), "what is past full scale is clipped");
            assert_eq!(encoder.encode(&[0.0; 160], &mut [0; 159]), Err(EncodeError::Room { bytes: 160, room: 159 }));
        }
    }
}
