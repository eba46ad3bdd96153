use std::sync::LazyLock;

use opus_rs::{Application, OpusEncoder};
use proptest::prelude::*;

use super::*;

/// The start of a sentence: a recording of the examples, from where its voice begins.
fn voice(frames: usize) -> Vec<f32> {
    let path = format!("{}/examples/recordings/interpreter.wav", env!("CARGO_MANIFEST_DIR"));
    let samples = hound::WavReader::open(path).unwrap().into_samples::<i16>().skip(96_000).take(frames);
    samples.map(|sample| f32::from(sample.unwrap()) / 32_768.0 * 4.0).collect()
}

/// Speech is coded at 16 kHz: SILK alone, whose packets carry copies. At 48 kHz the library's encoder, which is
/// only used here, divides by zero when copies leave it few bits. Music at 48 kHz: CELT.
fn packets(application: Application, channels: usize, copies: bool, frames: usize, sent: &[f32]) -> Vec<Vec<u8>> {
    let step = if application == Application::Voip { 3 } else { 1 };
    let mut encoder = OpusEncoder::new(48_000 / step as i32, channels, application).unwrap();
    encoder.bitrate_bps = if step == 3 { 28_000 } else { 96_000 };
    encoder.use_inband_fec = copies;
    encoder.packet_loss_perc = 15;
    let packet = |sent: &[f32]| {
        let sent: Vec<f32> = sent.chunks(channels * step).flat_map(|frames| &frames[..channels]).copied().collect();
        let mut bytes = vec![0; 1275];
        let written = encoder.encode(&sent, frames / step, &mut bytes).unwrap();
        bytes.truncate(written);
        bytes
    };
    sent.chunks_exact(frames * channels).map(packet).collect()
}

/// A second of speech with copies, in packets of 20 ms.
fn speech() -> Vec<Vec<u8>> {
    packets(Application::Voip, 1, true, 960, &voice(48_000))
}

fn music() -> Vec<Vec<u8>> {
    packets(Application::RestrictedLowDelay, 1, true, 960, &voice(48_000))
}

fn decode(decoder: &mut Opus, packet: &[u8]) -> Vec<f32> {
    let mut out = vec![f32::NAN; decoder.most_samples()];
    let frames = decoder.decode(packet, &mut out).unwrap();
    assert_eq!(decoder.frames(packet), Some(frames));
    out.truncate(frames * decoder.channels());
    out
}

/// What is heard of packets up to one, and after it.
fn decoded(packets: &[Vec<u8>]) -> (Opus, Vec<f32>) {
    let mut decoder = Opus::mono().unwrap();
    let heard = packets.iter().flat_map(|packet| decode(&mut decoder, packet)).collect();
    (decoder, heard)
}

fn energy(samples: &[f32]) -> f32 {
    samples.iter().map(|sample| sample * sample).sum()
}

/// How near packets of 20 ms are to what is wanted: the mean of their signal-to-noise ratios.
fn mean_db(wanted: &[f32], heard: &[f32]) -> f32 {
    let db = |(wanted, heard): (&[f32], &[f32])| {
        let noise: Vec<_> = wanted.iter().zip(heard).map(|(wanted, heard)| wanted - heard).collect();
        (10.0 * (energy(wanted) / energy(&noise)).log10()).clamp(-10.0, 35.0)
    };
    let all: Vec<f32> = wanted.chunks(960).zip(heard.chunks(960)).map(db).collect();
    all.iter().sum::<f32>() / all.len() as f32
}

/// The greatest step from a sample to the next.
fn steepest(samples: &[f32]) -> f32 {
    samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
}

#[test]
fn packets_of_every_length_are_decoded() {
    let sent = voice(48_000);
    for (application, lengths) in
        [(Application::Voip, &[480, 960, 1920, 2880][..]), (Application::RestrictedLowDelay, &[120, 240, 480, 960])]
    {
        for &frames in lengths {
            let (_, heard) = decoded(&packets(application, 1, true, frames, &sent));
            assert_eq!(heard.len(), 48_000 / frames * frames);
            let ratio = energy(&heard) / energy(&sent);
            assert!((0.5..1.5).contains(&ratio), "{application:?}, {frames} frames: {ratio} of the energy");
        }
    }
}

