//! An allocator that counts what a watched thread allocates and frees, and how many bytes all threads hold.
#![allow(dead_code, reason = "each test file uses its part")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

struct Counting;

static ALLOCATED: AtomicU64 = AtomicU64::new(0);
static FREED: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);

thread_local! {
    static WATCHED: Cell<bool> = const { Cell::new(false) };
}

fn count(counter: &AtomicU64, bytes: i64) {
    let held = BYTES.fetch_add(bytes, Ordering::Relaxed) + bytes;
    PEAK.fetch_max(held, Ordering::Relaxed);
    if WATCHED.try_with(Cell::get).unwrap_or(false) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

// SAFETY: every call is passed on unchanged to the system's allocator; counting touches no memory of the heap.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(&ALLOCATED, layout.size() as i64);
        // SAFETY: the caller keeps the contract of the same function.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(&FREED, -(layout.size() as i64));
        // SAFETY: the caller keeps the contract of the same function.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Starts or stops watching this thread. Returns the counts (allocated, freed) of all watched threads so far.
pub fn watch(on: bool) -> (u64, u64) {
    WATCHED.set(on);
    (ALLOCATED.load(Ordering::Relaxed), FREED.load(Ordering::Relaxed))
}

/// Runs `work` watched. Panics if this thread allocates or frees in it.
pub fn watched<T>(work: impl FnOnce() -> T) -> T {
    let before = watch(true);
    let result = work();
    assert_eq!(watch(false), before, "(allocated, freed) on the audio thread");
    result
}

/// By how many bytes all threads hold more after `work`.
pub fn bytes<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let before = BYTES.load(Ordering::Relaxed);
    let result = work();
    (result, (BYTES.load(Ordering::Relaxed) - before) as f64)
}

/// How many bytes more than before all threads held at a time during `work`, at most.
pub fn peak<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let before = BYTES.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let result = work();
    (result, (PEAK.load(Ordering::Relaxed) - before) as f64)
}

/// Keeps the other tests of the file waiting: they share these counters.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

pub fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}
