//! Reads recordings: mono and stereo WAV files of any rate and sample type, as samples from -1 to 1.

use std::path::{Path, PathBuf};

use mixminus::{
    Channels,
    stream::{StreamFormat, WavError, WavReader},
};

use crate::{error::Error, voice::Recording};

/// Reads a recording with one or two channels.
pub fn read(path: &Path) -> Result<Recording, Error> {
    let faulty = |fault| match fault {
        WavError::Io(cause) => Error::Unreadable { path: path.to_owned(), cause },
        cause => Error::NotWav { path: path.to_owned(), cause },
    };
    let reader = WavReader::open(path).map_err(faulty)?;
    let format = reader.format();
    let channels = match format.channels {
        1 => Channels::Mono,
        2 => Channels::Stereo,
        more => return Err(too_many_channels(path, more)),
    };
    let samples = reader.samples().map_err(faulty)?;
    Ok(Recording { format: StreamFormat { rate_hz: format.rate_hz, channels }, samples })
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
