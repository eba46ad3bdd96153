//! [`Connection`]: the source of the frames and the sink of the mixes of a participant, where the host does not
//! pass them by hand. Pure data.

use std::fmt::Debug;

use super::channels::Planes;

/// A participant's frames and mixes without the host: the audio thread reads its frames from here and writes
/// its mixes here. The control side makes it, ships it with the participant's memory, and gets it back
/// with it. Real time: an implementation may not lock, allocate, free or block.
pub(crate) trait Connection: Debug + Send {
    /// Reads the participant's frame of this tick, in the mixer's channels and at its rate, and whether it is
    /// flagged as active; `None` if there is no frame.
    /// Each plane is as long as a tick. Called once a tick.
    fn read(&mut self) -> Option<(Planes<'_>, bool)>;

    /// Writes the mix of this tick that the participant hears.
    fn write(&mut self, mix: Planes<'_>);
}
