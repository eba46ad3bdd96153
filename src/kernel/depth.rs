//! How the sums of a product are nested, so that none of its terms passes through more roundings than it may.
//!
//! A *chain* of products follow each other in one f32 sum; some chains, a *block*, follow each other in registers of their own; two blocks are added up at a
//! *place* where they wait, and then the places in pairs. Blocks are as long as the roundings allow, for what waits must be stored and loaded. What comes
//! of more signals than fill the places is added up in f64.
//!
//! The last block never waits, and may be a chain longer, the one that is not full; then there are at most six others. It is added to the last places, and what
//! comes of it to the sum of the first two.

/// Products in a chain.
pub(super) const CHAIN: usize = 4;
/// Places where two blocks wait.
pub(super) const PLACES: usize = 4;

/// What a product of rows and signals is for, and so how many roundings of 2^-24, of which 1e-6 is 16, are left for its sums.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Depth {
    /// Whole mixes: 14 are left, for a gain and a ducking level in it bring 2.
    Whole,
    /// Parts of which a move or an envelope puts a mix together: 11 are left, for that brings 2 more, and 3 where there is a move.
    Part,
    /// Parts of a mix that has both a move and an envelope, which bring 5 together: 9 are left.
    Short,
}

impl Depth {
    /// The most signals of any block of f32 sums.
    pub const MOST: usize = full(8);

    /// The most signals whose sum needs no f64: 4 roundings in a chain, 7 for the first of 8 chains, 1 for two blocks and 2 for the places are 14; with 4 chains
    /// they are 10.
    pub fn at_once(self) -> usize {
        match self {
            Self::Whole => Self::MOST,
            Self::Part | Self::Short => self.block(),
        }
    }

    /// How many signals are multiplied at a time where there are more, and their sums added up in f64. That is one rounding more: 13 and it, 10 and it; and
    /// with only one block that waits, 4 + 3 + 1 and it.
    pub fn block(self) -> usize {
        match self {
            Self::Whole => full(7),
            Self::Part => full(4),
            Self::Short => 2 * 4 * CHAIN,
        }
    }

    /// The chains in a block, where so many signals are all.
    pub(super) fn chains_at_once(self, signals: usize) -> usize {
        match self {
            Self::Whole => 8,
            // One block, 4 + 7.
            Self::Part if signals <= 8 * CHAIN => 8,
            Self::Part | Self::Short => 4,
        }
    }

    /// The chains in a block, where there are more.
    pub(super) fn chains(self) -> usize {
        if self == Self::Whole { 7 } else { 4 }
    }
}

/// How many signals fill the places, but for the last block, with blocks of so many chains.
const fn full(chains: usize) -> usize {
    2 * PLACES * chains * CHAIN
}
