//! What all requests have in common that this service makes itself: how names are looked up, and how errors are told.

#[cfg(any(feature = "http-notify", feature = "http-prompts"))]
mod names;
mod words;

#[cfg(any(feature = "http-notify", feature = "http-prompts"))]
pub(super) use names::Names;
pub(super) use words::words;
