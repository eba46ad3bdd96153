//! What the control side tells the audio side of a player beside its chain of items: [`Order`]; and [`Repeat`].

use std::sync::Arc;

use super::item::Item;

/// What follows where a clip or the queue of a player ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Repeat {
    /// The next clip, and silence after the last.
    #[default]
    Off,
    /// The same clip again, without a gap, until something else is set. Then it ends with the pass that plays.
    Clip,
    /// The next clip, and after the last one the first again, without a gap: the one that played, or that was to play
    /// next, when this was set. Marks are reached in each pass. What is appended joins at the end.
    Queue,
}

/// Taken at the beginning of a tick.
#[derive(Debug, Default)]
pub(super) enum Order {
    #[default]
    Nothing,
    /// Nothing up to this item is played any more. What is heard fades out over so many samples.
    Flush {
        to: Arc<Item>,
        fade: u32,
    },
    Paused(bool),
    Repeat(Repeat),
    Level(f64),
}
