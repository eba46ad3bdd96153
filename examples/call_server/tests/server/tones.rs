//! Recordings for tests: tones with the same level in every 20 ms.

use std::{f64::consts::TAU, path::Path};

use hound::{SampleFormat, WavSpec, WavWriter};

/// The amplitude of each tone.
pub const AMPLITUDE: f64 = 0.2;

/// Writes a second of a tone, whose frequency must be a multiple of 50 Hz; returns its `--source`
/// argument.
pub fn source(directory: &Path, id: &str, hz: f64) -> String {
    let path = directory.join(format!("{hz}.wav"));
    let spec = WavSpec { channels: 1, sample_rate: 48_000, bits_per_sample: 32, sample_format: SampleFormat::Float };
    let mut writer = WavWriter::create(&path, spec).unwrap();
    for at in 0..48_000 {
        writer.write_sample((AMPLITUDE * (TAU * hz * f64::from(at) / 48_000.0).sin()) as f32).unwrap();
    }
    writer.finalize().unwrap();
    format!("{id}={}", path.display())
}

/// The RMS of some samples, relative to that of one tone.
pub fn tones(samples: &[i16]) -> f64 {
    let squares: f64 = samples.iter().map(|sample| (f64::from(*sample) / 32_768.0).powi(2)).sum();
    (squares / samples.len() as f64).sqrt() / (AMPLITUDE / 2_f64.sqrt())
}
