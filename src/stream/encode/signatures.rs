//! Who hears the same over a whole packet: [`Signatures`] numbers the ways that lead through the mixes of its ticks.
//!
//! Within a packet listeners may go from one mix to another. Two of them hear the same packet if they heard the same mix
//! in each of its ticks. So no packet is torn between mixes: each listener's is made of just the mixes that it heard.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

/// A way through the mixes of a packet's ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Signature(u32);

impl Signature {
    /// Before the first tick.
    pub const START: Self = Self(0);
}

/// The signatures of the packet in hand.
#[derive(Debug, Default)]
pub(super) struct Signatures {
    /// Where each but the first comes from, and the mix that was heard since; `None` if nothing was.
    steps: Vec<(Signature, Option<u32>)>,
    known: HashMap<(Signature, Option<u32>), Signature, FxBuildHasher>,
}

impl Signatures {
    /// Forgets those of the packet before.
    pub fn begin(&mut self) {
        self.steps.clear();
        self.known.clear();
    }

    /// The way on from another by a mix of the next tick.
    pub fn step(&mut self, from: Signature, mix: Option<u32>) -> Signature {
        let Self { steps, known } = self;
        *known.entry((from, mix)).or_insert_with(|| {
            steps.push((from, mix));
            Signature(steps.len() as u32)
        })
    }

    /// The mixes of a way, the last tick's first.
    pub fn mixes_backwards(&self, of: Signature) -> impl Iterator<Item = Option<u32>> + '_ {
        let mut at = of;
        std::iter::from_fn(move || {
            let (from, mix) = *self.steps.get((at.0 as usize).checked_sub(1)?)?;
            at = from;
            Some(mix)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_ways_have_one_number_and_tell_their_mixes() {
        let mut signatures = Signatures::default();
        let first = signatures.step(Signature::START, Some(3));
        let second = signatures.step(first, None);
        assert_eq!(signatures.step(first, None), second);
        assert_ne!(signatures.step(first, Some(3)), second);
        assert!(signatures.mixes_backwards(second).eq([None, Some(3)]));
        assert_eq!(signatures.mixes_backwards(Signature::START).count(), 0);
    }
}
