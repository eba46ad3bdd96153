//! Rows that are put together from derived signals: the sums that many mixes have in common, of [`Segments`].

use std::ops::Range;

use super::{
    few::{add_ducked, add_whole},
    plan::Sum,
    program::Program,
    row_envelope::Envelope,
    segments::Segments,
    worker::{Portion, Scene},
};
use crate::{
    data::memory::room,
    kernel::{FewRow, Lanes, Outs, Signals, Stack, Terms, Tile},
};

/// So many tiles of derived signals stay in a core's second memory, beside the mixes that are made of them.
const NEAR: usize = 1024;

/// The scratch of such rows.
#[derive(Debug)]
pub(crate) struct Derived {
    /// Those of a few signals at rest, which are made by one call; the numbers of those of a few of which some are ducked, and of the other groups.
    few: Vec<FewRow>,
    ducked: Vec<u32>,
    others: Vec<u32>,
}

impl Derived {
    /// Room for the rows of `places` participants. Allocates: control side.
    pub fn new(places: usize) -> Self {
        Self { few: room(places, FewRow::default()), ducked: room(places, 0), others: room(places, 0) }
    }

    /// How many tiles it needs for the derived signals of `places` sources: for those of one panel, and of more of them as long as they stay near.
    pub fn tiles(places: usize, panels: usize) -> usize {
        let each = Segments::derived(places);
        each.max(NEAR.min(each * panels))
    }

    /// Begins with another part.
    pub fn clear(&mut self) {
        self.few.clear();
        self.ducked.clear();
        self.others.clear();
    }

    /// Takes note of such a group.
    pub fn note(&mut self, number: u32, program: Program) {
        if program.is_few() {
            self.few.push(program.row(number));
        } else if program.is_few_ducked() {
            self.ducked.push(number);
        } else {
            self.others.push(number);
        }
    }

    /// Makes the mixes of the groups that were noted, some panels at a time: so that each derived signal is near while it is needed, and then forgotten. `tiles` are
    /// scratch: as many as it needs.
    pub fn add(&mut self, tiles: &mut [Tile], envelope: &mut Envelope, portion: &mut Portion<'_>, scene: Scene<'_>) {
        let slow = self.ducked.iter().chain(&self.others).copied();
        if self.few.is_empty() && slow.clone().next().is_none() {
            return;
        }
        let Scene { frames, segments, programs, shared, .. } = scene;
        let at_a_time = (NEAR / segments.needed().max(1)).max(1);
        if at_a_time >= frames.panels() && slow.clone().next().is_none() {
            return add_whole(&self.few, derive(tiles, 0..frames.panels(), scene), portion, scene);
        }
        portion.lanes.fill(Lanes::NOTHING);
        for first in (0..frames.panels()).step_by(at_a_time) {
            let panels = first..(first + at_a_time).min(frames.panels());
            let signals = derive(tiles, panels.clone(), scene);
            let Portion { mixes, lanes, .. } = portion;
            let outs = &mut Outs { mixes, stride: frames.panels(), panels: panels.clone(), lanes };
            shared.kernel.add_few(&self.few, programs.weights(), signals, outs);
            for number in &self.ducked {
                add_ducked(*number as usize, panels.clone(), signals, envelope, portion, scene);
            }
            for (number, panel) in
                self.others.iter().flat_map(|number| panels.clone().map(move |panel| (number, panel)))
            {
                add_one(*number as usize, panel, signals.after(panel - first), envelope, portion, scene);
            }
        }
        for number in self.few.iter().map(|row| row.number).chain(slow) {
            portion.finish(number as usize, portion.lanes[number as usize].measured(), scene);
        }
    }
}

/// Makes the derived signals of some panels; and what they are with the others.
fn derive<'a>(tiles: &'a mut [Tile], panels: Range<usize>, scene: Scene<'a>) -> Signals<'a> {
    let (segments, count, frames) = (scene.segments, panels.len(), scene.frames.after(panels.start));
    let tiles = &mut tiles[..segments.needed() * count];
    segments.derive(tiles, count, frames, scene.heard.signals, scene.shared.kernel);
    Signals { frames, derived: Stack { tiles, stride: count } }
}

/// Any other row, over one panel.
fn add_one(
    number: usize,
    panel: usize,
    signals: Signals<'_>,
    envelope: &mut Envelope,
    portion: &mut Portion<'_>,
    scene: Scene<'_>,
) {
    let (group, at) = (&portion.groups[number], panel * Tile::SAMPLES);
    let Sum::Program(program) = group.sum else { return };
    let (open, ducked) = scene.programs.of(program);
    let listener = &scene.listeners[group.first as usize];
    let envelope = if program.ducks() { envelope.of(listener, at, Tile::SAMPLES, scene) } else { &[] };
    let terms = Terms { open, ducked, envelope, ..Terms::of(&scene.shared.curve) };
    let out = &mut portion.mixes[number * scene.frames.panels() + panel];
    scene.shared.kernel.add_tile(out, 0, signals, &terms, &mut portion.lanes[number]);
}
