//! One file of many channels from many files: [`interleave`].

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use crate::{
    header::{HEADER, Sample, Spec},
    wav_file::WavFile,
};

/// Frames that are in memory at a time.
const PIECE: usize = 1 << 14;

/// Writes the files, each with these channels and so many frames at most, side by side into one file. What a file does not
/// have is silence. All are files of [`WavFile`].
///
/// # Errors
/// A file cannot be read, or the one file cannot be written; or there would be more than 65,535 channels.
pub fn interleave(from: &[PathBuf], spec: Spec, frames: u64, to: File) -> io::Result<()> {
    let channels = from.len() * usize::from(spec.channels);
    let too_many = || io::Error::other(format!("{channels} channels: a WAV file has up to 65,535"));
    let all = Spec { channels: u16::try_from(channels).map_err(|_| too_many())?, ..spec };
    let mut out = WavFile::begin(to, all)?;
    let mut files = from.iter().map(|path| open(path)).collect::<io::Result<Vec<_>>>()?;
    let mut frame = 0;
    while frame < frames {
        let count = (frames - frame).min(PIECE as u64) as usize;
        let pieces = files.iter_mut().map(|file| piece(file, spec, count)).collect::<io::Result<Vec<_>>>()?;
        let own = usize::from(spec.channels);
        let samples: Vec<f32> = (0..count)
            .flat_map(|at| pieces.iter().flat_map(move |piece| &piece[at * own..(at + 1) * own]))
            .copied()
            .collect();
        frame += count as u64;
        if samples.iter().any(|sample| *sample != 0.0) {
            out.write(&samples)?;
        } else {
            out.silence_until(frame);
        }
    }
    out.finish()
}

fn open(path: &Path) -> io::Result<BufReader<File>> {
    let mut file = BufReader::new(File::open(path)?);
    file.seek(SeekFrom::Start(HEADER))?;
    Ok(file)
}

/// So many frames, with silence for those that are not there.
fn piece(file: &mut BufReader<File>, spec: Spec, frames: usize) -> io::Result<Vec<f32>> {
    let wanted = frames as u64 * spec.frame_bytes();
    let mut bytes = Vec::with_capacity(wanted as usize);
    file.take(wanted).read_to_end(&mut bytes)?;
    bytes.resize(wanted as usize, 0);
    Ok(match spec.sample {
        Sample::F32 => bytes.as_chunks().0.iter().map(|sample| f32::from_le_bytes(*sample)).collect(),
        Sample::I16 => {
            bytes.as_chunks().0.iter().map(|sample| f32::from(i16::from_le_bytes(*sample)) / 32_768.0).collect()
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_lie_side_by_side_and_short_ones_end_in_silence() {
        let directory = tempfile::tempdir().unwrap();
        for sample in [Sample::I16, Sample::F32] {
            let spec = Spec { rate_hz: 8000, channels: 2, sample };
            let paths: Vec<_> = [40_000_u64, 3]
                .iter()
                .enumerate()
                .map(|(n, frames)| {
                    let path = directory.path().join(format!("{n}.wav"));
                    let mut wav = WavFile::begin(File::create(&path).unwrap(), spec).unwrap();
                    wav.silence_until(frames - 1);
                    wav.write(&[0.5, -0.25 * (n + 1) as f32]).unwrap();
                    wav.finish().unwrap();
                    path
                })
                .collect();
            let to = directory.path().join("all.wav");
            interleave(&paths, spec, 40_001, File::create(&to).unwrap()).unwrap();
            let reader = mixminus::stream::WavReader::open(&to).unwrap();
            assert_eq!(reader.format().channels, 4);
            let samples = reader.samples().unwrap();
            let frame = |at: usize| &samples[4 * at..][..4];
            assert_eq!(
                [frame(2), frame(39_999), frame(40_000)],
                [[0.0, 0.0, 0.5, -0.5], [0.5, -0.25, 0.0, 0.0], [0.0; 4]]
            );
            assert!(samples.len() == 160_004 && samples.iter().filter(|sample| **sample != 0.0).count() == 4);
        }
    }

    #[test]
    fn what_is_too_much_or_not_there_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let to = || File::create(directory.path().join("all.wav")).unwrap();
        let spec = Spec { rate_hz: 8000, channels: 1, sample: Sample::I16 };
        assert!(interleave(&vec![PathBuf::new(); 65_536], spec, 1, to()).unwrap_err().to_string().contains("65536"));
        assert!(interleave(&[directory.path().join("missing.wav")], spec, 1, to()).is_err());
    }
}
