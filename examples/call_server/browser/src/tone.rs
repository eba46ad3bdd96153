//! Microphones that are files: [`Tone`].

use std::{f64::consts::TAU, path::Path};

use hound::{SampleFormat, WavSpec, WavWriter};

use crate::Result;

const RATE_HZ: u32 = 48_000;

/// A sine that goes on without an end, as the file has whole periods.
#[derive(Debug, Clone, Copy)]
pub struct Tone {
    /// The frequency, a whole number of periods a second.
    pub hz: u32,
    /// The peak, 1 for full scale.
    pub amplitude: f64,
}

impl Tone {
    /// Writes it to a file in a directory. The argument of `--source` by which it is what a participant sends.
    ///
    /// # Errors
    /// Of the file system.
    pub fn source(&self, directory: &Path, id: &str) -> Result<String> {
        let file = directory.join(format!("{id}.wav"));
        self.write(&file)?;
        Ok(format!("{id}={}", file.display()))
    }

    /// Writes two seconds of it.
    ///
    /// # Errors
    /// Of the file system.
    pub fn write(&self, file: &Path) -> Result<()> {
        let spec = WavSpec { channels: 1, sample_rate: RATE_HZ, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let mut wav = WavWriter::create(file, spec)?;
        for at in 0..2 * RATE_HZ {
            let phase = TAU * f64::from(at) * f64::from(self.hz) / f64::from(RATE_HZ);
            wav.write_sample((phase.sin() * self.amplitude * f64::from(i16::MAX)) as i16)?;
        }
        Ok(wav.finalize()?)
    }
}
