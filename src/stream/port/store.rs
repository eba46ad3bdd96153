//! The samples of a jitter buffer: [`Store`]. Circular memory; the coverage knows which of it is
//! valid.

use crate::{
    data::{
        channels::{Channels, PlanesMut},
        memory::filled,
    },
    stream::port::splice::Both,
};

/// Frames by their position in the stream, the channels of each side by side.
#[derive(Debug)]
pub(crate) struct Store {
    memory: Vec<f32>,
    channels: usize,
}

impl Store {
    /// Room for `frames` frames, at least one.
    pub fn new(frames: usize, channels: Channels) -> Self {
        let channels = channels.count();
        Self { memory: filled(frames.max(1) * channels, 0.0), channels }
    }

    /// How many frames there is room for.
    pub fn frames(&self) -> usize {
        self.memory.len() / self.channels
    }

    /// Writes the frames `from..to` of `samples`, which lie in two pieces, at `position`. No more
    /// than there is room for.
    pub fn write(&mut self, position: u64, samples: [&[f32]; 2], from: usize, to: usize) {
        let [first, second] = samples;
        let (from, to, split) = (from * self.channels, to * self.channels, first.len());
        let first = &first[from.min(split)..to.min(split)];
        let second = &second[from.saturating_sub(split)..to.saturating_sub(split)];
        self.put(position, first);
        self.put(position + (first.len() / self.channels) as u64, second);
    }

    fn put(&mut self, position: u64, samples: &[f32]) {
        let at = self.place(position);
        let (first, second) = samples.split_at(samples.len().min(self.memory.len() - at));
        self.memory[at..at + first.len()].copy_from_slice(first);
        self.memory[..second.len()].copy_from_slice(second);
    }

    /// Copies the frames from `position` on to the frames `from..to` of `out`.
    pub fn read(&self, position: u64, out: &mut PlanesMut<'_>, from: usize, to: usize) {
        let at = self.place(position);
        let first = (to - from).min((self.memory.len() - at) / self.channels);
        self.copy(at, out, from, from + first);
        self.copy(0, out, from + first, to);
    }

    fn copy(&self, at: usize, out: &mut PlanesMut<'_>, from: usize, to: usize) {
        let samples = &self.memory[at..at + (to - from) * self.channels];
        let left = &mut out.left[from..to];
        let Some(right) = out.right.as_deref_mut().filter(|_| self.channels == 2) else {
            return left.copy_from_slice(samples);
        };
        for ((left, right), frame) in left.iter_mut().zip(&mut right[from..to]).zip(samples.chunks_exact(2)) {
            (*left, *right) = (frame[0], frame[1]);
        }
    }

    /// The frame at `position`.
    pub fn frame(&self, position: u64) -> Both {
        let at = self.place(position);
        [self.memory[at], if self.channels == 2 { self.memory[at + 1] } else { 0.0 }]
    }

    fn place(&self, position: u64) -> usize {
        (position % self.frames() as u64) as usize * self.channels
    }
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
        assert_eq!(store.frame(5), [3.0, -3.0]);
    }

    #[test]
    fn mono_frames_have_one_side() {
        let mut store = Store::new(3, Channels::Mono);
        store.write(2, [&[1.0], &[2.0, 3.0]], 0, 3);
        let mut left = [0.0; 3];
        store.read(2, &mut PlanesMut { left: &mut left, right: None }, 0, 3);
        assert_eq!((left, store.frame(3)), ([1.0, 2.0, 3.0], [2.0, 0.0]));
    }
}
