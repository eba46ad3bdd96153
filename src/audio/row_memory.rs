//! [`RowMemory`]: what a row lists, in the memory in which the audio side keeps it. Made by the control side; the
//! audio side takes it in exchange for that of the row before.

use super::pair::Pair;
use crate::{
    data::{channels::MAX_CHANNELS, class::Class, fade::Fade, id::ParticipantKey, memory},
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

/// The ducked gain of the sources of a class that have no pair; their open gain is 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ClassLevel {
    pub class: Class,
    pub fade: Fade,
}

impl ClassLevel {
    pub fn at(class: Class, level: f64) -> Self {
        Self { class, fade: Fade::resting(level) }
    }

    /// That of a class among those in order; 0 if it is not there.
    #[inline]
    pub fn find(levels: &[Self], class: Class) -> Fade {
        let at = levels.binary_search_by_key(&class, |level| level.class);
        at.map_or(Fade::ZERO, |at| levels[at].fade)
    }
}

/// The memory of a row. The audio side takes it in exchange for that of the row before.
#[derive(Debug, Default)]
pub(crate) struct RowMemory {
    /// What the row lists in each channel, on target, in the order of the slots; with room for pairs of earlier rows
    /// that are still on their way.
    pub pairs: [Vec<Pair>; MAX_CHANNELS],
    /// The levels of the sources that are not listed, of classes beside the default group, on target and in order: of
    /// those that are heard, and of those that may still fade out. That of all others is 0.
    pub classes: Vec<ClassLevel>,
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
    pub fn new<'a>(listed: impl Iterator<Item = &'a [Listed]>, classes: Vec<ClassLevel>, room: usize) -> Self {
        let mut memory = Self { classes, ..Self::default() };
        for ((pairs, gains), listed) in memory.pairs.iter_mut().zip(&mut memory.gains).zip(listed) {
            *pairs = memory::room(room.max(listed.len()), Pair::default());
            pairs.extend(listed.iter().map(Pair::new));
            *gains = memory::room(2 * (listed.len() + 1), 0.0);
        }
        memory
    }
}
