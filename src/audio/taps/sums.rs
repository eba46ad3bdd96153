//! Mixes as they are before their limiters: [`KeptSums`]. A mix is limited in place; where a tap is to have what was
//! there before, and the limiter acts, its samples are copied here first.

use crate::{
    data::{channels::MAX_CHANNELS, memory::filled},
    dsp::Tile,
};

/// The memory of the sums of one tick.
#[derive(Debug, Default)]
pub(crate) struct KeptSums {
    channels: [Vec<Tile>; MAX_CHANNELS],
    /// Tiles of a mix.
    tiles: usize,
}

/// The part of it that one thread writes to.
#[derive(Debug, Default)]
pub(crate) struct SumMemory<'a> {
    channels: [&'a mut [Tile]; MAX_CHANNELS],
    tiles: usize,
    /// The number of the first sum that has its place here.
    first: u32,
    used: u32,
}

impl KeptSums {
    /// Room for so many mixes of so many tiles. Allocates: control side.
    pub fn new(channels: usize, mixes: usize, tiles: usize) -> Self {
        let mut sums = Self { tiles, ..Self::default() };
        sums.channels[..channels].iter_mut().for_each(|channel| *channel = filled(mixes * tiles, Tile::SILENCE));
        sums
    }

    pub fn memory(&mut self) -> SumMemory<'_> {
        let tiles = self.tiles;
        SumMemory { channels: self.channels.each_mut().map(|tiles| &mut tiles[..]), tiles, first: 0, used: 0 }
    }

    /// A sum in a channel.
    pub fn sum(&self, channel: usize, number: u32) -> &[Tile] {
        &self.channels[channel][number as usize * self.tiles..][..self.tiles]
    }
}

impl<'a> SumMemory<'a> {
    /// Whether no sums are kept at all.
    pub fn is_empty(&self) -> bool {
        self.channels[0].is_empty()
    }

    /// Splits places for so many sums off.
    pub fn take_first(&mut self, sums: usize) -> Self {
        let (length, first) = (sums * self.tiles, self.first);
        self.first += sums as u32;
        let split = |tiles: &mut &'a mut [Tile]| {
            let count = length.min(tiles.len());
            let (taken, rest) = std::mem::take(tiles).split_at_mut(count);
            *tiles = rest;
            taken
        };
        Self { channels: self.channels.each_mut().map(split), tiles: self.tiles, first, used: 0 }
    }

    /// Keeps a mix, given channel by channel. Its number; `None` if there is no place.
    pub fn keep<'m>(&mut self, mix: impl Iterator<Item = &'m [Tile]>) -> Option<u32> {
        let at = self.used as usize * self.tiles;
        if at + self.tiles > self.channels[0].len() {
            debug_assert!(false, "the control side makes room for every sum that a tap has");
            return None;
        }
        for (kept, mix) in self.channels.iter_mut().zip(mix) {
            kept[at..at + self.tiles].copy_from_slice(mix);
        }
        self.used += 1;
        Some(self.first + self.used - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thread_keeps_sums_in_places_of_its_own() {
        let mut sums = KeptSums::new(2, 3, 1);
        let mut memory = sums.memory();
        let (mut one, mut two) = (memory.take_first(1), memory.take_first(2));
        let tile = |level: f32| [Tile([level; Tile::SAMPLES])];
        let keep =
            |memory: &mut SumMemory<'_>, level: f32| memory.keep([&tile(level)[..], &tile(-level)[..]].into_iter());
        assert_eq!([keep(&mut two, 0.5), keep(&mut one, 0.25), keep(&mut two, 0.75)], [1, 0, 2].map(Some));
        let levels = |number: u32| [0, 1].map(|channel| sums.sum(channel, number)[0].0[47]);
        assert_eq!([levels(0), levels(1), levels(2)], [[0.25, -0.25], [0.5, -0.5], [0.75, -0.75]]);
        assert!(!sums.memory().is_empty() && KeptSums::default().memory().is_empty());
    }
}