#[test]
fn channels_are_those_of_the_decoder() {
    let sides = voice(48_000).into_iter().flat_map(|sample| [sample, 0.0]).collect::<Vec<_>>();
    let stereo = packets(Application::RestrictedLowDelay, 2, true, 960, &sides);
    let side = |heard: &[f32], side: usize| heard.iter().skip(side).step_by(2).copied().collect::<Vec<_>>();
    let mut decoder = Opus::stereo().unwrap();
    assert_eq!(decoder.format(), StreamFormat::stereo(48_000));
    let heard: Vec<f32> = stereo.iter().flat_map(|packet| decode(&mut decoder, packet)).collect();
    assert!(energy(&side(&heard, 0)) > 100.0 * energy(&side(&heard, 1)), "the voice is on the left");

    let (_, mixed) = decoded(&stereo);
    assert!(energy(&mixed) > 0.1 * energy(&heard), "stereo is mixed down");

    decoder.reset();
    let both: Vec<f32> = speech().iter().flat_map(|packet| decode(&mut decoder, packet)).collect();
    assert!(energy(&both) > 1.0 && side(&both, 0) == side(&both, 1), "mono is on both sides");
}

#[test]
fn what_is_concealed_goes_on_without_a_click_and_decays() {
    for packets in [speech(), music()] {
        let (mut decoder, heard) = decoded(&packets[..24]);
        let mut concealed = vec![f32::NAN; 24_000];
        assert!(decoder.conceal(&mut concealed));
        let seam = [&heard[22_000..], &concealed[..960]].concat();
        let [first, last] = [&concealed[..960], &concealed[23_040..]].map(energy);
        let before = energy(&heard[heard.len() - 960..]);
        assert!(steepest(&seam) < 1.5 * steepest(&heard), "{} over {}", steepest(&seam), steepest(&heard));
        assert!((0.1..2.0).contains(&(first / before)), "{first} after {before}");
        assert!(last < first / 30.0, "{last} after {first}");
    }
}

#[test]
fn what_is_concealed_is_as_long_as_it_is_wanted() {
    let mut decoder = Opus::stereo().unwrap();
    decode(&mut decoder, &speech()[20]);
    for frames in [0, 1, 119, 120, 121, 441, 960, 961, 5760] {
        let mut out = vec![f32::NAN; 2 * frames];
        assert!(decoder.conceal(&mut out));
        assert!(out.iter().all(|sample| sample.is_finite()), "{frames} frames");
    }
}

/// The last 20 ms of every gap of so many packets that ends before a copy: how near they are when
/// they are recovered, and when they are concealed.
fn ends_of_gaps(gap: usize) -> [f32; 2] {
    let packets = speech();
    let (_, wanted) = decoded(&packets);
    let (mut lost, mut recovered, mut concealed) = (Vec::new(), Vec::new(), Vec::new());
    for at in (10..50 - gap).filter(|at| Packet::read(&packets[at + gap]).unwrap().carries_copy()) {
        let mut out = vec![f32::NAN; 960 * gap];
        let end = 960 * (gap - 1);
        assert!(decoded(&packets[..at]).0.recover(&packets[at + gap], &mut out));
        recovered.extend_from_slice(&out[end..]);
        assert!(decoded(&packets[..at]).0.conceal(&mut out));
        concealed.extend_from_slice(&out[end..]);
        lost.extend_from_slice(&wanted[960 * at + end..][..960]);
    }
    assert!(lost.len() > 20 * 960, "the encoder sends few copies");
    [recovered, concealed].map(|heard| mean_db(&lost, &heard))
}

#[test]
fn a_copy_is_nearer_to_what_was_lost_than_what_is_concealed() {
    let [recovered, concealed] = ends_of_gaps(1);
    assert!(recovered > concealed + 2.0, "{recovered} dB, {concealed} dB concealed");
}

#[test]
fn before_the_copy_a_longer_gap_is_concealed() {
    let [recovered, concealed] = ends_of_gaps(3);
    // The copy follows on what was concealed, which is not what was sent: less is gained.
    assert!(recovered > concealed, "{recovered} dB, {concealed} dB concealed");
}

