//! Writes what one participant hears: a WAV file in one of two sample types, tick by tick.

use std::{
    fs::File,
    io::{self, BufWriter},
    path::PathBuf,
};

use hound::{Sample, SampleFormat, WavSpec, WavWriter};
use mixminus::{
    Mix,
    stream::{OutputPort, StreamFormat},
};

use crate::{cli::Format, draft::Draft, error::Error};

/// One WAV file while it is written.
pub struct Track {
    writer: WavWriter<BufWriter<File>>,
    draft: Draft,
    samples: Samples,
    channels: usize,
    /// The frames of the finished file, and those written so far. Frames beyond the end are left out.
    length: usize,
    written: usize,
}

/// The samples to be written, interleaved, in the sample type of the file.
enum Samples {
    F32(Vec<f32>),
    I16(Vec<i16>),
}

impl Track {
    /// Creates a file of `length` frames.
    pub fn create(path: PathBuf, format: Format, stream: StreamFormat, length: usize) -> Result<Self, Error> {
        let (bits_per_sample, sample_format, samples) = match format {
            Format::F32 => (32, SampleFormat::Float, Samples::F32(Vec::new())),
            Format::I16 => (16, SampleFormat::Int, Samples::I16(Vec::new())),
        };
        let channels = stream.channels.count();
        let spec = WavSpec { channels: channels as u16, sample_rate: stream.rate_hz, bits_per_sample, sample_format };
        let (draft, file) = Draft::open(path)?;
        let writer = WavWriter::new(BufWriter::new(file), spec).map_err(|cause| failed(&draft, cause))?;
        Ok(Self { writer, draft, samples, channels, length, written: 0 })
    }

    /// Writes a tick of a mix, which has the channels of the file.
    pub fn write(&mut self, mix: &Mix<'_>) -> Result<(), Error> {
        let frames = mix.left().len();
        match &mut self.samples {
            Samples::F32(samples) if self.channels == 1 => {
                samples.clear();
                samples.extend_from_slice(mix.samples());
            }
            Samples::F32(samples) => {
                samples.resize(2 * frames, 0.0);
                mix.write_interleaved(samples);
            }
            Samples::I16(samples) => {
                samples.resize(self.channels * frames, 0);
                mix.write_i16(samples);
            }
        }
        self.put(0, frames)
    }

    /// Writes all frames of a port except for the first `skipped`; returns how many were skipped.
    pub fn pull(&mut self, port: &mut OutputPort, skipped: usize) -> Result<usize, Error> {
        let frames = port.available();
        match &mut self.samples {
            Samples::F32(samples) => {
                samples.resize(self.channels * frames, 0.0);
                port.pull(samples);
            }
            Samples::I16(samples) => {
                samples.resize(self.channels * frames, 0);
                port.pull(samples);
            }
        }
        let skipped = skipped.min(frames);
        self.put(skipped, frames)?;
        Ok(skipped)
    }

    /// Writes silence up to a frame, unless it is written already, for the time in which the
    /// participant was not in the call.
    pub fn silence_until(&mut self, frame: usize) -> Result<(), Error> {
        let frames = frame.saturating_sub(self.written);
        let size = frames.min(self.length - self.written) * self.channels;
        let written = match &self.samples {
            Samples::F32(_) => (0..size).try_for_each(|_| self.writer.write_sample(0.0f32)),
            Samples::I16(_) => (0..size).try_for_each(|_| self.writer.write_sample(0i16)),
        };
        self.written += size / self.channels;
        written.map_err(|cause| failed(&self.draft, cause))
    }

    /// Whether the file has all its frames.
    pub fn is_complete(&self) -> bool {
        self.written == self.length
    }

    /// Completes the file, with silence for what is missing. It still has to be published.
    pub fn finish(mut self) -> Result<Draft, Error> {
        self.silence_until(self.length)?;
        match self.writer.finalize() {
            Ok(()) => Ok(self.draft),
            Err(cause) => Err(failed(&self.draft, cause)),
        }
    }

    /// Writes the frames from `from` to `to` of the buffer, up to the end of the file.
    fn put(&mut self, from: usize, to: usize) -> Result<(), Error> {
        let to = to.min(from + self.length - self.written);
        let range = from * self.channels..to * self.channels;
        let written = match &self.samples {
            Samples::F32(samples) => each(&mut self.writer, &samples[range]),
            Samples::I16(samples) => each(&mut self.writer, &samples[range]),
        };
        self.written += to - from;
        written.map_err(|cause| failed(&self.draft, cause))
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
