//! Frames between the filter and who reads them: [`Made`].

use crate::data::{channels::Planes, sample::Sample};

/// Frames that were not read yet.
#[derive(Debug, Default)]
pub(super) struct Made {
    channels: usize,
    /// With their channels side by side.
    samples: Vec<f32>,
    /// How many samples were read.
    read: usize,
    /// The number of the first frame that was not.
    pub number: i64,
}

impl Made {
    pub fn of(channels: usize) -> Self {
        Self { channels, ..Self::default() }
    }

    /// Whether all were read.
    pub fn is_empty(&self) -> bool {
        self.read == self.samples.len()
    }

    /// Takes frames, the first of which has the number `next`, but for those before `first`.
    pub fn push(&mut self, planes: Planes<'_>, next: &mut i64, first: i64) {
        if self.is_empty() {
            self.samples.clear();
            self.read = 0;
        }
        let count = planes.left.len();
        let range = (first - *next).clamp(0, count as i64) as usize..count;
        *next += count as i64;
        let left = &planes.left[range.clone()];
        match planes.right {
            None => self.samples.extend_from_slice(left),
            Some(right) => {
                self.samples.extend(left.iter().zip(&right[range]).flat_map(|(left, right)| [*left, *right]))
            }
        }
    }

    /// Leaves out frames from a number on.
    pub fn end(&mut self, number: i64) {
        let frames = usize::try_from(number - self.number).unwrap_or_default();
        self.samples.truncate(self.read + frames * self.channels);
    }

    /// Reads up to `most` frames. How many they are.
    pub fn read<S: Sample>(&mut self, out: &mut [S], most: usize) -> usize {
        let waiting = &self.samples[self.read..];
        let frames = (waiting.len() / self.channels).min(out.len() / self.channels).min(most);
        let count = frames * self.channels;
        out.iter_mut().zip(&waiting[..count]).for_each(|(out, sample)| *out = S::from_f32(*sample));
        self.read += count;
        self.number += frames as i64;
        frames
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_before_the_first_and_behind_the_end_are_left_out() {
        let (mut made, mut next) = (Made::of(2), -1);
        made.push(Planes { left: &[9.0, 0.25, 0.5], right: Some(&[9.0, -0.25, -0.5]) }, &mut next, 0);
        made.push(Planes { left: &[0.75, 1.0], right: Some(&[-0.75, -1.0]) }, &mut next, 0);
        made.end(3);
        let mut out = [0.0_f32; 5];
        assert_eq!((made.read(&mut out, 9), out), (2, [0.25, -0.25, 0.5, -0.5, 0.0]));
        assert_eq!((made.read(&mut out, 9), out[1], made.number, next), (1, -0.75, 3, 4));
        assert!(made.is_empty() && made.read(&mut out, 9) == 0);
    }
}
