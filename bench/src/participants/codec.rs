//! Who encodes and decodes: [`Codec`]. Opus at 48 kHz, mono, 32 kbit/s, complexity 5, for 5 % of loss.

use clap::ValueEnum;
use mixminus::stream::{
    CodecKey, Decoding, EncodeControl, InputPort, Opus, OpusEncoder, OpusEncoderOptions, PacketPort,
};

#[cfg(feature = "libopus")]
use super::libopus::{LibopusDecoder, LibopusEncoder};
use crate::Result;

/// A library.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Codec {
    /// That of the crate, in Rust
    OpusRs,
    /// The original, in C
    #[cfg(feature = "libopus")]
    Libopus,
}

impl Codec {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpusRs => "opus-rs",
            #[cfg(feature = "libopus")]
            Self::Libopus => "libopus",
        }
    }

    /// Adds an encoder to encode groups.
    pub fn encode_with(self, groups: &EncodeControl) -> Result<CodecKey> {
        let options = OpusEncoderOptions::default();
        Ok(match self {
            Self::OpusRs => groups.add_codec(OpusEncoder::new(options)?)?,
            #[cfg(feature = "libopus")]
            Self::Libopus => groups.add_codec(LibopusEncoder::new(options)?)?,
        })
    }

    /// Has the packets of a port decoded.
    pub fn decode(self, port: InputPort) -> Result<(PacketPort, Decoding)> {
        Ok(match self {
            Self::OpusRs => port.decode_with(Opus::mono()?)?,
            #[cfg(feature = "libopus")]
            Self::Libopus => port.decode_with(LibopusDecoder::new()?)?,
        })
    }
}
