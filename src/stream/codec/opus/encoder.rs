//! The encoder of Opus, by `opus-rs`: [`OpusEncoder`].
//!
//! It encodes at a constant bit rate: with a variable one the library (0.1.40) makes packets of 50 kbit/s where it is
//! asked for 16 to 32.
//!
//! Where copies of lost packets leave it few bits it divides by zero: below 31 kbit/s in packets of 20 ms and more, and
//! below 36 kbit/s in those of 10 ms (speech, 6 to 100 % of loss, mono and stereo, rates in steps of 1 kbit/s). So
//! there it is not asked for them.

use std::fmt;

use opus_rs::Application;

use super::{super::recent::Recent, RATE_HZ};
use crate::{
    data::{channels::Channels, ports::StreamFormat},
    stream::codec::{EncodeError, Encoder},
};

/// The longest packet that an encoder makes, in bytes (RFC 6716, section 3.2.1).
const MOST_BYTES: usize = 1275;
/// How many frames a fork encodes first: 60 ms.
const FORKED: usize = 2880;
/// The lengths of packets that are made, in frames: 10, 20, 40 and 60 ms.
const LENGTHS: [usize; 4] = [480, 960, 1920, 2880];

/// What [`OpusEncoder`] is to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpusEncoderOptions {
    /// Mono or stereo.
    pub channels: Channels,
    /// Bits a second, without headers: 6000 to 510,000.
    pub bits_per_second: u32,
    /// 0 (quick) to 10 (best).
    pub complexity: u8,
    /// Whether it is for speech alone (`OPUS_APPLICATION_VOIP`) or for any sound (`OPUS_APPLICATION_AUDIO`).
    pub speech: bool,
    /// The percentage of packets that are lost on their way to the listeners, of all who hear a mix: 0 to 100. Over 0,
    /// packets carry copies of the ones before (in-band FEC), which cost bits: packets of 10 ms from 36 kbit/s on,
    /// longer ones from 32 kbit/s on.
    pub expected_loss_percent: u8,
}

impl Default for OpusEncoderOptions {
    /// Speech in mono at 32 kbit/s, complexity 5, for 10 % of loss.
    fn default() -> Self {
        let (channels, bits_per_second) = (Channels::Mono, 32_000);
        Self { channels, bits_per_second, complexity: 5, speech: true, expected_loss_percent: 10 }
    }
}

impl OpusEncoderOptions {
    fn makes_copies(&self, frames: usize) -> bool {
        let least = if frames < 960 { 36_000 } else { 32_000 };
        self.expected_loss_percent > 0 && self.bits_per_second >= least
    }
}

/// An encoder of Opus at 48 kHz, in packets of 10, 20, 40 or 60 ms. RTP has a clock of 48,000 Hz for it (RFC 7587).
///
/// A [fork](Encoder::fork) encodes the last 60 ms, too, before its first packet: the library cannot copy its state.
///
/// ```
/// use mixminus::stream::{Decoder, Encoder, Opus, OpusEncoder, OpusEncoderOptions};
///
/// let mut encoder = OpusEncoder::new(OpusEncoderOptions::default())?;
/// let mut packet = [0; 1275];
/// let bytes = encoder.encode(&[0.0; 960], &mut packet)?; // 20 ms
/// assert_eq!(bytes, 80); // 32 kbit/s
/// assert_eq!(Opus::mono()?.frames(&packet[..bytes]), Some(960));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct OpusEncoder {
    options: OpusEncoderOptions,
    library: opus_rs::OpusEncoder,
    recent: Recent,
}

impl OpusEncoder {
    /// An encoder as a call starts. Allocates.
    ///
    /// # Errors
    /// [`EncodeError::Refused`]: an option is out of its range.
    pub fn new(options: OpusEncoderOptions) -> Result<Self, EncodeError> {
        let refused = |reason| Err(EncodeError::Refused { reason });
        if !(6000..=510_000).contains(&options.bits_per_second) {
            return refused("the bit rate is not between 6000 and 510,000 bits a second");
        }
        if options.complexity > 10 || options.expected_loss_percent > 100 {
            return refused("the complexity is over 10, or the expected loss over 100 %");
        }
        let recent = Recent::of(FORKED * options.channels.count());
        Ok(Self { options, library: library(&options)?, recent })
    }
}

