//! The scratch of one who adds up, and how the mixes of some groups are made in it. Those of other groups may be made at the same time by
//! others: nothing that is written here is seen by them.

use std::ops::Range;

use super::{
    compose::{Heard, write_terms},
    dense,
    listener::Listener,
    panels::Panels,
    plan::{Group, Sum},
    program::{Program, Programs, Sorted, Term},
    segments::Segments,
};
use crate::{
    envelope::Way,
    fade::Fade,
    kernel::{Lanes, Measured, Other, SEGMENT, Signals, Stack, Terms, Tile, prefetch},
    limiter::Limiting,
    memory::{filled, room},
    meter::{MixLevel, exact_square},
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
    pub shared: &'a Shared,
}

/// The scratch of one who adds up.
#[derive(Debug)]
pub(crate) struct Worker {
    /// The derived signals of one panel.
    derived: Vec<Tile>,
    envelope: Envelope,
    others: Vec<OtherRow>,
    pub terms: Vec<Term>,
    pub sorted: Sorted,
    pub dense: dense::Batch,
    /// The groups that are its part of this tick, and whether their mixes are made.
    pub part: Range<usize>,
    pub done: bool,
}

impl Worker {
    /// Room for the mixes of `places` participants, of `panels` tiles each. Allocates: control side.
    pub fn new(places: usize, panels: usize) -> Self {
        Self {
            derived: filled(Segments::most_derived(places, panels), Tile::SILENCE),
            envelope: Envelope { of: None, samples: filled(panels * Tile::SAMPLES, 0.0) },
            others: room(places, OtherRow::default()),
            terms: room(2 * places, Term::default()),
            sorted: Sorted::new(places),
            dense: dense::Batch::new(places),
            part: 0..0,
            done: true,
        }
    }
}

/// A group that hears everybody but one: its number in the part, the position of that one, and how loud.
#[derive(Debug, Clone, Copy, Default)]
struct OtherRow {
    number: u32,
    position: u32,
    gain: f32,
}

/// The envelope of a row, as samples; kept until one is asked for that is not the same.
#[derive(Debug)]
pub(crate) struct Envelope {
    of: Option<(u64, Way, Fade)>,
    samples: Vec<f32>,
}

impl Envelope {
    /// That of a listener, over `count` samples from the tick's sample `at` on: the ducking envelope, and the move of the rest if the row
    /// as a whole moves.
    pub fn of(&mut self, listener: &Listener, at: usize, count: usize, heard: &Heard<'_>) -> &[f32] {
        let (now, timing) = (heard.clock.now + at as u64, heard.clock.timing);
        let fade = if listener.is_unsettled() { listener.gains.unlisted } else { Fade::resting(1.0) };
        let out = &mut self.samples[..count];
        if self.of != Some((now, listener.way, fade)) {
            self.of = Some((now, listener.way, fade));
            match fade.moving(now, timing) {
                true => listener.way.fill(out, now, timing, |value, at| (value * fade.value(at, timing)) as f32),
                false => listener.way.fill(out, now, timing, |value, _| (value * fade.target()) as f32),
            }
        }
        out
    }

    /// That of a listener whose gains move one by one: the ducking envelope alone, over the whole tick.
    fn of_ducking(&mut self, listener: &Listener, heard: &Heard<'_>) -> &[f32] {
        self.of = None;
        listener.way.fill(&mut self.samples, heard.clock.now, heard.clock.timing, |value, _| value as f32);
        &self.samples
    }
}

/// The groups of one part, and where their mixes go.
#[derive(Debug)]
pub(crate) struct Portion<'a> {
    pub groups: &'a mut [Group],
    pub mixes: &'a mut [Tile],
    pub lanes: &'a mut [Lanes],
}

impl Worker {
    /// Makes the mixes of its part, with their limiters and measures.
    pub fn work(&mut self, portion: &mut Portion<'_>, scene: Scene<'_>) {
        self.add_derived(portion, scene);
        dense::add(&mut self.dense, &mut self.envelope, portion, scene);
        let panels = scene.frames.panels();
        let mixes = portion.mixes.chunks_exact_mut(panels);
        for ((group, mix), lanes) in portion.groups.iter_mut().zip(mixes).zip(&*portion.lanes) {
            let measured = match group.sum {
                Sum::Silent => continue,
                Sum::Dense | Sum::Program(_) | Sum::Others { .. } => lanes.measured(),
                Sum::Copy(signal) => copy(mix, signal, scene),
                Sum::Moving => self.add_moving(mix, group.first, scene),
            };
            group.level = finish(mix, measured, &mut group.limiting, scene);
        }
        self.done = true;
    }

    /// Adds up the mixes that are made of derived signals, panel by panel: so that each derived signal is near while it is needed, and then forgotten.
    fn add_derived(&mut self, portion: &mut Portion<'_>, scene: Scene<'_>) {
        self.others.clear();
        for (number, group) in portion.groups.iter().enumerate() {
            if let Sum::Others { position, gain } = group.sum {
                self.others.push(OtherRow { number: number as u32, position, gain });
            }
        }
        let programs = portion.groups.iter().any(|group| derived(group).is_some());
        if !programs && self.others.is_empty() {
            return;
        }
        portion.lanes.fill(Lanes::NOTHING);
        let (panels, each) = (scene.frames.panels(), scene.segments.derived());
        let span = scene.segments.together(panels, self.derived.len());
        for first in (0..panels).step_by(span) {
            let together = first..(first + span).min(panels);
            for (panel, derived) in together.clone().zip(self.derived.chunks_exact_mut(each)) {
                scene.segments.derive(derived, scene.frames.panel(panel), scene.heard.signals, scene.shared.kernel);
            }
            self.add_others(together.clone(), portion, scene);
            for panel in together.filter(|_| programs) {
                self.add_programs(panel, (panel - first) * each..(panel - first + 1) * each, portion, scene);
            }
        }
    }

