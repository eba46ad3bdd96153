//! A call: one mixer with the scene's participants, and the cues that change it between ticks.
//!
//! Used for the run that is written to files and for the runs that measure gains (see
//! [`crate::probe`]).

use mixminus::{
    Controller, Frame, JoinOptions, MixerConfig, ParticipantKey, Processor, SourceReadings,
    stream::{self, PortOptions, Tap, TapOptions},
};

use crate::{
    ear::{self, Ear},
    error::Error,
    intake::Intake,
    scene::{Change, Scene},
    sender::Sender,
    voice::Voice,
};

/// The control side of one mixer, driven by the scene.
pub struct Call<'s> {
    scene: &'s Scene,
    controller: Controller,
    ports: Ports,
    /// By place in the cast: the seat of each member who is in the call now.
    seats: Vec<Option<Seat>>,
    /// By place in the cast: the port figures of the stays that have ended.
    intakes: Vec<Option<Intake>>,
    next_cue: usize,
    /// By place in the cast, if those who send are tapped: what they send, from the first tick in which they do.
    taps: Option<Vec<Tapped>>,
}

/// Whether a member of the cast is tapped.
#[derive(Debug, Default)]
enum Tapped {
    #[default]
    NotYet,
    Now(Box<Tap>),
    Since,
}

/// Which ports a call opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// The ports that the scene needs.
    AsAsked,
    /// None: all frames are handed to the mixer tick by tick.
    None,
}

/// One stay of a participant in the call.
#[derive(Debug)]
pub struct Seat {
    pub key: ParticipantKey,
    voice: Option<Voice>,
    since: usize,
    sender: Option<Sender>,
    ear: Option<Ear>,
}

impl Seat {
    /// Whether this participant sends audio at all.
    pub fn sends(&self) -> bool {
        self.voice.is_some()
    }

    /// Whether its frames are handed to the mixer tick by tick, and not through a port.
    pub fn sends_by_hand(&self) -> bool {
        self.sends() && self.sender.is_none()
    }

    /// The frame that this participant sends in a tick; `None` after the end of the recording.
    pub fn frame(&self, tick: usize, tick_samples: usize) -> Option<Frame<'_>> {
        self.voice.as_ref().and_then(|voice| voice.frame(tick - self.since, tick_samples))
    }
}

impl<'s> Call<'s> {
    /// Makes an empty call with a mixer of its own. The cues of tick 0 let the first participants in.
    pub fn new(scene: &'s Scene, mixer: MixerConfig, ports: Ports) -> Result<(Self, Processor), Error> {
        let (controller, processor) = mixer.build().map_err(|cause| refused("these settings", &cause))?;
        let seats = scene.cast.iter().map(|_| None).collect();
        let intakes = vec![None; scene.cast.len()];
        Ok((Self { scene, controller, ports, seats, intakes, next_cue: 0, taps: None }, processor))
    }

    /// Has all who send tapped, each from its first tick on. To be called before the first cue.
    pub fn tap(&mut self) {
        self.taps = Some(self.scene.cast.iter().map(|_| Tapped::default()).collect());
    }

    /// The taps that are new, with the places of their members in the cast. A tap goes on for who leaves and joins again.
    pub fn taps(&mut self) -> impl Iterator<Item = (usize, Tap)> {
        let now = |(member, tapped): (usize, &mut Tapped)| match std::mem::replace(tapped, Tapped::Since) {
            Tapped::Now(tap) => Some((member, *tap)),
            before => {
                *tapped = before;
                None
            }
        };
        self.taps.iter_mut().flatten().enumerate().filter_map(now)
    }

    /// Applies the cues that are due before a tick. `options` gives the join options of a
    /// participant who sends audio (`true`) or only hears (`false`).
    ///
    /// The mixer uses all of the changes from this tick on, because the tick begins afterwards.
    pub fn take_cues(&mut self, tick: usize, options: impl Fn(bool) -> JoinOptions) -> Result<(), Error> {
        while let Some(cue) = self.scene.cues.get(self.next_cue).filter(|cue| cue.tick <= tick) {
            self.next_cue += 1;
            self.apply(tick, &cue.change, &options)?;
        }
        Ok(())
    }

    /// The members who are in the call now, with their places in the cast.
    pub fn seated(&self) -> impl Iterator<Item = (usize, &Seat)> {
        self.seats.iter().enumerate().filter_map(|(member, seat)| seat.as_ref().map(|seat| (member, seat)))
    }

    /// The seat of a member of the cast, if it is in the call now.
    pub fn seat(&self, member: usize) -> Option<&Seat> {
        self.seats[member].as_ref()
    }

