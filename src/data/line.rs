//! [`Line`]: where the frames of a participant come from, and its mixes go to, who does not leave that to the host's hands. Pure data.

use std::fmt::Debug;

use crate::data::channels::Planes;

/// What stands between a participant and the audio thread, which calls it. It is made by the control side, shipped with the participant's
/// memory, and back with it. Real time: nothing here may lock, allocate, free or block.
pub(crate) trait Line: Debug + Send {
    /// A tick of what the participant sent, in the mixer's channels and at its rate, and whether it comes with the word that it is active; `None` if
    /// there is nothing for this tick. Once in each tick.
    fn read(&mut self) -> Option<(Planes<'_>, bool)>;

    /// Takes a tick of what the participant hears.
    fn write(&mut self, mix: Planes<'_>);
}
