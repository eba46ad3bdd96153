//! No clicks where audio breaks off, sets in or leaps: [`Splice`]. Pure, frame by frame; both ends
//! of both ports use it.

use crate::data::channels::PlanesMut;

/// One frame: left and right; a mono frame is on the left.
pub(crate) type Both = [f32; 2];

/// Joins audio that does not follow on: `out = tail + gain * new`.
///
/// The tail is the last frame that went out, held while it falls linearly to 0 over the smoothing
/// time; the gain of the new audio rises linearly to 1 over the same time. Where both begin
/// together they are a crossfade, which exceeds neither. Audio that follows on comes out bit for
/// bit.
#[derive(Debug)]
pub(crate) struct Splice {
    /// Frames of the smoothing time.
    length: u32,
    /// Where the tail falls from, and how many frames it has left.
    tail: Both,
    falling: u32,
    /// How many frames of the rise are over.
    risen: u32,
    /// The last frame that went out.
    last: Both,
    /// Whether that was of real audio.
    playing: bool,
}

impl Splice {
    /// Nothing has gone out yet: the first audio rises from silence.
    pub fn new(length: u32) -> Self {
        Self { length, tail: [0.0; 2], falling: 0, risen: 0, last: [0.0; 2], playing: false }
    }

    /// For audio that begins at its full level.
    pub fn risen(length: u32) -> Self {
        Self { risen: length, ..Self::new(length) }
    }

    /// The next frame does not follow on the last one.
    pub fn cut(&mut self) {
        if self.playing {
            (self.tail, self.falling) = (self.last, self.length);
            (self.risen, self.playing) = (0, false);
        }
    }

    /// A frame of real audio.
    pub fn real(&mut self, new: Both) -> Both {
        self.playing = true;
        if !self.at_rest() {
            self.risen = (self.risen + 1).min(self.length);
            let gain = if self.risen == self.length { 1.0 } else { self.risen as f32 / self.length as f32 };
            let tail = self.fall();
            self.last = [tail[0] + gain * new[0], tail[1] + gain * new[1]];
        } else {
            self.last = new;
        }
        self.last
    }

    /// A frame that is missing.
    pub fn missing(&mut self) -> Both {
        self.cut();
        self.last = self.fall();
        self.last
    }

    /// Whether real frames come out as they are: then they may be copied past this, and only the
    /// last of them told to [`follow`](Self::follow).
    pub fn at_rest(&self) -> bool {
        self.risen == self.length && self.falling == 0
    }

    /// The last of some real frames that were copied past.
    pub fn follow(&mut self, last: Both) {
        (self.last, self.playing) = (last, true);
    }

    /// The last frame of some that were copied past.
    pub fn follow_planes(&mut self, planes: &PlanesMut<'_>, at: usize) {
        self.follow([planes.left[at], planes.right.as_deref().map_or(0.0, |right| right[at])]);
    }

    /// Turns the frames `from..to` of `planes` into others, frame by frame.
    pub fn shape(
        &mut self,
        planes: &mut PlanesMut<'_>,
        from: usize,
        to: usize,
        mut of: impl FnMut(&mut Self, Both) -> Both,
    ) {
        for at in from..to {
            let right = planes.right.as_deref().map_or(0.0, |right| right[at]);
            let frame = of(self, [planes.left[at], right]);
            planes.left[at] = frame[0];
            if let Some(right) = &mut planes.right {
                right[at] = frame[1];
            }
        }
    }

    /// Whether a missing frame is silence.
    pub fn is_silent(&self) -> bool {
        !self.playing && self.falling == 0
    }

    fn fall(&mut self) -> Both {
        if self.falling == 0 {
            return [0.0; 2];
        }
        self.falling -= 1;
        let gain = self.falling as f32 / self.length as f32;
        [self.tail[0] * gain, self.tail[1] * gain]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real(splice: &mut Splice, samples: &[f32]) -> Vec<f32> {
        samples.iter().map(|sample| splice.real([*sample, -sample])[0]).collect()
    }

    fn missing(splice: &mut Splice, frames: usize) -> Vec<f32> {
        (0..frames).map(|_| splice.missing()[0]).collect()
    }

    #[test]
    fn it_rises_then_follows_then_falls() {
        let mut splice = Splice::new(4);
        assert_eq!(real(&mut splice, &[1.0; 5]), [0.25, 0.5, 0.75, 1.0, 1.0]);
        assert!(splice.at_rest());
        assert_eq!(real(&mut splice, &[0.3, 0.8]), [0.3, 0.8]);
        assert_eq!(missing(&mut splice, 5), [0.8 * 0.75, 0.4, 0.2, 0.0, 0.0]);
        assert!(splice.is_silent());
    }

    #[test]
    fn a_cut_is_a_crossfade() {
        let mut splice = Splice::new(2);
        real(&mut splice, &[1.0; 3]);
        splice.cut();
        assert_eq!(real(&mut splice, &[-1.0; 3]), [0.0, -1.0, -1.0]);
    }

    #[test]
    fn a_short_gap_keeps_its_tail_and_a_gap_in_the_rise_falls_from_there() {
        let mut splice = Splice::new(4);
        real(&mut splice, &[1.0; 4]);
        assert_eq!(missing(&mut splice, 1), [0.75]);
        assert_eq!(real(&mut splice, &[1.0; 2]), [0.75, 0.75]);
        assert_eq!(missing(&mut splice, 4), [0.5625, 0.375, 0.1875, 0.0]);
    }

    #[test]
    fn without_a_smoothing_time_nothing_is_changed() {
        let mut splice = Splice::new(0);
        assert_eq!(real(&mut splice, &[1.0]), [1.0]);
        assert_eq!(missing(&mut splice, 1), [0.0]);
        splice.cut();
        assert_eq!(splice.real([0.5, 0.25]), [0.5, 0.25]);
    }
}
