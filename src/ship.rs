//! What crosses between the two halves, and how. Beside it they share the meters only, which one side writes and the other reads.
//!
//! - **Publish**: the newest [`Matrix`] goes to the audio thread by pointer ([`Shared::publish`], [`Shared::newest`]).
//! - **Ship**: memory that the control side made goes along inside it, in a [`Berth`], and comes back through the same berth.
//!   A berth holds one thing at a time and each thing has its own, so that the way back can never be full.
//!
//! Nothing is freed on the audio thread: what it puts back into a berth, or stops reading, is still owned by the control side,
//! which keeps it in a [`Returning`] list until nobody else has it.

use std::{
    collections::VecDeque,
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use arc_swap::{ArcSwap, Guard};
use crossbeam_utils::atomic::AtomicCell;

use crate::{
    audio::{Memory, Stage},
    control::Registry,
    data::{
        fade::FadeCurve,
        id::{Generation, ParticipantKey},
        sides::Sides,
        timing::Timing,
    },
    kernel::Kernel,
    limiter::Limiter,
    matrix::{Matrix, Row},
    meter::{Meters, MixerMeters},
};

/// A place where one boxed thing waits for the other half.
pub(crate) struct Berth<T>(AtomicCell<Option<Box<T>>>);

impl<T> Berth<T> {
    /// A pointer, so that the cell is an atomic and no lock.
    const LOCK_FREE: () = assert!(AtomicCell::<Option<Box<T>>>::is_lock_free());

    pub fn new(cargo: T) -> Self {
        let () = Self::LOCK_FREE;
        Self(AtomicCell::new(Some(Box::new(cargo))))
    }

    pub fn empty() -> Self {
        Self(AtomicCell::new(None))
    }

    pub fn take(&self) -> Option<Box<T>> {
        self.0.take()
    }

    /// The berth must be empty: what it held would be freed here.
    pub fn put(&self, cargo: Box<T>) {
        self.0.store(Some(cargo));
    }
}

impl<T> fmt::Debug for Berth<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Berth")
    }
}

/// What both halves hold. The audio half reads the fields and never touches the registry.
#[derive(Debug)]
pub(crate) struct Shared {
    pub timing: Timing,
    pub curve: FadeCurve,
    pub limiter: Option<Limiter>,
    pub kernel: Kernel,
    pub meters: MixerMeters,
    matrix: ArcSwap<Matrix>,
    mixed: AtomicU64,
    /// Where a dropped processor leaves its memory.
    estate: Berth<Stage>,
    processor_gone: AtomicBool,
    /// The control side's own, here so that it outlives the last controller: the processor may still hold what is in it.
    registry: Mutex<Registry>,
}

impl Shared {
    pub fn new(
        timing: Timing,
        limiter: Option<Limiter>,
        kernel: Kernel,
        matrix: Arc<Matrix>,
        registry: Registry,
    ) -> Self {
        Self {
            timing,
            curve: FadeCurve::new(&timing),
            limiter,
            kernel,
            meters: MixerMeters::of(registry.mixer()),
            matrix: ArcSwap::new(matrix),
            mixed: AtomicU64::new(0),
            estate: Berth::new(Stage::default()),
            processor_gone: AtomicBool::new(false),
            registry: Mutex::new(registry),
        }
    }

    /// Control: the registry. Whatever panicked while it was held was the host's: the registry is whole, and what was changed before is
    /// published with the next change.
    pub fn registry(&self) -> std::sync::MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Control: makes `matrix` the newest. The one before it, which the audio thread may still be reading.
    pub fn publish(&self, matrix: Arc<Matrix>) -> Arc<Matrix> {
        self.matrix.swap(matrix)
    }

    /// Audio: the newest matrix. The first call on a thread allocates that thread's node in arc-swap's list.
    pub fn newest(&self) -> Guard<Arc<Matrix>> {
        self.matrix.load()
    }

