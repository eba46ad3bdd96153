//! G.722, wideband telephony, by the crate `audio-codec`: [`G722`] and [`G722Encoder`].

use std::fmt;

use audio_codec::{Encoder as _, g722};

use super::{DecodeError, Decoder, EncodeError, Encoder, MOST_MS, recent::Recent};
use crate::data::{ports::StreamFormat, sample::Sample};

const RATE_HZ: u32 = 16_000;
/// Bytes that are decoded at once, on the stack.
const STEP: usize = 80;

/// A decoder of G.722 at 64 kbit/s: 16 kHz mono, a byte for two samples. RTP names it G722 (payload
/// type 9), with a clock of 8000 Hz although it has 16,000 samples a second (RFC 3551, section
/// 4.5.2): a port wants [`InputOptions::rtp_clock_hz`](crate::stream::InputOptions::rtp_clock_hz)
/// set to 8000.
///
/// It adapts to what it decoded: after a packet that is missing it takes some ms to follow again.
///
/// ```
/// use mixminus::stream::{Decoder, G722};
///
/// let mut decoder = G722::new();
/// let payload = [0; 160]; // 20 ms
/// assert_eq!(decoder.frames(&payload), Some(320));
/// let mut out = vec![0.0; decoder.most_samples()];
/// assert_eq!(decoder.decode(&payload, &mut out), Ok(320));
/// ```
pub struct G722 {
    library: g722::G722Decoder,
}

impl G722 {
    /// As a call starts.
    pub fn new() -> Self {
        Self { library: g722::G722Decoder::new() }
    }
}

impl Default for G722 {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for G722 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("G722").finish_non_exhaustive()
    }
}

impl Decoder for G722 {
    fn format(&self) -> StreamFormat {
        StreamFormat::mono(RATE_HZ)
    }

    fn frames(&self, payload: &[u8]) -> Option<usize> {
        let frames = 2 * payload.len();
        (1..=RATE_HZ as usize * MOST_MS / 1000).contains(&frames).then_some(frames)
    }

    fn decode(&mut self, payload: &[u8], out: &mut [f32]) -> Result<usize, DecodeError> {
        let frames = self.frames_in_room(payload, out)?;
        for (bytes, out) in payload.chunks(STEP).zip(out.chunks_mut(2 * STEP)) {
            let mut samples = [0; 2 * STEP];
            self.library
                .decode_frame_into(bytes, &mut samples)
                .map_err(|_| DecodeError::NoPacket { bytes: payload.len() })?;
            for (out, sample) in out.iter_mut().zip(&samples[..2 * bytes.len()]) {
                *out = f32::from(*sample) / 32768.0;
            }
        }
        Ok(frames)
    }

    fn conceal(&mut self, _out: &mut [f32]) -> bool {
        false
    }

    fn recover(&mut self, _next: &[u8], _out: &mut [f32]) -> bool {
        false
    }

    fn reset(&mut self) {
        *self = Self::new();
    }
}

/// What an encoder has adapted to it forgets by half in 60 ms: so much of the sound a fork encodes first.
const MEMORY_MS: u32 = 200;

/// An encoder of G.722 at 64 kbit/s: 16 kHz mono, a byte for two samples, packets of 1 ms to 120 ms of whole bytes.
///
/// A [fork](Encoder::fork) encodes the last 200 ms, too, before its first packet: the library cannot copy its state.
///
/// ```
/// use mixminus::stream::{Encoder, G722Encoder};
///
/// assert_eq!(G722Encoder::new().encode(&[0.0; 320], &mut [0; 160]), Ok(160)); // 20 ms
/// ```
pub struct G722Encoder {
    library: g722::G722Encoder,
    recent: Recent,
    /// The samples of a packet as the library takes them.
    samples: Vec<i16>,
}

impl G722Encoder {
    /// As a call starts.
    pub fn new() -> Self {
        Self {
            library: g722::G722Encoder::new(),
            recent: Recent::of((RATE_HZ * MEMORY_MS / 1000) as usize),
            samples: Vec::new(),
        }
    }
}

impl G722Encoder {
    /// Encodes into just as many bytes as there are.
    fn code(&mut self, samples: &[f32], out: &mut [u8]) -> Result<usize, EncodeError> {
        self.samples.clear();
        self.samples.extend(samples.iter().map(|sample| i16::from_f32(*sample)));
        let encoded = self.library.encode_into(&self.samples, out);
        encoded.map_err(|_| EncodeError::Refused { reason: "G.722 wants room for a byte of every two samples" })
    }
}

impl Default for G722Encoder {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for G722Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("G722Encoder").finish_non_exhaustive()
    }
}

impl Encoder for G722Encoder {
    fn format(&self) -> StreamFormat {
        StreamFormat::mono(RATE_HZ)
    }

    fn takes(&self, frames: usize) -> bool {
        frames.is_multiple_of(2) && (16..=RATE_HZ as usize * MOST_MS / 1000).contains(&frames)
    }

    fn encode(&mut self, samples: &[f32], out: &mut [u8]) -> Result<usize, EncodeError> {
        let bytes = self.bytes_in_room(self.frames_of(samples)? / 2, out)?;
        for before in self.recent.take_backlog() {
            // What the encoder took that this one is a fork of this one takes.
            let _bytes = self.code(&before, &mut vec![0; before.len() / 2]);
        }
        self.recent.note(samples);
        self.code(samples, &mut out[..bytes])
    }

