//! The last samples that were played: [`History`], from which a concealment goes on. Nothing here allocates but
//! [`History::new`].

use crate::data::{
    channels::{Channels, Planes},
    memory::filled,
};

#[derive(Debug)]
pub(crate) struct History {
    planes: Vec<Vec<f32>>,
    /// The oldest sample.
    at: usize,
    /// How many of the newest samples are silence, as far as is known.
    silent: usize,
}

impl History {
    /// Of so many frames; silence at first.
    pub fn new(frames: usize, channels: Channels) -> Self {
        Self { planes: (0..channels.count()).map(|_| filled(frames.max(1), 0.0)).collect(), at: 0, silent: frames }
    }

    pub fn frames(&self) -> usize {
        self.planes[0].len()
    }

    /// Adds the newest samples, which are silence. Where all are, nothing is touched: ports that rest are many.
    pub fn push_silence(&mut self, played: Planes<'_>) {
        if self.silent < self.frames() {
            let silent = self.silent + played.left.len();
            self.push(played);
            self.silent = silent;
        }
    }

    /// Adds the newest samples.
    pub fn push(&mut self, played: Planes<'_>) {
        self.silent = 0;
        let (room, count) = (self.frames(), played.left.len());
        let skipped = count.saturating_sub(room);
        for (plane, new) in self.planes.iter_mut().zip([played.left, played.right.unwrap_or(played.left)]) {
            let new = &new[skipped..];
            let first = new.len().min(room - self.at);
            plane[self.at..self.at + first].copy_from_slice(&new[..first]);
            plane[..new.len() - first].copy_from_slice(&new[first..]);
        }
        self.at = (self.at + count - skipped) % room;
    }

    /// Forgets all samples: they are silence.
    pub fn clear(&mut self) {
        self.silent = self.frames();
        self.planes.iter_mut().for_each(|plane| plane.fill(0.0));
    }

    /// All samples of a channel, the oldest first.
    pub fn copy(&self, channel: usize, to: &mut [f32]) {
        let plane = &self.planes[channel];
        let behind = plane.len() - self.at;
        to[..behind].copy_from_slice(&plane[self.at..]);
        to[behind..plane.len()].copy_from_slice(&plane[..self.at]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_stay() {
        let mut history = History::new(4, Channels::Stereo);
        let mut push = |left: &[f32], right: &[f32]| {
            history.push(Planes { left, right: Some(right) });
            let mut both = [[0.0; 4]; 2];
            (0..2).for_each(|channel| history.copy(channel, &mut both[channel]));
            both
        };
        assert_eq!(push(&[1.0, 2.0, 3.0], &[-1.0, -2.0, -3.0]), [[0.0, 1.0, 2.0, 3.0], [0.0, -1.0, -2.0, -3.0]]);
        assert_eq!(push(&[4.0, 5.0], &[0.0; 2])[0], [2.0, 3.0, 4.0, 5.0]);
        assert_eq!(push(&[6.0, 7.0, 8.0, 9.0, 10.0], &[0.0; 5])[0], [7.0, 8.0, 9.0, 10.0]);
    }

    #[test]
    fn silence_is_kept_as_any_samples_are() {
        let (mut history, mut plain) = (History::new(4, Channels::Mono), History::new(4, Channels::Mono));
        for samples in [&[1.0][..], &[0.0; 3], &[0.0], &[0.0; 2], &[2.0], &[0.0; 2], &[3.0, 4.0]] {
            let played = Planes { left: samples, right: None };
            plain.push(played);
            if samples.iter().all(|sample| *sample == 0.0) {
                history.push_silence(played)
            } else {
                history.push(played)
            }
            let mut both = [[9.0; 4]; 2];
            history.copy(0, &mut both[0]);
            plain.copy(0, &mut both[1]);
            assert_eq!(both[0], both[1]);
        }
    }
}
