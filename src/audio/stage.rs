//! The memory of the audio side as a whole: an [`Arena`] for each channel, in lockstep, and what joins the two of a stereo mixer.
//!
//! The sides are mixed as if each were a mixer of its own: they are sent the same frames, a channel each, and follow the same publications, so that every source is
//! present and active, and every envelope stands, alike on both. What differs are the signals, and the gains of panned sources.

use std::sync::atomic::Ordering;

use super::{
    Arena, Clock, NONE,
    pairs::Pairs,
    render::Task,
    source::{Source, Standing},
};
use crate::{
    data::{
        channels::Channels,
        frame::{Frame, FrameError},
        id::ParticipantKey,
        sides::Sides,
        timing::Timing,
    },
    kernel::Tile,
    matrix::Matrix,
    meter::MixLevel,
    ship::Shared,
};

/// An arena for each side, and the pairs of a stereo mixer's mixes.
#[derive(Debug, Default)]
pub(crate) struct Stage {
    pub arenas: Sides<Arena>,
    pairs: Option<Pairs>,
}

/// What some listeners hear.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output<'a> {
    /// The first of them; [`Stage::after`] leads on.
    pub first: u32,
    pub silent: bool,
    pub level: MixLevel,
    pub sides: Sides<&'a [Tile]>,
}

impl Stage {
    /// Room for `places` participants, and for `workers` who add up at the same time. Allocates: control side.
    pub fn new(channels: Channels, places: usize, workers: usize, timing: &Timing) -> Self {
        let arenas = Sides::new(channels, |side| Arena::new(side, places, workers, timing));
        let pairs = (channels == Channels::Stereo).then(|| Pairs::new(places, timing));
        Self { arenas, pairs }
    }

    /// Takes everything that changed after generation `since`.
    pub fn take_up(&mut self, matrix: &Matrix, since: u64, clock: &Clock<'_>) {
        if matrix.capacity > self.arenas.left.places() {
            self.grow(matrix);
        }
        self.arenas.iter_mut().for_each(|arena| arena.take_up(matrix, since, clock));
    }

    fn grow(&mut self, matrix: &Matrix) {
        let Some(mut larger) = matrix.stage.take() else { return };
        for (old, new) in self.arenas.iter_mut().zip(larger.arenas.iter_mut()) {
            old.move_into(new);
        }
        if let (Some(old), Some(new)) = (&mut self.pairs, &mut larger.pairs) {
            old.move_into(new);
        }
        matrix.stage.put(larger);
    }

    /// Forgets what was sent in a tick that was begun and dropped.
    pub fn forget_input(&mut self) {
        let sources = self.arenas.iter_mut().flat_map(|arena| &mut arena.sources);
        sources.for_each(|source| source.input = None);
    }

    /// Takes the frame of a source.
    pub fn send(&mut self, key: ParticipantKey, frame: &Frame<'_>, shared: &Shared) -> Result<(), FrameError> {
        let slot = key.slot as usize;
        let here = |place: &&mut Source| place.key == key && place.standing == Standing::Here;
        let unknown = || shared.meters.unknown.fetch_add(1, Ordering::Relaxed);
        let Some(sender) = self.arenas.left.sources.get_mut(slot).filter(here) else {
            unknown();
            return Err(FrameError::Unknown { key });
        };
        if !sender.sends {
            unknown();
            return Err(FrameError::NotASource { key });
        }
        let fault = match (frame.len(), sender.input) {
            (_, Some(_)) => Some(FrameError::Repeated { key }),
            (Err((left, right)), _) => Some(FrameError::Uneven { key, left, right }),
            (Ok(actual), _) if actual != shared.timing.tick => {
                Some(FrameError::WrongLength { key, expected: shared.timing.tick, actual })
            }
            _ => None,
        };
        if let Some(fault) = fault {
            sender.readings.refused += 1;
            self.arenas.left.wake(slot);
            return Err(fault);
        }
        self.take(slot, frame, shared).map_err(|index| FrameError::NotFinite { key, index })
    }

    /// Takes a frame of the right length. `Err` with the place of the first sample that is none.
    pub fn take(&mut self, slot: usize, frame: &Frame<'_>, shared: &Shared) -> Result<(), usize> {
        self.accept(slot, frame, shared).inspect_err(|_| {
            self.arenas.iter_mut().for_each(|arena| arena.sources[slot].input = None);
            self.arenas.left.sources[slot].readings.not_finite += 1;
        })
    }