    /// Pushes the packets that arrive over the network until the end of a tick.
    pub fn push_packets(&mut self, tick: usize) {
        let tick_samples = self.scene.settings.tick_samples;
        for seat in self.seats.iter_mut().flatten() {
            let over_ms = 1000.0 * self.scene.settings.seconds((tick + 1 - seat.since) * tick_samples);
            seat.sender.iter_mut().for_each(|sender| sender.push_until(over_ms));
        }
    }

    /// The output of a member of the cast who is in the call and hears through a port.
    pub fn ear(&mut self, member: usize) -> Option<&mut Ear> {
        self.seats[member].as_mut().and_then(|seat| seat.ear.as_mut())
    }

    /// The port figures of a member of the cast, over all stays.
    pub fn intake(&self, member: usize) -> Option<Intake> {
        let over = &self.intakes[member];
        let sender = self.seat(member).and_then(|seat| seat.sender.as_ref());
        sender.map(|sender| Intake::of(sender).after(over.as_ref())).or_else(|| over.clone())
    }

    /// Whether the mixer's detector found a member of the cast active in the last tick.
    pub fn is_active(&self, member: usize) -> bool {
        self.readings(member).is_some_and(|source| source.active)
    }

    /// How many frames or packets of a member's present stay had a sample that is NaN, infinite or
    /// past ±1e6.
    pub fn not_finite(&self, member: usize) -> u64 {
        let sender = self.seat(member).and_then(|seat| seat.sender.as_ref());
        let refused = sender.map_or(0, |sender| sender.readings().refused);
        refused + self.readings(member).map_or(0, |source| source.not_finite)
    }

    fn readings(&self, member: usize) -> Option<SourceReadings> {
        // A participant who is not in the call has no readings.
        self.controller.readings(&self.scene.cast[member].id).ok().map(|readings| readings.source)
    }

    fn apply(&mut self, tick: usize, change: &Change, options: impl Fn(bool) -> JoinOptions) -> Result<(), Error> {
        let id = |member: &usize| self.scene.cast[*member].id.as_str();
        match change {
            Change::Join { member, voice } => {
                self.seats[*member] = Some(self.join(tick, *member, voice.as_ref(), options(voice.is_some()))?);
            }
            Change::Leave { member } => {
                self.controller.leave(id(member)).map_err(|cause| refused("a leave", &cause))?;
                self.intakes[*member] = self.intake(*member);
                self.seats[*member] = None;
            }
            Change::Pan { listener, source, pan } => {
                let panned = self.controller.set_pan(id(listener), id(source), *pan);
                panned.map_err(|cause| refused("a pan", &cause))?;
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

    fn join(&mut self, tick: usize, member: usize, voice: Option<&Voice>, options: JoinOptions) -> Result<Seat, Error> {
        let settings = &self.scene.settings;
        let hearing = self.scene.cast[member].hearing;
        let asked = PortOptions {
            input: voice.and_then(Voice::port),
            output: hearing.map(|hearing| ear::port(hearing.format)),
        };
        let asked = if self.ports == Ports::AsAsked { asked } else { PortOptions::default() };
        let id = self.scene.cast[member].id.as_str();
        let not_here = |cause: &dyn std::error::Error| refused(&format!("{id:?} in the call"), cause);
        let tapped = self.taps.as_mut().map(|taps| &mut taps[member]).filter(|_| voice.is_some());
        let tapped = tapped.filter(|tapped| matches!(tapped, Tapped::NotYet));
        // At once, so that the tap has the first tick.
        let (joined, _) = self.controller.change(|changes| {
            let joined = changes.join_with_ports(id, options, asked).map_err(|cause| not_here(&cause))?;
            if let Some(tapped) = tapped {
                let tap = changes.tap(stream::Tapped::source(id), TapOptions::default());
                *tapped = Tapped::Now(Box::new(tap.map_err(|cause| not_here(&cause))?));
            }
            Ok::<_, Error>(joined)
        });
        let joined = joined?;
        let since = tick * settings.tick_samples;
        let sender = |(port, voice): (_, &Voice)| Sender::new(voice.clone(), port, settings, member, tick);
        Ok(Seat {
            key: joined.key,
            voice: voice.cloned(),
            since: tick,
            sender: joined.input.zip(voice).map(sender),
            ear: joined.output.zip(hearing).map(|(port, hearing)| Ear::new(port, hearing, since, settings.rate)),
        })
    }
}

/// The error for a refusal by the mixer. It should not happen, because the scene is checked before.
pub fn refused(what: &str, cause: &dyn std::error::Error) -> Error {
    Error::Mixer { what: what.to_owned(), cause: cause.to_string() }
}
