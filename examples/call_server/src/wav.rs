//! Reads recordings: mono and stereo WAV files of any rate and common sample type, as samples from
//! -1 to 1.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
};

use hound::{SampleFormat, WavReader};
use mixminus::{Channels, stream::StreamFormat};

use crate::error::Error;

/// The recording of a participant, which is played in a loop.
#[derive(Debug, Clone)]
pub struct Recording {
    pub format: StreamFormat,
    /// The samples, interleaved: at least one frame, and all finite.
    pub samples: Vec<f32>,
}

/// The largest sample that the mixer accepts.
const LOUDEST: f32 = 1e30;

impl Recording {
    pub fn frames(&self) -> usize {
        self.samples.len() / self.format.channels.count()
    }
}

/// Reads a recording from a file.
pub fn read(path: &Path) -> Result<Recording, Error> {
    let file = File::open(path).map_err(|cause| Error::Unreadable { path: path.to_owned(), cause })?;
    parse(BufReader::new(file)).map_err(|cause| Error::NotWav { path: PathBuf::from(path), cause })
}

/// Parses a recording with one or two channels. Integers are divided by the power of two just above
/// their largest value. The error says what is wrong with the file, as a sentence.
pub fn parse(from: impl Read) -> Result<Recording, String> {
    let mut reader = WavReader::new(from).map_err(describe)?;
    let spec = reader.spec();
    let channels = match spec.channels {
        1 => Channels::Mono,
        2 => Channels::Stereo,
        more => return Err(format!("it has {more} channels, and one or two can be mixed")),
    };
    let samples: Result<Vec<f32>, _> = match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().collect(),
        SampleFormat::Int => {
            let full_scale = 2f64.powi(i32::from(spec.bits_per_sample) - 1);
            reader.samples::<i32>().map(|sample| Ok((f64::from(sample?) / full_scale) as f32)).collect()
        }
    };
    let samples = samples.map_err(describe)?;
    if samples.len() < channels.count() {
        return Err("it has no samples, and nothing can be said over and over".to_owned());
    }
    match samples.iter().position(|sample| !sample.is_finite() || sample.abs() > LOUDEST) {
        Some(index) => Err(format!("its sample {index} is no number that can be heard")),
        None => Ok(Recording { format: StreamFormat { rate_hz: spec.sample_rate, channels }, samples }),
    }
}

fn describe(cause: hound::Error) -> String {
    match cause {
        hound::Error::Unsupported => "its sample type is none of 8, 16, 24, 32 bit integer and 32 bit float".to_owned(),
        // hound returns either kind, depending on where the file ends.
        hound::Error::IoError(cause) if matches!(cause.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::Other) => {
            "it ends too early".to_owned()
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hound::{WavSpec, WavWriter};

    fn wav(channels: u16, samples: &[f32]) -> Vec<u8> {
        let spec = WavSpec { channels, sample_rate: 48_000, bits_per_sample: 32, sample_format: SampleFormat::Float };
        let mut bytes = io::Cursor::new(Vec::new());
        let mut writer = WavWriter::new(&mut bytes, spec).unwrap();
        samples.iter().for_each(|sample| writer.write_sample(*sample).unwrap());
        writer.finalize().unwrap();
        bytes.into_inner()
    }

    fn fault(bytes: &[u8]) -> String {
        parse(bytes).map(|recording| recording.samples).unwrap_err()
    }

    #[test]
    fn a_recording_is_read_as_it_is() {
        let recording = parse(&wav(2, &[0.5, -1.0, 0.25, 0.0])[..]).unwrap();
        assert_eq!((recording.frames(), recording.samples), (2, vec![0.5, -1.0, 0.25, 0.0]));
    }

    #[test]
    fn a_recording_that_cannot_be_looped_is_an_error_that_says_why() {
        assert!(fault(b"RIFX").contains("RIFF"), "{}", fault(b"RIFX"));
        assert!(fault(&wav(1, &[])).contains("no samples"));
        assert!(fault(&wav(3, &[0.0; 3])).contains("3 channels"));
        assert!(fault(&wav(1, &[0.0, f32::NAN])).contains("sample 1"));
        let whole = wav(1, &[0.0; 100]);
        assert!(fault(&whole[..whole.len() - 3]).contains("too early"));
    }
}
