//! The copy of a tick that goes from the audio thread to a reader, and back to be filled again: [`TickCopy`]. The
//! audio thread fills it within its room and never makes that larger; the reader makes the room.

use std::ops::Range;

use crate::{
    audio::{Mix, Mixes},
    data::id::{MixId, ParticipantKey},
};

/// How much a copy can hold, or how much a tick has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Room {
    pub mixes: usize,
    /// The listeners of all mixes.
    pub listeners: usize,
}

impl Room {
    pub fn holds(self, other: Self) -> bool {
        self.mixes >= other.mixes && self.listeners >= other.listeners
    }

    /// Enough for both.
    pub fn and(self, other: Self) -> Self {
        Self { mixes: self.mixes.max(other.mixes), listeners: self.listeners.max(other.listeners) }
    }

    /// With as much again, for a call that grows.
    pub fn doubled(self) -> Self {
        Self { mixes: 2 * self.mixes, listeners: 2 * self.listeners }
    }
}

/// What is the same for all copies of a relay.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// The number of the mixer, which is in all of its keys.
    pub mixer: u32,
    /// Samples of a tick, and its channels.
    pub tick: usize,
    pub channels: usize,
    /// How many sources are named for each mix, at most.
    pub sources: usize,
}

/// One mix in a copy.
#[derive(Debug, Clone)]
pub(super) struct MixCopy {
    pub id: MixId,
    pub forked_from: Option<MixId>,
    pub silent: bool,
    pub listeners: Range<usize>,
    pub sources: Range<usize>,
}

/// The mixes of a tick, copied.
#[derive(Debug)]
pub(super) struct TickCopy {
    shape: Shape,
    pub position: u64,
    /// What the tick has. If that is more than there is room for, only this and the position count.
    pub has: Room,
    pub mixes: Vec<MixCopy>,
    /// Mix by mix, of each its channels one after the other.
    samples: Vec<f32>,
    pub listeners: Vec<ParticipantKey>,
    pub sources: Vec<ParticipantKey>,
}

impl TickCopy {
    /// Allocates: the reader's side.
    pub fn new(shape: Shape, room: Room) -> Self {
        let mut copy = Self {
            shape,
            position: 0,
            has: Room::default(),
            mixes: Vec::new(),
            samples: Vec::new(),
            listeners: Vec::new(),
            sources: Vec::new(),
        };
        copy.make(room);
        copy
    }

    /// Empties it, and makes room. Allocates: the reader's side.
    pub fn make(&mut self, room: Room) {
        self.clear();
        self.mixes.reserve(room.mixes);
        self.samples.reserve(room.mixes * self.shape.tick * self.shape.channels);
        self.listeners.reserve(room.listeners);
        self.sources.reserve(room.mixes * self.shape.sources);
    }

    fn clear(&mut self) {
        self.mixes.clear();
        self.samples.clear();
        self.listeners.clear();
        self.sources.clear();
    }

    pub fn room(&self) -> Room {
        let Shape { tick, channels, sources, .. } = self.shape;
        let of_samples = self.samples.capacity() / (tick * channels).max(1);
        let of_sources = self.sources.capacity().checked_div(sources).unwrap_or(usize::MAX);
        let mixes = self.mixes.capacity().min(of_samples).min(of_sources);
        Room { mixes, listeners: self.listeners.capacity() }
    }

    /// Whether it is a copy for the ticks of this mixer.
    pub fn is_of(&self, mixes: &Mixes<'_>) -> bool {
        let mut listeners = mixes.distinct().flat_map(|mix| mix.listeners());
        listeners.next().is_none_or(|listener| listener.mixer == self.shape.mixer)
    }

    /// Has no room for a tick of this size.
    pub fn refuse(&mut self, has: Room) {
        self.clear();
        self.has = has;
    }

    /// Takes a tick, if there is room for it; otherwise only what it would need. Real time.
    pub fn take(&mut self, mixes: &Mixes<'_>) {
        self.clear();
        self.position = mixes.position();
        let count = mixes.distinct().len();
        let room = self.room();
        self.has = Room { mixes: count, listeners: 0 };
        if count > room.mixes {
            self.has.listeners = mixes.distinct().map(|mix| mix.listeners().count()).sum();
            return;
        }
        for mix in mixes.distinct() {
            self.add(&mix, room.listeners);
        }
    }

    fn add(&mut self, mix: &Mix<'_>, most_listeners: usize) {
        for listener in mix.listeners() {
            self.has.listeners += 1;
            if self.has.listeners <= most_listeners {
                self.listeners.push(listener);
            }
        }
        let first = self.mixes.last().map_or(0, |before| before.listeners.end);
        let first_source = self.sources.len();
        self.sources.extend(mix.sources().take(self.shape.sources));
        self.mixes.push(MixCopy {
            id: mix.id(),
            forked_from: mix.forked_from(),
            silent: mix.is_silent(),
            listeners: first..self.listeners.len(),
            sources: first_source..self.sources.len(),
        });
        self.samples.extend_from_slice(mix.left());
        if self.shape.channels > 1 {
            self.samples.extend_from_slice(mix.right());
        }
    }

    /// Whether it holds all that the tick has.
    pub fn is_whole(&self) -> bool {
        self.mixes.len() == self.has.mixes && self.listeners.len() == self.has.listeners
    }

    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The samples of a mix in a channel; in the last channel for a number past it.
    pub fn samples(&self, mix: usize, channel: usize) -> &[f32] {
        let Shape { tick, channels, .. } = self.shape;
        let at = (mix * channels + channel.min(channels - 1)) * tick;
        &self.samples[at..at + tick]
    }
}
