//! Sparse rows that name shared sums, made some tiles at a time: so that each shared sum is near while it is needed.

use std::ops::Range;

use super::{curves::Curves, part::Part, scene::Scene, sparse::SparseRows};
use crate::{
    audio::plan::SharedSums,
    dsp::{Lanes, Signals, Tile, Tiles},
};

/// So many tiles of shared sums stay in a core's second cache, beside the mixes that are made of them.
const NEAR: usize = 1024;

/// How many tiles of scratch the shared sums of so many sources need: for one tile of a tick, and for more as long as
/// they are near.
pub(crate) fn scratch_tiles(sources: usize, tiles: usize) -> usize {
    let each = SharedSums::most(sources);
    each.max(NEAR.min(each * tiles))
}

/// Makes the rows. `scratch` has as many tiles as they need.
pub(crate) fn mix(rows: &SparseRows, scratch: &mut [Tile], curves: &mut Curves, part: &mut Part<'_>, scene: Scene<'_>) {
    if rows.is_empty() {
        return;
    }
    let tiles = scene.tiles();
    let at_a_time = (NEAR / scene.shared().needed().max(1)).clamp(1, tiles.max(1));
    if at_a_time == tiles {
        let signals = make(scratch, 0..tiles, scene);
        return rows.mix(0..tiles, true, signals, curves, part, scene);
    }
    part.channels[scene.channel].lanes.fill(Lanes::NOTHING);
    for first in (0..tiles).step_by(at_a_time) {
        let span = first..(first + at_a_time).min(tiles);
        let signals = make(scratch, span.clone(), scene);
        rows.mix(span, false, signals, curves, part, scene);
    }
    rows.measure(part, scene);
}

/// Makes the shared sums over a span of tiles; with the sources, what terms name there.
fn make<'a>(scratch: &'a mut [Tile], span: Range<usize>, scene: Scene<'a>) -> Signals<'a> {
    let (shared, count) = (scene.shared(), span.len());
    let sources = scene.sources().starting_at(span.start);
    let tiles = &mut scratch[..shared.needed() * count];
    shared.make(tiles, count, sources, scene.audible.signals(), scene.kernel);
    Signals { sources, shared: Tiles { tiles, stride: count } }
}
