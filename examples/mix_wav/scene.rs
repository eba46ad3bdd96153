//! The scene: who is in the call, what they say, and what happens when, all of it read and checked before anything is mixed.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use mixminus::config::ParticipantMixerLevel;

use crate::{
    cli::{Options, SourceArgument},
    error::Error,
    roster::Roster,
    script::{Action, Script},
    settings::Settings,
    wav,
};

/// The most samples that a WAV file holds: its sizes are 32 bit counts of bytes, and a sample has up to 4.
const MAX_SAMPLES: usize = (u32::MAX as usize - 1024) / 4;

/// Everything that the call needs; from here on no input can be wrong.
#[derive(Debug)]
pub struct Scene {
    pub settings: Settings,
    /// Everyone who is in the call at some time: the given sources, the listeners, then whom the script lets in.
    pub cast: Vec<Member>,
    /// What happens, in order; who is there from the start joins at tick 0.
    pub cues: Vec<Cue>,
    /// The length of every output in samples: until the last recording's end.
    pub length: usize,
    /// The files that were read: none of them may be written over.
    pub inputs: Vec<PathBuf>,
}

/// Somebody who is in the call at some time.
#[derive(Debug)]
pub struct Member {
    pub id: String,
    /// Whether a recording of theirs is played at some time.
    pub sends: bool,
}

/// Something that happens just before a tick.
#[derive(Debug)]
pub struct Cue {
    pub tick: usize,
    /// Its place in the script; `None` for who is there from the start.
    pub event: Option<ScriptPlace>,
    pub change: Change,
}

/// Where in the script a cue comes from.
#[derive(Debug, Clone, Copy)]
pub struct ScriptPlace {
    pub index: usize,
    pub at_ms: f64,
}

/// What a cue changes; members are given by their place in the cast.
#[derive(Debug)]
pub enum Change {
    Join { member: usize, voice: Option<Voice> },
    Leave { member: usize },
    Mute { member: usize, muted: bool },
    Configure(Vec<ParticipantMixerLevel>),
}

impl Change {
    /// What a configuration says, if it is one.
    pub fn levels(&self) -> Option<&[ParticipantMixerLevel]> {
        match self {
            Self::Configure(levels) => Some(levels),
            _ => None,
        }
    }
}

/// A recording, cut into whole ticks with silence after its end.
#[derive(Debug, Clone)]
pub struct Voice {
    samples: Arc<[f32]>,
    length: usize,
}

impl Voice {
    /// The samples of the tick that is so many after the first; `None` after the end.
    pub fn frame(&self, tick: usize, tick_samples: usize) -> Option<&[f32]> {
        self.samples.get(tick * tick_samples..(tick + 1) * tick_samples)
    }
}

impl Scene {
    /// The scene that the options describe: the bundled one if they name no source.
    pub fn of(options: &Options) -> Result<Self, Error> {
        let settings = Settings::of(options)?;
        if options.is_bundled() {
            let recordings = bundled_recordings();
            let source = |id: &str| SourceArgument { id: id.to_owned(), file: recordings.join(format!("{id}.wav")) };
            let sources = ["speaker", "interpreter"].map(source);
            let listeners = ["guest", "minutes"].map(str::to_owned);
            return Builder::new(settings).build(&sources, &listeners, Some(&recordings.join("scene.json")));
        }
        Builder::new(settings).build(&options.sources, &options.listeners, options.script.as_deref())
    }

    /// How many ticks are mixed; the last one may reach past the end of the outputs.
    pub fn ticks(&self) -> usize {
        self.length.div_ceil(self.settings.tick_samples)
    }

    /// The place of an id in the cast.
    pub fn member(&self, id: &str) -> Option<usize> {
        self.cast.iter().position(|member| member.id == id)
    }

    /// Who sends something at some time.
    pub fn senders(&self) -> impl Iterator<Item = usize> {
        (0..self.cast.len()).filter(|member| self.cast[*member].sends)
    }
}