    /// Takes the samples of each side. Both have the loudness of the whole frame, and what the ear says of it, so that they agree on who is active.
    #[inline]
    fn accept(&mut self, slot: usize, frame: &Frame<'_>, shared: &Shared) -> Result<(), usize> {
        let Sides { left, right } = &mut self.arenas;
        let mut loudness = left.accept(slot, frame, shared.kernel)?;
        let source = &mut left.sources[slot];
        if let Some(right) = right {
            let both = loudness.with(&right.accept(slot, frame, shared.kernel)?);
            loudness = both.sure(source.threshold(), || frame.square());
        }
        // All of it is known to be numbers now.
        let heard = source.ear.hear(frame);
        if right.is_some() || heard.is_some() {
            let active = heard.unwrap_or(frame.active);
            for arena in self.arenas.iter_mut() {
                let input = arena.sources[slot].input.as_mut();
                input.into_iter().for_each(|input| (input.loudness, input.active) = (loudness, active));
            }
        }
        Ok(())
    }

    /// Plans the tick, up to the sums.
    pub fn prepare(&mut self, clock: &Clock<'_>, shared: &Shared) {
        self.read_lines(shared);
        for arena in self.arenas.iter_mut() {
            arena.gather(clock);
            arena.plan(clock, shared);
            arena.divide();
        }
        // Both sides agree on who speaks.
        self.arenas.left.tell(clock, shared);
    }

    /// The sums that are still to be made.
    pub fn tasks<'a>(&'a mut self, clock: Clock<'a>, shared: &'a Shared) -> impl Iterator<Item = Task<'a>> {
        self.arenas.iter_mut().flat_map(move |arena| arena.tasks(clock, shared))
    }

    /// Takes every listener through the tick.
    pub fn finish(&mut self, clock: &Clock<'_>, shared: &Shared) {
        let Self { arenas, pairs } = self;
        arenas.iter_mut().for_each(|arena| arena.finish(clock, shared));
        if let (Some(pairs), Some(right)) = (pairs, &arenas.right) {
            pairs.join(&arenas.left, right, clock, shared);
        }
        shared.meters.audible.store(self.audible_count() as u32, Ordering::Relaxed);
        shared.meters.distinct.store(self.outputs() as u32, Ordering::Relaxed);
        self.write_lines(shared);
    }

    /// How many different mixes there are.
    pub fn outputs(&self) -> usize {
        self.pairs.as_ref().map_or(self.arenas.left.groups.len(), Pairs::count)
    }

    /// The samples of one of the different mixes.
    #[inline]
    pub fn samples(&self, index: usize) -> Sides<&[Tile]> {
        if self.pairs.is_some() {
            return self.output(index).sides;
        }
        Sides { left: self.arenas.left.mix(index), right: None }
    }

    /// One of the different mixes, and what is known of it.
    pub fn output(&self, index: usize) -> Output<'_> {
        let Sides { left, right } = &self.arenas;
        if let (Some(pairs), Some(right)) = (&self.pairs, right) {
            return pairs.output(index, left, right);
        }
        let group = &left.groups[index];
        let sides = Sides { left: left.mix(index), right: None };
        Output { first: group.first, silent: group.silent(), level: group.level, sides }
    }

    /// Which of them a listener hears.
    pub fn heard_by(&self, key: ParticipantKey) -> Option<usize> {
        let (arena, slot) = (&self.arenas.left, key.slot as usize);
        let here = arena.sources.get(slot).is_some_and(|source| source.key == key);
        let group = arena.hearings.get(slot).filter(|_| here)?.group;
        let output = self.pairs.as_ref().map_or(group, |pairs| pairs.of(slot));
        (output != NONE).then_some(output as usize)
    }

    /// The places of the sources that are heard on any side, in order: a step for each, however many others there are.
    pub fn audible(&self) -> impl Iterator<Item = u32> {
        let right = self.arenas.right.as_ref().map_or(&[][..], |right| &right.audible);
        let (mut left, mut right) = (self.arenas.left.audible.iter().peekable(), right.iter().peekable());
        std::iter::from_fn(move || {
            let next = match (left.peek(), right.peek()) {
                (Some(left), Some(right)) => **left.min(right),
                (one, other) => **one.or(other)?,
            };
            left.next_if(|slot| **slot == next);
            right.next_if(|slot| **slot == next);
            Some(next)
        })
    }

    /// How many those are.
    fn audible_count(&self) -> usize {
        if self.arenas.right.is_some() { self.audible().count() } else { self.arenas.left.audible.len() }
    }

    /// Whether a source is in the mix of a listener, on any side.
    pub fn is_in_mix(&self, source: u32, listener: u32, clock: &Clock<'_>) -> bool {
        self.arenas.iter().any(|arena| arena.is_in_mix(source, listener, clock))
    }

    /// The listener who hears the same as this one, and comes after it.
    pub fn after(&self, slot: u32) -> u32 {
        match &self.pairs {
            Some(pairs) => pairs.after(slot),
            None => self.arenas.left.hearings.get(slot as usize).map_or(NONE, |hearing| hearing.next),
        }
    }

    /// Who has a place.
    pub fn key(&self, slot: u32) -> ParticipantKey {
        self.arenas.left.sources.get(slot as usize).map_or(ParticipantKey::NOBODY, |source| source.key)
    }
}
