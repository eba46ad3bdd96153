//! Stems: what each participant said, a WAV file each on the timeline of the call, and an index of who was when.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use mixminus::stream::Tap;
use recording::{Index, Of, Participant, Sample, Timeline, Track, interleave};

use crate::{
    cli::{Format, Options},
    draft::Draft,
    error::Error,
    scene::Scene,
};

/// The paths of the stems.
#[derive(Debug)]
pub struct StemPlaces {
    pub directory: PathBuf,
    /// By place in the cast: of those who send.
    files: Vec<Option<PathBuf>>,
    /// One file of all stems instead of a file each, if that is asked for.
    all: Option<PathBuf>,
    index: PathBuf,
}

/// The stems while they are written.
pub struct Stems<'p> {
    places: &'p StemPlaces,
    sample: Sample,
    /// By place in the cast.
    stems: Vec<Stem>,
    all: Option<(Draft, File)>,
    index: (Draft, File),
}

#[derive(Default)]
struct Stem {
    file: Option<(Draft, File)>,
    /// From the first tick of its participant on.
    track: Option<Track>,
    timeline: Timeline,
}

impl StemPlaces {
    /// The paths that the options ask for, if they do.
    pub fn of(options: &Options, scene: &Scene) -> Option<Self> {
        let directory = options.stems.clone()?;
        let file = |id: &str| directory.join(format!("{id}.wav"));
        let files = scene.cast.iter().map(|member| member.sends.then(|| file(&member.id))).collect();
        let all = options.multichannel.then(|| directory.join("stems.wav"));
        Some(Self { index: directory.join("index.json"), directory, files, all })
    }

    /// The path of the index.
    pub fn index(&self) -> &Path {
        &self.index
    }

    /// All files that are left in the end.
    pub fn all(&self) -> impl Iterator<Item = &PathBuf> {
        let files = self.files.iter().flatten().filter(|_| self.all.is_none());
        files.chain(&self.all).chain([&self.index])
    }
}

impl<'p> Stems<'p> {
    /// Creates every file, so that a path that cannot be written is found before the mixing.
    pub fn open(places: &'p StemPlaces, format: Format) -> Result<Self, Error> {
        let made = fs::create_dir_all(&places.directory);
        made.map_err(|cause| Error::Unwritable { path: places.directory.clone(), cause })?;
        let stem =
            |path: &Option<PathBuf>| Ok(Stem { file: path.clone().map(Draft::open).transpose()?, ..Stem::default() });
        Ok(Self {
            places,
            sample: if format == Format::I16 { Sample::I16 } else { Sample::F32 },
            stems: places.files.iter().map(stem).collect::<Result<_, Error>>()?,
            all: places.all.clone().map(Draft::open).transpose()?,
            index: Draft::open(places.index.clone())?,
        })
    }

    /// A member of the cast is tapped from now on.
    pub fn begin(&mut self, member: usize, tap: Tap) -> Result<(), Error> {
        let stem = &mut self.stems[member];
        let Some((draft, file)) = &stem.file else { return Ok(()) };
        let begun = file
            .try_clone()
            .and_then(|file| Track::begin(file, draft.temporary().to_owned(), Of::Stem, tap, self.sample));
        stem.track = Some(begun.map_err(|cause| Error::WriteFailed { path: draft.path().to_owned(), cause })?);
        Ok(())
    }

    /// Writes what was mixed.
    pub fn pull(&mut self) -> Result<(), Error> {
        for Stem { file, track, timeline } in &mut self.stems {
            if let (Some((draft, _)), Some(track)) = (file, track) {
                let pulled = track.pull(timeline);
                pulled.map_err(|cause| Error::WriteFailed { path: draft.path().to_owned(), cause })?;
            }
        }
        Ok(())
    }

    /// Completes all files, which still have to be published. `mixes`: what each member of the cast hears.
    pub fn finish(self, scene: &Scene, mixes: &[PathBuf]) -> Result<Vec<Draft>, Error> {
        let Self { places, sample, stems, all, index: (index_draft, mut index_file) } = self;
        let mut index = Index {
            sample_rate: scene.settings.rate,
            samples: scene.length as u64,
            seconds: scene.settings.seconds(scene.length),
            channels: scene.settings.channels.count() as u16,
            multichannel: places.all.as_deref().map(name),
            participants: Vec::new(),
        };
        let mut drafts = Vec::new();
        for ((stem, member), mix) in stems.into_iter().zip(&scene.cast).zip(mixes) {
            let mix = std::path::absolute(mix).unwrap_or_else(|_| mix.clone());
            let participant = Participant { id: member.id.clone(), mix: Some(shown(&mix)), ..Participant::default() };
            index.participants.push(stem.finish(participant, &index, drafts.len(), &mut drafts)?);
        }
        if let Some((draft, file)) = all {
            let from: Vec<PathBuf> = drafts.iter().map(|draft| draft.temporary().to_owned()).collect();
            let spec = recording::Spec { rate_hz: index.sample_rate, channels: index.channels, sample };
            let written = interleave(&from, spec, index.samples, file);
            written.map_err(|cause| Error::WriteFailed { path: draft.path().to_owned(), cause })?;
            // The others are deleted.
            drafts = vec![draft];
        }
        let written = index_file.write_all(index.text().as_bytes());
        written.map_err(|cause| Error::WriteFailed { path: index_draft.path().to_owned(), cause })?;
        drafts.push(index_draft);
        Ok(drafts)
    }
}

impl Stem {
    /// Completes the file, and says in the index what it is.
    fn finish(
        self,
        mut participant: Participant,
        index: &Index,
        number: usize,
        drafts: &mut Vec<Draft>,
    ) -> Result<Participant, Error> {
        (participant.stays, participant.gaps) = self.timeline.intervals(index.sample_rate, index.samples);
        if let (Some((draft, _)), Some(track)) = (self.file, self.track) {
            let finished = track.finish_at(index.samples);
            finished.map_err(|cause| Error::WriteFailed { path: draft.path().to_owned(), cause })?;
            let own = name(draft.path());
            participant.channel = index.multichannel.as_ref().map(|_| number * usize::from(index.channels));
            participant.stem = Some(index.multichannel.clone().unwrap_or(own));
            drafts.push(draft);
        }
        Ok(participant)
    }
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
