//! [`prefetch`]: what lies far apart is fetched before it is used.

/// Fetches the first of some things into the second cache, to be used soon: the processor does not foresee it where they lie
/// far apart.
#[inline(always)]
pub(crate) fn prefetch<T>(things: &[T]) {
    #[cfg(target_arch = "x86_64")]
    for line in (0..size_of::<T>()).step_by(64) {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        // SAFETY: a prefetch reads and writes nothing, wherever it points; SSE is part of the architecture.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(things.as_ptr().cast::<i8>().wrapping_add(line)) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = things;
}
