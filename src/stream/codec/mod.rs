//! Codecs: what turns the packets of a network into samples, a [`Decoder`] for each stream, and mixes into packets, an
//! [`Encoder`] for each mix.
//!
//! Behind a feature each: [`G711`] and [`G711Encoder`] (`g711`), [`G722`] and [`G722Encoder`] (`g722`), [`Opus`] and
//! [`OpusEncoder`] (`opus`).

mod decoder;
mod encoder;
#[cfg(feature = "g711")]
mod g711;
#[cfg(feature = "g722")]
mod g722;
#[cfg(feature = "opus")]
mod opus;
#[cfg(any(feature = "g722", feature = "opus"))]
mod recent;

pub use decoder::{DecodeError, Decoder, MOST_MS};
pub use encoder::{EncodeError, Encoder};
#[cfg(feature = "g711")]
pub use g711::{G711, G711Encoder};
#[cfg(feature = "g722")]
pub use g722::{G722, G722Encoder};
#[cfg(feature = "opus")]
pub use opus::{Opus, OpusEncoder, OpusEncoderOptions};
