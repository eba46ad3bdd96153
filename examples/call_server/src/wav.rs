//! Reads recordings: mono and stereo WAV files of any rate and sample type, as samples from -1 to 1.

use std::{io::Read, path::Path};

use mixminus::{
    Channels,
    stream::{StreamFormat, WavError, WavReader},
};

use crate::error::Error;

/// The recording of a participant, which is played in a loop.
#[derive(Debug, Clone)]
pub struct Recording {
    pub format: StreamFormat,
    /// The samples, interleaved: at least one frame, and all of them such that the mixer takes them.
    pub samples: Vec<f32>,
}

/// The largest sample that the mixer accepts.
const LOUDEST: f32 = 1e6;

/// What is wrong with a file, as a sentence about it.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It is no WAV file, or a damaged one.
    #[error(transparent)]
    File(#[from] WavError),

    /// More channels than the mixer has.
    #[error("it has {0} channels, and one or two can be mixed")]
    Channels(u16),

    /// An empty recording.
    #[error("it has no samples, and nothing can be said over and over")]
    Empty,

    /// A sample that the mixer refuses. A recording that is played over and over may have none: each
    /// time it would be a gap.
    #[error("its sample {0} is NaN, infinite or past ±1e6")]
    Sample(usize),
}

impl Recording {
    pub fn frames(&self) -> usize {
        self.samples.len() / self.format.channels.count()
    }
}

/// Reads a recording from a file.
pub fn read(path: &Path) -> Result<Recording, Error> {
    WavReader::open(path).map_err(Fault::File).and_then(recording).map_err(|fault| match fault {
        Fault::File(WavError::Io(cause)) => Error::Unreadable { path: path.to_owned(), cause },
        cause => Error::NotWav { path: path.to_owned(), cause },
    })
}

/// Parses the bytes of a recording.
pub fn parse(bytes: &[u8]) -> Result<Recording, Fault> {
    recording(WavReader::new(bytes)?)
}

/// Reads a recording with one or two channels.
fn recording(reader: WavReader<impl Read>) -> Result<Recording, Fault> {
    let format = reader.format();
    let channels = match format.channels {
        1 => Channels::Mono,
        2 => Channels::Stereo,
        more => return Err(Fault::Channels(more)),
    };
    let samples = reader.samples()?;
    if samples.is_empty() {
        return Err(Fault::Empty);
    }
    match samples.iter().position(|sample| !sample.is_finite() || sample.abs() > LOUDEST) {
        Some(index) => Err(Fault::Sample(index)),
        None => Ok(Recording { format: StreamFormat { rate_hz: format.rate_hz, channels }, samples }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hound::{SampleFormat, WavSpec, WavWriter};

    fn wav(channels: u16, samples: &[f32]) -> Vec<u8> {
        let spec = WavSpec { channels, sample_rate: 48_000, bits_per_sample: 32, sample_format: SampleFormat::Float };
        let mut bytes = std::io::Cursor::new(Vec::new());
        let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
        samples.iter().for_each(|sample| writer.write_sample(*sample).unwrap());
        writer.finalize().unwrap();
        bytes.into_inner()
    }

    fn fault(bytes: &[u8]) -> String {
        parse(bytes).map(|recording| recording.samples).unwrap_err().to_string()
    }

    #[test]
    fn a_recording_is_read_as_it_is() {
        let recording = parse(&wav(2, &[0.5, -1.0, 0.25, 1e6])).unwrap();
        assert_eq!((recording.frames(), recording.samples), (2, vec![0.5, -1.0, 0.25, 1e6]));
    }

    #[test]
    fn a_recording_of_a_telephone_from_a_pipe_is_read() {
        // mu-law at 8 kHz, with sizes that say nothing.
        let mut file =
            b"RIFF\xff\xff\xff\xffWAVEfmt \x12\0\0\0\x07\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0\0\0".to_vec();
        file.extend(b"data\xff\xff\xff\xff\xff\x80\0");
        let recording = parse(&file).unwrap();
        assert_eq!(recording.format, StreamFormat { rate_hz: 8_000, channels: Channels::Mono });
        assert_eq!(recording.samples, [0.0, 32_124.0 / 32_768.0, -32_124.0 / 32_768.0]);
    }

    #[test]
    fn a_recording_that_cannot_be_looped_is_an_error_that_says_why() {
        assert!(fault(b"RIFX").contains("RIFF"), "{}", fault(b"RIFX"));
        assert!(fault(&wav(1, &[])).contains("no samples"));
        assert!(fault(&wav(3, &[0.0; 3])).contains("3 channels"));
        for bad in [f32::NAN, f32::NEG_INFINITY, 1.1e6] {
            assert_eq!(fault(&wav(1, &[0.0, bad])), "its sample 1 is NaN, infinite or past ±1e6");
        }
        let whole = wav(1, &[0.0; 100]);
        assert!(fault(&whole[..whole.len() - 3]).contains("too early: its data chunk has 397 of 400 bytes"));
    }
}
