//! Every kind of WAV file that is read, by its samples, and every kind that is not, by what is said.
//! The files are put together here, byte by byte.

#![cfg(feature = "wav")]

mod bytes;
mod encodings;
mod faults;
mod hostile;
mod sizes;

use std::{fs, path::Path};

use mixminus::stream::{WavEncoding, WavError, WavFormat, WavReader};

/// Writes a file, and reads it.
fn read(name: &str, file: &[u8]) -> Result<(WavFormat, Vec<f32>), WavError> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.wav"));
    fs::write(&path, file).unwrap();
    let reader = WavReader::open(&path)?;
    Ok((reader.format(), reader.samples()?))
}

/// Reads a file of one channel; its samples.
fn samples(name: &str, file: &[u8]) -> Vec<f32> {
    let (format, samples) = read(name, file).unwrap();
    assert_eq!(format.channels, 1, "{name}");
    samples
}

/// What is said of a file that cannot be read.
fn fault(name: &str, file: &[u8]) -> String {
    read(name, file).unwrap_err().to_string()
}

#[test]
fn the_format_is_that_of_the_file() {
    let file =
        bytes::wav(&[bytes::fmt(1, 2, 44_100, 16), bytes::chunk(b"data", &[0, 0x40, 0, 0x80, 1, 0, 0xff, 0xff])]);
    let (format, samples) = read("format", &file).unwrap();
    assert_eq!(format, WavFormat { rate_hz: 44_100, channels: 2, encoding: WavEncoding::Integer16 });
    assert_eq!(samples, [0.5, -1.0, 2f32.powi(-15), -2f32.powi(-15)]);
}
