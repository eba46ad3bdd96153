//! What the control side still owns although the audio side has it: [`Returning`].
//!
//! Nothing is freed on the audio thread. What it puts back into a mailbox, or stops reading, is still owned here,
//! until nobody else has it.

use std::{collections::VecDeque, fmt, sync::Arc};

use crate::{
    audio::{Belongings, Engine, Matrix, Row, Taps, Wiring},
    data::id::{Generation, ParticipantKey},
    link::{mailbox::Mailbox, tap::TapInlet},
};

/// How many of those that are out one call looks at.
const LOOKED_AT: usize = 64;

/// Everything that is out.
#[derive(Debug, Default)]
pub(crate) struct Returning {
    held: VecDeque<Held>,
    /// How many came since it was looked at last.
    new: usize,
}

/// One thing, kept until the audio thread can no longer have it.
pub(crate) enum Held {
    /// Until nobody else reads it.
    Matrix(Arc<Matrix>),
    /// Until nobody else has the mailbox: by then they are back in it.
    Belongings(ParticipantKey, Arc<Mailbox<Belongings>>),
    /// Until no matrix names it any more: what is in it then is an engine that was outgrown.
    Engine(Arc<Mailbox<Engine>>),
    /// The same, of the number of a tap.
    Tap(u32, Arc<Mailbox<TapInlet>>),
    /// Until no matrix names it any more: a table of taps that was outgrown.
    #[cfg_attr(not(feature = "stream"), allow(dead_code, reason = "taps come with the feature"))]
    Taps(Arc<Mailbox<Taps>>),
    /// Until this generation has been mixed: by then the audio thread has put the memory of the row before into its
    /// mailbox. Or until nobody else has the row.
    Row(Generation, Arc<Row>),
    /// The same, of a connection: by then the one that it replaced is in its mailbox.
    #[cfg_attr(not(feature = "stream"), allow(dead_code, reason = "only ports are connections"))]
    Wiring(Generation, Arc<Mailbox<Wiring>>),
}

/// What may be given again.
pub(crate) enum Returned {
    /// The slot of somebody who has left.
    Slot(ParticipantKey),
    /// The number of a tap that has ended.
    Tap(u32),
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Matrix(_) => "Matrix",
            Self::Belongings(..) => "Belongings",
            Self::Engine(_) => "Engine",
            Self::Tap(..) => "Tap",
            Self::Taps(_) => "Taps",
            Self::Row(..) => "Row",
            Self::Wiring(..) => "Wiring",
        })
    }
}

impl Held {
    /// Whether the audio side is done with it. If this is the only owner, no other can appear: it is reachable from
    /// here only.
    fn returned(&self, mixed: Generation) -> bool {
        match self {
            Self::Row(generation, row) => mixed >= *generation || Arc::strong_count(row) == 1,
            Self::Wiring(generation, mailbox) => mixed >= *generation || Arc::strong_count(mailbox) == 1,
            Self::Matrix(matrix) => Arc::strong_count(matrix) == 1,
            Self::Belongings(_, mailbox) => Arc::strong_count(mailbox) == 1,
            Self::Engine(mailbox) => Arc::strong_count(mailbox) == 1,
            Self::Tap(_, mailbox) => Arc::strong_count(mailbox) == 1,
            Self::Taps(mailbox) => Arc::strong_count(mailbox) == 1,
        }
    }
}

impl Returning {
    pub fn push(&mut self, held: Held) {
        self.held.push_back(held);
        self.new += 1;
    }

    /// Frees what came back, and names the slots and taps that may be given again. Looks at a few at a time and comes back to
    /// those that are still out, so that no call takes long and nothing waits behind anything.
    pub fn reclaim(&mut self, mixed: Generation, mut free: impl FnMut(Returned)) {
        for _ in 0..self.held.len().min(LOOKED_AT + 2 * std::mem::take(&mut self.new)) {
            let Some(held) = self.held.pop_front() else { return };
            match held {
                held if !held.returned(mixed) => self.held.push_back(held),
                Held::Belongings(key, _) => free(Returned::Slot(key)),
                Held::Tap(number, _) => free(Returned::Tap(number)),
                Held::Row(_, row) => drop(row.memory.as_ref().and_then(Mailbox::take)),
                Held::Wiring(_, mailbox) => drop(mailbox.take()),
                Held::Matrix(_) | Held::Engine(_) | Held::Taps(_) => {}
            }
        }
    }

    pub fn len(&self) -> usize {
        self.held.len()
    }
}
