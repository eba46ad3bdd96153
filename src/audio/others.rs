//! Rows that hear everybody but one, all at one gain: a room in which everybody talks and nobody is configured. Two sweeps over all sources make all of them.
//!
//! The first sweep goes over the segments of eight sources from the first to the last, and keeps what each comes to and what all so far have come to; the second
//! goes back, adds up what comes after, and writes the rows of each segment: what is before it, what is after it, and the others in it. The sums run in f64. Nothing
//! is subtracted, and the work is that of a few additions a sample for each source, however many there are.

use super::{
    plan::Sum,
    segments::Segments,
    worker::{Portion, Scene},
};
use crate::{
    kernel::{Lanes, Other, Running, SEGMENT, Tile},
    memory::{filled, room},
};

/// The scratch of the two sweeps.
#[derive(Debug)]
pub(crate) struct Others {
    rows: Vec<OtherRow>,
    /// A tick of each segment's sum, and of the sum of all segments up to it.
    sums: Vec<Tile>,
    so_far: Vec<Tile>,
    running: Vec<Running>,
}

/// A group that hears everybody but one: its number in the part, the position of that one, and how loud the others are.
#[derive(Debug, Clone, Copy, Default)]
struct OtherRow {
    number: usize,
    position: usize,
    gain: f32,
}

impl Others {
    /// Room for the rows of `places` sources. Allocates: control side.
    pub fn new(places: usize, panels: usize) -> Self {
        let segments = || filled(places.div_ceil(SEGMENT) * panels, Tile::SILENCE);
        Self {
            rows: room(places, OtherRow::default()),
            sums: segments(),
            so_far: segments(),
            running: filled(panels, Running::NOTHING),
        }
    }

    /// Makes the mixes of those groups of a part that hear everybody but one.
    pub fn add(&mut self, portion: &mut Portion<'_>, scene: Scene<'_>) {
        self.rows.clear();
        for (number, group) in portion.groups.iter().enumerate() {
            if let Sum::Others { position, gain } = group.sum {
                self.rows.push(OtherRow { number, position: position as usize, gain });
            }
        }
        if self.rows.is_empty() {
            return;
        }
        self.sweep_on(scene);
        let (mut mixes, mut lanes, mut first) = (&mut *portion.mixes, &mut *portion.lanes, 0);
        // Rows are in the order of whom they leave out, but for those of listeners who leave out somebody else than themselves.
        for rows in self.rows.chunk_by(|a, b| a.position < b.position) {
            let count = rows.last().map_or(0, |row| row.number + 1 - first);
            let (some, more) = mixes.split_at_mut(count * scene.frames.panels());
            let (their, others) = lanes.split_at_mut(count);
            sweep_back(rows, first, (some, their), (&self.sums, &self.so_far, &mut self.running), scene);
            (mixes, lanes, first) = (more, others, first + count);
        }
    }

    fn sweep_on(&mut self, scene: Scene<'_>) {
        let panels = scene.frames.panels();
        self.running.fill(Running::NOTHING);
        let kept = self.sums.chunks_exact_mut(panels).zip(self.so_far.chunks_exact_mut(panels));
        for (segment, (sums, so_far)) in kept.enumerate().take(scene.segments.count()) {
            let sources = &scene.heard.signals[scene.segments.members(segment)];
            let frames = scene.frames.after(0);
            scene.shared.kernel.run_on(frames, sources, &mut self.running, sums, so_far);
        }
    }
}

/// Writes rows that are in the order of whom they leave out. `first` is the number of the group whose mix is the first of `mixes`.
fn sweep_back(
    rows: &[OtherRow],
    first: usize,
    (mixes, lanes): (&mut [Tile], &mut [Lanes]),
    (sums, so_far, running): (&[Tile], &[Tile], &mut [Running]),
    scene: Scene<'_>,
) {
    let panels = scene.frames.panels();
    running.fill(Running::NOTHING);
    let (mut mixes, mut lanes) = (mixes.chunks_exact_mut(panels), lanes.iter_mut());
    let mut end = first + lanes.len();
    let mut rows = rows.iter().rev().peekable();
    for segment in (0..scene.segments.count()).rev() {
        let mut together = [const { None }; SEGMENT];
        while let Some(row) = rows.next_if(|row| Segments::segment(row.position) == segment) {
            let skip = end - 1 - row.number;
            if let (Some(out), Some(lanes)) = (mixes.nth_back(skip), lanes.nth_back(skip)) {
                together[row.position % SEGMENT] = Some(Other { gain: row.gain, out, lanes });
            }
            end = row.number;
        }
        let before = segment.checked_sub(1).map(|before| &so_far[before * panels..][..panels]);
        let sources = &scene.heard.signals[scene.segments.members(segment)];
        let (frames, sum) = (scene.frames.after(0), &sums[segment * panels..][..panels]);
        scene.shared.kernel.add_others(&mut together, frames, sources, before, running, sum);
    }
}