fn bundled_recordings() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join("recordings")
}

/// A scene in the making.
struct Builder {
    settings: Settings,
    cast: Vec<Member>,
    cues: Vec<Cue>,
    length: usize,
    voices: HashMap<PathBuf, Voice>,
}

impl Builder {
    fn new(settings: Settings) -> Self {
        Self { settings, cast: Vec::new(), cues: Vec::new(), length: 0, voices: HashMap::new() }
    }

    fn build(
        mut self,
        sources: &[SourceArgument],
        listeners: &[String],
        script: Option<&Path>,
    ) -> Result<Scene, Error> {
        let mut roster = Roster::default();
        for id in sources.iter().map(|source| &source.id).chain(listeners) {
            roster.admit(id)?;
        }
        let script = script.map(Script::read).transpose()?;
        script.iter().try_for_each(|script| roster.play(script))?;

        for source in sources {
            self.join(None, &source.id, Some(&source.file))?;
        }
        for id in listeners {
            self.join(None, id, None)?;
        }
        let mut inputs: Vec<PathBuf> = script.iter().map(|script| script.path.clone()).collect();
        for event in script.into_iter().flat_map(|script| script.events) {
            let place = ScriptPlace { index: event.index, at_ms: event.at_ms };
            self.take(place, event.action)?;
        }
        inputs.extend(self.voices.into_keys());
        if self.length == 0 {
            return Err(Error::NothingToMix);
        }
        if self.length > MAX_SAMPLES {
            return Err(Error::TooLong { seconds: self.settings.seconds(self.length) });
        }
        Ok(Scene { settings: self.settings, cast: self.cast, cues: self.cues, length: self.length, inputs })
    }

    fn take(&mut self, place: ScriptPlace, action: Action) -> Result<(), Error> {
        let change = match action {
            Action::Join { participant, file } => return self.join(Some(place), &participant, file.as_deref()),
            Action::Leave { participant } => Change::Leave { member: self.member(&participant) },
            Action::Mute { participant, muted } => Change::Mute { member: self.member(&participant), muted },
            Action::Configure(levels) => Change::Configure(levels),
        };
        self.cue(Some(place), change);
        Ok(())
    }

    fn join(&mut self, place: Option<ScriptPlace>, id: &str, file: Option<&Path>) -> Result<(), Error> {
        let voice = file.map(|file| self.voice(file)).transpose()?;
        let member = self.member(id);
        self.cast[member].sends |= voice.is_some();
        let spoken = voice.as_ref().map_or(0, |voice| voice.length);
        let first = self.cue(place, Change::Join { member, voice });
        if spoken > 0 {
            let start = first.saturating_mul(self.settings.tick_samples);
            self.length = self.length.max(start.saturating_add(spoken));
        }
        Ok(())
    }

    /// Adds a cue; returns the tick at which it takes effect.
    fn cue(&mut self, event: Option<ScriptPlace>, change: Change) -> usize {
        let tick = event.map_or(0, |place| self.settings.tick_at(place.at_ms));
        self.cues.push(Cue { tick, event, change });
        tick
    }

    /// The place of an id in the cast, which it gets with its first appearance.
    fn member(&mut self, id: &str) -> usize {
        self.cast.iter().position(|member| member.id == id).unwrap_or_else(|| {
            self.cast.push(Member { id: id.to_owned(), sends: false });
            self.cast.len() - 1
        })
    }

    /// A recording; a file that is played twice is read once.
    fn voice(&mut self, file: &Path) -> Result<Voice, Error> {
        if let Some(voice) = self.voices.get(file) {
            return Ok(voice.clone());
        }
        let mut samples = wav::read(file, self.settings.rate)?;
        let length = samples.len();
        samples.resize(length.next_multiple_of(self.settings.tick_samples), 0.0);
        let voice = Voice { samples: samples.into(), length };
        self.voices.insert(file.to_owned(), voice.clone());
        Ok(voice)
    }
}
