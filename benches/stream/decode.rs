//! The time of a codec for a packet of 20 ms of speech, and for one that is missing.

use std::hint::black_box;

use audio_codec::{g722::G722Encoder, pcma::PcmaEncoder};
use criterion::{Criterion, criterion_group};
use mixminus::stream::{Decoder, G711, G722, Opus};
use opus_rs::{Application, OpusEncoder};

/// Seconds of a recording of the examples, at 48 kHz, or less by a whole number.
fn speech(divisor: usize) -> Vec<i16> {
    let path = format!("{}/examples/recordings/interpreter.wav", env!("CARGO_MANIFEST_DIR"));
    hound::WavReader::open(path).unwrap().into_samples::<i16>().step_by(divisor).map(Result::unwrap).collect()
}

fn by_audio_codec(mut encoder: impl audio_codec::Encoder, divisor: usize) -> Vec<Vec<u8>> {
    let packet = |samples: &[i16]| {
        let mut bytes = vec![0; samples.len()];
        let written = encoder.encode_into(samples, &mut bytes).unwrap();
        bytes.truncate(written);
        bytes
    };
    speech(divisor).chunks_exact(960 / divisor).map(packet).collect()
}

fn by_opus(channels: usize, bits: i32) -> Vec<Vec<u8>> {
    let mut encoder = OpusEncoder::new(48_000, channels, Application::Voip).unwrap();
    encoder.bitrate_bps = bits;
    let packet = |samples: &[i16]| {
        let samples: Vec<i16> = samples.iter().flat_map(|sample| std::iter::repeat_n(*sample, channels)).collect();
        let mut bytes = vec![0; 1275];
        let written = encoder.encode_i16(&samples, 960, &mut bytes).unwrap();
        bytes.truncate(written);
        bytes
    };
    speech(1).chunks_exact(960).map(packet).collect()
}

fn decode(c: &mut Criterion) {
    let mut group = c.benchmark_group("decode a packet of 20 ms");
    let mut case = |name: &str, decoder: &mut dyn Decoder, packets: &[Vec<u8>]| {
        let mut out = vec![0.0; decoder.most_samples()];
        let mut packets = packets.iter().cycle();
        group.bench_function(name, |b| {
            b.iter(|| decoder.decode(black_box(packets.next().unwrap()), &mut out).unwrap());
        });
    };
    case("G.711", &mut G711::a_law(), &by_audio_codec(PcmaEncoder::new(), 6));
    case("G.722", &mut G722::new(), &by_audio_codec(G722Encoder::new(), 3));
    case("Opus, mono, 32 kbit/s", &mut Opus::mono().unwrap(), &by_opus(1, 32_000));
    case("Opus, stereo, 48 kbit/s", &mut Opus::stereo().unwrap(), &by_opus(2, 48_000));
    let packets = by_opus(1, 32_000);
    let mut decoder = Opus::mono().unwrap();
    let mut out = vec![0.0; decoder.most_samples()];
    let mut packets = packets.iter().cycle();
    group.bench_function("Opus, mono, concealed, after each packet", |b| {
        b.iter(|| {
            decoder.decode(black_box(packets.next().unwrap()), &mut out).unwrap();
            decoder.conceal(&mut out[..960])
        });
    });
    group.finish();
}

criterion_group!(benches, decode);
