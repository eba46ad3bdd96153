//! The planes of a conversion: a memory for them ([`Buffer`]), folding of channels, and the call of
//! the resampler. Nothing here allocates but [`Buffer::new`].

use std::ops::Range;

use rubato::{Resampler, audioadapter_buffers::direct::SequentialSliceOfSlices};

use crate::data::{
    channels::{Channels, Planes, PlanesMut},
    frame::Frame,
};

/// Memory for the planes of a conversion.
#[derive(Debug)]
pub(crate) struct Buffer {
    left: Box<[f32]>,
    right: Option<Box<[f32]>>,
}

impl Buffer {
    pub fn new(channels: Channels, frames: usize) -> Self {
        let plane = || vec![0.0; frames].into_boxed_slice();
        Self { left: plane(), right: (channels == Channels::Stereo).then(plane) }
    }

    pub fn frames(&self) -> usize {
        self.left.len()
    }

    pub fn part(&self, range: Range<usize>) -> Planes<'_> {
        part(Planes { left: &self.left, right: self.right.as_deref() }, range)
    }

    pub fn part_mut(&mut self, range: Range<usize>) -> PlanesMut<'_> {
        PlanesMut {
            left: self.left.get_mut(range.clone()).unwrap_or_default(),
            right: self.right.as_mut().map(|right| right.get_mut(range).unwrap_or_default()),
        }
    }

    /// Puts samples in at a place.
    pub fn put(&mut self, at: usize, from: Planes<'_>) {
        fold(from, self.part_mut(at..at + from.left.len()));
    }

    pub fn is_silent(&self, range: Range<usize>) -> bool {
        let Planes { left, right } = self.part(range);
        left.iter().chain(right.unwrap_or_default()).all(|sample| *sample == 0.0)
    }

    /// Moves a part to where the planes begin.
    pub fn move_to_front(&mut self, range: Range<usize>) {
        for plane in [Some(&mut self.left), self.right.as_mut()].into_iter().flatten() {
            plane.copy_within(range.clone(), 0);
        }
    }

    /// Takes samples in, in its own channels, with silence for those that are NaN, infinite or
    /// huge: a resampler panics where its sums are not finite.
    pub fn take(&mut self, from: Planes<'_>) -> Planes<'_> {
        let frames = from.left.len().min(self.left.len());
        fold(from, self.part_mut(0..frames));
        for plane in [Some(&mut self.left), self.right.as_mut()].into_iter().flatten() {
            plane[..frames].iter_mut().for_each(|sample| *sample = sound(*sample));
        }
        self.part(0..frames)
    }
}

/// The sample, or silence if it is not finite or past the limit of a frame.
fn sound(sample: f32) -> f32 {
    if sample.abs() <= Frame::LIMIT { sample } else { 0.0 }
}

/// A part of the planes; empty if they end before it does.
pub(super) fn part(planes: Planes<'_>, range: Range<usize>) -> Planes<'_> {
    Planes {
        left: planes.left.get(range.clone()).unwrap_or_default(),
        right: planes.right.map(|right| right.get(range).unwrap_or_default()),
    }
}

/// Copies as many samples as both have: mono to both sides at unity, stereo to mono as the mean.
pub(super) fn fold(from: Planes<'_>, to: PlanesMut<'_>) {
    match (from.right, to.right) {
        (Some(right), None) => {
            let both = from.left.iter().zip(right);
            // Each is halved first: no sum leaves the range of f32.
            to.left.iter_mut().zip(both).for_each(|(to, (left, right))| *to = 0.5 * left + 0.5 * right);
        }
        (right, to_right) => {
            copy(from.left, to.left);
            if let Some(to_right) = to_right {
                copy(right.unwrap_or(from.left), to_right);
            }
        }
    }
}

/// Copies as many samples as both have.
pub(super) fn copy(from: &[f32], to: &mut [f32]) {
    let count = from.len().min(to.len());
    to[..count].copy_from_slice(&from[..count]);
}

/// Resamples once, and clips at full scale. A wave that touches full scale at its samples goes past
/// it between them, by up to 6 dB, and so at the samples of another rate. If a plane were too
/// short, the output would be silence.
pub(super) fn resample(resampler: &mut impl Resampler<f32>, from: Planes<'_>, to: PlanesMut<'_>) {
    let PlanesMut { left, mut right } = to;
    let made = try_resample(resampler, from, PlanesMut { left: &mut *left, right: right.as_deref_mut() });
    for plane in [left, right.unwrap_or_default()] {
        match made {
            Some(_) => plane.iter_mut().for_each(|sample| *sample = sample.clamp(-1.0, 1.0)),
            None => plane.fill(0.0),
        }
    }
}

fn try_resample(resampler: &mut impl Resampler<f32>, from: Planes<'_>, to: PlanesMut<'_>) -> Option<usize> {
    let (channels, taken, room) = (resampler.nbr_channels(), from.left.len(), to.left.len());
    let from = [from.left, from.right.unwrap_or_default()];
    let mut to = [to.left, to.right.unwrap_or_default()];
    let from = SequentialSliceOfSlices::new(from.get(..channels)?, channels, taken).ok()?;
    let mut to = SequentialSliceOfSlices::new_mut(to.get_mut(..channels)?, channels, room).ok()?;
    // Without a list of channels: rubato would allocate one.
    resampler.process_into_buffer(&from, &mut to, None).ok().map(|(_, made)| made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mono_is_heard_on_both_sides_and_stereo_as_the_mean() {
        let (mut left, mut right) = ([0.0; 2], [0.0; 2]);
        fold(Planes { left: &[0.25, 1.0], right: None }, PlanesMut { left: &mut left, right: Some(&mut right) });
        assert_eq!((left, right), ([0.25, 1.0], [0.25, 1.0]));
        fold(Planes { left: &[0.25, 1.0], right: Some(&[0.75, -1.0]) }, PlanesMut { left: &mut left, right: None });
        assert_eq!(left, [0.5, 0.0]);
        fold(
            Planes { left: &[0.25, 1.0], right: Some(&[0.5, 2.0]) },
            PlanesMut { left: &mut left, right: Some(&mut right) },
        );
        assert_eq!((left, right), ([0.25, 1.0], [0.5, 2.0]));
    }

    #[test]
    fn what_is_no_sound_is_silence() {
        let mut store = Buffer::new(Channels::Mono, 4);
        let taken = store.take(Planes { left: &[f32::NAN, f32::INFINITY, -1.1e6, -1e6], right: None });
        assert_eq!(taken.left, [0.0, 0.0, 0.0, -1e6]);
    }

    #[test]
    fn a_part_that_is_not_there_is_empty() {
        let mut store = Buffer::new(Channels::Stereo, 2);
        assert_eq!(store.part_mut(1..3).left.len(), 0);
        assert_eq!(store.part(1..3).right, Some(&[][..]));
        assert_eq!(store.part(0..2).left.len(), 2);
    }
}
