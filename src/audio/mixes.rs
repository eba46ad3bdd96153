//! What everybody hears in a tick: [`Mixes`], borrowed from the processor until the next one.

use super::{
    Arena, Clock,
    listener::{Listener, NONE},
    plan::{Group, heard},
};
use crate::{
    id::ParticipantKey,
    kernel::{Kernel, Tile},
    level::Decibels,
    meter::MixLevel,
};

/// The mixes of one tick. Listeners who hear the same share one.
#[derive(Debug, Clone, Copy)]
pub struct Mixes<'a> {
    arena: &'a Arena,
    /// As it was when the tick was planned.
    clock: Clock<'a>,
    kernel: Kernel,
}

impl<'a> Mixes<'a> {
    pub(crate) fn new(arena: &'a Arena, clock: Clock<'a>, kernel: Kernel) -> Self {
        Self { arena, clock, kernel }
    }

    fn mix(self, index: usize, group: &'a Group) -> Mix<'a> {
        Mix { mixes: self, index, group }
    }

    /// What the listener hears; `None` if nobody who hears has this key.
    pub fn get(&self, listener: ParticipantKey) -> Option<Mix<'a>> {
        let slot = listener.slot as usize;
        let here = self.arena.sources.get(slot).is_some_and(|source| source.key == listener);
        let group = self.arena.listeners.get(slot).filter(|listener| here && listener.hears)?.group;
        self.arena.groups.get(group as usize).map(|found| self.mix(group as usize, found))
    }

    /// Each different mix once, with its listeners: encode it once, send it to all of them.
    pub fn distinct(&self) -> impl ExactSizeIterator<Item = Mix<'a>> + use<'a> {
        let mixes = *self;
        self.arena.groups.iter().enumerate().map(move |(index, group)| mixes.mix(index, group))
    }

    /// The sources that were there to be heard in this tick, in the order of their places: present, or fading in or out, and not silent; whether or not
    /// anybody's configuration lets them through. Real time.
    pub fn sources(&self) -> impl Iterator<Item = ParticipantKey> + use<'a> {
        let arena = self.arena;
        arena.audible.iter().map(move |slot| arena.sources[*slot as usize].key)
    }
}

/// One mix: one tick of mono samples at the mixer's rate.
#[derive(Debug, Clone, Copy)]
pub struct Mix<'a> {
    mixes: Mixes<'a>,
    index: usize,
    group: &'a Group,
}

impl<'a> Mix<'a> {
    /// The samples; full scale is ±1.0, which the limiter, if it is on, keeps them in.
    pub fn samples(&self) -> &'a [f32] {
        let Mixes { arena, clock, .. } = self.mixes;
        let tick = clock.timing.tick;
        let tiles = Tile::count(tick);
        let mix = if self.group.silent() { &arena.silence } else { &arena.mixes[self.index * tiles..][..tiles] };
        &Tile::flat(mix)[..tick]
    }

    /// The samples as i16, rounded to the nearest; past full scale they saturate. Writes as many as both have.
    pub fn write_i16(&self, out: &mut [i16]) {
        let samples = self.samples();
        let count = out.len().min(samples.len());
        self.mixes.kernel.give_i16(&samples[..count], &mut out[..count]);
    }

    /// Who hears it.
    pub fn listeners(&self) -> impl Iterator<Item = ParticipantKey> + use<'a> {
        let (arena, first) = (self.mixes.arena, self.group.first);
        let next = |slot: &u32| arena.listeners.get(*slot as usize).map(|listener: &Listener| listener.next);
        std::iter::successors(Some(first), move |slot| next(slot).filter(|next| *next != NONE))
            .map(|slot| arena.sources[slot as usize].key)
    }

    /// Who is heard in it, in the order of their places: every source that is audible and has a gain over 0 at any time of this tick; what an RTP packet names as its
    /// contributing sources. One that is ducked to 0, or sends digital silence, is not; nor is ever who hears the mix, as nobody hears themselves. One who has just left
    /// is, for as long as it fades out. Real time: each step looks a source up in the row.
    ///
    /// ```
    /// # use mixminus::{Frame, Gain, JoinOptions, MixerConfig};
    /// # let (controller, mut processor) = MixerConfig::default().build()?;
    /// let [anna, ben, cleo] = ["anna", "ben", "cleo"].map(|id| controller.join(id, JoinOptions::default()).unwrap());
    /// controller.set_gain("anna", "cleo", Gain::SILENCE)?;
    /// # let mut audio = processor.enter();
    /// let mut tick = audio.tick();
    /// for key in [anna, ben, cleo] {
    ///     tick.send(key, Frame::from(&[0.25_f32; 480][..]))?;
    /// }
    /// let mixes = tick.mix();
    /// assert!(mixes.get(anna).unwrap().sources().eq([ben]));
    /// assert!(mixes.get(ben).unwrap().sources().eq([anna, cleo]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sources(&self) -> impl Iterator<Item = ParticipantKey> + use<'a> {
        let Mixes { arena, clock, .. } = self.mixes;
        let (slot, any) = (self.group.first, !self.group.silent());
        let listener = &arena.listeners[slot as usize];
        let in_mix = move |source: &&u32| {
            let heard = heard(&arena.sources, &arena.audible, &arena.positions, &arena.signals, &clock);
            heard.is_in_mix(**source, listener, slot)
        };
        let audible = if any { &arena.audible[..] } else { &[] };
        audible.iter().filter(in_mix).map(move |source| arena.sources[*source as usize].key)
    }

    /// Whether nobody is heard in it: every sample is exactly 0.
    pub fn is_silent(&self) -> bool {
        self.group.silent()
    }

    /// The greatest magnitude.
    pub fn peak(&self) -> f32 {
        self.level().peak
    }

    /// The RMS.
    pub fn rms(&self) -> f32 {
        self.level().rms
    }

    /// The limiter's least gain in this tick: 0 dB or less.
    pub fn reduction(&self) -> Decibels {
        Decibels::from_amplitude(f64::from(self.level().gain))
    }

    fn level(&self) -> &'a MixLevel {
        &self.group.level
    }
}
