//! Writing what one participant hears: a mono WAV file in one of two sample types, tick by tick.

use std::{
    fs::File,
    io::{self, BufWriter},
    path::PathBuf,
};

use hound::{Sample, SampleFormat, WavSpec, WavWriter};
use mixminus::Mix;

use crate::{cli::Format, draft::Draft, error::Error, scene::Scene};

/// One WAV file in the making.
pub struct Track {
    writer: WavWriter<BufWriter<File>>,
    draft: Draft,
    format: Format,
    /// How many samples are still to come: what the last tick has beyond the end is left out.
    left: usize,
    integers: Vec<i16>,
}

impl Track {
    /// Begins a file as long as the scene.
    pub fn create(path: PathBuf, format: Format, scene: &Scene) -> Result<Self, Error> {
        let (bits_per_sample, sample_format) = match format {
            Format::F32 => (32, SampleFormat::Float),
            Format::I16 => (16, SampleFormat::Int),
        };
        let spec = WavSpec { channels: 1, sample_rate: scene.settings.rate, bits_per_sample, sample_format };
        let (draft, file) = Draft::open(path)?;
        let writer = WavWriter::new(BufWriter::new(file), spec).map_err(|cause| failed(&draft, cause))?;
        Ok(Self { writer, draft, format, left: scene.length, integers: vec![0; scene.settings.tick_samples] })
    }

    /// Writes a tick of a mix.
    pub fn write(&mut self, mix: &Mix<'_>) -> Result<(), Error> {
        let count = self.take();
        let written = match self.format {
            Format::F32 => each(&mut self.writer, &mix.samples()[..count]),
            Format::I16 => {
                mix.write_i16(&mut self.integers);
                each(&mut self.writer, &self.integers[..count])
            }
        };
        written.map_err(|cause| failed(&self.draft, cause))
    }

    /// Writes a tick of silence: the participant is not in the call.
    pub fn write_silence(&mut self) -> Result<(), Error> {
        let count = self.take();
        let written = match self.format {
            Format::F32 => (0..count).try_for_each(|_| self.writer.write_sample(0.0f32)),
            Format::I16 => (0..count).try_for_each(|_| self.writer.write_sample(0i16)),
        };
        written.map_err(|cause| failed(&self.draft, cause))
    }

    /// Completes the file; it still has to be published.
    pub fn finish(self) -> Result<Draft, Error> {
        match self.writer.finalize() {
            Ok(()) => Ok(self.draft),
            Err(cause) => Err(failed(&self.draft, cause)),
        }
    }

    /// How many samples of the next tick belong to the file.
    fn take(&mut self) -> usize {
        let count = self.left.min(self.integers.len());
        self.left -= count;
        count
    }
}

fn each<S: Sample + Copy>(writer: &mut WavWriter<BufWriter<File>>, samples: &[S]) -> hound::Result<()> {
    samples.iter().try_for_each(|sample| writer.write_sample(*sample))
}

fn failed(draft: &Draft, cause: hound::Error) -> Error {
    let cause = match cause {
        hound::Error::IoError(cause) => cause,
        other => io::Error::other(other),
    };
    Error::WriteFailed { path: draft.path().to_owned(), cause }
}
