//! The scratch of one who adds up, and how the mixes of some groups are made in it. Those of other groups may be made at the same time by
//! others: nothing that is written here is seen by them.

use std::ops::Range;

use super::{
    compose::{Heard, write_terms},
    dense::Dense,
    derived::Derived,
    few::Few,
    listener::Listener,
    others::Others,
    panels::Panels,
    plan::{Group, Sum},
    program::{Program, Programs, Sorted, Term},
    row_envelope::Envelope,
    segments::{Segments, WORTHWHILE},
};
use crate::{
    data::memory::{filled, room},
    kernel::{Lanes, Measured, Terms, Tile},
    limiter::Limiter,
    meter::MixLevel,
    ship::Shared,
};

/// What is known of a tick once it is planned. Shared by all who add up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub heard: Heard<'a>,
    pub listeners: &'a [Listener],
    pub frames: &'a Panels,
    pub segments: &'a Segments,
    pub programs: &'a Programs,
    pub limiter: Option<&'a Limiter>,
    pub shared: &'a Shared,
    /// The number of these audible sources.
    pub epoch: u64,
}

impl Scene<'_> {
    /// Whether so few sources are heard that every mix has a gain for each.
    pub fn is_small(&self) -> bool {
        self.heard.audible.len() < WORTHWHILE
    }
}

/// The scratch of one who adds up.
#[derive(Debug)]
pub(crate) struct Worker {
    /// Sums that many mixes have in common: the derived signals of some panels; then those of rows that leave one out.
    tiles: Vec<Tile>,
    envelope: Envelope,
    few: Few,
    derived: Derived,
    others: Others,
    pub terms: Vec<Term>,
    pub sorted: Sorted,
    pub dense: Dense,
    /// Whether there are dense groups in its part, and any whose mixes are made one by one.
    has_dense: bool,
    has_single: bool,
    /// The groups that are its part of this tick, whether it has looked through them in a tick before, and whether their mixes are made.
    pub part: Range<usize>,
    pub knows: bool,
    pub done: bool,
}

impl Worker {
    /// Room for the mixes of `places` participants, of `panels` tiles each. Allocates: control side.
    pub fn new(places: usize, panels: usize) -> Self {
        Self {
            tiles: filled(Derived::tiles(places, panels).max(Others::tiles(places, panels)), Tile::SILENCE),
            envelope: Envelope::new(panels),
            few: Few::new(places),
            derived: Derived::new(places),
            others: Others::new(places, panels),
            terms: room(2 * places, Term::default()),
            sorted: Sorted::new(places),
            dense: Dense::new(places),
            has_dense: false,
            has_single: false,
            part: 0..0,
            knows: false,
            done: true,
        }
    }
}

/// The groups of one part, and where their mixes go.
#[derive(Debug)]
pub(crate) struct Portion<'a> {
    pub groups: &'a mut [Group],
    pub mixes: &'a mut [Tile],
    pub lanes: &'a mut [Lanes],
}

impl Portion<'_> {
    /// What follows a sum: the limiter and the level.
    #[inline]
    pub fn finish(&mut self, number: usize, measured: Measured, scene: Scene<'_>) {
        let (group, panels) = (&mut self.groups[number], scene.frames.panels());
        let mix = &mut self.mixes[number * panels..][..panels];
        finish(mix, measured, group, scene);
    }
}

impl Worker {
    /// Makes the mixes of its part, with their limiters and measures.
    pub fn work(&mut self, portion: &mut Portion<'_>, scene: Scene<'_>) {
        if !std::mem::replace(&mut self.knows, true) {
            self.look_through(portion.groups);
        }
        self.few.add(&mut self.envelope, portion, scene);
        self.derived.add(&mut self.tiles, &mut self.envelope, portion, scene);
        self.others.add(&mut self.tiles, portion, scene);
        if self.has_dense {
            self.dense.add(&mut self.envelope, portion, scene);
        }
        if self.has_dense || self.has_single {
            self.add_each(portion, scene);
        }
        self.done = true;
    }

