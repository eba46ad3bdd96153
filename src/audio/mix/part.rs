//! [`Part`]: consecutive groups, their outputs, and the memory of their mixes. Nobody else has it.

use std::ops::Range;

use super::scene::Scene;
use crate::{
    audio::{
        deliver::{Limiter, Output},
        taps::SumMemory,
    },
    data::{channels::MAX_CHANNELS, loudness::MixLevel},
    dsp::{Kernel, Lanes, Measured, Tile},
};

/// The memory of the mixes of some outputs in one channel: a tick of tiles each.
#[derive(Debug, Default)]
pub(crate) struct MixMemory<'a> {
    pub tiles: &'a mut [Tile],
    /// The measure of each mix; and its meter, for mixes that are made span by span.
    pub measured: &'a mut [Measured],
    pub lanes: &'a mut [Lanes],
}

#[derive(Debug)]
pub(crate) struct Part<'a> {
    pub groups: Range<usize>,
    /// The first output of each group and the end of the last one's, counted over all parts.
    pub starts: &'a [u32],
    pub outputs: &'a mut [Output],
    pub channels: [MixMemory<'a>; MAX_CHANNELS],
    /// Where outputs are kept as they are before their limiters, for those that have taps there.
    pub sums: SumMemory<'a>,
}

impl Part<'_> {
    /// The place of a group's sum among the mixes of this part: that of its first output.
    #[inline]
    pub fn mix_of(&self, group: usize) -> u32 {
        self.starts[group - self.groups.start] - self.starts[0]
    }

    /// What follows the sums: the limiter and the level of each output.
    pub fn finish(&mut self, scene: Scene<'_>) {
        let (tiles, count, channels) = (scene.tiles(), scene.clock.timing.tick, scene.signals.len());
        let mut of_group = 0;
        while of_group < self.outputs.len() {
            let group = self.outputs[of_group].group;
            let behind = self.outputs[of_group..].iter().position(|output| output.group != group);
            let end = behind.map_or(self.outputs.len(), |behind| of_group + behind);
            if !self.outputs[of_group].silent {
                self.copy_sum(of_group..end, tiles, channels);
                let level = self.level_of_sum(of_group, count, channels);
                for number in of_group..end {
                    self.outputs[number].level = level;
                    if let Some(limiter) = scene.limiter {
                        self.limit(number, limiter, scene.kernel, [tiles, count, channels]);
                    }
                }
            }
            of_group = end;
        }
    }

    /// Copies the sum of a group to its other outputs.
    fn copy_sum(&mut self, outputs: Range<usize>, tiles: usize, channels: usize) {
        let sum = outputs.start * tiles..(outputs.start + 1) * tiles;
        for other in outputs.skip(1) {
            for memory in &mut self.channels[..channels] {
                memory.tiles.copy_within(sum.clone(), other * tiles);
            }
        }
    }

    fn level_of_sum(&self, mix: usize, count: usize, channels: usize) -> MixLevel {
        level(self.channels[..channels].iter().map(|memory| memory.measured[mix]), count)
    }

    /// Limits an output, if it has to be: all channels by one gain.
    fn limit(&mut self, number: usize, limiter: &Limiter, kernel: Kernel, [tiles, count, channels]: [usize; 3]) {
        let output = &mut self.outputs[number];
        if limiter.passes(&output.limiter, output.level.peak) {
            return;
        }
        let range = number * tiles..(number + 1) * tiles;
        if output.keeps_sum {
            output.kept_sum =
                self.sums.keep(self.channels[..channels].iter().map(|memory| &memory.tiles[range.clone()]));
        }
        let mut samples: [&mut [f32]; MAX_CHANNELS] = Default::default();
        for (samples, memory) in samples.iter_mut().zip(&mut self.channels[..channels]) {
            *samples = &mut Tile::flat_mut(&mut memory.tiles[range.clone()])[..count];
        }
        let gain = limiter.limit(&mut output.limiter, &mut samples[..channels], kernel);
        let measured = self.channels[..channels].iter().map(|memory| kernel.measure(&memory.tiles[range.clone()]));
        output.level = MixLevel { gain, ..level(measured, count) };
    }
}

/// The level of the channels of a mix together.
fn level(measured: impl ExactSizeIterator<Item = Measured>, count: usize) -> MixLevel {
    let samples = (measured.len() * count).max(1) as f64;
    measured.fold(MixLevel::default(), |level, Measured { peak, squares }| MixLevel {
        peak: level.peak.max(peak),
        square: level.square + f64::from(squares) / samples,
        ..level
    })
}
