//! The encoder: Opus at 48 kHz, mono, 32 kbit/s, complexity 5.

use mixminus::stream::{EncodeError, OpusEncoder, OpusEncoderOptions};

/// Its name.
pub const NAME: &str = "opus-rs";

/// An encoder as new.
pub fn encoder() -> Result<OpusEncoder, EncodeError> {
    OpusEncoder::new(OpusEncoderOptions::default())
}
