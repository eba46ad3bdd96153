//! [`Worker`]: the scratch of one thread that mixes, and how it makes the mixes of a [`Part`].

use super::{
    all_but_one::{self, AllButOne},
    curves::Curves,
    dense::Dense,
    part::Part,
    scene::Scene,
    shared,
    sparse::SparseRows,
};
use crate::{
    audio::plan::Recipe,
    data::memory::filled,
    dsp::{Signals, Tile, Tiles},
};

#[derive(Debug)]
pub(crate) struct Worker {
    /// The rows of its part in each channel, sorted by how they are made. They stay while the plan holds.
    rows: Vec<Rows>,
    sorted: bool,
    /// Shared sums, then sums of everybody but one.
    scratch: Vec<Tile>,
    curves: Curves,
    all_but_one: AllButOne,
    dense: Dense,
}

/// The rows of a part in one channel.
#[derive(Debug)]
struct Rows {
    /// Of named sources alone; of shared sums, too.
    sparse: SparseRows,
    shared: SparseRows,
    all_but_one: Vec<all_but_one::Row>,
    has_dense: bool,
}

impl Worker {
    /// Room for the mixes of so many slots, of so many tiles each. Allocates: control side.
    pub fn new(channels: usize, slots: usize, tiles: usize) -> Self {
        let scratch = shared::scratch_tiles(slots, tiles).max(all_but_one::scratch_tiles(slots, tiles));
        Self {
            rows: (0..channels).map(|_| Rows::new(slots)).collect(),
            sorted: false,
            scratch: filled(scratch, Tile::SILENCE),
            curves: Curves::new(tiles),
            all_but_one: AllButOne::new(slots, tiles),
            dense: Dense::new(slots),
        }
    }

    /// The plan does not hold any more.
    pub fn forget(&mut self) {
        self.sorted = false;
    }

    /// Makes the mixes of a part, with their limiters and levels.
    pub fn mix(&mut self, part: &mut Part<'_>, scene: Scene<'_>) {
        let Self { rows, sorted, scratch, curves, all_but_one, dense } = self;
        let sorted = std::mem::replace(sorted, true);
        for (channel, rows) in rows.iter_mut().enumerate() {
            let scene = scene.in_channel(channel);
            if !sorted {
                rows.sort(part, scene);
            }
            let signals = Signals { sources: scene.sources(), shared: Tiles::NOTHING };
            rows.sparse.mix(0..scene.tiles(), true, signals, curves, part, scene);
            shared::mix(&rows.shared, scratch, curves, part, scene);
            all_but_one.mix(&rows.all_but_one, scratch, part, scene);
            if rows.has_dense {
                dense.mix(curves, part, scene);
            }
        }
        part.finish(scene);
    }
}

impl Rows {
    fn new(slots: usize) -> Self {
        Self {
            sparse: SparseRows::new(slots),
            shared: SparseRows::new(slots),
            all_but_one: all_but_one::rows(slots),
            has_dense: false,
        }
    }

    /// Sorts the groups of a part by how their mixes are made in a channel.
    fn sort(&mut self, part: &mut Part<'_>, scene: Scene<'_>) {
        self.sparse.clear();
        self.shared.clear();
        self.all_but_one.clear();
        self.has_dense = false;
        for group in part.groups.clone() {
            let mix = part.mix_of(group);
            match scene.recipe(group) {
                Recipe::Silent => silence(mix as usize, part, scene),
                Recipe::Sparse(sparse) if sparse.shared => self.shared.note(group, mix, sparse),
                Recipe::Sparse(sparse) => self.sparse.note(group, mix, sparse),
                Recipe::AllButOne { position, gain } => {
                    let (mix, position) = (mix as usize, position as usize);
                    self.all_but_one.push(all_but_one::Row { mix, position, gain });
                }
                Recipe::Dense { .. } => self.has_dense = true,
            }
        }
    }
}

/// Makes a mix of nothing, which may be one channel of a mix of something.
fn silence(mix: usize, part: &mut Part<'_>, scene: Scene<'_>) {
    let memory = &mut part.channels[scene.channel];
    memory.tiles[mix * scene.tiles()..][..scene.tiles()].fill(Tile::SILENCE);
    memory.measured[mix] = Default::default();
}
