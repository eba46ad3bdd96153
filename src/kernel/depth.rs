//! How the sums of a product are nested, so that none of its terms passes through more roundings than it may.
//!
//! A *chain* of products follow each other in one f32 sum; some chains, a *block*, follow each other in registers of their own; two blocks are added up at a
//! *place* where they wait; and then the places in pairs and pairs of pairs. Blocks are as long as the roundings allow, for what waits must be stored and
//! loaded. What comes of more signals than fill the places is added up in f64.
//!
//! The last block never waits. It may be a chain longer, by the one that is not full; then the last place is free.
//!
//! A product passes through 4 roundings in a chain, through one less than there are chains in its block, one where two blocks are added up, and up to 3 where the places
//! are: none if nothing waits, 1 of one place, 2 of two. The tests count them with a vector that counts.

/// Products in a chain.
pub(super) const CHAIN: usize = 4;
/// Places where two blocks wait.
pub(super) const PLACES: usize = 8;

/// What a product of rows and signals is for, and so how many roundings of 2^-24, of which 1e-6 is 16.7, are left for its sums. A signal that fades has one already.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Depth {
    /// Whole mixes: a gain and a ducking level in it bring 2.
    Whole,
    /// Whole mixes of gains that move: a gain and a ducking level in it bring 2, and its ramp 4.5.
    Ramp,
    /// Parts of which a move or an envelope puts a mix together: a gain brings 1, and that up to 4.
    Part,
    /// Parts of a mix that has both a move and an envelope, which bring up to 7 together.
    Short,
}

impl Depth {
    /// The most signals that are ever multiplied at a time.
    pub const MOST: usize = full(6);

    /// How many roundings a product may pass through in the sums.
    #[cfg(test)]
    pub fn most(self) -> u32 {
        match self {
            Self::Whole => 13,
            Self::Ramp => 9,
            Self::Part => 10,
            Self::Short => 7,
        }
    }

    /// Whether what it makes is measured.
    pub(super) fn is_whole(self) -> bool {
        matches!(self, Self::Whole | Self::Ramp)
    }

    /// The most signals whose sum needs no f64.
    pub fn at_once(self) -> usize {
        match self {
            Self::Whole => full(6),
            Self::Ramp => full(2),
            Self::Part => full(3),
            Self::Short => one_place(2),
        }
    }

    /// How many signals are multiplied at a time where there are more, and their sums added up in f64, which is one rounding more.
    pub fn block(self) -> usize {
        match self {
            Self::Whole => full(5),
            Self::Ramp => full(1),
            Self::Part => full(2),
            Self::Short => alone(3),
        }
    }

    /// The chains in a block, where so many signals are all.
    pub(super) fn chains_at_once(self, signals: usize) -> usize {
        match self {
            Self::Whole if signals <= alone(9) => 9,
            Self::Whole if signals <= two_places(7) => 7,
            Self::Whole => 6,
            Self::Ramp if signals <= alone(6) => 6,
            Self::Ramp if signals <= two_places(3) => 3,
            Self::Ramp => 2,
            Self::Part if signals <= alone(6) => 6,
            Self::Part if signals <= two_places(4) => 4,
            Self::Part => 3,
            Self::Short if signals <= alone(3) => 3,
            Self::Short => 2,
        }
    }

    /// The chains in a block, where there are more.
    pub(super) fn chains(self) -> usize {
        match self {
            Self::Whole => 5,
            Self::Ramp => 1,
            Self::Part => 2,
            Self::Short => 3,
        }
    }
}

/// How many signals fill the places, but for the last block, with blocks of so many chains.
const fn full(chains: usize) -> usize {
    2 * PLACES * chains * CHAIN
}

/// The same of two places, of one, and of none.
const fn two_places(chains: usize) -> usize {
    5 * chains * CHAIN
}

const fn one_place(chains: usize) -> usize {
    3 * chains * CHAIN
}

const fn alone(chains: usize) -> usize {
    chains * CHAIN
}