    /// Tells those who make mixes together which groups of its part are theirs.
    fn look_through(&mut self, groups: &[Group]) {
        self.few.clear();
        self.derived.clear();
        self.others.clear();
        (self.has_dense, self.has_single) = (false, false);
        for (number, group) in (0..).zip(groups) {
            match group.sum {
                Sum::Program(program) if program.derived => self.derived.note(number, program),
                Sum::Program(program) if program.is_made_with_few() => self.few.note(number, program),
                Sum::Others { position, gain } => self.others.note(number, position, gain),
                Sum::Dense | Sum::Ends(_) | Sum::Program(_) => self.has_dense = true,
                Sum::Copy(_) | Sum::Moving => self.has_single = true,
                Sum::Silent => {}
            }
        }
    }

    /// Makes those mixes of a part that are made one by one, and finishes those that were made together.
    fn add_each(&mut self, portion: &mut Portion<'_>, scene: Scene<'_>) {
        let panels = scene.frames.panels();
        let mixes = portion.mixes.chunks_exact_mut(panels);
        for ((group, mix), lanes) in portion.groups.iter_mut().zip(mixes).zip(&*portion.lanes) {
            let measured = match group.sum {
                Sum::Silent | Sum::Others { .. } => continue,
                Sum::Program(program) if program.is_made_with_others() => continue,
                Sum::Program(program) if !scene.is_small() => self.add_program(mix, group.first, program, scene),
                Sum::Dense | Sum::Ends(_) | Sum::Program(_) => lanes.measured(),
                Sum::Copy(signal) => copy(mix, signal, scene),
                Sum::Moving => self.add_moving(mix, group.first, scene),
            };
            finish(mix, measured, group, scene);
        }
    }

    /// A few sources of many.
    fn add_program(&mut self, mix: &mut [Tile], slot: u32, program: Program, scene: Scene<'_>) -> Measured {
        let (open, ducked) = scene.programs.of(program);
        let (listener, count) = (&scene.listeners[slot as usize], mix.len() * Tile::SAMPLES);
        let envelope = if program.ducks() { self.envelope.of(listener, 0, count, scene) } else { &[] };
        let terms = Terms { open, ducked, envelope, ..Terms::of(&scene.shared.curve) };
        scene.shared.kernel.add_row(mix, scene.frames.after(0), &terms)
    }

    fn add_moving(&mut self, mix: &mut [Tile], slot: u32, scene: Scene<'_>) -> Measured {
        let listener = &scene.listeners[slot as usize];
        write_terms(&mut self.terms, listener, slot, scene.heard);
        self.sorted.sort(&self.terms);
        let Sorted { open, open_moving, ducked, ducked_moving } = &self.sorted;
        let ducks = !ducked.is_empty() || !ducked_moving.is_empty();
        let envelope =
            if ducks { self.envelope.of_ducking(listener, 0, mix.len() * Tile::SAMPLES, scene) } else { &[] };
        let curve = &scene.shared.curve;
        let terms = Terms { open, open_moving, ducked, ducked_moving, envelope, curve };
        scene.shared.kernel.add_row(mix, scene.frames.after(0), &terms)
    }
}

/// One source as it was sent, bit for bit.
fn copy(mix: &mut [Tile], signal: u32, scene: Scene<'_>) -> Measured {
    mix.copy_from_slice(scene.frames.of(signal as usize));
    scene.shared.kernel.measure(mix)
}

/// What follows the sum: the limiter and the level. The level is written where it stays, piece by piece: a copy of the whole would wait for its pieces.
#[inline]
fn finish(mix: &mut [Tile], measured: Measured, group: &mut Group, scene: Scene<'_>) {
    let count = scene.heard.clock.timing.tick;
    match scene.limiter {
        Some(limiter) if !limiter.passes(&group.limiting, measured.peak) => limit(limiter, mix, group, scene),
        _ => group.level = MixLevel::of(measured, mix, count),
    }
}

/// Limits a mix.
fn limit(limiter: &Limiter, mix: &mut [Tile], group: &mut Group, scene: Scene<'_>) {
    let (kernel, count) = (scene.shared.kernel, scene.heard.clock.timing.tick);
    let gain = limiter.limit(&mut group.limiting, [&mut Tile::flat_mut(mix)[..count]], kernel);
    group.level = MixLevel { gain, ..MixLevel::of(kernel.measure(mix), mix, count) };
}
