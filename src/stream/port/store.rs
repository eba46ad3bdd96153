//! The samples of a jitter buffer: [`Store`]. Circular memory; the coverage knows which of it is
//! valid.

use crate::data::{
    channels::{Channels, PlanesMut},
    memory::filled,
};

/// Samples by their position in the stream, a plane for each channel.
#[derive(Debug)]
pub(crate) struct Store {
    planes: Vec<Vec<f32>>,
}

impl Store {
    /// Room for `frames` frames, at least one.
    pub fn new(frames: usize, channels: Channels) -> Self {
        Self { planes: (0..channels.count()).map(|_| filled(frames.max(1), 0.0)).collect() }
    }

    /// How many frames there is room for.
    pub fn frames(&self) -> usize {
        self.planes[0].len()
    }

    pub fn channels(&self) -> usize {
        self.planes.len()
    }

    /// Writes the frames `from..to` of `samples`, which lie in two pieces, the channels side by side, at `position`.
    /// No more than there is room for.
    pub fn write(&mut self, position: u64, samples: [&[f32]; 2], from: usize, to: usize) {
        let [first, second] = samples;
        let channels = self.channels();
        let (from, to, split) = (from * channels, to * channels, first.len());
        let first = &first[from.min(split)..to.min(split)];
        let second = &second[from.saturating_sub(split)..to.saturating_sub(split)];
        self.put(position, first);
        self.put(position + (first.len() / channels) as u64, second);
    }

    fn put(&mut self, position: u64, samples: &[f32]) {
        let (at, channels) = (self.place(position), self.channels());
        let frames = samples.len() / channels;
        let first = frames.min(self.frames() - at);
        for (channel, plane) in self.planes.iter_mut().enumerate() {
            let (before, behind) = samples.split_at(first * channels);
            unweave(before, channels, channel, &mut plane[at..at + first]);
            unweave(behind, channels, channel, &mut plane[..frames - first]);
        }
    }

    /// Copies the frames from `position` on to the frames `from..to` of `out`.
    pub fn read(&self, position: u64, out: &mut PlanesMut<'_>, from: usize, to: usize) {
        self.copy(0, position, &mut out.left[from..to]);
        if let Some(right) = &mut out.right {
            self.copy(self.channels() - 1, position, &mut right[from..to]);
        }
    }

    /// Copies samples of a channel.
    pub fn copy(&self, channel: usize, position: u64, out: &mut [f32]) {
        let (at, plane) = (self.place(position), &self.planes[channel]);
        let (first, second) = out.split_at_mut(out.len().min(plane.len() - at));
        first.copy_from_slice(&plane[at..at + first.len()]);
        second.copy_from_slice(&plane[..second.len()]);
    }

    fn place(&self, position: u64) -> usize {
        (position % self.frames() as u64) as usize
    }
}

/// Takes one channel out of frames whose channels lie side by side.
fn unweave(frames: &[f32], channels: usize, channel: usize, plane: &mut [f32]) {
    if channels == 1 {
        return plane.copy_from_slice(frames);
    }
    plane.iter_mut().zip(frames.chunks_exact(channels)).for_each(|(sample, frame)| *sample = frame[channel]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_around_the_end() {
        let mut store = Store::new(4, Channels::Stereo);
        store.write(3, [&[9.0, 9.0, 1.0, -1.0], &[2.0, -2.0, 3.0, -3.0]], 1, 4);
        let (mut left, mut right) = ([0.0; 4], [0.0; 4]);
        store.read(3, &mut PlanesMut { left: &mut left, right: Some(&mut right) }, 1, 4);
        assert_eq!((left, right), ([0.0, 1.0, 2.0, 3.0], [0.0, -1.0, -2.0, -3.0]));
    }

    #[test]
    fn mono_frames_have_one_side() {
        let mut store = Store::new(3, Channels::Mono);
        store.write(2, [&[1.0], &[2.0, 3.0]], 0, 3);
        let mut left = [0.0; 3];
        store.read(2, &mut PlanesMut { left: &mut left, right: None }, 0, 3);
        assert_eq!(left, [1.0, 2.0, 3.0]);
    }
}
