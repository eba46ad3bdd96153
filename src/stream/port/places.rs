//! Where pulled frames go: side by side, or each channel on its own. Many frames are one loop over
//! slices: 0.3 us for 20 ms of i16 at 48 kHz, and 4.5 us one by one.

use super::splice::Both;
use crate::data::sample::Sample;

/// Places for frames, from 0 on.
pub(super) trait Places {
    /// Puts one frame.
    fn put(&mut self, at: usize, frame: Both);
    /// Puts frames, whose channels lie side by side as in the ring, from a place on.
    fn copy(&mut self, at: usize, frames: &[f32]);
    /// Puts silence from a place to the end.
    fn silence(&mut self, at: usize);
}

/// Frames whose channels lie side by side, as in the ring.
pub(super) struct Interleaved<'a, S> {
    pub out: &'a mut [S],
    pub channels: usize,
}

impl<S: Sample> Places for Interleaved<'_, S> {
    fn put(&mut self, at: usize, frame: Both) {
        let places = self.out.iter_mut().skip(at * self.channels).take(self.channels);
        places.zip(frame).for_each(|(place, sample)| *place = S::from_f32(sample));
    }

    fn copy(&mut self, at: usize, frames: &[f32]) {
        let places = self.out.get_mut(at * self.channels..).unwrap_or_default();
        places.iter_mut().zip(frames).for_each(|(place, sample)| *place = S::from_f32(*sample));
    }

    fn silence(&mut self, at: usize) {
        self.out.get_mut(at * self.channels..).unwrap_or_default().fill(S::default());
    }
}

/// As many frames as both have; mono on both.
pub(super) struct Planar<'a, S> {
    pub left: &'a mut [S],
    pub right: &'a mut [S],
    /// Of the ring.
    pub channels: usize,
}

impl<S: Sample> Places for Planar<'_, S> {
    fn put(&mut self, at: usize, frame: Both) {
        let frame = frame.map(S::from_f32);
        (self.left[at], self.right[at]) = (frame[0], frame[self.channels - 1]);
    }

    fn copy(&mut self, at: usize, frames: &[f32]) {
        let left = self.left.get_mut(at..).unwrap_or_default().iter_mut();
        let places = left.zip(self.right.get_mut(at..).unwrap_or_default());
        if self.channels == 1 {
            let both = places.zip(frames);
            both.for_each(|((left, right), sample)| (*left, *right) = (S::from_f32(*sample), S::from_f32(*sample)));
        } else {
            let both = places.zip(frames.as_chunks::<2>().0);
            both.for_each(|((left, right), frame)| (*left, *right) = (S::from_f32(frame[0]), S::from_f32(frame[1])));
        }
    }

    fn silence(&mut self, at: usize) {
        let frames = self.left.len().min(self.right.len());
        for plane in [&mut self.left, &mut self.right] {
            plane.get_mut(at..frames).unwrap_or_default().fill(S::default());
        }
    }
}
