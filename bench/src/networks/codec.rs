//! The packets of a sender with Opus: 32 kbit/s, mono, with copies of the packets before (in-band FEC), as WebRTC
//! sends them.

use mixminus::stream::{Decoder as _, Opus};

use super::{
    delay::{Finder, Sent, mean_and_p95},
    speech::thinned,
    trace::PACKET_MS,
};
use crate::Result;

/// Samples of a packet at 48 kHz.
pub const PACKET: usize = 960;
const BITS_PER_SECOND: i32 = 32_000;
/// The loss that the encoder is told, in percent.
const EXPECTED_LOSS: i32 = 10;
/// The longest packet that RTP carries in one piece.
const MOST_BYTES: usize = 1275;

/// Who encodes.
pub const ENCODER: &str = if cfg!(feature = "libopus") { "libopus" } else { "opus-rs" };

/// The packets of some sound.
#[cfg(feature = "libopus")]
pub fn encoded(sound: &[f32]) -> Result<Vec<Vec<u8>>> {
    let mut encoder = opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Voip)?;
    encoder.set_bitrate(opus::Bitrate::Bits(BITS_PER_SECOND))?;
    encoder.set_inband_fec(true)?;
    encoder.set_packet_loss_perc(EXPECTED_LOSS)?;
    sound.chunks_exact(PACKET).map(|samples| Ok(encoder.encode_vec_float(samples, MOST_BYTES)?)).collect()
}

/// The packets of some sound.
#[cfg(not(feature = "libopus"))]
pub fn encoded(sound: &[f32]) -> Result<Vec<Vec<u8>>> {
    let mut encoder = opus_rs::OpusEncoder::new(48_000, 1, opus_rs::Application::Voip)?;
    encoder.bitrate_bps = BITS_PER_SECOND;
    encoder.use_inband_fec = true;
    encoder.packet_loss_perc = EXPECTED_LOSS;
    let packet = |samples| {
        let mut bytes = vec![0; MOST_BYTES];
        let written = encoder.encode(samples, PACKET, &mut bytes)?;
        bytes.truncate(written);
        Ok(bytes)
    };
    sound.chunks_exact(PACKET).map(packet).collect()
}

/// How much later than sent the decoded sound is, in ms: the delay of the encoder and of the decoder.
pub fn delay_ms(sound: &[f32], packets: &[Vec<u8>]) -> Result<f64> {
    let packets = &packets[..packets.len().min(500)];
    let mut decoder = Opus::mono()?;
    let mut out = vec![0.0; decoder.most_samples()];
    let mut decoded = Vec::new();
    for packet in packets {
        let frames = decoder.decode(packet, &mut out)?;
        decoded.extend_from_slice(&out[..frames]);
    }
    let sent_ms: Vec<_> = (0..packets.len()).map(|number| PACKET_MS * number as f64).collect();
    let (decoded, samples) = (thinned(&decoded, 6), thinned(sound, 6));
    let sent = Sent { samples: &samples, sent_ms: &sent_ms };
    Ok(mean_and_p95(&Finder::new().find(&decoded, -PACKET_MS, &sent, 500.0..1e9))[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::networks::speech::speech;

    #[test]
    fn packets_have_copies_and_the_delay_of_the_codec_is_known() {
        let sound = speech(48_000 * 5).unwrap();
        let packets = encoded(&sound).unwrap();
        assert_eq!(packets.len(), 250);
        let mut decoder = Opus::mono().unwrap();
        let mut out = vec![0.0; decoder.most_samples()];
        let copies = packets.iter().filter(|packet| {
            decoder.decode(packet, &mut out).unwrap();
            decoder.recover(packet, &mut out[..PACKET])
        });
        assert!(copies.count() > 100);
        let delay_ms = delay_ms(&sound, &packets).unwrap();
        assert!((5.0..15.0).contains(&delay_ms), "{delay_ms}");
    }
}
