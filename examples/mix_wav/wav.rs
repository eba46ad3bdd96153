//! Reads recordings: mono and stereo WAV files of any rate and common sample type, as samples from
//! -1 to 1.

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

use hound::{SampleFormat, WavReader};
use mixminus::{Channels, stream::StreamFormat};

use crate::{error::Error, voice::Recording};

/// Reads a recording with one or two channels.
///
/// Integers are divided by the power of two just above their largest value, so that
/// samples of up to 24 bits are exact.
pub fn read(path: &Path) -> Result<Recording, Error> {
    let file = File::open(path).map_err(|cause| Error::Unreadable { path: path.to_owned(), cause })?;
    let not_wav = |cause: hound::Error| Error::NotWav { path: path.to_owned(), cause: describe(cause) };
    let mut reader = WavReader::new(BufReader::new(file)).map_err(not_wav)?;
    let spec = reader.spec();
    let channels = match spec.channels {
        1 => Channels::Mono,
        2 => Channels::Stereo,
        more => return Err(too_many_channels(path, more)),
    };
    let samples: Result<Vec<f32>, _> = match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().collect(),
        SampleFormat::Int => {
            let full_scale = 2f64.powi(i32::from(spec.bits_per_sample) - 1);
            let scaled =
                reader.samples::<i32>().map(|sample| sample.map(|value| (f64::from(value) / full_scale) as f32));
            scaled.collect()
        }
    };
    let samples = samples.map_err(not_wav)?;
    Ok(Recording { format: StreamFormat { rate_hz: spec.sample_rate, channels }, samples })
}

fn describe(cause: hound::Error) -> String {
    match cause {
        hound::Error::Unsupported => "its sample type is none of 8, 16, 24, 32 bit integer and 32 bit float".to_owned(),
        hound::Error::IoError(cause) if cause.kind() == std::io::ErrorKind::UnexpectedEof => {
            "it ends too early".to_owned()
        }
        other => other.to_string(),
    }
}

fn too_many_channels(path: &Path, channels: u16) -> Error {
    let from = shell_word(path);
    let to = shell_word(&converted_name(path));
    Error::TooManyChannels {
        path: path.to_owned(),
        channels,
        sox: format!("sox {from} -c 2 {to}"),
        ffmpeg: format!("ffmpeg -i {from} -ac 2 {to}"),
    }
}

/// The name of the converted copy, beside the original.
fn converted_name(path: &Path) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-stereo.wav"))
}

/// A path quoted for a shell.
fn shell_word(path: &Path) -> String {
    let text = path.to_string_lossy();
    if text.chars().all(|c| c.is_alphanumeric() || "/._-+@".contains(c)) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
