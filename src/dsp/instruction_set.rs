//! [`InstructionSet`]: the instruction sets that the kernels are compiled for, and which of them this machine has.

use std::fmt;

/// The instruction set that a mixer computes with, in order from the slowest to the fastest.
///
/// All variants exist on every target; [`available`](Self::available) tells which of them this machine has.
///
/// ```
/// use mixminus::{InstructionSet, MixerConfig};
/// // Not AVX-512, although the machine may have it.
/// let fastest = InstructionSet::available().filter(|set| *set <= InstructionSet::Avx2).last();
/// let (_, processor) = MixerConfig { instruction_set: fastest, ..MixerConfig::default() }.build()?;
/// assert!(processor.instruction_set() <= InstructionSet::Avx2);
/// # Ok::<(), mixminus::BuildError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum InstructionSet {
    /// Plain Rust, compiled for the baseline of the target. Every machine has it.
    Portable,
    /// AVX2 and FMA: vectors of 8 samples. x86-64 only.
    Avx2,
    /// AVX-512 F and DQ: vectors of 16 samples. x86-64 only. Some processors lower their clock while they use it.
    Avx512,
}

impl InstructionSet {
    const ALL: [Self; 3] = [Self::Portable, Self::Avx2, Self::Avx512];

    /// The instruction sets that this machine has, the fastest last. [`Portable`](Self::Portable) is always
    /// among them. Any thread may call; allocates nothing.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|set| set.is_available())
    }

    /// The fastest instruction set that this machine has.
    pub(crate) fn fastest() -> Self {
        Self::available().last().unwrap_or(Self::Portable)
    }

    #[cfg(target_arch = "x86_64")]
    pub(super) fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma"),
            Self::Avx512 => is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512dq"),
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    pub(super) fn is_available(self) -> bool {
        self == Self::Portable
    }
}

/// The name in the usual spelling: `portable`, `AVX2`, `AVX-512`.
impl fmt::Display for InstructionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Portable => "portable",
            Self::Avx2 => "AVX2",
            Self::Avx512 => "AVX-512",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portable_is_always_available_and_the_fastest_is_last() {
        let available: Vec<_> = InstructionSet::available().collect();
        assert_eq!(available[0], InstructionSet::Portable);
        assert!(available.is_sorted());
        assert_eq!(available.last(), Some(&InstructionSet::fastest()));
    }

    #[test]
    fn names_are_in_the_usual_spelling() {
        assert_eq!(InstructionSet::ALL.map(|set| set.to_string()), ["portable", "AVX2", "AVX-512"]);
        assert_eq!(format!("{:>9}", InstructionSet::Avx512), "  AVX-512");
    }
}
