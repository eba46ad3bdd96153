//! The cell of std that is set once: what was written before it was set is seen by whoever has got it.

use std::sync::OnceLock as Value;

use loom::sync::atomic::{
    AtomicBool,
    Ordering::{Acquire, Release},
};

#[derive(Debug)]
pub(crate) struct OnceLock<T> {
    value: Value<T>,
    is_set: AtomicBool,
}

impl<T> OnceLock<T> {
    pub fn new() -> Self {
        Self { value: Value::new(), is_set: AtomicBool::new(false) }
    }

    pub fn get(&self) -> Option<&T> {
        if self.is_set.load(Acquire) { self.value.get() } else { None }
    }

    pub fn set(&self, value: T) -> Result<(), T> {
        self.value.set(value)?;
        self.is_set.store(true, Release);
        Ok(())
    }

    pub fn take(&mut self) -> Option<T> {
        self.value.take()
    }
}
