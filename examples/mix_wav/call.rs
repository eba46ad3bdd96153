//! A call: one mixer with the scene's participants in it, and the cues that change it between ticks.
//!
//! The run that is heard and the runs that measure gains (see [`crate::probe`]) are calls of the same scene.

use mixminus::{Controller, JoinOptions, MixerConfig, ParticipantKey, Processor, SourceReadings};

use crate::{
    error::Error,
    scene::{Change, Scene, Voice},
};

/// The control side of one mixer, driven by the scene.
pub struct Call<'s> {
    scene: &'s Scene,
    controller: Controller,
    /// By place in the cast: where somebody sits who is in the call now.
    seats: Vec<Option<Seat>>,
    next_cue: usize,
}

/// Somebody's stay in the call.
#[derive(Debug, Clone)]
pub struct Seat {
    pub key: ParticipantKey,
    voice: Option<Voice>,
    since: usize,
}

impl Seat {
    /// Whether this participant sends audio at all.
    pub fn sends(&self) -> bool {
        self.voice.is_some()
    }

    /// What this participant says in a tick; `None` once the recording is over.
    pub fn frame(&self, tick: usize, tick_samples: usize) -> Option<&[f32]> {
        self.voice.as_ref().and_then(|voice| voice.frame(tick - self.since, tick_samples))
    }
}

impl<'s> Call<'s> {
    /// An empty call in a mixer of its own; nobody is in it before the cues of tick 0.
    pub fn new(scene: &'s Scene, mixer: MixerConfig) -> Result<(Self, Processor), Error> {
        let (controller, processor) = mixer.build().map_err(|cause| refused("these settings", &cause))?;
        let seats = vec![None; scene.cast.len()];
        Ok((Self { scene, controller, seats, next_cue: 0 }, processor))
    }

    /// Applies what happens just before a tick; `options` says how somebody joins who sends audio, or only hears.
    ///
    /// The mixer takes all of it up in that tick, because the tick begins afterwards.
    pub fn take_cues(&mut self, tick: usize, options: impl Fn(bool) -> JoinOptions) -> Result<(), Error> {
        while let Some(cue) = self.scene.cues.get(self.next_cue).filter(|cue| cue.tick <= tick) {
            self.next_cue += 1;
            self.apply(tick, &cue.change, &options)?;
        }
        Ok(())
    }

    /// Who is in the call now, with their place in the cast.
    pub fn seated(&self) -> impl Iterator<Item = (usize, &Seat)> {
        self.seats.iter().enumerate().filter_map(|(member, seat)| seat.as_ref().map(|seat| (member, seat)))
    }

    /// Where a member of the cast sits now.
    pub fn seat(&self, member: usize) -> Option<&Seat> {
        self.seats[member].as_ref()
    }

    /// Whether the mixer found a member of the cast active in the last tick.
    pub fn is_active(&self, member: usize) -> bool {
        self.readings(member).is_some_and(|source| source.active)
    }

    /// How many frames of a member's present stay held something that is no number.
    pub fn not_finite(&self, member: usize) -> u64 {
        self.readings(member).map_or(0, |source| source.not_finite)
    }

    fn readings(&self, member: usize) -> Option<SourceReadings> {
        // Whoever is not in the call has no readings.
        self.controller.readings(&self.scene.cast[member].id).ok().map(|readings| readings.source)
    }

    fn apply(&mut self, tick: usize, change: &Change, options: impl Fn(bool) -> JoinOptions) -> Result<(), Error> {
        let id = |member: &usize| self.scene.cast[*member].id.as_str();
        match change {
            Change::Join { member, voice } => {
                let joined = self.controller.join(id(member), options(voice.is_some()));
                let key = joined.map_err(|cause| refused(&format!("{:?} in the call", id(member)), &cause))?;
                self.seats[*member] = Some(Seat { key, voice: voice.clone(), since: tick });
            }
            Change::Leave { member } => {
                self.controller.leave(id(member)).map_err(|cause| refused("a leave", &cause))?;
                self.seats[*member] = None;
            }
            Change::Mute { member, muted } => {
                self.controller.set_muted(id(member), *muted).map_err(|cause| refused("a mute", &cause))?;
            }
            Change::Configure(levels) => {
                self.controller.configure(levels).map_err(|cause| refused("a configureMixer", &cause))?;
            }
        }
        Ok(())
    }
}

/// What should not happen, as the scene is checked before: the mixer does not take what it holds.
pub fn refused(what: &str, cause: &dyn std::error::Error) -> Error {
    Error::Mixer { what: what.to_owned(), cause: cause.to_string() }
}
