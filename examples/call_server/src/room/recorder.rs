//! Records what a participant hears: [`Recorder`], a WAV file that is valid at every second of the
//! call.

use std::{
    fs::{self, OpenOptions},
    io::{self, BufWriter, ErrorKind},
    path::{Path, PathBuf},
};

use hound::{SampleFormat, WavSpec, WavWriter};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

use super::SAMPLE_RATE;
use crate::error::Error;

/// A WAV file counts its bytes in 32 bits, and its header takes some of them.
const MOST_SAMPLES: usize = (u32::MAX as usize - 1024) / 2;
/// How much may be lost if the program is killed.
const SECOND: usize = SAMPLE_RATE as usize;
/// The longest file name in bytes, without its number and its extension.
const LONGEST_NAME: usize = 200;
/// How often the same id may be recorded anew.
const MOST_STAYS: u32 = 1000;
/// The characters that are escaped in a file name: all but letters, digits and these, so that no
/// two ids share a file.
const IN_A_NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'@').remove(b'+');

/// Starts a recording for each id, in a directory that is created if needed: either all of them, or
/// none.
pub fn begin<'a>(directory: &Path, ids: impl Iterator<Item = &'a str>) -> Result<Vec<Recorder>, Error> {
    let made = fs::create_dir_all(directory);
    made.map_err(|cause| Error::Unwritable { path: directory.to_owned(), cause })?;
    let mut begun = Vec::new();
    for (number, id) in ids.enumerate() {
        match Recorder::create(directory.join(format!("{}.wav", name(id, &number.to_string())))) {
            Ok(recorder) => begun.push(recorder),
            Err(error) => {
                begun.into_iter().for_each(Recorder::discard);
                return Err(error);
            }
        }
    }
    Ok(begun)
}

/// Starts a recording of somebody who comes while the call runs, in a directory that exists. A second one of the same
/// id has a number: nobody's first stay is lost.
pub fn begin_late(directory: &Path, id: &str) -> Result<Recorder, Error> {
    let name = name(id, &Uuid::new_v4().simple().to_string());
    let file = |stay: u32| match stay {
        1 => format!("{name}.wav"),
        _ => format!("{name}.{stay}.wav"),
    };
    let mut stay = 1;
    loop {
        match Recorder::create(directory.join(file(stay))) {
            Err(Error::Unwritable { cause, .. }) if cause.kind() == ErrorKind::AlreadyExists && stay < MOST_STAYS => {
                stay += 1;
            }
            done => return done,
        }
    }
}

/// One file while it is written.
pub struct Recorder {
    path: PathBuf,
    writer: WavWriter<BufWriter<fs::File>>,
    samples: usize,
}

impl Recorder {
    /// Creates the file. Never overwrites one: it may be the recording of an earlier call.
    fn create(path: PathBuf) -> Result<Self, Error> {
        let unwritable = |cause| Error::Unwritable { path: path.clone(), cause };
        let file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(unwritable)?;
        let spec =
            WavSpec { channels: 1, sample_rate: SAMPLE_RATE, bits_per_sample: 16, sample_format: SampleFormat::Int };
        let writer = WavWriter::new(BufWriter::new(file), spec).map_err(|cause| unwritable(io_error(cause)))?;
        Ok(Self { path, writer, samples: 0 })
    }

    /// Writes samples. Blocks as long as the disk needs.
    pub fn write(&mut self, samples: &[i16]) -> Result<(), Error> {
        if self.samples + samples.len() > MOST_SAMPLES {
            return Err(Error::Full { path: self.path.clone() });
        }
        let before = self.samples / SECOND;
        let written = samples.iter().try_for_each(|sample| self.writer.write_sample(*sample));
        self.samples += samples.len();
        let flushed = if self.samples / SECOND > before { self.writer.flush() } else { Ok(()) };
        written.and(flushed).map_err(|cause| failed(&self.path, cause))
    }

    /// Deletes the file of a recording that does not start.
    fn discard(self) {
        drop(self.writer);
        // There is already an error to report.
        let _ = fs::remove_file(self.path);
    }

    /// Completes the header.
    pub fn finish(self) -> Result<(), Error> {
        let Self { path, writer, .. } = self;
        writer.finalize().map_err(|cause| failed(&path, cause))
    }
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder").field("path", &self.path).field("samples", &self.samples).finish_non_exhaustive()
    }
}

/// The file name of an id; a long one is cut, and made unique by what is given for that.
fn name(id: &str, unique: &str) -> String {
    let mut name = utf8_percent_encode(id, IN_A_NAME).to_string();
    if name.len() > LONGEST_NAME {
        name.truncate(LONGEST_NAME);
        name.push_str(&format!("~{unique}"));
    }
    name
}

fn failed(path: &Path, cause: hound::Error) -> Error {
    Error::WriteFailed { path: path.to_owned(), cause: io_error(cause) }
}

fn io_error(cause: hound::Error) -> io::Error {
    match cause {
        hound::Error::IoError(cause) => cause,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_id_reaches_another_directory() {
        let names = ["../x", ".", "..", "a/b\\c", "nul\0", "é", ""].map(|id| name(id, "1"));
        assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '%')), "{names:?}");
        assert_eq!(name("anna-b_c@d+1", "1"), "anna-b_c@d+1");
    }

    #[test]
    fn long_ids_have_names_of_their_own() {
        let long = "é".repeat(100);
        assert!(name(&long, "7").len() < 220 && name(&long, "7") != name(&long, "8"));
    }

    #[test]
    fn a_recording_can_be_read_while_it_is_made() {
        let directory = tempfile::tempdir().unwrap();
        let mut recorders = begin(&directory.path().join("new/one"), ["a", "b"].into_iter()).unwrap();
        let mut recorder = recorders.remove(0);
        (0..60).for_each(|_| recorder.write(&[7; 960]).unwrap());
        let path = recorder.path.clone();
        assert!(hound::WavReader::open(&path).unwrap().duration() >= 48_000);
        recorder.finish().unwrap();
        assert_eq!(hound::WavReader::open(&path).unwrap().duration(), 57_600);
    }

    #[test]
    fn if_one_file_exists_no_recording_starts() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("b.wav"), "of an earlier call").unwrap();
        let refused = begin(directory.path(), ["a", "b", "c"].into_iter());
        assert!(matches!(refused, Err(Error::Unwritable { path, .. }) if path.ends_with("b.wav")));
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        assert_eq!(fs::read(directory.path().join("b.wav")).unwrap(), b"of an earlier call");
    }

    #[test]
    fn who_comes_again_is_recorded_in_another_file() {
        let directory = tempfile::tempdir().unwrap();
        for stay in ["a.wav", "a.2.wav", "a.3.wav"] {
            let recorder = begin_late(directory.path(), "a").unwrap();
            assert_eq!(recorder.path, directory.path().join(stay));
            recorder.finish().unwrap();
        }
        assert!(begin_late(&directory.path().join("missing"), "a").is_err());
    }

    #[test]
    fn a_full_file_ends_the_recording() {
        let directory = tempfile::tempdir().unwrap();
        let mut recorder = begin(directory.path(), ["a"].into_iter()).unwrap().remove(0);
        recorder.samples = MOST_SAMPLES - 1;
        assert!(matches!(recorder.write(&[0; 2]), Err(Error::Full { .. })));
    }
}
