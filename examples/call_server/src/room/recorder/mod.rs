//! Records a call: [`Recorder`], a thread that reads taps and writes what each participant said and heard, all on one
//! timeline, and the index of who was when. It waits for the disk, and nobody waits for it: what it is too late for is
//! lost, told in the log and marked in the index.
//!
//! Every second the files and the index are brought to where they can be read, also by those who come after the program was
//! killed. Who leaves has no tap any more, and its files are closed; the same id goes on in them.

mod person;
mod recorded;

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::{Arc, mpsc::Receiver},
    thread,
    time::{Duration, Instant},
};

use mixminus::Controller;
use recording::{Index, Participant, Sample, Spec, Track, interleave};

use self::person::{Person, failed, name, told};
pub use self::{
    person::{Taps, taps},
    recorded::Recorded,
};
use super::{SAMPLE_RATE, worker::Stop};
use crate::error::Error;

/// How often the thread looks for new samples: two ticks.
const INTERVAL: Duration = Duration::from_millis(20);
/// How much may be lost if the program is killed.
const SYNC: Duration = Duration::from_secs(1);
/// The file of all stems.
const ALL: &str = "stems.wav";

/// What happens to the participants while the call runs.
#[derive(Debug)]
pub enum Order {
    /// Somebody is in the call from now on.
    Come { id: String, taps: Box<Taps> },
    /// Somebody has left.
    Go { id: String },
}

/// A recording, on the thread that writes it.
#[derive(Debug)]
pub struct Recorder {
    directory: PathBuf,
    multichannel: bool,
    /// Everybody who ever was in the call, by id.
    people: BTreeMap<String, Person>,
    recorded: Arc<Recorded>,
    synced: Instant,
    /// Whether the index could not be written when that was tried last: told once.
    is_stale: bool,
}

impl Recorder {
    /// Makes the directory, in which there may be no recording yet.
    pub fn begin(directory: &Path, multichannel: bool, recorded: Arc<Recorded>) -> Result<Self, Error> {
        let unwritable = |cause| Error::Unwritable { path: directory.to_owned(), cause };
        let begun = Self {
            directory: directory.to_owned(),
            multichannel,
            people: BTreeMap::new(),
            recorded,
            synced: Instant::now(),
            is_stale: false,
        };
        if begun.index_path().exists() {
            return Err(unwritable(io::Error::new(ErrorKind::AlreadyExists, "it has a recording, which is kept")));
        }
        for part in ["stems", "mixes"] {
            fs::create_dir_all(directory.join(part)).map_err(unwritable)?;
        }
        begun.index(0).write(&begun.index_path()).map_err(unwritable)?;
        Ok(begun)
    }

    /// Records somebody who is in the call.
    pub fn come(&mut self, id: &str, controller: &Controller) -> Result<(), Error> {
        let taps = taps(id, |tapped, options| controller.tap(tapped, options))?;
        self.follow(Order::Come { id: id.to_owned(), taps: Box::new(taps) })
    }

    /// Records until the thread is told to stop, and then what is left. Returns the first error.
    pub fn run(mut self, orders: &Receiver<Order>, stop: &Stop) -> Result<(), Error> {
        let mut outcome = Ok(());
        while !stop.is_asked_for() {
            orders.try_iter().for_each(|order| note(&mut outcome, self.follow(order)));
            self.pull(&mut outcome);
            if self.synced.elapsed() >= SYNC {
                self.synced = Instant::now();
                self.sync(&mut outcome);
            }
            thread::sleep(INTERVAL);
        }
        orders.try_iter().for_each(|order| note(&mut outcome, self.follow(order)));
        self.pull(&mut outcome);
        note(&mut outcome, self.finish());
        outcome
    }

    /// Takes an order. An error leaves the call without that file.
    pub fn follow(&mut self, order: Order) -> Result<(), Error> {
        match order {
            Order::Come { id, taps } => {
                let name = name(&id, self.people.len());
                let file = |part: &str| self.directory.join(part).join(format!("{name}.wav"));
                self.people.entry(id).or_default().come(*taps, file)
            }
            Order::Go { id } => {
                if let Some(person) = self.people.get_mut(&id) {
                    person.leaves = true;
                }
                Ok(())
            }
        }
    }

