//! Why a file cannot be read, each as a sentence about "it", the file: what is wrong, where, and
//! what would be right.

use std::io;

use super::{riff_id::RiffId, samples::WavEncoding};

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WavError {
    /// The system does not give its bytes.
    #[error("{0}")]
    Io(#[from] io::Error),

    /// It has no bytes.
    #[error("it is empty")]
    Empty,

    /// It is another kind of file.
    #[error("it begins with {0:?}, and a WAV file with \"RIFF\", \"RF64\" or \"BW64\"")]
    NotRiff(RiffId),

    /// It is a RIFF file of another kind.
    #[error("it is a RIFF file with {0:?}, and a WAV file is one with \"WAVE\"")]
    NotWave(RiffId),

    /// It ends before the first chunk.
    #[error("it ends too early, after {there} bytes: a WAV file has at least 12 before its first chunk")]
    Short {
        /// The bytes that it has.
        there: usize,
    },

    /// It ends inside a chunk.
    #[error(
        "it ends too early: its {chunk} chunk has {there} of {size} bytes; it was cut off, or is still being \
         written (sox and ffmpeg make a whole file of what is there)"
    )]
    CutOff {
        /// The chunk.
        chunk: RiffId,
        /// The bytes that its header promises.
        size: u64,
        /// The bytes that are there.
        there: u64,
    },

    /// The samples come before it is said what they are.
    #[error("its data chunk comes before its fmt chunk, and what it means cannot be told: fmt has to be first")]
    DataFirst,

    /// Nothing says what its samples are.
    #[error("it has neither a fmt chunk nor a data chunk")]
    NoFormat,

    /// It has no samples, not even a place for them.
    #[error("it has no data chunk: it ends after its header")]
    NoData,

    /// The fmt chunk is too short to say anything.
    #[error("its fmt chunk has {there} bytes, and needs {needed}")]
    ShortFormat {
        /// The bytes that it has.
        there: usize,
        /// The bytes that it needs.
        needed: usize,
    },

    /// A rate at which nothing can be played.
    #[error("its sample rate is 0 Hz: it says nothing of how fast it is to be played")]
    Rate,

    /// No channels.
    #[error("it has 0 channels")]
    Channels,

    /// More channels than can be mixed.
    #[error("it has {channels} channels, and one or two can be mixed")]
    ManyChannels {
        /// Its channels.
        channels: u16,
    },

    /// It is longer than may be.
    #[error("it is {ms} ms long, and {most_ms} ms are the most")]
    TooLong {
        /// How long it is.
        ms: f64,
        /// The most.
        most_ms: f64,
    },

    /// Compressed audio, or something unknown.
    #[error(
        "its samples are of format 0x{0:04x}, and PCM (1), float (3), A-law (6) and mu-law (7) can be read: \
         convert it to one of them"
    )]
    Tag(u16),

    /// An extensible fmt chunk with a format of another family.
    #[error("its samples are of the format {}, which is none of PCM, float, A-law and mu-law", hexadecimal(.0))]
    SubFormat([u8; 16]),

    /// A width that the format does not have.
    #[error("its samples have {bits} bits, and {right}")]
    Bits {
        /// The width.
        bits: u16,
        /// What the format has.
        right: &'static str,
    },

    /// More bits that count than bits.
    #[error("{valid} bits of its samples count, and they have {bits}")]
    ValidBits {
        /// The bits that count.
        valid: u16,
        /// The bits of a sample.
        bits: u16,
    },

    /// Frames of a size that contradicts the channels and the width.
    #[error(
        "its block align says {found} bytes for the samples of all channels, and {channels} of {encoding} take {right}"
    )]
    BlockAlign {
        /// The size that it says.
        found: u16,
        /// The channels.
        channels: u16,
        /// The samples.
        encoding: WavEncoding,
        /// The size that the two make.
        right: usize,
    },
}

fn hexadecimal(bytes: &[u8; 16]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
