//! [`RowMemory`]: what a row lists, in the memory in which the audio side keeps it. Made by the control side; the
//! audio side takes it in exchange for that of the row before.

use super::pair::Pair;
use crate::{
    data::{channels::MAX_CHANNELS, fade::Fade, id::ParticipantKey, memory},
    dsp::prefetch_all,
};

/// A source that a row names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Listed {
    pub source: ParticipantKey,
    pub gain: f64,
    pub kind: PairKind,
}

/// What ducking is to a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PairKind {
    /// It is ducked.
    Ducked,
    /// It is not ducked.
    Exempt,
    /// It is not ducked, and the others are while its source is active.
    Ducker,
    /// Its row does not list it: its source has changed class, or joins while its class moves, and goes to the level of
    /// its class by itself.
    Passing,
}

/// The memory of a row. The audio side takes it in exchange for that of the row before.
#[derive(Debug, Default)]
pub(crate) struct RowMemory {
    /// What the row lists in each channel, on target, in the order of the slots; with room for pairs of earlier rows
    /// that are still on their way.
    pub pairs: [Vec<Pair>; MAX_CHANNELS],
    /// The level of sources that are not listed, of each class but the default group, on target.
    pub classes: Vec<Fade>,
    /// Room for the gain of each listed source and of the own voice in each channel, as the kernels want them on lines.
    pub gains: [Vec<f32>; MAX_CHANNELS],
}

impl RowMemory {
    /// Fetches the first pairs.
    pub fn prefetch_pairs(&self) {
        prefetch_all(&self.pairs[0]);
    }

    /// What a row lists in each channel, the levels of its classes, and room for so many pairs in all. Allocates:
    /// control side.
    pub fn new<'a>(listed: impl Iterator<Item = &'a [Listed]>, classes: &[f64], room: usize) -> Self {
        let classes = classes.iter().map(|level| Fade::resting(*level)).collect();
        let mut memory = Self { classes, ..Self::default() };
        for ((pairs, gains), listed) in memory.pairs.iter_mut().zip(&mut memory.gains).zip(listed) {
            *pairs = memory::room(room.max(listed.len()), Pair::default());
            pairs.extend(listed.iter().map(Pair::new));
            *gains = memory::room(2 * (listed.len() + 1), 0.0);
        }
        memory
    }
}