    /// The rows of some panels that hear everybody but one, a segment of them at a time.
    fn add_others(&self, panels: Range<usize>, portion: &mut Portion<'_>, scene: Scene<'_>) {
        let Scene { segments, frames, heard, .. } = scene;
        let segment = |row: &OtherRow| Segments::segment(row.position as usize);
        let sources = Stack { tiles: &frames.tiles()[panels.start * frames.signals()..], stride: frames.signals() };
        let sums = Stack { tiles: &self.derived, stride: segments.derived() };
        let mut mixes = portion.mixes.chunks_exact_mut(frames.panels());
        let (mut lanes, mut next) = (portion.lanes.iter_mut(), 0);
        // Two may leave out the same one, at different gains.
        let beside = |a: &OtherRow, b: &OtherRow| segment(a) == segment(b) && a.position < b.position;
        for together in self.others.chunk_by(beside) {
            let mut rows = [const { None }; SEGMENT];
            for OtherRow { number, position, gain } in together {
                let skip = (number - next) as usize;
                let (Some(mix), Some(lanes)) = (mixes.nth(skip), lanes.nth(skip)) else { return };
                next = number + 1;
                prefetch(mix.get(panels.end));
                rows[*position as usize % SEGMENT] = Some(Other { gain: *gain, out: &mut mix[panels.clone()], lanes });
            }
            let here = segment(&together[0]);
            let members = &heard.signals[segments.members(here)];
            scene.shared.kernel.add_others(&mut rows, sources, members, sums, segments.around(here));
        }
    }

    /// The rows of one panel that are programs of derived signals.
    fn add_programs(&mut self, panel: usize, derived_at: Range<usize>, portion: &mut Portion<'_>, scene: Scene<'_>) {
        let Scene { heard, frames, programs, shared, .. } = scene;
        let signals = Signals { frames: frames.panel(panel), derived: &self.derived[derived_at] };
        let mixes = portion.mixes.chunks_exact_mut(frames.panels());
        for ((group, mix), lanes) in portion.groups.iter().zip(mixes).zip(&mut *portion.lanes) {
            let Some(program) = derived(group) else { continue };
            prefetch(mix.get(panel + 1));
            let (open, ducked) = programs.of(program);
            let listener = &scene.listeners[group.first as usize];
            let at = panel * Tile::SAMPLES;
            let envelope =
                if program.ducks() { self.envelope.of(listener, at, Tile::SAMPLES, &heard) } else { &[] };
            let terms = Terms { open, ducked, envelope, ..Terms::of(&shared.curve) };
            shared.kernel.add_tile(&mut mix[panel], 0, signals, &terms, lanes);
        }
    }

    fn add_moving(&mut self, mix: &mut [Tile], slot: u32, scene: Scene<'_>) -> Measured {
        let listener = &scene.listeners[slot as usize];
        write_terms(&mut self.terms, listener, slot, scene.heard);
        self.sorted.sort(&self.terms);
        let Sorted { open, open_moving, ducked, ducked_moving } = &self.sorted;
        let ducks = !ducked.is_empty() || !ducked_moving.is_empty();
        let envelope = if ducks { self.envelope.of_ducking(listener, &scene.heard) } else { &[] };
        let curve = &scene.shared.curve;
        let terms = Terms { open, open_moving, ducked, ducked_moving, envelope, curve };
        scene.shared.kernel.add_row(mix, scene.frames.tiles(), &terms)
    }
}

/// The program of a group whose mix is made of derived signals.
fn derived(group: &Group) -> Option<Program> {
    if let Sum::Program(program) = group.sum { Some(program).filter(|program| program.derived) } else { None }
}

/// One source as it was sent, bit for bit.
fn copy(mix: &mut [Tile], signal: u32, scene: Scene<'_>) -> Measured {
    for (out, tile) in mix.iter_mut().zip(scene.frames.of(signal as usize)) {
        *out = *tile;
    }
    scene.shared.kernel.measure(mix)
}

/// What follows the sum: the limiter and the level.
fn finish(mix: &mut [Tile], measured: Measured, limiting: &mut Limiting, scene: Scene<'_>) -> MixLevel {
    let (kernel, count) = (scene.shared.kernel, scene.heard.clock.timing.tick);
    match &scene.shared.limiter {
        Some(limiter) if !limiter.passes(limiting, measured.peak) => {
            let gain = limiter.limit(limiting, &mut Tile::flat_mut(mix)[..count]) as f32;
            MixLevel { gain, ..level(kernel.measure(mix), mix, count) }
        }
        _ => level(measured, mix, count),
    }
}

fn level(measured: Measured, mix: &[Tile], count: usize) -> MixLevel {
    let square = f64::from(measured.squares) / count as f64;
    let square = if square.is_finite() { square } else { exact_square(Tile::flat(mix).iter().copied(), count) };
    MixLevel { peak: measured.peak, rms: square.sqrt() as f32, gain: 1.0 }
}
