//! Sparse rows: sorted by the kernel that makes them, and made over a span of tiles.

use std::ops::Range;

use super::{curves::Curves, part::Part, scene::Scene};
use crate::{
    audio::plan::{Recipe, Sparse, SparseKind},
    data::memory::room,
    dsp::{AnySum, Lanes, Meters, MixTiles, Signals, SparseRow, Tile},
};

/// Sparse rows of a part in one channel.
#[derive(Debug)]
pub(crate) struct SparseRows {
    rest: Vec<SparseRow>,
    lines: Vec<SparseRow>,
    /// Groups whose rows are made one by one.
    single: Vec<u32>,
}

impl SparseRows {
    /// Room for the rows of so many groups. Allocates: control side.
    pub fn new(groups: usize) -> Self {
        Self {
            rest: room(groups, SparseRow::default()),
            lines: room(groups, SparseRow::default()),
            single: room(groups, 0),
        }
    }

    pub fn clear(&mut self) {
        self.rest.clear();
        self.lines.clear();
        self.single.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty() && self.lines.is_empty() && self.single.is_empty()
    }

    /// Notes the row of a group, whose mix has this place in the part.
    pub fn note(&mut self, group: usize, mix: u32, sparse: Sparse) {
        match sparse.kind() {
            SparseKind::Rest => self.rest.push(sparse.row(mix)),
            SparseKind::Lines => self.lines.push(sparse.row(mix)),
            SparseKind::Curved | SparseKind::Any => self.single.push(group as u32),
        }
    }

    /// Ends the meters of all rows, which were made span by span.
    pub fn measure(&self, part: &mut Part<'_>, scene: Scene<'_>) {
        let few = self.rest.iter().chain(&self.lines).map(|row| row.mix);
        let (first, starts) = (part.groups.start, part.starts);
        let single = self.single.iter().map(|group| starts[*group as usize - first] - starts[0]);
        let memory = &mut part.channels[scene.channel];
        for mix in few.chain(single).map(|mix| mix as usize) {
            memory.measured[mix] = memory.lanes[mix].measured();
        }
    }

    /// Makes the rows over a span of tiles: `whole` if that is the whole tick, whose mixes are measured at once.
    /// Otherwise each goes on metering. `signals` begin at the span.
    pub fn mix(
        &self,
        span: Range<usize>,
        whole: bool,
        signals: Signals<'_>,
        curves: &mut Curves,
        part: &mut Part<'_>,
        scene: Scene<'_>,
    ) {
        let (kernel, terms, stride) = (scene.kernel, scene.terms().all(), scene.tiles());
        let memory = &mut part.channels[scene.channel];
        let meters = if whole { Meters::Whole(memory.measured) } else { Meters::Spans(memory.lanes) };
        let mut out = MixTiles { tiles: memory.tiles, stride, span: span.clone(), meters };
        kernel.add_rest(&self.rest, terms, signals, &mut out);
        kernel.add_lines(&self.lines, terms, signals, scene.remaining, &mut out);
        for group in self.single.iter().map(|group| *group as usize) {
            let mix = part.mix_of(group) as usize;
            let memory = &mut part.channels[scene.channel];
            let tiles = &mut memory.tiles[mix * stride..][span.clone()];
            if whole {
                let mut lanes = Lanes::NOTHING;
                mix_one(group, tiles, span.start, signals, curves, &mut lanes, scene);
                memory.measured[mix] = lanes.measured();
            } else {
                mix_one(group, tiles, span.start, signals, curves, &mut memory.lanes[mix], scene);
            }
        }
    }
}

/// Makes one row over the tiles of a span.
fn mix_one(
    group: usize,
    out: &mut [Tile],
    first: usize,
    signals: Signals<'_>,
    curves: &mut Curves,
    lanes: &mut Lanes,
    scene: Scene<'_>,
) {
    let Recipe::Sparse(sparse) = scene.recipe(group) else { return };
    let ((open, ducked), at) = (scene.terms().of(sparse), first * Tile::SAMPLES);
    let listener = scene.listener(group);
    let curves = match sparse.curved {
        true => curves.of(listener, at, out.len() * Tile::SAMPLES, &scene.clock, scene.kernel),
        false => [None; 2],
    };
    match (sparse.kind(), curves) {
        (SparseKind::Curved, [None, Some(curve)]) => scene.kernel.add_curved(out, signals, open, ducked, curve, lanes),
        _ => {
            let sum = AnySum { open, ducked, curves, remaining: scene.remaining, at };
            scene.kernel.add_any(out, signals, &sum, lanes);
        }
    }
}
