//! One source by the script of a tick: [`Render`].

use super::{
    convert::Slip,
    figures::Figures,
    frame::{TickFrame, Told},
    lane::Lane,
    script::{Crossfade, Old, Part, What},
    shelf::Shelf,
};
use crate::data::{
    channels::{Planes, PlanesMut},
    id::ParticipantKey,
    memory::filled,
};

/// What is told of a source in a tick that lies in several of its node's; and whether any of them has two channels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outline {
    pub told: Told,
    pub stereo: bool,
    /// Its place among the sources of a tick.
    place: usize,
}

/// A plane for each of two channels.
type Sides = [Vec<f32>; 2];

/// Memory to put a source together in.
#[derive(Debug)]
pub(super) struct Render {
    tick: usize,
    /// Whether two channels become two.
    keeps_stereo: bool,
    slip: Slip,
    new: Sides,
    old: Sides,
    taken: Sides,
}

impl Render {
    /// Control side: allocates.
    pub fn new(figures: &Figures) -> Self {
        let sides = |frames: usize| [filled(frames, 0.0), filled(frames, 0.0)];
        Self {
            tick: figures.tick,
            keeps_stereo: figures.stereo,
            slip: Slip::new(),
            new: sides(figures.tick),
            old: sides(figures.tick),
            taken: sides(figures.tick.min(Slip::LENGTH) + 2 * Slip::AROUND),
        }
    }

    /// What is told of a source in this tick; `None` if a part of it has nothing of the source. `live`: its lane, if it was
    /// sent in the last tick. `place`: its likely one.
    pub fn outline(
        &self,
        key: ParticipantKey,
        mut place: usize,
        parts: &[Part],
        shelf: &Shelf,
        live: Option<&Lane>,
    ) -> Option<Outline> {
        let mut seen: Option<(Outline, f64)> = None;
        for part in parts {
            match part.what {
                What::Break => {}
                What::Gap { over: true } => return None,
                What::Gap { over: false } => {
                    let lane = live?;
                    let outline = Outline { told: lane.told, stereo: lane.stereo, place };
                    seen = Some(joined(seen, outline, part.len() as f64));
                }
                What::Frames { .. } | What::Slip { .. } => {
                    for (frame, run) in self.frames(part, shelf) {
                        let source = frame?.find(key, &mut place)?;
                        let outline = Outline { told: source.told, stereo: source.is_stereo(), place };
                        seen = Some(joined(seen, outline, run as f64));
                    }
                }
            }
        }
        seen.map(|(outline, _)| Outline { stereo: outline.stereo && self.keeps_stereo, ..outline })
    }

    /// The ticks that a part is taken from, and how much of each.
    fn frames<'a>(&self, part: &Part, shelf: &'a Shelf) -> impl Iterator<Item = (Option<&'a TickFrame>, u64)> {
        let (positions, tick) = (part.positions().unwrap_or_default(), self.tick as u64);
        let mut at = positions.start;
        std::iter::from_fn(move || {
            let run = (tick - at % tick).min(positions.end.saturating_sub(at));
            let frame = shelf.get(at / tick);
            at += run;
            (run > 0).then_some((frame, run))
        })
    }

    /// The samples of a source in as many channels as lanes have at most.
    pub fn folded<'a>(&'a mut self, planes: Planes<'a>) -> Planes<'a> {
        if self.keeps_stereo || planes.right.is_none() {
            return planes;
        }
        let left = &mut self.new[0][..planes.left.len().min(self.tick)];
        fold(planes, 0, &mut PlanesMut { left: &mut *left, right: None });
        Planes { left, right: None }
    }

    /// Puts the samples of a source together.
    pub fn render(
        &mut self,
        outline: &Outline,
        parts: &[Part],
        shelf: &Shelf,
        mut lane: Option<&mut Lane>,
    ) -> Planes<'_> {
        for part in parts {
            self.take(outline, part, shelf, lane.as_deref_mut());
            if let Some(fade) = &part.fade {
                self.mix(outline, fade, part, shelf, lane.as_deref_mut());
            }
            if let Some(lane) = &mut lane {
                lane.hear(sides(&self.new, part.from, part.to, outline.stereo));
            }
        }
        sides(&self.new, 0, self.tick, outline.stereo)
    }

    /// The samples of a part, without its crossfade.
    fn take(&mut self, outline: &Outline, part: &Part, shelf: &Shelf, lane: Option<&mut Lane>) {
        let mut out = sides_mut(&mut self.new, part.from, part.to, outline.stereo);
        match part.what {
            What::Break => lane.into_iter().for_each(Lane::break_off),
            What::Gap { .. } => lane.into_iter().for_each(|lane| lane.go_on(&mut out)),
            What::Frames { position } => {
                lane.into_iter().filter(|_| !part.merges()).for_each(Lane::mend);
                read(shelf, self.tick, outline, position, &mut out);
            }
            What::Slip { direction, start, at } => {
                let around = part.len() + 2 * Slip::AROUND;
                let position = start + at as u64 - Slip::AROUND as u64;
                let mut taken = sides_mut(&mut self.taken, 0, around, outline.stereo);
                read(shelf, self.tick, outline, position, &mut taken);
                let [left, right] = &self.taken;
                self.slip.part(direction, at, &left[..around], out.left);
                if let Some(out) = out.right {
                    self.slip.part(direction, at, &right[..around], out);
                }
            }
        }
    }

    /// Mixes the old sound of a crossfade into a part.
    fn mix(&mut self, outline: &Outline, fade: &Crossfade, part: &Part, shelf: &Shelf, lane: Option<&mut Lane>) {
        let mut old = sides_mut(&mut self.old, 0, part.len(), outline.stereo);
        match (fade.old, lane.filter(|lane| lane.is_broken())) {
            (Old::Frames { position }, _) => read(shelf, self.tick, outline, position, &mut old),
            (Old::Concealment, Some(lane)) => lane.go_on(&mut old),
            // It sets in here.
            (Old::Concealment, None) => return,
        }
        let new = sides_mut(&mut self.new, part.from, part.to, outline.stereo);
        fade.mix(old.left, new.left);
        if let (Some(old), Some(new)) = (old.right, new.right) {
            fade.mix(old, new);
        }
    }
}

