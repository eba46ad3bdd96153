//! [`MixBuffers`]: the memory of a tick's mixes, and how it is cut into parts for the threads that mix.

use std::ops::Range;

use super::{
    part::{MixMemory, Part},
    scene::Scene,
    worker::Worker,
};
use crate::{
    audio::{
        deliver::{Output, Outputs},
        plan::{Groups, Moves, Recipe},
        taps::SumMemory,
    },
    data::{channels::MAX_CHANNELS, memory::filled},
    dsp::{Lanes, Measured, Tile},
};

/// The memory of the mixes of all outputs, and those who mix.
#[derive(Debug, Default)]
pub(crate) struct MixBuffers {
    channels: Vec<Buffer>,
    workers: Vec<Assigned>,
    /// Tiles of a mix.
    tiles: usize,
}

/// One channel.
#[derive(Debug)]
struct Buffer {
    tiles: Vec<Tile>,
    measured: Vec<Measured>,
    lanes: Vec<Lanes>,
}

/// A worker, the groups that are its part, and whether their mixes are made.
#[derive(Debug)]
struct Assigned {
    worker: Worker,
    groups: Range<usize>,
    done: bool,
}

/// A part that is still to be made, its worker, and what all parts share.
#[derive(Debug)]
pub(crate) struct Task<'a> {
    worker: &'a mut Worker,
    done: &'a mut bool,
    part: Part<'a>,
    scene: Scene<'a>,
}

impl Task<'_> {
    pub fn work(mut self) {
        self.worker.mix(&mut self.part, self.scene);
        *self.done = true;
    }
}

impl MixBuffers {
    /// Room for the mixes of so many slots, of so many tiles each. Allocates: control side.
    pub fn new(channels: usize, slots: usize, workers: usize, tiles: usize) -> Self {
        let buffer = |_| Buffer {
            tiles: filled(slots * tiles, Tile::SILENCE),
            measured: filled(slots, Measured::default()),
            lanes: filled(slots, Lanes::NOTHING),
        };
        let worker = |_| Assigned { worker: Worker::new(channels, slots, tiles), groups: 0..0, done: true };
        Self { channels: (0..channels).map(buffer).collect(), workers: (0..workers).map(worker).collect(), tiles }
    }

    /// The mix of an output in a channel.
    #[inline]
    pub fn mix(&self, channel: usize, output: usize) -> &[Tile] {
        &self.channels[channel].tiles[output * self.tiles..][..self.tiles]
    }

    /// Cuts the groups into a part for each worker, of about the same work; `planned` if the groups and their outputs
    /// are those of the tick before.
    pub fn divide(&mut self, groups: &Groups, audible: usize, planned: bool) {
        if planned {
            return self.workers.iter_mut().for_each(|assigned| assigned.done = assigned.groups.is_empty());
        }
        let cost = |group: usize| 8 + cost(groups.list()[group].recipes[0], audible);
        let total: u64 = (0..groups.list().len()).map(cost).sum();
        let (workers, mut from, mut behind) = (self.workers.len() as u64, 0, 0);
        for (n, assigned) in (1..).zip(&mut self.workers) {
            let mut to = from;
            while to < groups.list().len() && (n == workers || behind * workers < total * n) {
                behind += cost(to);
                to += 1;
            }
            (assigned.groups, assigned.done) = (from..to, from == to);
            assigned.worker.forget();
            from = to;
        }
    }

    /// The parts that are not made yet.
    pub fn tasks<'a>(
        &'a mut self,
        outputs: &'a mut Outputs,
        mut sums: SumMemory<'a>,
        scene: Scene<'a>,
    ) -> impl Iterator<Item = Task<'a>> {
        let (mut outputs, starts) = outputs.for_mixing();
        let tiles = self.tiles;
        let mut rest: [MixMemory<'a>; MAX_CHANNELS] = Default::default();
        for (rest, buffer) in rest.iter_mut().zip(&mut self.channels) {
            *rest = MixMemory { tiles: &mut buffer.tiles, measured: &mut buffer.measured, lanes: &mut buffer.lanes };
        }
        let tasks = self.workers.iter_mut().map(move |Assigned { worker, groups, done }| {
            let starts = &starts[groups.start..=groups.end];
            let count = (starts[starts.len() - 1] - starts[0]) as usize;
            let channels = rest.each_mut().map(|memory| take_first(memory, count, tiles));
            let outputs = take(&mut outputs, count);
            let kept = |outputs: &[Output]| outputs.iter().filter(|output| output.keeps_sum).count();
            let sums = sums.take_first(if sums.is_empty() { 0 } else { kept(outputs) });
            Task { worker, done, part: Part { groups: groups.clone(), starts, outputs, channels, sums }, scene }
        });
        tasks.filter(|task| !*task.done)
    }
}

/// What a mix costs, in about the terms of a sparse row.
fn cost(recipe: Recipe, audible: usize) -> u64 {
    let audible = audible as u64;
    match recipe {
        Recipe::Silent => 0,
        Recipe::AllButOne { .. } => 4,
        Recipe::Sparse(sparse) => sparse.len() as u64,
        Recipe::Dense { moves: Moves::No, .. } => audible,
        Recipe::Dense { moves: Moves::Together(_), .. } => 2 * audible,
        Recipe::Dense { moves: Moves::Apart, .. } => 4 * audible,
    }
}

fn take_first<'a>(memory: &mut MixMemory<'a>, mixes: usize, tiles: usize) -> MixMemory<'a> {
    if memory.tiles.is_empty() {
        return MixMemory::default();
    }
    MixMemory {
        tiles: take(&mut memory.tiles, mixes * tiles),
        measured: take(&mut memory.measured, mixes),
        lanes: take(&mut memory.lanes, mixes),
    }
}

fn take<'a, T>(rest: &mut &'a mut [T], count: usize) -> &'a mut [T] {
    let (first, others) = std::mem::take(rest).split_at_mut(count);
    *rest = others;
    first
}
