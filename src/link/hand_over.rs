//! [`HandOver`]: how the newest publication gets to the audio side, how far that is, and what becomes of it when it goes.

use super::mailbox::Mailbox;
use crate::data::sync::{ArcSwap, AtomicBool, AtomicU64, Guard, Ordering, fence};
use std::sync::Arc;

/// How far the audio side is with a generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reached {
    Mixed,
    /// Not yet. The generation that was mixed last.
    NotYet(u64),
    /// The audio side is gone, and it will never be mixed. The generation that was mixed last.
    Never(u64),
}

/// What both sides hold of publications of type `M`, and of the audio side's memory, an `E`.
#[derive(Debug)]
pub(crate) struct HandOver<M, E> {
    newest: ArcSwap<M>,
    /// Ticks mixed, and the generation that the last one was mixed with.
    ticks: AtomicU64,
    mixed: AtomicU64,
    /// Where the audio side leaves its memory when it goes.
    leftover: Mailbox<E>,
    gone: AtomicBool,
}

impl<M, E: Default> HandOver<M, E> {
    pub fn new(first: Arc<M>) -> Self {
        Self {
            newest: ArcSwap::new(first),
            ticks: AtomicU64::new(0),
            mixed: AtomicU64::new(0),
            leftover: Mailbox::new(E::default()),
            gone: AtomicBool::new(false),
        }
    }

    /// Control: makes a publication the newest. The one before it, which the audio thread may still be reading.
    pub fn publish(&self, publication: Arc<M>) -> Arc<M> {
        let before = self.newest.swap(publication);
        // With the other fence: either the next tick has it, or the ticks before that are counted here.
        fence(Ordering::SeqCst);
        before
    }

    /// Audio: the newest publication, at the beginning of a tick. The first call on a thread allocates that thread's
    /// node in arc-swap's list.
    pub fn newest(&self) -> Guard<Arc<M>> {
        fence(Ordering::SeqCst);
        self.newest.load()
    }

    /// Audio: a tick with everything up to a generation has been mixed.
    pub fn set_mixed(&self, generation: u64) {
        self.ticks.store(self.ticks.load(Ordering::Relaxed) + 1, Ordering::Release);
        self.mixed.store(generation, Ordering::Release);
    }

    /// The generation that was mixed last.
    pub fn mixed(&self) -> u64 {
        self.mixed.load(Ordering::Acquire)
    }

    /// How many ticks were mixed.
    pub fn ticks(&self) -> u64 {
        self.ticks.load(Ordering::Acquire)
    }

    /// How far the audio side is with a generation.
    pub fn reached(&self, generation: u64) -> Reached {
        // In this order: a tick that was mixed before the processor was dropped counts.
        let gone = self.gone();
        match self.mixed() {
            mixed if mixed >= generation => Reached::Mixed,
            mixed if gone => Reached::Never(mixed),
            mixed => Reached::NotYet(mixed),
        }
    }

    /// Audio: it goes; its memory stays here.
    pub fn leave(&self, engine: &mut E) {
        if let Some(mut empty) = self.leftover.take() {
            std::mem::swap(&mut *empty, engine);
            self.leftover.put(empty);
        }
        self.gone.store(true, Ordering::Release);
    }

    /// Whether the audio side is gone.
    pub fn gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    /// Control: what the audio side has left.
    pub fn take_leftover(&self) -> Option<Box<E>> {
        if self.gone() { self.leftover.take() } else { None }
    }
}