/// Both together: what one tells, weighed by its samples.
fn joined(seen: Option<(Outline, f64)>, next: Outline, samples: f64) -> (Outline, f64) {
    let Some((seen, before)) = seen else { return (next, samples) };
    let all = before + samples;
    let mean_square = (seen.told.mean_square * before + next.told.mean_square * samples) / all;
    let told = Told { active: seen.told.active | next.told.active, mean_square, ..next.told };
    (Outline { told, stereo: seen.stereo | next.stereo, ..next }, all)
}

/// Copies the samples of a source from a position on; silence where it is not in a tick.
fn read(shelf: &Shelf, tick: usize, source: &Outline, position: u64, out: &mut PlanesMut<'_>) {
    let (key, mut place) = (source.told.key, source.place);
    let (mut at, frames) = (0, out.left.len());
    while at < frames {
        let position = position + at as u64;
        let skipped = (position % tick as u64) as usize;
        let run = (tick - skipped).min(frames - at);
        let frame = shelf.get(position / tick as u64);
        let planes = frame.and_then(|frame| frame.planes(frame.find(key, &mut place)?));
        let mut to = PlanesMut {
            left: &mut out.left[at..at + run],
            right: out.right.as_deref_mut().map(|right| &mut right[at..at + run]),
        };
        match planes {
            Some(planes) => fold(planes, skipped, &mut to),
            None => {
                to.left.fill(0.0);
                to.right.iter_mut().for_each(|right| right.fill(0.0));
            }
        }
        at += run;
    }
}

/// Copies samples from the one with the number `at` on: mono to both sides, stereo to mono as the mean.
fn fold(from: Planes<'_>, at: usize, to: &mut PlanesMut<'_>) {
    let range = at..at + to.left.len();
    let (left, right) = (&from.left[range.clone()], &from.right.unwrap_or(from.left)[range]);
    match &mut to.right {
        Some(to_right) => {
            to.left.copy_from_slice(left);
            to_right.copy_from_slice(right);
        }
        None if from.right.is_some() => {
            let both = left.iter().zip(right);
            // Each is halved first: no sum leaves the range of f32.
            to.left.iter_mut().zip(both).for_each(|(to, (left, right))| *to = 0.5 * left + 0.5 * right);
        }
        None => to.left.copy_from_slice(left),
    }
}

fn sides(of: &Sides, from: usize, to: usize, stereo: bool) -> Planes<'_> {
    Planes { left: &of[0][from..to], right: stereo.then(|| &of[1][from..to]) }
}

fn sides_mut(of: &mut Sides, from: usize, to: usize, stereo: bool) -> PlanesMut<'_> {
    let [left, right] = of;
    PlanesMut { left: &mut left[from..to], right: stereo.then(|| &mut right[from..to]) }
}
