//! [`Mailbox`]: how owned memory goes from one half to the other and comes back.
//!
//! A mailbox holds one thing at a time, and each thing that is shipped has a mailbox of its own: the way back is the way that
//! it came, so that it can never be full. The control side keeps every mailbox whose thing is out, so that the audio side is
//! never the last owner of one, and frees nothing.

use std::fmt;

use crossbeam_utils::atomic::AtomicCell;

/// A place where one boxed thing waits for the other half.
pub(crate) struct Mailbox<T>(AtomicCell<Option<Box<T>>>);

impl<T> Mailbox<T> {
    /// A pointer, so that the cell is an atomic and no lock.
    const LOCK_FREE: () = assert!(AtomicCell::<Option<Box<T>>>::is_lock_free());

    /// With something in it. Allocates: control side.
    pub fn new(thing: T) -> Self {
        let () = Self::LOCK_FREE;
        Self(AtomicCell::new(Some(Box::new(thing))))
    }

    pub fn empty() -> Self {
        Self(AtomicCell::new(None))
    }

    pub fn take(&self) -> Option<Box<T>> {
        self.0.take()
    }

    /// The mailbox must be empty: what it held would be freed here.
    pub fn put(&self, thing: Box<T>) {
        self.0.store(Some(thing));
    }
}

impl<T> fmt::Debug for Mailbox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailbox")
    }
}
