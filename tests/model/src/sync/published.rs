//! The pointer of arc-swap: a load acquires, a swap acquires and releases, and what was swapped out is shared with those who
//! have loaded it. That it is counted rightly is the library's own proof: here, all of it lives as long as the pointer.

use std::{
    ops::Deref,
    sync::{Arc, Mutex, PoisonError},
};

use loom::sync::atomic::{
    AtomicUsize,
    Ordering::{AcqRel, Acquire},
};

#[derive(Debug)]
pub(crate) struct ArcSwap<T> {
    newest: AtomicUsize,
    all: Mutex<Vec<Arc<T>>>,
}

#[derive(Debug)]
pub(crate) struct Guard<P>(P);

impl<P> Deref for Guard<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.0
    }
}

impl<T> ArcSwap<T> {
    pub fn new(first: Arc<T>) -> Self {
        Self { newest: AtomicUsize::new(0), all: Mutex::new(vec![first]) }
    }

    pub fn load(&self) -> Guard<Arc<T>> {
        let number = self.newest.load(Acquire);
        Guard(Arc::clone(&self.all.lock().unwrap_or_else(PoisonError::into_inner)[number]))
    }

    pub fn swap(&self, next: Arc<T>) -> Arc<T> {
        let number = {
            let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(next);
            all.len() - 1
        };
        let before = self.newest.swap(number, AcqRel);
        Arc::clone(&self.all.lock().unwrap_or_else(PoisonError::into_inner)[before])
    }
}
