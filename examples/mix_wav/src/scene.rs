//! The scene: the participants, their recordings and the changes, all of it read and checked before
//! anything is mixed.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use mixminus::{Pan, config::ParticipantMixerLevel, stream::StreamFormat};

use crate::{
    arguments::{FormatArgument, SourceArgument},
    cli::Options,
    ear::{Hearing, frames_at},
    error::Error,
    rehearsal,
    roster::Roster,
    script::{Action, Script},
    settings::Settings,
    voice::Voice,
    wav,
};

/// The most samples in a WAV file: its sizes are 32 bit counts of bytes, and a sample has up to 4
/// bytes.
const MAX_SAMPLES: usize = (u32::MAX as usize - 1024) / 4;

/// Everything that the call needs. Past this point no input can be wrong.
#[derive(Debug)]
pub struct Scene {
    pub settings: Settings,
    /// All participants: the given sources, the given listeners, and those who join by the script.
    pub cast: Vec<Member>,
    /// The changes, in order; participants who are there from the start join at tick 0.
    pub cues: Vec<Cue>,
    /// The length of every output in samples: until the end of the last recording.
    pub length: usize,
    /// The files that were read, which must not be overwritten.
    pub inputs: Vec<PathBuf>,
}

/// A participant who is in the call at some time.
#[derive(Debug)]
pub struct Member {
    pub id: String,
    /// Whether it ever plays a recording.
    pub sends: bool,
    /// Its output format and delay, if it does not hear in the mixer's format.
    pub hearing: Option<Hearing>,
}

/// A change just before a tick.
#[derive(Debug)]
pub struct Cue {
    pub tick: usize,
    /// Its place in the script; `None` for participants who are there from the start.
    pub event: Option<ScriptPlace>,
    pub change: Change,
}

/// The event of the script that a cue comes from.
#[derive(Debug, Clone, Copy)]
pub struct ScriptPlace {
    pub index: usize,
    pub at_ms: f64,
}

/// The change of a cue; members are given by their places in the cast.
#[derive(Debug)]
pub enum Change {
    Join { member: usize, voice: Option<Voice> },
    Leave { member: usize },
    Mute { member: usize, muted: bool },
    Pan { listener: usize, source: usize, pan: Pan },
    Configure(Vec<ParticipantMixerLevel>),
}

impl Change {
    /// The levels of a configuration; `None` for other changes.
    pub fn levels(&self) -> Option<&[ParticipantMixerLevel]> {
        match self {
            Self::Configure(levels) => Some(levels),
            _ => None,
        }
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
            let script = recordings.join("scene.json");
            return Builder::new(settings).build(&sources, &listeners, Some(&script), &options.listener_formats);
        }
        let Options { sources, listeners, script, listener_formats, .. } = options;
        Builder::new(settings).build(sources, listeners, script.as_deref(), listener_formats)
    }

    /// The rate and channels in which a member of the cast hears.
    pub fn format(&self, member: usize) -> StreamFormat {
        self.cast[member].hearing.map_or(self.settings.format(), |hearing| hearing.format)
    }

    /// How many samples, over all channels, the output of a member of the cast has.
    pub fn samples(&self, member: usize) -> usize {
        let StreamFormat { rate_hz, channels } = self.format(member);
        self.frames(rate_hz).saturating_mul(channels.count())
    }

    /// The length of an output at `rate_hz`, in frames.
    pub fn frames(&self, rate_hz: u32) -> usize {
        frames_at(rate_hz, self.length, self.settings.rate)
    }

    /// How many ticks are mixed; the last one may go beyond the end of the outputs.
    pub fn ticks(&self) -> usize {
        self.length.div_ceil(self.settings.tick_samples)
    }

    /// The place in the cast of a participant with this id.
    pub fn member(&self, id: &str) -> Option<usize> {
        self.cast.iter().position(|member| member.id == id)
    }

    /// The members who send audio at some time.
    pub fn senders(&self) -> impl Iterator<Item = usize> {
        (0..self.cast.len()).filter(|member| self.cast[*member].sends)
    }
}

fn bundled_recordings() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("recordings")
}

/// A scene under construction.
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
        formats: &[FormatArgument],
    ) -> Result<Scene, Error> {
        let mut roster = Roster::new(self.settings.channels);
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
        if self.length == 0 {
            return Err(Error::NothingToMix);
        }
        formats.iter().try_for_each(|argument| self.hear(argument))?;
        inputs.extend(self.voices.into_keys());
        let Self { settings, cast, cues, length, .. } = self;
        let scene = Scene { settings, cast, cues, length, inputs };
        if (0..scene.cast.len()).any(|member| scene.samples(member) > MAX_SAMPLES) {
            return Err(Error::TooLong { seconds: scene.settings.seconds(scene.length) });
        }
        Ok(scene)
    }

    /// Gives a member of the cast an output format of its own.
    fn hear(&mut self, argument: &FormatArgument) -> Result<(), Error> {
        let FormatArgument { id, format } = argument;
        let usage = |text: String| Err(Error::Usage(text));
        let Some(member) = self.cast.iter_mut().find(|member| member.id == *id) else {
            return usage(format!("--listener-format {id:?} is never in the call"));
        };
        if member.hearing.is_some() {
            return usage(format!("--listener-format {id:?} is given twice: one file has one rate"));
        }
        let lag = rehearsal::lag(&self.settings, *format);
        let lag = lag.map_err(|error| error.about(format_args!("--listener-format {id}")))?;
        member.hearing = Some(Hearing { format: *format, lag });
        Ok(())
    }

    fn take(&mut self, place: ScriptPlace, action: Action) -> Result<(), Error> {
        let change = match action {
            Action::Join { participant, file } => return self.join(Some(place), &participant, file.as_deref()),
            Action::Leave { participant } => Change::Leave { member: self.member(&participant) },
            Action::Mute { participant, muted } => Change::Mute { member: self.member(&participant), muted },
            Action::Pan { listener, source, position } => Change::Pan {
                listener: self.member(&listener),
                source: self.member(&source),
                // The roster has checked that the position is valid.
                pan: Pan::new(position).unwrap_or_default(),
            },
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

    /// The place of an id in the cast. A new id is added at the end.
    fn member(&mut self, id: &str) -> usize {
        self.cast.iter().position(|member| member.id == id).unwrap_or_else(|| {
            self.cast.push(Member { id: id.to_owned(), sends: false, hearing: None });
            self.cast.len() - 1
        })
    }

    /// The voice for a file. A file that is played twice is read once.
    fn voice(&mut self, file: &Path) -> Result<Voice, Error> {
        if let Some(voice) = self.voices.get(file) {
            return Ok(voice.clone());
        }
        let voice = wav::read(file)
            .and_then(|recording| Voice::new(recording, &self.settings).map_err(|error| error.about(file.display())))?;
        self.voices.insert(file.to_owned(), voice.clone());
        Ok(voice)
    }
}
