//! Memory for the audio side. The control side allocates it and writes to all of it, so that the audio
//! thread's first access causes no page fault.

use std::hint::black_box;

/// A vector of `len` times `value`.
pub(crate) fn filled<T: Clone>(len: usize, value: T) -> Vec<T> {
    // The allocator may hand out zeroed memory that is not backed by pages yet. The black boxes keep the
    // compiler from turning the writes into such an allocation.
    let mut memory = black_box(Vec::with_capacity(len));
    memory.resize(len, value);
    black_box(memory)
}

/// An empty vector with room for `capacity` items. The room is filled with `filler` once.
pub(crate) fn room<T: Clone>(capacity: usize, filler: T) -> Vec<T> {
    let mut memory = filled(capacity, filler);
    memory.clear();
    memory
}
