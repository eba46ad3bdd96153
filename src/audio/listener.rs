//! One listener on the audio side: its row and its envelope.

use super::{Clock, alike::Alike, overlap::Shift, row::Gains};
use crate::{
    data::{
        envelope::{DuckRange, Envelope, Way},
        fade::Fade,
        id::ParticipantKey,
        sides::Side,
    },
    limiter::Limiting,
    matrix::{Place, RowIdentity},
};

/// No index.
pub(crate) const NONE: u32 = u32::MAX;

/// A place's hearing side. A place without a participant is a listener that hears nothing.
#[derive(Debug)]
pub(crate) struct Listener {
    pub hears: bool,
    /// Whether it has memory to give back.
    pub owes: bool,
    pub gains: Gains,
    pub envelope: Envelope,
    /// The envelope's course in this tick, and where it stands if it does not move.
    pub way: Way,
    pub level: Option<f64>,
    /// Among which audible sources, by their number, and at which level its mix was found to be dense, or both ends of its move as a whole were kept.
    pub dense: Option<(u64, Option<f64>)>,
    /// The row that it has, and the generation that it came with.
    row: RowIdentity,
    row_since: u64,
    /// Whether something was published that it has not been steered to yet, and the range for its envelope.
    published: bool,
    range: Option<DuckRange>,
    /// Whether its gains have to be looked after in each tick.
    unsettled: bool,
}

impl Default for Listener {
    fn default() -> Self {
        Self {
            hears: false,
            owes: false,
            gains: Gains::default(),
            envelope: Envelope::default(),
            way: Way::NONE,
            level: Some(1.0),
            dense: None,
            row: RowIdentity::default(),
            row_since: 0,
            published: false,
            range: None,
            unsettled: false,
        }
    }
}

impl Listener {
    /// Takes what is published of it. Nothing of it is heard before the next mix.
    pub fn update(&mut self, place: &Place, side: Side, clock: &Clock<'_>) {
        self.published |= self.gains.deafened != place.deafened;
        self.gains.deafened = place.deafened;
        if place.row_since > self.row_since {
            let row = place.row.of(side);
            (self.row, self.row_since) = (row.identity, place.row_since);
            let mut memory = row.memory.as_ref().and_then(|berth| berth.take());
            let rests = !self.published && (!self.unsettled || self.gains.has_arrived(clock));
            self.gains.adopt(row, memory.as_deref_mut(), rests);
            if let (Some(berth), Some(memory)) = (&row.memory, memory) {
                berth.put(memory);
            }
            self.range = Some(row.ducking);
            self.published = true;
        }
    }

    /// Takes into its gains and envelope what was published, and follows sources whose presence changed while its own gains moved.
    /// See [`Gains::follow`].
    pub fn follow(
        &mut self,
        shifts: &[Shift],
        shifted: bool,
        presence: impl Fn(ParticipantKey) -> Shift,
        clock: &Clock<'_>,
    ) -> u64 {
        let published = std::mem::take(&mut self.published);
        if let Some(range) = self.range.take() {
            self.envelope.set_range(range, clock);
            self.way = self.envelope.way();
            self.level = self.way.constant(clock.now, clock.timing);
        }
        let unfinished = if self.unsettled { self.gains.forget_ways(clock) } else { 0 };
        let followed = self.unsettled && shifted;
        if !published && !followed {
            return unfinished;
        }
        self.unsettled = true;
        self.dense = None;
        unfinished + self.gains.follow(published, shifts, presence, clock)
    }

    /// The generation that its row came with, if nothing of it moves.
    pub fn settled(&self) -> Option<u64> {
        (!self.unsettled).then_some(self.row_since)
    }

    /// Gets ready for a tick: what has arrived is forgotten, and the envelope's way is set. Whether its entries may have changed.
    pub fn prepare(
        &mut self,
        clock: &Clock<'_>,
        presence: impl Fn(ParticipantKey) -> Option<Fade>,
        active: impl Fn(u32) -> bool,
    ) -> bool {
        let was_unsettled = self.unsettled;
        if was_unsettled {
            self.gains.settle(clock, presence);
            self.unsettled = self.gains.unsettled(clock);
            if !self.gains.departs() {
                self.dense = None;
            }
            if !self.unsettled {
                self.gains.come_to_rest();
            }
        }
        if self.envelope.ducks() || self.way != Way::NONE {
            // A row has ones or the others.
            let mut entries = self.gains.entries.iter().filter(|entry| entry.ducks_others);
            let mut at_rest = self.gains.at_rest.iter().filter(|entry| entry.ducks_others);
            let mut any = || entries.any(|entry| active(entry.source.slot)) || at_rest.any(|entry| active(entry.slot));
            let ducking = self.envelope.ducks() && any();
            self.way = self.envelope.steer(ducking, clock).settled(clock.now, clock.timing);
            self.level = self.way.constant(clock.now, clock.timing);
        }
        was_unsettled
    }

    /// All that its mix depends on, as long as its own voice is not in it; but for single gains that move, of which it has a hash.
    pub fn alike(&self, limiting: Limiting) -> Alike {
        let (unlisted, moving) =
            if self.unsettled { (self.gains.unlisted, self.gains.hash()) } else { (Fade::ZERO, 0) };
        let Self { row, way, .. } = *self;
        Alike { row, deafened: self.gains.deafened, unlisted, way, limiting, moving }
    }

    /// Whether it is certain that single gains that move, and have the same hash, are the same as those of `other`.
    pub fn moves_like(&self, other: &Self) -> bool {
        !self.unsettled && !other.unsettled || self.gains.moves_like(&other.gains)
    }

    /// Whether the ducked parts of its mix and that of `other` are multiplied by the same.
    pub fn same_envelope(&self, other: &Self) -> bool {
        let fade = |listener: &Self| listener.unsettled.then_some(listener.gains.unlisted);
        self.way == other.way && fade(self) == fade(other)
    }

    /// Whether its part in the next tick may be another one, though nothing is published, nobody comes, goes, speaks or falls silent, and no envelope arrives.
    pub fn may_change(&self) -> bool {
        self.unsettled || self.owes
    }

    /// Whether its envelope moves in the tick that was planned last.
    pub fn ramps(&self) -> bool {
        self.hears && self.level.is_none()
    }

    /// Whether any of its gains may be moving, or have a move of its own.
    pub fn is_unsettled(&self) -> bool {
        self.unsettled
    }
}
