//! [`RowMemory`]: what a row lists, in the memory in which the audio side keeps it. Made by the control side; the
//! audio side takes it in exchange for that of the row before.

use super::pair::Pair;
use crate::{
    data::{channels::MAX_CHANNELS, id::ParticipantKey, memory},
    dsp::prefetch_all,
};

/// A source that a row lists.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Listed {
    pub source: ParticipantKey,
    pub gain: f64,
    pub ducks_others: bool,
}

/// The memory of a row. The audio side takes it in exchange for that of the row before.
#[derive(Debug, Default)]
pub(crate) struct RowMemory {
    /// What the row lists in each channel, on target, in the order of the slots; with room for pairs of earlier rows
    /// that are still on their way.
    pub pairs: [Vec<Pair>; MAX_CHANNELS],
    /// Room for the gain of each listed source and of the own voice in each channel, as the kernels want them on lines.
    pub gains: [Vec<f32>; MAX_CHANNELS],
}

impl RowMemory {
    /// Fetches the first pairs.
    pub fn prefetch_pairs(&self) {
        prefetch_all(&self.pairs[0]);
    }

    /// What a row lists in each channel, and room for so many pairs in all. Allocates: control side.
    pub fn new<'a>(listed: impl Iterator<Item = &'a [Listed]>, room: usize) -> Self {
        let mut memory = Self::default();
        for ((pairs, gains), listed) in memory.pairs.iter_mut().zip(&mut memory.gains).zip(listed) {
            *pairs = memory::room(room.max(listed.len()), Pair::default());
            pairs.extend(listed.iter().map(|listed| Pair::listed(listed.source, listed.gain, listed.ducks_others)));
            *gains = memory::room(2 * (listed.len() + 1), 0.0);
        }
        memory
    }
}
