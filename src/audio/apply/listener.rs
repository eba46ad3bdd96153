//! One listener: what it hears with, and what moves for it alone.

use super::{
    row_cache::RowCache,
    row_state::{PairSource, RowState},
};
use crate::{
    audio::{pair::Pair, published::Slot, row_memory::RowMemory},
    data::{
        envelope::{Envelope, Motion},
        fade::Fade,
        timing::Clock,
    },
};

/// A slot's hearing side. A slot without a participant is a listener without a mix.
#[derive(Debug, Default)]
pub(crate) struct Listener {
    /// Whether it has a mix.
    pub listens: bool,
    pub row: RowState,
    pub cache: RowCache,
    hears: Fade,
    envelope: Envelope,
    /// The course of the envelope in this tick, and where it stands if it does not move.
    motion: Motion,
    level: Option<f64>,
    /// The generation that its row came with.
    row_since: u64,
}

impl Listener {
    /// A new participant takes the slot.
    pub fn admit(&mut self, listens: bool) {
        let level = Some(1.0);
        *self = Self { listens, level, ..Self::default() };
    }

    /// The participant is gone: its memory goes back.
    pub fn vacate(&mut self, memory: &mut RowMemory) {
        self.row.swap_memory(&mut memory.pairs);
        self.cache.swap_memory(&mut memory.gains);
        *self = Self::default();
    }

    /// Takes what is published of its slot. `joins` if it joins at this tick boundary.
    pub fn update(&mut self, slot: &Slot, joins: bool, source: impl Fn(&Pair) -> PairSource, clock: &Clock<'_>) {
        self.hears.steer(if slot.deafened { 0.0 } else { 1.0 }, clock);
        self.cache.forget();
        if slot.row_since <= self.row_since {
            return;
        }
        self.row_since = slot.row_since;
        let mut memory = slot.row.memory.as_ref().and_then(|mailbox| mailbox.take());
        self.row.adopt(&slot.row, memory.as_deref_mut(), source, joins, clock);
        self.envelope.set_range(slot.row.ducking, clock);
        if let (Some(mailbox), Some(mut memory)) = (&slot.row.memory, memory) {
            self.cache.swap_memory(&mut memory.gains);
            mailbox.put(memory);
        }
    }

    /// Gets ready for a tick: what has arrived is forgotten, and the envelope takes its course. Whether its pairs may have
    /// changed.
    pub fn steer(
        &mut self,
        source: impl Fn(&Pair) -> PairSource,
        is_active: impl Fn(u32) -> bool,
        clock: &Clock<'_>,
    ) -> bool {
        let settled = self.row.settle(source, clock);
        if settled {
            self.cache.forget();
        }
        self.hears = self.hears.settled(clock.now, clock.timing);
        if self.envelope.ducks() || self.motion != Motion::NONE {
            let ducked = self.envelope.ducks() && self.row.is_ducked(is_active);
            self.motion = self.envelope.steer(ducked, clock).settled(clock.now, clock.timing);
            self.level = self.motion.constant(clock.now, clock.timing);
        }
        settled
    }

    /// hears(l): the factor of its whole mix.
    pub fn hears(&self) -> Fade {
        self.hears
    }

    /// The course of its envelope in this tick.
    pub fn motion(&self) -> Motion {
        self.motion
    }

    /// The level of its envelope in this tick, if that does not move.
    pub fn level(&self) -> Option<f64> {
        self.level
    }

    /// Whether a gain of it may be another one in the next tick, though nothing is published and nobody speaks or falls silent.
    pub fn gains_move(&self, clock: &Clock<'_>) -> bool {
        self.row.moves() || self.hears.moving(clock.now, clock.timing)
    }

    /// Whether its envelope moves in this tick.
    pub fn envelope_moves(&self) -> bool {
        self.listens && self.level.is_none()
    }
}
