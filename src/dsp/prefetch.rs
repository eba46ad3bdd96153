//! [`prefetch`]: what lies far apart is fetched before it is used.

/// The most that is fetched of some things, in bytes: what follows is foreseen by the processor.
const MOST: usize = 256;

/// Fetches the first of some things into the first cache, to be used soon: the processor does not foresee it where
/// they lie far apart.
#[inline(always)]
pub(crate) fn prefetch<T>(things: &[T]) {
    #[cfg(target_arch = "x86_64")]
    for line in (0..size_of::<T>()).step_by(64) {
        fetch(things.as_ptr().cast::<u8>().wrapping_add(line));
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = things;
}

/// The same of consecutive things: as many as lie in the first 256 bytes.
#[inline(always)]
pub(crate) fn prefetch_all<T>(things: &[T]) {
    #[cfg(target_arch = "x86_64")]
    for line in (0..size_of_val(things).min(MOST)).step_by(64) {
        fetch(things.as_ptr().cast::<u8>().wrapping_add(line));
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (things, MOST);
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn fetch(line: *const u8) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: a prefetch reads and writes nothing, wherever it points; SSE is part of the architecture.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(line.cast()) }
}
