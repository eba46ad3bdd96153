//! How the sums of a product are nested, so that none of its terms passes through more roundings than it may.
//!
//! A *chain* of products follow each other in one f32 sum; some chains, a *block*, follow each other in registers of their own; two blocks are added up at a
//! *place* where they wait; and then the places in pairs and pairs of pairs. Blocks are as long as the roundings allow, for what waits must be stored and
//! loaded. What comes of more signals than fill the places is added up in f64.
//!
//! The last block never waits. It may be a chain longer, by the one that is not full; then the last place is free.

/// Products in a chain.
pub(super) const CHAIN: usize = 4;
/// Places where two blocks wait.
pub(super) const PLACES: usize = 8;

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
    /// The most signals that are ever multiplied at a time.
    pub const MOST: usize = full(7);

    /// The most signals whose sum needs no f64.
    pub fn at_once(self) -> usize {
        match self {
            Self::Whole => full(7),
            Self::Part => full(4),
            Self::Short => self.block(),
        }
    }

    /// How many signals are multiplied at a time where there are more, and their sums added up in f64, which is one rounding more.
    pub fn block(self) -> usize {
        match self {
            Self::Whole => full(6),
            Self::Part => full(4) / 2,
            Self::Short => 2 * 4 * CHAIN,
        }
    }

    /// The chains in a block, where so many signals are all. A product passes through 4 roundings in a chain; in a block through 7, if it is one of 8 chains;
    /// one more where two blocks are added up; and 2 or 3 where 4 or 8 places are.
    pub(super) fn chains_at_once(self, signals: usize) -> usize {
        match self {
            // 4 + 7 + 1 + 2; 4 + 6 + 1 + 3.
            Self::Whole if signals <= full(8) / 2 => 8,
            Self::Whole => 7,
            // 4 + 7, for nothing waits; 4 + 4 + 1 + 2; 4 + 3 + 1 + 3.
            Self::Part if signals <= 8 * CHAIN => 8,
            Self::Part if signals <= full(5) / 2 => 5,
            Self::Part => 4,
            // 4 + 3 + 1.
            Self::Short => 4,
        }
    }

    /// The chains in a block, where there are more.
    pub(super) fn chains(self) -> usize {
        match self {
            // 4 + 5 + 1 + 3, and one in f64.
            Self::Whole => 6,
            // 4 + 3 + 1 + 2, and one in f64; 4 + 3 + 1, and it.
            Self::Part | Self::Short => 4,
        }
    }
}

/// How many signals fill the places, but for the last block, with blocks of so many chains.
const fn full(chains: usize) -> usize {
    2 * PLACES * chains * CHAIN
}
