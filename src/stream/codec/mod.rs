//! Codecs: what turns the packets of a network into samples, a [`Decoder`] for each stream.
//!
//! [`Decoder`] is what a port asks of a codec. Behind a feature each: [`G711`] (`g711`).

mod decoder;
#[cfg(feature = "g711")]
mod g711;

pub use decoder::{DecodeError, Decoder, MOST_MS};
#[cfg(feature = "g711")]
pub use g711::G711;
