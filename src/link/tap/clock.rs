//! What all taps of a mixer have in common: [`TapClock`]; and what the ends of one tell each other: [`TapState`].

use crate::data::sync::{
    AtomicBool, AtomicU8, AtomicU64, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release},
};

/// How far the timeline of a mixer has come: what all of its taps have in common.
#[derive(Debug, Default)]
pub(crate) struct TapClock {
    /// The end of the last tick that was mixed.
    end: AtomicU64,
    /// Whether there will be no more: the processor is gone.
    over: AtomicBool,
    /// How many readers have gone.
    gone: AtomicUsize,
}

impl TapClock {
    /// Audio: all taps have what the timeline has up to here.
    pub fn advance(&self, end: u64) {
        self.end.store(end, Release);
    }

    /// Audio: there will be no more.
    pub fn stop(&self) {
        self.over.store(true, Release);
    }

    /// Reader: what is before this position is in the rings.
    pub fn end(&self) -> u64 {
        self.end.load(Acquire)
    }

    /// Reader: whether there will be no more. To be asked before [`end`](Self::end).
    pub fn is_over(&self) -> bool {
        self.over.load(Acquire)
    }

    /// Control: how many readers have gone so far.
    pub fn gone(&self) -> usize {
        self.gone.load(Acquire)
    }
}

/// What a reader does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    Reads,
    Pauses,
    Gone,
}

/// What the two ends of a tap, and the control side, tell each other.
#[derive(Debug, Default)]
pub(crate) struct TapState {
    /// What the reader does.
    reader: AtomicU8,
    /// Ticks that were lost.
    lost: AtomicU64,
}

impl TapState {
    /// What the reader does, for the other ends.
    #[inline]
    pub fn reader(&self) -> Reader {
        match self.reader.load(Acquire) {
            0 => Reader::Reads,
            1 => Reader::Pauses,
            _ => Reader::Gone,
        }
    }

    /// Reader: pauses, or goes on.
    pub fn set_paused(&self, paused: bool) {
        self.reader.store(u8::from(paused), Relaxed);
    }

    /// Reader: it goes.
    pub fn go(&self, clock: &TapClock) {
        self.reader.store(2, Release);
        clock.gone.fetch_add(1, Release);
    }

    /// Audio: a tick is lost.
    pub fn lose(&self) {
        self.lost.fetch_add(1, Relaxed);
    }

    pub fn lost(&self) -> u64 {
        self.lost.load(Relaxed)
    }

    /// Whether the reader is gone.
    pub fn is_gone(&self) -> bool {
        self.reader() == Reader::Gone
    }
}
