//! [`Panels`]: one tick of many signals, laid out so that what is mixed together lies together.

use crate::{kernel::Tile, memory::filled};

/// Signals, cut into tiles: all first tiles, one behind the other, then all second ones. A panel is what one step of a mix reads; that of a thousand
/// sources is 192 KB and stays near the core while every row is added up over it.
#[derive(Debug, Default)]
pub(crate) struct Panels {
    tiles: Vec<Tile>,
    signals: usize,
}

impl Panels {
    /// `panels` tiles of each of `signals` signals. Allocates: control side.
    pub fn new(signals: usize, panels: usize) -> Self {
        Self { tiles: filled(signals * panels, Tile::SILENCE), signals }
    }

    /// The tiles of all signals, panel by panel.
    pub fn tiles(&self) -> &[Tile] {
        &self.tiles
    }

    /// One panel: a tile of each signal.
    pub fn panel(&self, panel: usize) -> &[Tile] {
        &self.tiles[panel * self.signals..][..self.signals]
    }

    /// Every [`signals`](Self::signals)-th of these tiles is one of the signal, in order.
    pub fn from_mut(&mut self, signal: usize) -> &mut [Tile] {
        &mut self.tiles[signal..]
    }

    /// How many tiles each signal has.
    pub fn panels(&self) -> usize {
        self.tiles.len() / self.signals.max(1)
    }

    /// How many signals there are.
    pub fn signals(&self) -> usize {
        self.signals
    }

    /// The samples of one signal, tile by tile.
    pub fn of(&self, signal: usize) -> impl Iterator<Item = &Tile> {
        self.tiles[signal..].iter().step_by(self.signals)
    }

    /// The first `samples` of one signal, to write to.
    pub fn samples_mut(&mut self, signal: usize, samples: usize) -> impl Iterator<Item = &mut f32> {
        self.tiles[signal..].iter_mut().step_by(self.signals).flat_map(|tile| &mut tile.0).take(samples)
    }

    /// Copies one signal to another, sample by sample as `change` says: it is given the sample and its place in the tick.
    pub fn copy(&mut self, from: usize, to: usize, samples: usize, change: impl Fn(f32, usize) -> f32) {
        for (n, panel) in self.tiles.chunks_exact_mut(self.signals).enumerate() {
            let at = n * Tile::SAMPLES;
            let tile = panel[from];
            let count = samples.saturating_sub(at).min(Tile::SAMPLES);
            for (k, (out, sample)) in panel[to].0.iter_mut().zip(&tile.0).take(count).enumerate() {
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
        let mut panels = Panels::new(3, 2);
        for (n, sample) in panels.samples_mut(1, 50).enumerate() {
            *sample = n as f32;
        }
        assert_eq!((panels.panel(0)[1].0[47], panels.panel(1)[1].0[1], panels.panel(1)[1].0[2]), (47.0, 49.0, 0.0));
        panels.copy(1, 2, 50, |sample, at| sample + at as f32);
        assert_eq!(panels.of(2).map(|tile| tile.0[1]).collect::<Vec<_>>(), [2.0, 98.0]);
        assert!(panels.of(0).all(|tile| *tile == Tile::SILENCE));
    }
}
