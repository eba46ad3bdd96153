//! [`Mailbox`]: how owned memory goes from one half to the other and comes back.
//!
//! A mailbox holds one value at a time, and each value that is shipped has its own mailbox: the value comes
//! back in the mailbox in which it went, so a mailbox is never full when a value is put back. The control
//! side keeps every mailbox until nobody else owns it. So the audio side is never the last owner of a mailbox
//! and frees nothing.

use std::fmt;

use crate::data::sync::AtomicCell;

/// A cell for one boxed value that waits for the other half.
pub(crate) struct Mailbox<T>(AtomicCell<Option<Box<T>>>);

impl<T> Mailbox<T> {
    /// The cell must be an atomic pointer, and not fall back to a lock.
    const LOCK_FREE: () = assert!(AtomicCell::<Option<Box<T>>>::is_lock_free());

    /// A mailbox with a value. Allocates: control side.
    pub fn new(value: T) -> Self {
        let () = Self::LOCK_FREE;
        Self(AtomicCell::new(Some(Box::new(value))))
    }

    pub fn empty() -> Self {
        Self(AtomicCell::new(None))
    }

    pub fn take(&self) -> Option<Box<T>> {
        self.0.take()
    }

    /// Puts a value into the mailbox, which must be empty: a value that is still in it would be freed here.
    pub fn put(&self, value: Box<T>) {
        self.0.store(Some(value));
    }
}

impl<T> fmt::Debug for Mailbox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailbox")
    }
}
