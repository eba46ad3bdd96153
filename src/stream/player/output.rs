//! The tick of a player as it is put together: [`Output`]. Real time but for its constructor.

use std::ops::Range;

use super::clip::Clip;
use crate::{
    data::{
        channels::{Channels, Planes, PlanesMut},
        loudness::cancels,
    },
    stream::{
        convert::Buffer,
        measure::{mean_square, mid_square},
    },
};

/// The samples of a tick. It is mono until something in it is stereo.
#[derive(Debug)]
pub(super) struct Output {
    planes: Buffer,
    mixer: Channels,
    stereo: bool,
}

/// What a tick sounds like, as it is sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measured {
    pub mean_square: f64,
    /// Whether its channels cancel each other out where they become one.
    pub anti_phase: bool,
}

impl Output {
    /// Allocates: control side.
    pub fn new(mixer: Channels, tick: usize) -> Self {
        Self { planes: Buffer::new(Channels::Stereo, tick), mixer, stereo: false }
    }

    pub fn samples(&self) -> usize {
        self.planes.frames()
    }

    /// Another tick begins.
    pub fn begin(&mut self) {
        self.stereo = false;
    }

    fn both(&mut self, range: Range<usize>) -> (&mut [f32], Option<&mut [f32]>) {
        let PlanesMut { left, right } = self.planes.part_mut(range);
        (left, right.filter(|_| self.stereo))
    }

    pub fn silence(&mut self, range: Range<usize>) {
        let (left, right) = self.both(range);
        left.fill(0.0);
        right.into_iter().for_each(|right| right.fill(0.0));
    }

    /// What is put at `at` is stereo: so is what was put before.
    pub fn widen(&mut self, at: usize) {
        if std::mem::replace(&mut self.stereo, true) {
            return;
        }
        let PlanesMut { left, right } = self.planes.part_mut(0..at);
        right.into_iter().for_each(|right| right.copy_from_slice(left));
    }

    /// Puts the samples of a clip from `offset` on at a gain.
    pub fn put(&mut self, range: Range<usize>, clip: &Clip, offset: usize, gain: f64) {
        let Planes { left, right } = clip.planes();
        if right.is_some() {
            self.widen(range.start);
        }
        let part = offset..offset + range.len();
        let (to_left, to_right) = self.both(range);
        scale(&left[part.clone()], to_left, gain);
        if let Some(to_right) = to_right {
            scale(&right.unwrap_or(left)[part], to_right, gain);
        }
    }

    /// Puts samples that are made one by one: of a channel, 0 or 1, and a place in the range.
    pub fn make(&mut self, range: Range<usize>, mut sample: impl FnMut(usize, usize) -> f64) {
        let (left, right) = self.both(range);
        for (channel, plane) in [Some(left), right].into_iter().flatten().enumerate() {
            plane.iter_mut().enumerate().for_each(|(at, to)| *to = sample(channel, at) as f32);
        }
    }

    /// Ends the tick: a mono mixer takes the mean of both channels.
    pub fn end(&mut self) -> Measured {
        let Planes { left, right } = self.planes.part(0..self.samples());
        let right = right.filter(|_| self.stereo);
        let mean_square = mean_square(Planes { left, right });
        let folds = right.filter(|_| self.mixer == Channels::Mono);
        let anti_phase = folds.is_some_and(|right| cancels(mid_square(left, right), mean_square));
        if folds.is_some() {
            let PlanesMut { left, right } = self.planes.part_mut(0..self.samples());
            let both = left.iter_mut().zip(right.into_iter().flatten());
            both.for_each(|(left, right)| *left = 0.5 * *left + 0.5 * *right);
        }
        Measured { mean_square, anti_phase }
    }

    /// The tick that was ended, in the mixer's channels.
    pub fn planes(&self) -> Planes<'_> {
        let Planes { left, right } = self.planes.part(0..self.samples());
        let right = if self.stereo { right } else { Some(left) };
        Planes { left, right: right.filter(|_| self.mixer == Channels::Stereo) }
    }
}

fn scale(from: &[f32], to: &mut [f32], gain: f64) {
    if gain == 1.0 {
        return to.copy_from_slice(from);
    }
    to.iter_mut().zip(from).for_each(|(to, sample)| *to = (f64::from(*sample) * gain) as f32);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::frame::Frame;

    fn clip(frame: Frame<'_>) -> Clip {
        Clip::new(frame, 1000, 1000).unwrap()
    }

    /// A tick of a mono clip, then a stereo one.
    fn tick(mixer: Channels) -> (Output, Measured) {
        let mut output = Output::new(mixer, 4);
        output.begin();
        output.put(0..2, &clip(Frame::mono(&[9.0_f32, 0.5, 0.5])), 1, 1.0);
        output.put(2..3, &clip(Frame::interleaved(&[1.0_f32, -1.0])), 0, 0.5);
        output.silence(3..4);
        let measured = output.end();
        (output, measured)
    }

    #[test]
    fn what_is_stereo_makes_the_tick_stereo() {
        let (output, measured) = tick(Channels::Stereo);
        let Planes { left, right } = output.planes();
        assert_eq!((left, right), (&[0.5, 0.5, 0.5, 0.0][..], Some(&[0.5, 0.5, -0.5, 0.0][..])));
        assert_eq!(measured, Measured { mean_square: 0.1875, anti_phase: false });
    }

    #[test]
    fn a_mono_mixer_takes_the_mean_and_is_told_what_was_sent() {
        let (output, measured) = tick(Channels::Mono);
        let Planes { left, right } = output.planes();
        assert_eq!((left, right, measured.mean_square), (&[0.5, 0.5, 0.0, 0.0][..], None, 0.1875));
        let mut output = Output::new(Channels::Mono, 1);
        output.begin();
        output.put(0..1, &clip(Frame::interleaved(&[1.0_f32, -1.0])), 0, 1.0);
        assert_eq!(output.end(), Measured { mean_square: 1.0, anti_phase: true });
    }

    #[test]
    fn mono_is_on_both_sides() {
        let mut output = Output::new(Channels::Stereo, 2);
        output.begin();
        output.make(0..2, |channel, at| 0.25 * (at + 1) as f64 + channel as f64);
        let measured = output.end();
        assert_eq!((output.planes().left, output.planes().right), (&[0.25, 0.5][..], Some(&[0.25, 0.5][..])));
        assert_eq!(measured.mean_square, (0.0625 + 0.25) / 2.0);
    }
}