#[test]
fn without_a_copy_nothing_is_recovered_and_nothing_has_happened() {
    let packets = speech();
    let with = packets.iter().rposition(|packet| Packet::read(packet).unwrap().carries_copy()).unwrap();
    let without = self::packets(Application::Voip, 1, false, 960, &voice(48_000));
    let mut out = [7.0; 960];
    let (mut decoder, _) = decoded(&packets[..with]);
    assert!(decoder.recovers());
    for next in [&without[20][..], &music()[20], &[], &[0x78], &[255]] {
        assert!(!decoder.recover(next, &mut out));
    }
    assert!(!decoder.recover(&packets[with], &mut out[..480]), "the copy is longer than the gap");
    assert!(!decoder.recover(&packets[with], &mut out[..1]));
    assert_eq!(out, [7.0; 960]);
    let (mut other, _) = decoded(&packets[..with]);
    assert!(decode(&mut decoder, &packets[with]) == decode(&mut other, &packets[with]));

    let (mut after_music, _) = decoded(&music());
    assert!(!after_music.recover(&packets[with], &mut out), "there is no state that a copy follows on");
}

#[test]
fn a_pause_is_a_packet_and_an_empty_payload_is_none() {
    let (mut decoder, _) = decoded(&speech());
    let pause = [speech()[0][0] & !3];
    assert_eq!(decode(&mut decoder, &pause).len(), 960);
    let mut out = [0.0; 960];
    assert_eq!(decoder.frames(&[]), None);
    assert_eq!(decoder.decode(&[], &mut out), Err(DecodeError::Empty));
    assert_eq!(decoder.decode(&[0x7B, 0], &mut out), Err(DecodeError::NoPacket { bytes: 2 }));
    assert_eq!(decoder.decode(&[0x79], &mut out), Err(DecodeError::TooLong { frames: 1920, room: 960 }));
}

#[test]
fn reset_makes_it_new() {
    let (mut decoder, heard) = decoded(&speech());
    decoder.reset();
    let again: Vec<f32> = speech().iter().flat_map(|packet| decode(&mut decoder, packet)).collect();
    assert!(again == heard);
}

#[derive(Debug, Clone)]
enum Damage {
    Noise(Vec<u8>),
    Flip { packet: usize, bits: Vec<usize> },
    Cut { packet: usize, bytes: usize },
}

fn damage() -> impl Strategy<Value = Damage> {
    let noise = prop_oneof![1..4_usize, 1..200_usize, 1..1500_usize]
        .prop_flat_map(|bytes| prop::collection::vec(any::<u8>(), bytes));
    prop_oneof![
        noise.prop_map(Damage::Noise),
        (0..100_usize, prop::collection::vec(any::<usize>(), 0..20))
            .prop_map(|(packet, bits)| Damage::Flip { packet, bits }),
        (0..100_usize, any::<usize>()).prop_map(|(packet, bytes)| Damage::Cut { packet, bytes }),
    ]
}

fn damaged(packets: &[Vec<u8>], damage: Damage) -> Vec<u8> {
    let packet = |at: usize| packets[at % packets.len()].clone();
    match damage {
        Damage::Noise(bytes) => bytes,
        Damage::Flip { packet: at, bits } => {
            let mut packet = packet(at);
            for bit in bits {
                let at = bit / 8 % packet.len();
                packet[at] ^= 1 << (bit % 8);
            }
            packet
        }
        Damage::Cut { packet: at, bytes } => {
            let packet = packet(at);
            packet[..bytes % (packet.len() + 1)].to_vec()
        }
    }
}

static PACKETS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| [speech(), music()].concat());

proptest! {
    #[test]
    fn whatever_comes_the_samples_are_finite_and_nothing_panics(
        sent in prop::collection::vec((0..8_u8, 0..2000_usize, damage()), 1..40),
        stereo in any::<bool>(),
    ) {
        let mut decoder = if stereo { Opus::stereo() } else { Opus::mono() }.unwrap();
        let mut out = vec![0.0; decoder.most_samples()];
        for (what, frames, damage) in sent {
            let payload = damaged(&PACKETS, damage);
            let gap = frames * decoder.channels();
            match what {
                0 => prop_assert!(decoder.conceal(&mut out[..gap])),
                1 => _ = decoder.recover(&payload, &mut out[..gap]),
                _ => if let Ok(frames) = decoder.decode(&payload, &mut out) {
                    prop_assert_eq!(decoder.frames(&payload), Some(frames));
                },
            }
            prop_assert!(out.iter().all(|sample| sample.abs() <= 1.0));
        }
    }
}
