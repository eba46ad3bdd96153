//! The fmt chunk: the rate, the channels, and how the samples are stored.
//!
//! It has 16 bytes, 18 with the size of an extension, 40 with the extension that says more
//! (WAVE_FORMAT_EXTENSIBLE), and other lengths by writers of their own mind. What is not needed is
//! not looked at.

use super::{error::WavError, samples::WavEncoding};

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WavFormat {
    /// Samples per second and channel; at least 1.
    pub rate_hz: u32,
    /// At least 1.
    pub channels: u16,
    /// How a sample is stored.
    pub encoding: WavEncoding,
}

/// The shortest chunk, without an extension.
const SHORTEST: usize = 16;

/// What says that the format is in the extension.
const EXTENSIBLE: u16 = 0xfffe;

/// The end of the ids of formats in an extension. They begin with the format's number.
const FAMILY: [u8; 14] = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];

impl WavFormat {
    /// What is read of a chunk at most.
    pub(super) const LONGEST: u32 = 40;

    /// Parses the chunk and checks that its numbers belong together.
    pub(super) fn parse(chunk: &[u8]) -> Result<Self, WavError> {
        if chunk.len() < SHORTEST {
            return Err(WavError::ShortFormat { there: chunk.len(), needed: SHORTEST });
        }
        let short = |at: usize| u16::from_le_bytes([chunk[at], chunk[at + 1]]);
        let bits = short(14);
        let tag = if short(0) == EXTENSIBLE { extended_tag(chunk, bits)? } else { short(0) };
        let rate_hz = u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]);
        let format = Self { rate_hz, channels: short(2), encoding: encoding(tag, bits)? };
        format.checked(short(12))
    }

    /// The bytes of one sample of every channel.
    pub(super) fn frame_bytes(self) -> usize {
        usize::from(self.channels) * self.encoding.bytes()
    }

    fn checked(self, block_align: u16) -> Result<Self, WavError> {
        match self {
            Self { rate_hz: 0, .. } => Err(WavError::Rate),
            Self { channels: 0, .. } => Err(WavError::Channels),
            // With padding that nothing describes, where in it the samples are would be a guess.
            Self { channels, encoding, .. } if usize::from(block_align) != self.frame_bytes() => {
                Err(WavError::BlockAlign { found: block_align, channels, encoding, right: self.frame_bytes() })
            }
            whole => Ok(whole),
        }
    }
}

/// The format's number in the extension.
fn extended_tag(chunk: &[u8], bits: u16) -> Result<u16, WavError> {
    let needed = WavFormat::LONGEST as usize;
    let Some(id) = chunk.get(24..needed) else {
        return Err(WavError::ShortFormat { there: chunk.len(), needed });
    };
    if id[2..] != FAMILY {
        return Err(WavError::SubFormat(std::array::from_fn(|at| id[at])));
    }
    // The bits that count are the upper ones, so the others need no care.
    match u16::from_le_bytes([chunk[18], chunk[19]]) {
        valid if valid > bits => Err(WavError::ValidBits { valid, bits }),
        _ => Ok(u16::from_le_bytes([id[0], id[1]])),
    }
}

fn encoding(tag: u16, bits: u16) -> Result<WavEncoding, WavError> {
    match (tag, bits) {
        // Bits that fill no whole bytes are the upper ones, too.
        (1, 1..=8) => Ok(WavEncoding::Unsigned8),
        (1, 9..=16) => Ok(WavEncoding::Integer16),
        (1, 17..=24) => Ok(WavEncoding::Integer24),
        (1, 25..=32) => Ok(WavEncoding::Integer32),
        (1, 64) => Ok(WavEncoding::Integer64),
        (3, 32) => Ok(WavEncoding::Float32),
        (3, 64) => Ok(WavEncoding::Float64),
        (6, 8) => Ok(WavEncoding::ALaw),
        (7, 8) => Ok(WavEncoding::MuLaw),
        (1, bits) => Err(WavError::Bits { bits, right: "PCM has 1 to 32, or 64" }),
        (3, bits) => Err(WavError::Bits { bits, right: "floats have 32 or 64" }),
        (6 | 7, bits) => Err(WavError::Bits { bits, right: "A-law and mu-law have 8" }),
        (tag, _) => Err(WavError::Tag(tag)),
    }
}
