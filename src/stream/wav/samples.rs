//! The samples in the bytes of the data chunk: the ways to store one, converted by a library.

use std::fmt;

use audioadapter_sample::sample::{
    ALAW, BytesSample, F32_LE, F64_LE, I16_LE, I24_LE, I32_LE, I64_LE, MULAW, RawSample, U8,
};

/// How a sample is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WavEncoding {
    /// From 0 to 255, with silence at 128.
    Unsigned8,
    /// 16 bits.
    Integer16,
    /// 24 bits in 3 bytes.
    Integer24,
    /// 32 bits; or fewer, the upper ones.
    Integer32,
    /// 64 bits.
    Integer64,
    /// 32 bits.
    Float32,
    /// 64 bits.
    Float64,
    /// The logarithmic 8 bits of European telephones.
    ALaw,
    /// The logarithmic 8 bits of American telephones.
    MuLaw,
}

impl WavEncoding {
    /// The bytes of a sample.
    pub(super) fn bytes(self) -> usize {
        match self {
            Self::Unsigned8 | Self::ALaw | Self::MuLaw => 1,
            Self::Integer16 => 2,
            Self::Integer24 => 3,
            Self::Integer32 | Self::Float32 => 4,
            Self::Integer64 | Self::Float64 => 8,
        }
    }

    /// The samples in some bytes.
    pub(super) fn decode(self, bytes: &[u8]) -> Vec<f32> {
        match self {
            Self::Unsigned8 => each::<U8>(bytes),
            Self::Integer16 => each::<I16_LE>(bytes),
            Self::Integer24 => each::<I24_LE>(bytes),
            Self::Integer32 => each::<I32_LE>(bytes),
            Self::Integer64 => each::<I64_LE>(bytes),
            Self::Float32 => each::<F32_LE>(bytes),
            Self::Float64 => each::<F64_LE>(bytes),
            Self::ALaw => each::<ALAW>(bytes),
            Self::MuLaw => each::<MULAW>(bytes),
        }
    }
}

impl fmt::Display for WavEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unsigned8 => "8 bit",
            Self::Integer16 => "16 bit",
            Self::Integer24 => "24 bit",
            Self::Integer32 => "32 bit",
            Self::Integer64 => "64 bit",
            Self::Float32 => "32 bit float",
            Self::Float64 => "64 bit float",
            Self::ALaw => "A-law",
            Self::MuLaw => "mu-law",
        })
    }
}

fn each<S: BytesSample + RawSample>(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(S::BYTES_PER_SAMPLE).map(|sample| S::from_slice(sample).to_scaled_float()).collect()
}
