//! How much of a file is samples: what its headers say, and what that is worth.

use std::{io::Read, ops::RangeInclusive};

use super::{chunks, error::WavError, riff_id::RiffId};

/// How much of the file is samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// So many bytes.
    Bytes(u64),
    /// Nothing, or everything: the size of 0 that a recorder leaves when it is killed is also that
    /// of a recording of nothing.
    NoneOrAll,
    /// Everything up to the end.
    All,
}

/// The sizes that programs write who do not know the size, because they write to a pipe: 0x7FFFF000
/// by sox, 0xFFFFFFFF by ffmpeg, others in between.
const UNKNOWN: RangeInclusive<u64> = 0x7fff_0000..=0xffff_ffff;

impl Length {
    /// The length by the size in the chunk's header and, if that one is too small for it, by the
    /// ds64 chunk.
    pub fn of(size: u32, large: Option<u64>) -> Self {
        match (size, large) {
            (0, _) | (u32::MAX, Some(0)) => Self::NoneOrAll,
            (u32::MAX, Some(large)) if large < u64::MAX => Self::Bytes(large),
            (u32::MAX, _) => Self::All,
            (size, _) => Self::Bytes(u64::from(size)),
        }
    }

    /// Reads the bytes of the samples.
    pub fn read(self, from: &mut impl Read) -> Result<Vec<u8>, WavError> {
        let most = if let Self::Bytes(bytes) = self { bytes } else { u64::MAX };
        let mut read = Vec::new();
        from.take(most).read_to_end(&mut read)?;
        let there = read.len() as u64;
        match self {
            Self::NoneOrAll if chunks::are_chunks(&read) => Ok(Vec::new()),
            // A size that large is no promise, though it may be the right one.
            Self::Bytes(size) if there < size && !UNKNOWN.contains(&size) => {
                Err(WavError::CutOff { chunk: RiffId(*b"data"), size, there })
            }
            _ => Ok(read),
        }
    }
}

/// The size of the data chunk in a ds64 chunk, after that of the whole.
pub fn large_size(chunk: &[u8]) -> Option<u64> {
    chunk.get(8..16)?.try_into().ok().map(u64::from_le_bytes)
}
