//! [`Panels`]: one tick of many signals, in tiles.

use crate::{
    data::memory::filled,
    kernel::{Stack, Tile},
};

/// Signals, cut into tiles: one signal behind the other. The n-th tiles of all signals are a *panel*.
#[derive(Debug, Default)]
pub(crate) struct Panels {
    tiles: Vec<Tile>,
    panels: usize,
    stride: usize,
}

impl Panels {
    /// `panels` tiles of each of `signals` signals. Allocates: control side.
    pub fn new(signals: usize, panels: usize) -> Self {
        // The tiles of a panel must not all compete for the same few lines of a cache.
        let stride = if panels.is_multiple_of(16) { panels + 1 } else { panels };
        Self { tiles: filled(signals * stride, Tile::SILENCE), panels, stride }
    }

    /// How many tiles each signal has.
    pub fn panels(&self) -> usize {
        self.panels
    }

    /// The signals from one panel on: it is the first of the stack.
    pub fn after(&self, panel: usize) -> Stack<'_> {
        Stack { tiles: &self.tiles, stride: self.stride }.after(panel)
    }

    /// One signal.
    pub fn of(&self, signal: usize) -> &[Tile] {
        &self.tiles[signal * self.stride..][..self.panels]
    }

    /// One signal, to write to.
    pub fn of_mut(&mut self, signal: usize) -> &mut [Tile] {
        &mut self.tiles[signal * self.stride..][..self.panels]
    }

    /// Copies one signal to another, sample by sample as `change` says: it is given the sample and its place in the tick.
    pub fn copy(&mut self, from: usize, to: usize, samples: usize, change: impl Fn(f32, usize) -> f32) {
        let (from, to) = (from * self.stride, to * self.stride);
        for panel in 0..self.panels {
            let (tile, at) = (self.tiles[from + panel], panel * Tile::SAMPLES);
            let out = self.tiles[to + panel].0.iter_mut().zip(&tile.0).enumerate();
            for (k, (out, sample)) in out.take(samples.saturating_sub(at)) {
                *out = change(*sample, at + k);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_is_one_tile_of_each_panel() {
        for panels in [2, 16] {
            let mut store = Panels::new(3, panels);
            for (n, sample) in Tile::flat_mut(store.of_mut(1))[..50].iter_mut().enumerate() {
                *sample = n as f32;
            }
            assert_eq!(store.of(1)[1].0[..3], [48.0, 49.0, 0.0]);
            assert_eq!(store.after(1).get(0, 1).0[1], 49.0);
            store.copy(1, 2, 50, |sample, at| sample + at as f32);
            assert_eq!(store.of(2)[..2].iter().map(|tile| tile.0[1]).collect::<Vec<_>>(), [2.0, 98.0]);
            assert!(store.of(0).iter().all(|tile| *tile == Tile::SILENCE));
        }
    }
}