fn library(options: &OpusEncoderOptions) -> Result<opus_rs::OpusEncoder, EncodeError> {
    let application = if options.speech { Application::Voip } else { Application::Audio };
    let mut library = opus_rs::OpusEncoder::new(RATE_HZ as i32, options.channels.count(), application)
        .map_err(|reason| EncodeError::Refused { reason })?;
    library.bitrate_bps = options.bits_per_second as i32;
    library.complexity = i32::from(options.complexity);
    library.use_cbr = true;
    library.packet_loss_perc = i32::from(options.expected_loss_percent);
    Ok(library)
}

impl fmt::Debug for OpusEncoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpusEncoder").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Encoder for OpusEncoder {
    fn format(&self) -> StreamFormat {
        StreamFormat { rate_hz: RATE_HZ, channels: self.options.channels }
    }

    fn takes(&self, frames: usize) -> bool {
        LENGTHS.contains(&frames)
    }

    fn encode(&mut self, samples: &[f32], out: &mut [u8]) -> Result<usize, EncodeError> {
        let frames = self.frames_of(samples)?;
        self.library.use_inband_fec = self.options.makes_copies(frames);
        for before in self.recent.take_backlog() {
            let frames = before.len() / self.options.channels.count();
            // What the encoder took that this one is a fork of this one takes.
            let _bytes = self.library.encode(&before, frames, &mut [0; MOST_BYTES]);
        }
        self.recent.note(samples);
        let room = out.len().min(MOST_BYTES);
        self.library.encode(samples, frames, &mut out[..room]).map_err(|reason| EncodeError::Refused { reason })
    }

    fn fork(&mut self) -> Box<dyn Encoder> {
        let mut fork = Self::new(self.options).unwrap_or_else(|_| unreachable!("these options were taken before"));
        fork.recent = self.recent.fork();
        Box::new(fork)
    }

    fn reset(&mut self) {
        if let Ok(library) = library(&self.options) {
            self.library = library;
        }
        self.recent = Recent::of(FORKED * self.options.channels.count());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::{Decoder, Opus};

    const PACKET: usize = 960;

    /// Sentences: a recording of the examples.
    fn speech(seconds: usize) -> Vec<f32> {
        let path = format!("{}/examples/recordings/interpreter.wav", env!("CARGO_MANIFEST_DIR"));
        let samples = hound::WavReader::open(path).unwrap().into_samples::<i16>().skip(96_000).take(48_000 * seconds);
        samples.map(|sample| f32::from(sample.unwrap()) / 32_768.0 * 4.0).collect()
    }

    fn packet(encoder: &mut dyn Encoder, samples: &[f32]) -> Vec<u8> {
        let mut bytes = vec![0; MOST_BYTES];
        let count = encoder.encode(samples, &mut bytes).unwrap();
        bytes.truncate(count);
        bytes
    }

    fn decode(decoder: &mut Opus, packet: &[u8]) -> Vec<f32> {
        let mut out = vec![0.0; decoder.most_samples()];
        let frames = decoder.decode(packet, &mut out).unwrap();
        out.truncate(frames);
        out
    }

    /// The greatest second difference: an edge is a step of it.
    fn sharpest(samples: &[f32]) -> f32 {
        samples.windows(3).map(|at| (at[0] - 2.0 * at[1] + at[2]).abs()).fold(0.0, f32::max)
    }

    /// Where decoders go from an encoder to what `next` makes of it: how many of so many places are twice as sharp, in
    /// the samples around them, as if they had stayed.
    fn edges(next: impl Fn(&mut OpusEncoder) -> Box<dyn Encoder>) -> (usize, usize) {
        let sound = speech(9);
        let sent: Vec<&[f32]> = sound.chunks_exact(PACKET).collect();
        let (mut places, mut found) = (0, 0);
        for at in (30..sent.len() - 2).step_by(6) {
            let mut encoder = OpusEncoder::new(OpusEncoderOptions::default()).unwrap();
            let (mut stays, mut goes) = (Opus::mono().unwrap(), Opus::mono().unwrap());
            let mut before = Vec::new();
            for samples in &sent[at - 25..at] {
                let packet = packet(&mut encoder, samples);
                before = decode(&mut stays, &packet);
                assert_eq!(decode(&mut goes, &packet), before);
            }
            let last = &before[PACKET - 20..];
            let other = packet(&mut *next(&mut encoder), sent[at]);
            let own = packet(&mut encoder, sent[at]);
            let around = |heard: Vec<f32>| sharpest(&[last, &heard[..140]].concat());
            places += 1;
            found += usize::from(around(decode(&mut goes, &other)) > 2.0 * around(decode(&mut stays, &own)).max(1e-4));
        }
        (found, places)
    }

    #[test]
    fn forks_have_no_edges() {
        let (found, places) = edges(|encoder| encoder.fork());
        assert!(places >= 30 && found == 0, "{found} of {places}");
        let (found, _) = edges(|_| {
            let mut idle = OpusEncoder::new(OpusEncoderOptions::default()).unwrap();
            speech(1).chunks_exact(PACKET).for_each(|samples| drop(packet(&mut idle, samples)));
            Box::new(idle)
        });
        assert!(found > 0, "an encoder that was left idle has edges, or this test would not hear them");
    }

    #[test]
    fn packets_have_the_rate_and_the_length_that_was_asked_for_and_are_decoded() {
        let sound = speech(1);
        for (frames, bits_per_second) in [(480, 40_000), (960, 24_000), (1920, 32_000), (2880, 64_000)] {
            let options = OpusEncoderOptions { bits_per_second, ..OpusEncoderOptions::default() };
            let (mut encoder, mut decoder) = (OpusEncoder::new(options).unwrap(), Opus::mono().unwrap());
            let packets = sound.chunks_exact(frames).map(|samples| packet(&mut encoder, samples));
            for packet in packets {
                let wanted = bits_per_second as usize * frames / 48_000 / 8;
                assert!(packet.len().abs_diff(wanted) <= 3, "{} of {wanted} bytes", packet.len());
                assert_eq!(decode(&mut decoder, &packet).len(), frames);
            }
        }
    }

    #[test]
    fn packets_carry_copies_where_loss_is_expected() {
        let sound = speech(2);
        let copies = |expected_loss_percent: u8, bits_per_second: u32| {
            let options =
                OpusEncoderOptions { expected_loss_percent, bits_per_second, ..OpusEncoderOptions::default() };
            let (mut encoder, mut decoder) = (OpusEncoder::new(options).unwrap(), Opus::mono().unwrap());
            let packets: Vec<_> = sound.chunks_exact(PACKET).map(|samples| packet(&mut encoder, samples)).collect();
            let carries = |packet: &&Vec<u8>| {
                decode(&mut decoder, packet);
                decoder.recover(packet, &mut [0.0; PACKET])
            };
            packets.iter().filter(carries).count()
        };
        assert!(copies(10, 32_000) > 30);
        assert_eq!((copies(0, 32_000), copies(20, 24_000)), (0, 0));
    }

    #[test]
    fn what_it_does_not_take_is_refused() {
        let mut encoder = OpusEncoder::new(OpusEncoderOptions::default()).unwrap();
        assert_eq!(encoder.encode(&[0.0; 961], &mut [0; 99]), Err(EncodeError::Length { frames: 961 }));
        let refused = |options| matches!(OpusEncoder::new(options), Err(EncodeError::Refused { .. }));
        let options = OpusEncoderOptions::default();
        assert!(refused(OpusEncoderOptions { bits_per_second: 5999, ..options }));
        assert!(refused(OpusEncoderOptions { complexity: 11, ..options }));
        assert!(refused(OpusEncoderOptions { expected_loss_percent: 101, ..options }));
    }
}
