//! The files of one participant of a recording: [`Person`].

use std::{
    fs::OpenOptions,
    io,
    path::{Path, PathBuf},
};

use mixminus::stream::{Tap, TapError, TapOptions, Tapped};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use recording::{Of, Sample, Timeline, Track};

use crate::error::Error;

/// How long the disk may be slow before anything is lost: 800 kB for each participant.
const HOLDS_MS: f64 = 2000.0;
/// The longest file name in bytes, without its number and its extension.
const LONGEST_NAME: usize = 200;
/// The characters that are escaped in a file name: all but letters, digits and these, so that no
/// two ids share a file.
const IN_A_NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'@').remove(b'+');
/// The taps of one participant.
#[derive(Debug)]
pub struct Taps {
    pub said: Tap,
    pub heard: Tap,
}

/// Makes the taps of a participant.
pub fn taps(id: &str, mut tap: impl FnMut(Tapped, TapOptions) -> Result<Tap, TapError>) -> Result<Taps, Error> {
    let options = TapOptions { holds_ms: HOLDS_MS, ..TapOptions::default() };
    Ok(Taps { said: tap(Tapped::source(id), options)?, heard: tap(Tapped::mix(id), options)? })
}

/// The files of one participant; `None` where one could not be begun.
#[derive(Debug, Default)]
pub struct Person {
    pub said: Option<Track>,
    pub heard: Option<Track>,
    pub timeline: Timeline,
    /// Whether it has left, and its last ticks may still have to be mixed.
    pub leaves: bool,
}

impl Person {
    /// It is in the call from now on: its files, which may not exist, are begun, or go on.
    pub fn come(&mut self, taps: Taps, file: impl Fn(&str) -> PathBuf) -> Result<(), Error> {
        // It may be back before the last of it was written.
        let rested = if std::mem::take(&mut self.leaves) { self.pull().and(self.rest()) } else { Ok(()) };
        let stem = come(&mut self.said, taps.said, Of::Stem, file("stems"));
        rested.and(stem).and(come(&mut self.heard, taps.heard, Of::Mix, file("mixes")))
    }

    pub fn tracks(&mut self) -> impl Iterator<Item = &mut Track> {
        [&mut self.said, &mut self.heard].into_iter().flatten()
    }

    pub fn pull(&mut self) -> Result<(), Error> {
        let Self { said, heard, timeline, .. } = self;
        let mut pull = |track: &mut Option<Track>| {
            track.as_mut().map_or(Ok(()), |track| told(track, |track| track.pull(timeline)))
        };
        let pulled = pull(said).and(pull(heard));
        if self.leaves && self.tracks().all(|track| track.is_away()) {
            self.leaves = false;
            return pulled.and(self.rest());
        }
        pulled
    }

    /// Closes the files until it is back.
    fn rest(&mut self) -> Result<(), Error> {
        self.tracks().try_for_each(|track| told(track, Track::rest))
    }
}

/// Begins a file, which may not exist, or goes on with it.
fn come(track: &mut Option<Track>, tap: Tap, of: Of, path: PathBuf) -> Result<(), Error> {
    if let Some(track) = track {
        return told(track, |track| track.go_on(tap));
    }
    let begun = OpenOptions::new().write(true).create_new(true).open(&path);
    let begun = begun.and_then(|file| Track::begin(file, path.clone(), of, tap, Sample::I16));
    let begun = begun.map_err(|cause| Error::Unwritable { path: path.clone(), cause })?;
    // What one says tells when it was there.
    *track = Some(if of == Of::Stem { begun } else { begun.without_stays() });
    Ok(())
}

/// The error of a track, with its path.
pub fn told(track: &mut Track, done: impl FnOnce(&mut Track) -> io::Result<()>) -> Result<(), Error> {
    done(track).map_err(|cause| failed(track.path(), cause))
}

/// The error of writing to a file.
pub fn failed(path: &Path, cause: io::Error) -> Error {
    Error::WriteFailed { path: path.to_owned(), cause }
}

/// The file name of an id; a long one is cut, and made unique by a number.
pub fn name(id: &str, number: usize) -> String {
    let mut name = utf8_percent_encode(id, IN_A_NAME).to_string();
    if name.len() > LONGEST_NAME {
        name.truncate(LONGEST_NAME);
        name.push_str(&format!("~{number}"));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn no_id_reaches_another_directory() {
        let names = ["../x", ".", "..", "a/b\\c", "nul\0", "é", ""].map(|id| name(id, 1));
        assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '%')), "{names:?}");
        assert_eq!(name("anna-b_c@d+1", 1), "anna-b_c@d+1");
    }

    #[test]
    fn long_ids_have_names_of_their_own() {
        let long = "é".repeat(100);
        assert!(name(&long, 7).len() < 220 && name(&long, 7) != name(&long, 8));
    }
}