    /// Audio: a tick with everything up to `generation` has been mixed.
    pub fn set_mixed(&self, generation: u64) {
        self.mixed.store(generation, Ordering::Release);
    }

    pub fn mixed(&self) -> Generation {
        Generation(self.mixed.load(Ordering::Acquire))
    }

    /// Audio: the processor goes; its memory stays here.
    pub fn bequeath(&self, stage: &mut Stage) {
        if let Some(mut husk) = self.estate.take() {
            std::mem::swap(&mut *husk, stage);
            self.estate.put(husk);
        }
        self.processor_gone.store(true, Ordering::Release);
    }

    pub fn processor_gone(&self) -> bool {
        self.processor_gone.load(Ordering::Acquire)
    }

    /// Control: what a dropped processor left.
    pub fn inherit(&self) -> Option<Box<Stage>> {
        if self.processor_gone() { self.estate.take() } else { None }
    }
}

/// How many of those that are out one call looks at.
const LOOKED_AT: usize = 64;

/// What the control side still owns although it has given it up.
#[derive(Debug, Default)]
pub(crate) struct Returning(VecDeque<Held>);

/// Kept until the audio thread can no longer have it.
pub(crate) enum Held {
    /// Until nobody else reads it.
    Matrix(Arc<Matrix>),
    /// Until the audio thread has put its memory back.
    Place(ParticipantKey, Sides<Arc<Berth<Memory>>>),
    /// Until no matrix names it any more: what is in it then is a stage that was outgrown.
    Stage(Arc<Berth<Stage>>),
    /// Until this generation has been mixed: what is in its berth then is what the row before it was kept in. Or until nobody else has the row.
    Row(Generation, Arc<Row>),
    /// Until the newest row of a listener has come to rest: then the memory for its moves is in the berth there. Or until nobody else has them.
    Moves(Arc<Meters>),
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Matrix(_) => "Matrix",
            Self::Place(..) => "Place",
            Self::Stage(_) => "Stage",
            Self::Row(..) => "Row",
            Self::Moves(_) => "Moves",
        })
    }
}

impl Held {
    /// Whether the audio side is done with it. Nobody can become an owner of what has one left: it is reachable from here only.
    fn returned(&self, mixed: Generation) -> bool {
        match self {
            Self::Row(generation, row) => mixed >= *generation || Arc::strong_count(row) == 1,
            Self::Moves(meters) => {
                let settled = meters.settled.load(Ordering::Acquire) >= meters.wanted.load(Ordering::Relaxed);
                settled || mixed == Generation::NEVER || Arc::strong_count(meters) == 1
            }
            Self::Matrix(matrix) => Arc::strong_count(matrix) == 1,
            Self::Place(_, berths) => berths.iter().all(|berth| Arc::strong_count(berth) == 1),
            Self::Stage(berth) => Arc::strong_count(berth) == 1,
        }
    }
}

impl Returning {
    pub fn push(&mut self, held: Held) {
        self.0.push_back(held);
    }

    /// Frees what came back, and names the places that may be given again. Looks at a few at a time and comes back to those that are
    /// still out, so that no call takes long and nothing waits behind anything.
    pub fn reclaim(&mut self, mixed: Generation, mut free: impl FnMut(ParticipantKey)) {
        for _ in 0..self.0.len().min(LOOKED_AT) {
            let Some(held) = self.0.pop_front() else { return };
            match held {
                held if !held.returned(mixed) => {
                    if let Held::Moves(meters) = &held {
                        // There may be something of an earlier row.
                        meters.empty_spare();
                    }
                    self.0.push_back(held);
                }
                Held::Place(key, _) => free(key),
                Held::Row(_, row) => drop(row.memory.as_ref().and_then(Berth::take)),
                Held::Moves(meters) => {
                    meters.awaited.store(false, Ordering::Relaxed);
                    meters.empty_spare();
                }
                Held::Matrix(_) | Held::Stage(_) => {}
            }
        }
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}
