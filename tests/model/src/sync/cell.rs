//! The cell of crossbeam-utils, of a box: swaps acquire and release.

use loom::sync::atomic::{AtomicPtr, Ordering::AcqRel};

/// `AtomicCell<Option<Box<T>>>`: the only one that there is here.
pub(crate) struct AtomicCell<B: Boxed>(AtomicPtr<B::Value>);

/// `Option<Box<T>>`.
pub(crate) trait Boxed {
    type Value;
    fn into_raw(self) -> *mut Self::Value;
    /// Back from [`into_raw`](Self::into_raw), once.
    fn from_raw(raw: *mut Self::Value) -> Self;
}

impl<T> Boxed for Option<Box<T>> {
    type Value = T;

    fn into_raw(self) -> *mut T {
        self.map_or(std::ptr::null_mut(), Box::into_raw)
    }

    #[allow(unsafe_code)]
    fn from_raw(raw: *mut T) -> Self {
        // SAFETY: it came out of `into_raw`, and whoever has swapped it out has it alone.
        (!raw.is_null()).then(|| unsafe { Box::from_raw(raw) })
    }
}

impl<B: Boxed> AtomicCell<B> {
    pub fn new(value: B) -> Self {
        Self(AtomicPtr::new(value.into_raw()))
    }

    pub const fn is_lock_free() -> bool {
        true
    }

    pub fn store(&self, value: B) {
        drop(B::from_raw(self.0.swap(value.into_raw(), AcqRel)));
    }
}

impl<T> AtomicCell<Option<Box<T>>> {
    pub fn take(&self) -> Option<Box<T>> {
        Boxed::from_raw(self.0.swap(std::ptr::null_mut(), AcqRel))
    }
}

impl<B: Boxed> Drop for AtomicCell<B> {
    fn drop(&mut self) {
        drop(B::from_raw(self.0.with_mut(|raw| *raw)));
    }
}
