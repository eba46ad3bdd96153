//! [`RowMemory`]: what a row lists, in the memory in which the audio side keeps it. Made by the control side; the
//! audio side takes it in exchange for that of the row before.

use super::pair::{Listed, Pair};
use crate::{
    data::{channels::MAX_CHANNELS, class::Class, fade::Fade, memory},
    dsp::prefetch_all,
};

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
