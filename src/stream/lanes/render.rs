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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        data::channels::Channels,
        stream::{lanes::LanesFigures, port::Depth},
    };

    fn key(slot: u32) -> ParticipantKey {
        ParticipantKey { mixer: 1, slot, stay: 0 }
    }

    /// Ticks of 4 samples from number 10 on, with the sources of a slot and a level.
    fn shelf(ticks: &[&[(u32, f32)]]) -> Shelf {
        let mut shelf = Shelf::new(8);
        shelf.restart(10);
        for (number, sources) in (10..).zip(ticks) {
            let mut frame = Box::new(TickFrame::new(4, 8, 4));
            for (slot, level) in *sources {
                let told =
                    Told { key: key(*slot), active: *level > 0.5, muted: *level > 0.7, mean_square: f64::from(*level) };
                assert!(frame.push(told, Channels::Mono, |to| to.left.fill(*level)));
            }
            assert!(shelf.put(number, frame).is_none());
        }
        shelf
    }

    fn render() -> Render {
        let depth = Depth::fixed(0.0);
        let figures = LanesFigures { rate_hz: 8000, channels: Channels::Stereo, tick: 4, depth, lanes: 0 };
        Render::new(&Figures::of(&figures))
    }

    fn part(from: usize, to: usize, position: u64) -> Part {
        Part { from, to, what: What::Frames { position }, fade: None }
    }

    /// What is heard of a source without a lane, and what is told of it.
    fn heard(slot: u32, parts: &[Part], shelf: &Shelf) -> Option<(Vec<f32>, Told)> {
        let mut render = render();
        let outline = render.outline(key(slot), 0, parts, shelf, None)?;
        Some((render.render(&outline, parts, shelf, None).left.to_vec(), outline.told))
    }

    #[test]
    fn a_source_is_put_together_from_two_ticks_if_it_is_in_both() {
        let shelf = shelf(&[&[(1, 0.25), (2, 0.5)], &[(3, 1.0), (1, 0.75)]]);
        let told = Told { key: key(1), active: true, muted: true, mean_square: 0.375 };
        assert_eq!(heard(1, &[part(0, 4, 41)], &shelf), Some((vec![0.25, 0.25, 0.25, 0.75], told)));
        assert_eq!([2, 3, 4].map(|slot| heard(slot, &[part(0, 4, 41)], &shelf)), [const { None }; 3]);
        assert!(heard(2, &[part(0, 4, 40)], &shelf).is_some() && heard(1, &[part(0, 4, 45)], &shelf).is_none());
    }

    #[test]
    fn in_a_crossfade_a_source_that_was_not_there_rises_from_silence() {
        let shelf = shelf(&[&[], &[(1, 1.0)]]);
        let fade = Crossfade { old: Old::Frames { position: 40 }, done: 0, length: 3 };
        let parts = [Part { fade: Some(fade), ..part(0, 3, 44) }, part(3, 4, 47)];
        assert_eq!(heard(1, &parts, &shelf).map(|(samples, _)| samples), Some(vec![0.25, 0.5, 0.75, 1.0]));
    }

    #[test]
    fn without_a_lane_nothing_stands_in() {
        let shelf = shelf(&[&[(1, 1.0)]]);
        let gap = |over| Part { what: What::Gap { over }, ..part(0, 2, 0) };
        assert!([true, false].iter().all(|over| heard(1, &[gap(*over), part(2, 4, 42)], &shelf).is_none()));
        let merge = Crossfade { old: Old::Concealment, done: 0, length: 4 };
        let parts = [Part { fade: Some(merge), ..part(0, 4, 40) }];
        assert_eq!(heard(1, &parts, &shelf).map(|(samples, _)| samples), Some(vec![1.0; 4]), "it sets in");
    }
}