    fn pull(&mut self, outcome: &mut Result<(), Error>) {
        self.people.values_mut().for_each(|person| note(outcome, person.pull()));
        let lost = self.people.values_mut().flat_map(Person::tracks).map(|track| track.lost_ticks()).sum();
        if self.recorded.set_lost(lost) {
            tracing::warn!(lost, "the disk is slow: ticks are missing in the recording");
        }
    }

    fn sync(&mut self, outcome: &mut Result<(), Error>) {
        for track in self.people.values_mut().flat_map(Person::tracks) {
            note(outcome, told(track, Track::sync));
        }
        let index = self.index(self.frames());
        let written = index.write(&self.index_path()).map_err(|cause| failed(&self.index_path(), cause));
        let fails = written.is_err();
        if !std::mem::replace(&mut self.is_stale, fails) {
            note(outcome, written);
        }
    }

    /// How long the recording is: as long as the longest file.
    fn frames(&self) -> u64 {
        self.people
            .values()
            .flat_map(|person| [&person.said, &person.heard])
            .flatten()
            .map(Track::frames)
            .max()
            .unwrap_or(0)
    }

    /// Completes all files with the same length.
    fn finish(mut self) -> Result<(), Error> {
        let (frames, path) = (self.frames(), self.index_path());
        let mut index = self.index(frames);
        let mut stems = Vec::new();
        let mut done = Ok(());
        for (id, person) in std::mem::take(&mut self.people) {
            for (track, is_stem) in [(person.said, true), (person.heard, false)] {
                let Some(track) = track else { continue };
                let file = track.path().to_owned();
                if is_stem {
                    stems.push((id.clone(), file.clone()));
                }
                note(&mut done, track.finish_at(frames).map_err(|cause| failed(&file, cause)));
            }
        }
        if self.multichannel && done.is_ok() {
            done = self.join_stems(&stems, frames, &mut index);
        }
        done.and(index.write(&path).map_err(|cause| failed(&path, cause)))
    }

    /// Makes one file of all stems, which it replaces.
    fn join_stems(&self, stems: &[(String, PathBuf)], frames: u64, index: &mut Index) -> Result<(), Error> {
        let path = self.directory.join(ALL);
        let files: Vec<PathBuf> = stems.iter().map(|(_, file)| file.clone()).collect();
        let to = OpenOptions::new().write(true).create_new(true).open(&path);
        let spec = Spec { rate_hz: SAMPLE_RATE, channels: 1, sample: Sample::I16 };
        to.and_then(|to| interleave(&files, spec, frames, to)).map_err(|cause| failed(&path, cause))?;
        for participant in &mut index.participants {
            participant.channel = stems.iter().position(|(id, _)| *id == participant.id);
            participant.stem = participant.channel.map(|_| ALL.to_owned());
        }
        index.multichannel = Some(ALL.to_owned());
        let removed = files.iter().try_for_each(fs::remove_file);
        removed.and_then(|()| fs::remove_dir(self.directory.join("stems"))).map_err(|cause| failed(&path, cause))
    }

    fn index_path(&self) -> PathBuf {
        self.directory.join("index.json")
    }

    fn index(&self, frames: u64) -> Index {
        let file = |track: &Option<Track>| {
            let path = track.as_ref()?.path();
            path.strip_prefix(&self.directory).ok().map(|path| path.to_string_lossy().into_owned())
        };
        let participant = |(id, person): (&String, &Person)| {
            let (stays, gaps) = person.timeline.intervals(SAMPLE_RATE, frames);
            let (stem, mix) = (file(&person.said), file(&person.heard));
            Participant { id: id.clone(), stem, channel: None, mix, stays, gaps }
        };
        Index {
            sample_rate: SAMPLE_RATE,
            samples: frames,
            seconds: frames as f64 / f64::from(SAMPLE_RATE),
            channels: 1,
            multichannel: None,
            participants: self.people.iter().map(participant).collect(),
        }
    }
}

fn note(outcome: &mut Result<(), Error>, new: Result<(), Error>) {
    if let Err(error) = &new {
        tracing::error!("{}", error.one_line());
        if outcome.is_ok() {
            *outcome = new;
        }
    }
}
