//! Codecs: what turns the packets of a network into samples, a [`Decoder`] for each stream.
//!
//! [`Decoder`] is what a port asks of a codec. Behind a feature each: [`G711`] (`g711`), [`G722`]
//! (`g722`) and [`Opus`] (`opus`).

mod decoder;
#[cfg(feature = "g711")]
mod g711;
#[cfg(feature = "g722")]
mod g722;
#[cfg(feature = "opus")]
mod opus;

pub use decoder::{DecodeError, Decoder, MOST_MS};
#[cfg(feature = "g711")]
pub use g711::G711;
#[cfg(feature = "g722")]
pub use g722::G722;
#[cfg(feature = "opus")]
pub use opus::Opus;
