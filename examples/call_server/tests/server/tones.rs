//! Tones for tests, sent with the same level in every 20 ms, and how loud each is in what is heard.

use std::{
    collections::VecDeque,
    f64::consts::TAU,
    path::Path,
    time::{Duration, Instant},
};

use hound::{SampleFormat, WavSpec, WavWriter};

use crate::rig::PATIENCE;

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

/// What was heard last: 200 ms, in which tones of whole multiples of 5 Hz are told apart exactly.
#[derive(Debug, Default)]
pub struct Ear {
    samples: VecDeque<f32>,
    /// The timestamps of the packets.
    pub timestamps: Vec<u32>,
    /// Who is heard in the newest packet, by number.
    pub contributors: Vec<u64>,
}

const HEARD: usize = 9600;

impl Ear {
    pub fn hear(&mut self, timestamp: u32, samples: &[f32]) {
        self.timestamps.push(timestamp);
        self.samples.extend(samples);
        let old = self.samples.len().saturating_sub(HEARD);
        self.samples.drain(..old);
    }

    /// The amplitude of a tone, relative to that of a sent one. NaN before anything was heard.
    pub fn level(&self, hz: f64) -> f64 {
        if self.samples.len() < HEARD {
            return f64::NAN;
        }
        let (mut re, mut im) = (0.0, 0.0);
        for (at, sample) in self.samples.iter().enumerate() {
            let (sin, cos) = (TAU * hz * at as f64 / 48_000.0).sin_cos();
            (re, im) = (re + f64::from(*sample) * cos, im + f64::from(*sample) * sin);
        }
        2.0 * re.hypot(im) / HEARD as f64 / AMPLITUDE
    }
}

/// Waits until ten readings in a row, 20 ms apart, are as wanted: within 10 %, or under 3 % where nothing is wanted.
pub async fn until(mut read: impl FnMut() -> Vec<(f64, f64)>) {
    let (mut in_a_row, begin) = (0, Instant::now());
    while in_a_row < 10 {
        let levels = read();
        in_a_row = if levels.iter().all(is_as_wanted) { in_a_row + 1 } else { 0 };
        assert!(begin.elapsed() < PATIENCE, "never so loud, but (heard, wanted): {levels:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Whether a level, the first, is as wanted, the second.
pub fn is_as_wanted((level, wanted): &(f64, f64)) -> bool {
    if *wanted == 0.0 { *level < 0.03 } else { (level / wanted - 1.0).abs() < 0.1 }
}
