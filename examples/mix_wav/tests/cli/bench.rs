//! Runs the example in a directory of the test's own, on sounds that are made here.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use hound::{Sample, SampleFormat, WavReader, WavSpec, WavWriter};

pub const RATE: u32 = 48_000;

/// The directory of one test: recordings in it, results in `out`.
pub struct Bench(pub PathBuf);

impl Bench {
    pub fn new(test: &str) -> Self {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("mix_wav_cli").join(test);
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).unwrap();
        Self(directory)
    }

    /// Runs the example in the directory. The arguments are separated by spaces.
    pub fn run(&self, arguments: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_mix_wav"))
            .args(arguments.split_whitespace())
            .current_dir(&self.0)
            .output()
            .unwrap()
    }

    /// Runs the example with results in `out`; it must succeed.
    pub fn mix(&self, arguments: &str) -> String {
        let output = self.run(&format!("--out out {arguments}"));
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && errors.is_empty(), "{arguments}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs the example with results in `out`. It must refuse with one line that contains `expected`,
    /// and write nothing.
    pub fn refuse(&self, arguments: &str, expected: &str) {
        let output = self.run(&format!("--out out {arguments}"));
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments}: {errors}");
        assert_eq!(errors.lines().count(), 1, "{arguments}: {errors}");
        assert!(errors.contains(expected), "{arguments}: {errors}");
        assert!(output.stdout.is_empty(), "{arguments}");
        let left = fs::read_dir(self.0.join("out")).map_or(0, |entries| entries.count());
        assert_eq!(left, 0, "{arguments} left files");
    }

    pub fn text(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    pub fn wav<S: Sample + Copy>(&self, name: &str, bits: u16, samples: &[S]) {
        self.wav_of(name, RATE, 1, bits, samples);
    }

    /// Writes a WAV file; 32 bits are float.
    pub fn wav_of<S: Sample + Copy>(&self, name: &str, sample_rate: u32, channels: u16, bits: u16, samples: &[S]) {
        let sample_format = if bits == 32 { SampleFormat::Float } else { SampleFormat::Int };
        let spec = WavSpec { channels, sample_rate, bits_per_sample: bits, sample_format };
        let mut writer = WavWriter::create(self.0.join(name), spec).unwrap();
        samples.iter().for_each(|sample| writer.write_sample(*sample).unwrap());
        writer.finalize().unwrap();
    }

    /// The mix of a participant.
    pub fn heard<S: Sample>(&self, id: &str) -> Vec<S> {
        self.heard_as(id, RATE, 1)
    }

    /// The mix of a participant at a rate; the channels of a frame side by side.
    pub fn heard_as<S: Sample>(&self, id: &str, rate: u32, channels: u16) -> Vec<S> {
        let mut reader = WavReader::open(self.0.join("out").join(format!("{id}.wav"))).unwrap();
        assert_eq!((reader.spec().sample_rate, reader.spec().channels), (rate, channels));
        reader.samples::<S>().map(Result::unwrap).collect()
    }
}

/// Noise from -0.4 to 0.4, the same in every run.
pub fn noise(seed: u32, length: usize) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32 * 0.8 - 0.4
    };
    (0..length).map(|_| next()).collect()
}

pub fn bits(samples: &[f32]) -> Vec<u32> {
    samples.iter().map(|sample| sample.to_bits()).collect()
}
