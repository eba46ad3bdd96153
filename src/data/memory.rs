//! Memory for the audio side, made on the control side: touched, so that its first use there enters no kernel.

use std::hint::black_box;

/// `len` times `value`.
pub(crate) fn filled<T: Clone>(len: usize, value: T) -> Vec<T> {
    // What the allocator hands out as zeros may not be backed by memory yet: it is written to, where the compiler cannot see what for.
    let mut memory = black_box(Vec::with_capacity(len));
    memory.resize(len, value);
    black_box(memory)
}

/// Nothing yet, with room for `capacity`; `filler` is what the room is touched with.
pub(crate) fn room<T: Clone>(capacity: usize, filler: T) -> Vec<T> {
    let mut memory = filled(capacity, filler);
    memory.clear();
    memory
}
