//! Reading recordings: mono WAV files of any common sample type, as samples from -1 to 1.

use std::{
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
};

use hound::{SampleFormat, WavReader, WavSpec};

use crate::error::Error;

/// Reads a recording, which must have the mixer's rate and one channel.
///
/// Integers are divided by the power of two that is just past their largest value, so that up to 24 bits nothing is rounded.
pub fn read(path: &Path, rate: u32) -> Result<Vec<f32>, Error> {
    let file = File::open(path).map_err(|cause| Error::Unreadable { path: path.to_owned(), cause })?;
    let not_wav = |cause: hound::Error| Error::NotWav { path: path.to_owned(), cause: describe(cause) };
    let mut reader = WavReader::new(BufReader::new(file)).map_err(not_wav)?;
    let spec = reader.spec();
    if spec.channels != 1 || spec.sample_rate != rate {
        return Err(wrong_shape(path, spec, rate));
    }
    match spec.sample_format {
        SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>().map_err(not_wav),
        SampleFormat::Int => {
            let full_scale = 2f64.powi(i32::from(spec.bits_per_sample) - 1);
            let scaled =
                reader.samples::<i32>().map(|sample| sample.map(|value| (f64::from(value) / full_scale) as f32));
            scaled.collect::<Result<_, _>>().map_err(not_wav)
        }
    }
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

fn wrong_shape(path: &Path, spec: WavSpec, rate: u32) -> Error {
    let from = shell_word(path);
    let to = shell_word(&converted_name(path, rate));
    Error::WrongShape {
        path: path.to_owned(),
        found: format!("{} Hz {}", spec.sample_rate, channels(spec.channels)),
        wanted: format!("{rate} Hz mono"),
        sox: format!("sox {from} -r {rate} -c 1 {to}"),
        ffmpeg: format!("ffmpeg -i {from} -ar {rate} -ac 1 {to}"),
    }
}

fn channels(count: u16) -> String {
    match count {
        1 => "mono".to_owned(),
        2 => "stereo".to_owned(),
        more => format!("{more} channels"),
    }
}

/// A name for the converted copy, beside the original.
fn converted_name(path: &Path, rate: u32) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{rate}-mono.wav"))
}

/// A path as it can be pasted into a shell.
fn shell_word(path: &Path) -> String {
    let text = path.to_string_lossy();
    if text.chars().all(|c| c.is_alphanumeric() || "/._-+@".contains(c)) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