    fn fork(&mut self) -> Box<dyn Encoder> {
        Box::new(Self { recent: self.recent.fork(), ..Self::new() })
    }

    fn reset(&mut self) {
        *self = Self::new();
    }

    fn memory_ms(&self) -> u32 {
        MEMORY_MS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use audio_codec::g722;
    use proptest::prelude::*;

    /// What the two filters of the codec delay: 22 samples, and those of the encoder's pair.
    const DELAY: usize = 22;

    fn sine(hz: f32, samples: usize) -> Vec<i16> {
        (0..samples).map(|n| ((n as f32 * hz * std::f32::consts::TAU / 16_000.0).sin() * 12_000.0) as i16).collect()
    }

    fn encoded(samples: &[i16]) -> Vec<u8> {
        let mut bytes = vec![0; samples.len() / 2 + 1];
        let written = g722::G722Encoder::new().encode_into(samples, &mut bytes).unwrap();
        bytes.truncate(written);
        bytes
    }

    fn decoded(decoder: &mut G722, bytes: &[u8], packet: usize) -> Vec<f32> {
        let mut room = vec![0.0; decoder.most_samples()];
        let mut all = Vec::new();
        for payload in bytes.chunks(packet) {
            let frames = decoder.decode(payload, &mut room).unwrap();
            assert_eq!(Some(frames), decoder.frames(payload));
            all.extend_from_slice(&room[..frames]);
        }
        all
    }

    fn snr_db(sent: &[i16], heard: &[f32]) -> f32 {
        let pairs = sent.iter().map(|sample| f32::from(*sample) / 32768.0).zip(heard);
        let (signal, noise) = pairs.fold((0.0, 0.0), |(signal, noise), (sent, heard)| {
            (signal + sent * sent, noise + (sent - heard) * (sent - heard))
        });
        10.0 * (signal / noise).log10()
    }

    #[test]
    fn a_sine_comes_back() {
        for (hz, least_db) in [(300.0, 30.0), (1000.0, 30.0), (3000.0, 30.0), (6000.0, 15.0)] {
            let sent = sine(hz, 16_000);
            let heard = decoded(&mut G722::new(), &encoded(&sent), 160);
            assert_eq!(heard.len(), sent.len());
            let db = snr_db(&sent[1600..16_000 - DELAY], &heard[1600 + DELAY..]);
            assert!(db > least_db, "{hz} Hz: {db} dB");
        }
    }

    #[test]
    fn the_length_of_the_packets_changes_nothing_and_reset_makes_it_new() {
        let bytes = encoded(&sine(440.0, 9600));
        let mut decoder = G722::new();
        let whole = decoded(&mut decoder, &bytes, 960);
        decoder.reset();
        assert!(decoded(&mut decoder, &bytes, 37) == whole);
        assert!(decoded(&mut decoder, &bytes, 960) != whole);
    }

    #[test]
    fn what_is_no_packet_is_refused() {
        let mut decoder = G722::new();
        assert_eq!([0, 1, 960, 961].map(|bytes| decoder.frames(&[0; 961][..bytes])), [None, Some(2), Some(1920), None]);
        let mut out = [0.0; 320];
        assert_eq!(decoder.decode(&[], &mut out), Err(DecodeError::Empty));
        assert_eq!(decoder.decode(&[0; 161], &mut out), Err(DecodeError::TooLong { frames: 322, room: 320 }));
        assert!(!decoder.recovers() && !decoder.conceal(&mut out) && !decoder.recover(&[0; 160], &mut out));
    }

    proptest! {
        #[test]
        fn any_bytes_are_samples(payload in prop::collection::vec(any::<u8>(), 1..960)) {
            let mut out = [0.0; 1920];
            let mut decoder = G722::new();
            for _ in 0..3 {
                prop_assert_eq!(decoder.decode(&payload, &mut out), Ok(2 * payload.len()));
                prop_assert!(out.iter().all(|sample| sample.abs() <= 1.0));
            }
        }
    }

    fn tone(frames: usize, from: usize) -> Vec<f32> {
        (from..from + frames).map(|n| 0.3 * (n as f32 * 0.2).sin()).collect()
    }

    #[test]
    fn what_is_encoded_is_decoded_and_a_fork_goes_on() {
        let (mut encoder, mut decoder) = (G722Encoder::new(), G722::new());
        let (mut packet, mut heard) = ([0; 160], [0.0; 320]);
        let mut error = 0.0_f32;
        for number in 0..10 {
            encoder.encode(&tone(320, 320 * number), &mut packet).unwrap();
            decoder.decode(&packet, &mut heard).unwrap();
            // Both filter banks take 22 samples.
            let sent = tone(320, 320 * number + 320 - 22);
            let late: Vec<f32> = tone(320, (320 * number).saturating_sub(22));
            let differs = |wanted: &[f32]| heard.iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            error = if number > 2 { error.max(differs(&late)) } else { 0.0 };
            assert!(number < 3 || differs(&sent) > 0.05, "another time is another sound");
        }
        assert!(error < 0.05, "{error}");
        let mut fork = encoder.fork();
        let mut other = [0; 160];
        encoder.encode(&tone(320, 3200), &mut packet).unwrap();
        fork.encode(&tone(320, 3200), &mut other).unwrap();
        decoder.decode(&other, &mut heard).unwrap();
        let late = tone(320, 3200 - 22);
        assert!(heard.iter().zip(&late).all(|(a, b)| (a - b).abs() < 0.05));
    }
}
