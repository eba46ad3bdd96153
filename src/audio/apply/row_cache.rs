//! [`RowCache`]: the gains of a dense row without curves, kept from tick to tick.

use crate::data::channels::MAX_CHANNELS;

/// The gain of every audible source in each channel, as the kernels want them: one figure for each at rest, two on
/// lines. The memory comes with the row.
#[derive(Debug, Default)]
pub(crate) struct RowCache {
    gains: [Vec<f32>; MAX_CHANNELS],
    /// Of which audible sources, by their epoch, and at which level of the envelope these are the gains.
    key: Option<(u64, f64)>,
}

impl RowCache {
    /// Takes other memory in exchange for its own.
    pub fn swap_memory(&mut self, gains: &mut [Vec<f32>; MAX_CHANNELS]) {
        std::mem::swap(&mut self.gains, gains);
        self.key = None;
    }

    /// The row has changed.
    pub fn forget(&mut self) {
        self.key = None;
    }

    /// Whether it is known that the row is dense among these sources, at this level.
    #[inline]
    pub fn is_dense(&self, epoch: u64, level: f64) -> bool {
        self.key == Some((epoch, level))
    }

    /// Notes that the row is dense, and has its `count` figures written in each channel if there is room for so many.
    pub fn keep(&mut self, epoch: u64, level: f64, count: usize, mut write: impl FnMut(usize, &mut [f32])) {
        self.key = Some((epoch, level));
        for (channel, gains) in self.gains.iter_mut().enumerate() {
            gains.clear();
            if count <= gains.capacity() {
                gains.resize(count, 0.0);
                write(channel, gains);
            }
        }
    }

    /// The figures in a channel, if they are kept.
    #[inline]
    pub fn gains(&self, channel: usize, epoch: u64, level: f64) -> Option<&[f32]> {
        let gains = &self.gains[channel][..];
        (self.is_dense(epoch, level) && !gains.is_empty()).then_some(gains)
    }
}
