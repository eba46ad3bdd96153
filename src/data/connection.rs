//! [`Connection`]: the source of the frames and the sink of the mixes of a participant, where the host does not
//! pass them by hand. Pure data.

use std::fmt::Debug;

use super::{channels::Planes, frame::Frame};

/// A participant's frames and mixes without the host: the audio thread asks here for its frames and writes
/// its mixes here. The control side makes it, ships it with the participant's memory, and gets it back
/// with it. Real time: an implementation may not lock, allocate, free or block.
///
/// A frame is asked for in two steps, so that one that nobody needs is never made: a source that is muted, quiet or
/// not among the loudest costs no decoding and no resampling.
pub(crate) trait Connection: Debug + Send {
    /// Moves on by a tick, and tells of the participant's frame of this tick without making it; `None` if there is no
    /// frame. `position` is the mixer's before this tick ([`Mixes::position`](crate::Mixes::position)). Called once a
    /// tick.
    fn advance(&mut self, position: u64) -> Option<Told>;

    /// Makes the frame that [`advance`](Self::advance) told of: in the mixer's channels, at its rate, as long as a
    /// tick. Called at most once after each `advance`; a frame that is not read is passed over.
    fn read(&mut self) -> Planes<'_>;

    /// Drops what has come and was not read yet: none of it is heard any more. What comes from now on is heard as if the
    /// participant had just joined. Called between ticks, when a participant comes back whom nobody was to hear.
    fn discard(&mut self);

    /// Writes the mix of this tick that the participant hears.
    fn write(&mut self, mix: Planes<'_>);
}

/// What is known of a frame before it is made. Its peak is known only once it is read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Told {
    /// The mean square over all channels as sent.
    pub mean_square: f64,
    /// Whether it is flagged as active.
    pub active: bool,
    /// Whether its channels cancel each other out where they become one.
    pub anti_phase: bool,
}

impl Told {
    /// Whether it can be that of a frame without a fault. A sample that is NaN or infinite makes the mean square so.
    pub fn is_sound(&self) -> bool {
        (0.0..=f64::from(Frame::LIMIT).powi(2)).contains(&self.mean_square)
    }

    /// The frame, once it is made.
    pub fn frame(self, planes: Planes<'_>) -> Frame<'_> {
        let frame = match planes.right {
            Some(right) => Frame::planar(planes.left, right),
            None => Frame::mono(planes.left),
        };
        Frame { active: self.active, told: Some(self.mean_square), anti_phase: self.anti_phase, ..frame }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_frame_without_a_fault_is_louder_than_the_limit() {
        let sound = |mean_square| Told { mean_square, active: true, anti_phase: false }.is_sound();
        assert!([0.0, 1.0, 1e12].into_iter().all(sound));
        assert!(![f64::NAN, f64::INFINITY, -1e-9, 1.01e12].into_iter().any(sound));
    }

    #[test]
    fn a_frame_has_what_was_told_of_it() {
        let told = Told { mean_square: 0.25, active: true, anti_phase: true };
        let frame = told.frame(Planes { left: &[0.5, -0.5], right: None });
        assert_eq!((frame.active, frame.told, frame.anti_phase), (true, Some(0.25), true));
    }
}
