//! One listener: what it hears with, and what moves for it alone.

use super::{goes::PairSource, row_cache::RowCache, row_state::RowState};
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
    state: ListenerState,
    /// The generation that its row came with.
    row_since: u64,
    /// How many pairs it was reported to have.
    reported: u32,
}

/// What moves for a listener alone, beside its row.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct ListenerState {
    pub hears: Fade,
    pub envelope: Envelope,
    /// The course of the envelope in this tick, and where it stands if it does not move.
    pub motion: Motion,
    pub level: Option<f64>,
}

impl ListenerState {
    /// Whether the envelope was on its way when it was steered last, and has arrived.
    pub fn has_arrived(&self, clock: &Clock<'_>) -> bool {
        self.level.is_none() && self.motion.constant(clock.now, clock.timing).is_some()
    }
}

impl Listener {
    /// A new participant takes the slot. Whether the gains of its row are set aside.
    pub fn admit(&mut self, listens: bool, plain: bool, clock: &Clock<'_>) {
        let state = ListenerState { level: Some(1.0), ..ListenerState::default() };
        *self = Self { listens, state, row: RowState::new(plain, clock), ..Self::default() };
    }

    /// The participant is gone: its memory goes back.
    pub fn vacate(&mut self, memory: &mut RowMemory) {
        self.row.swap_memory(memory);
        self.cache.swap_memory(&mut memory.gains);
        *self = Self::default();
    }

    /// Takes the memory that comes with a row that it does not have yet.
    pub fn take_memory(&self, slot: &Slot) -> Option<Box<RowMemory>> {
        slot.row.memory.as_ref().filter(|_| slot.row_since > self.row_since)?.take()
    }

    /// Takes what is published of its slot, and the memory that came with its row. `joins` if it joins at this tick
    /// boundary.
    pub fn update(
        &mut self,
        slot: &Slot,
        mut memory: Option<Box<RowMemory>>,
        joins: bool,
        source: impl Fn(&Pair) -> Option<PairSource>,
        clock: &Clock<'_>,
    ) {
        self.state.hears.steer(if slot.deafened { 0.0 } else { 1.0 }, clock);
        self.cache.forget();
        if slot.row_since <= self.row_since {
            return;
        }
        self.row_since = slot.row_since;
        self.row.adopt(&slot.row, memory.as_deref_mut(), source, joins, clock);
        self.state.envelope.set_range(slot.row.ducking, clock);
        if let (Some(mailbox), Some(mut memory)) = (&slot.row.memory, memory) {
            self.cache.swap_memory(&mut memory.gains);
            mailbox.put(memory);
        }
    }

    /// Gets ready for a tick: what has arrived is forgotten, and the envelope takes its course. Whether its pairs may
    /// have changed.
    pub fn steer(
        &mut self,
        source: impl Fn(&Pair) -> Option<PairSource>,
        is_active: impl Fn(u32) -> bool,
        clock: &Clock<'_>,
    ) -> bool {
        let settled = self.row.settle(source, clock);
        if settled {
            self.cache.forget();
        }
        self.state.hears = self.state.hears.settled(clock.now, clock.timing);
        if self.state.envelope.ducks() || self.state.motion != Motion::NONE {
            let ducked = self.state.envelope.ducks() && self.row.is_ducked(is_active);
            self.state.motion = self.state.envelope.steer(ducked, clock).settled(clock.now, clock.timing);
            self.state.level = self.state.motion.constant(clock.now, clock.timing);
        }
        settled
    }

    /// How many pairs it has, if that has changed since it was asked last.
    pub fn report_pairs(&mut self) -> Option<u32> {
        let count = self.row.pair_count() as u32;
        (std::mem::replace(&mut self.reported, count) != count).then_some(count)
    }

    #[inline]
    pub fn state(&self) -> &ListenerState {
        &self.state
    }

    pub fn set_state(&mut self, state: ListenerState) {
        self.state = state;
    }

    /// hears(l): the factor of its whole mix.
    pub fn hears(&self) -> Fade {
        self.state.hears
    }

    /// The course of its envelope in this tick.
    pub fn motion(&self) -> Motion {
        self.state.motion
    }

    /// The level of its envelope in this tick, if that does not move.
    pub fn level(&self) -> Option<f64> {
        self.state.level
    }

    /// Whether a gain of it may be another one in the next tick, though nothing is published and nobody speaks or
    /// falls silent.
    pub fn gains_move(&self, clock: &Clock<'_>) -> bool {
        self.row.moves() || self.state.hears.moving(clock.now, clock.timing)
    }

    /// Whether its envelope moves in this tick.
    pub fn envelope_moves(&self) -> bool {
        self.listens && self.state.level.is_none()
    }
}
