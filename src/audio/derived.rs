//! Rows that are put together from derived signals: the sums that many mixes have in common, of [`Segments`](super::segments::Segments).

use super::{
    plan::{Group, Sum},
    program::Program,
    row_envelope::Envelope,
    worker::{Portion, Scene},
};
use crate::{
    kernel::{FewRow, Lanes, Outs, Signals, Terms, Tile},
    memory::room,
};

/// The scratch of such rows.
#[derive(Debug)]
pub(crate) struct Derived {
    /// Those of a few signals at rest, which are made by one call; and the numbers of the other groups.
    few: Vec<FewRow>,
    others: Vec<usize>,
}

impl Derived {
    /// Room for the rows of `places` participants. Allocates: control side.
    pub fn new(places: usize) -> Self {
        Self { few: room(places, FewRow::default()), others: room(places, 0) }
    }

    /// Makes the mixes of such groups, panel by panel: so that each derived signal is near while it is needed, and then forgotten. `tiles` are room for those of one
    /// panel.
    pub fn add(
        &mut self,
        tiles: &mut [Tile],
        envelope: &mut Envelope,
        portion: &mut Portion<'_>,
        scene: Scene<'_>,
    ) {
        self.sort(portion.groups);
        if self.few.is_empty() && self.others.is_empty() {
            return;
        }
        let Scene { heard, frames, segments, programs, shared, .. } = scene;
        portion.lanes.fill(Lanes::NOTHING);
        for panel in 0..frames.panels() {
            let stack = frames.after(panel);
            segments.derive(tiles, stack, 0, heard.signals, shared.kernel);
            let signals = Signals { frames: stack, panel: 0, derived: tiles };
            let Portion { mixes, lanes, .. } = portion;
            let outs = &mut Outs { mixes, panels: frames.panels(), panel, lanes };
            shared.kernel.add_few(&self.few, programs.weights(), signals, outs);
            for number in &self.others {
                add_one(*number, panel, signals, envelope, portion, scene);
            }
        }
    }

    fn sort(&mut self, groups: &[Group]) {
        self.few.clear();
        self.others.clear();
        for (number, group) in groups.iter().enumerate() {
            match derived(group) {
                Some(program) if program.is_few() => self.few.push(program.row(number)),
                Some(_) => self.others.push(number),
                None => {}
            }
        }
    }
}

/// The program of a group whose mix is made of derived signals.
fn derived(group: &Group) -> Option<Program> {
    if let Sum::Program(program) = group.sum { Some(program).filter(|program| program.derived) } else { None }
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
    let Some(program) = derived(group) else { return };
    let (open, ducked) = scene.programs.of(program);
    let listener = &scene.listeners[group.first as usize];
    let envelope = if program.ducks() { envelope.of(listener, at, Tile::SAMPLES, &scene.heard) } else { &[] };
    let terms = Terms { open, ducked, envelope, ..Terms::of(&scene.shared.curve) };
    let out = &mut portion.mixes[number * scene.frames.panels() + panel];
    scene.shared.kernel.add_tile(out, 0, signals, &terms, &mut portion.lanes[number]);
}
