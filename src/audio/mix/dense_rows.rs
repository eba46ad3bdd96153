//! [`Batch`]: dense rows that are multiplied together, and where their gains are.

use super::scene::Scene;
use crate::{
    audio::plan::{Gain, Moves, Recipe},
    data::memory::{filled, room},
    dsp::LineGain,
};

/// Rows that are multiplied before the next ones are: enough to read the signals of a block many times while they are
/// near.
pub(crate) const BATCH: usize = 128;

/// Rows among them whose gains are written for this tick alone; and those whose gains are on lines.
pub(crate) const WRITTEN: usize = 32;
pub(crate) const LINES: usize = 8;

/// What rows of a batch have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DenseKind {
    /// Two rows a group: what is open, and what is ducked.
    pub curved: bool,
    /// How many samples of their moves are over, if gains are on lines.
    pub over: Option<u32>,
}

impl DenseKind {
    /// That of a recipe; `None` if no such row is it.
    pub fn of(recipe: Recipe) -> Option<Self> {
        match recipe {
            Recipe::Dense { moves: Moves::No, curved } => Some(Self { curved, over: None }),
            Recipe::Dense { moves: Moves::Together(over), curved } => Some(Self { curved, over: Some(over) }),
            _ => None,
        }
    }

    /// Rows of a group.
    pub fn halves(self) -> usize {
        1 + usize::from(self.curved)
    }

    /// How many groups' gains can be written for a batch.
    fn most(self) -> usize {
        if self.over.is_some() { LINES / self.halves() } else { WRITTEN / self.halves() }
    }
}

/// A group of a batch: the place of its mix in the part, and its place among those whose gains are written, if they
/// are not kept.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Member {
    pub group: usize,
    pub mix: usize,
    written: Option<usize>,
}

/// Dense rows that are multiplied together.
#[derive(Debug)]
pub(crate) struct Batch {
    /// The gains that are written for this tick: those of a group together.
    gains: Vec<f32>,
    lines: Vec<LineGain>,
    written: usize,
    pub members: Vec<Member>,
    pub kind: DenseKind,
}

impl Batch {
    /// Room for the gains of so many sources. Allocates: control side.
    pub fn new(sources: usize) -> Self {
        Self {
            gains: filled(WRITTEN * sources, 0.0),
            lines: filled(LINES * sources, [0.0; 2]),
            written: 0,
            members: room(BATCH, Member::default()),
            kind: DenseKind { curved: false, over: None },
        }
    }

    /// Begins with rows of a kind.
    pub fn clear(&mut self, kind: DenseKind) {
        (self.kind, self.written) = (kind, 0);
        self.members.clear();
    }

    /// Whether there is room for another row of a kind.
    pub fn has_room_for(&self, kind: DenseKind) -> bool {
        let most = if kind.curved { WRITTEN / 2 } else { BATCH };
        let room = self.members.len() < most && self.written < self.kind.most();
        self.members.is_empty() || kind == self.kind && room
    }

    /// Adds the row of a group, and writes its gains if they are not kept.
    pub fn push(&mut self, group: usize, mix: usize, scene: Scene<'_>) {
        let kept = !self.kind.curved && kept(group, scene).is_some();
        let written = (!kept).then_some(self.written);
        self.members.push(Member { group, mix, written });
        let Some(written) = written else { return };
        self.written += 1;
        let (row, sources, halves) = (scene.row(group), scene.audible.len(), self.kind.halves());
        let range = written * halves * sources..(written + 1) * halves * sources;
        for ducked in [false, true].into_iter().take(halves) {
            let half = range.start + usize::from(ducked) * sources..range.start + (1 + usize::from(ducked)) * sources;
            if self.kind.over.is_some() {
                row.write(&mut self.lines[half], |gain: &Gain| {
                    let line = gain.half(ducked);
                    [line.target, line.delta]
                });
            } else {
                row.write(&mut self.gains[half], |gain: &Gain| gain.half(ducked).target);
            }
        }
    }

    /// The rows of gains of a member at rest.
    pub fn gains<'a>(&'a self, member: Member, scene: Scene<'a>) -> impl Iterator<Item = &'a [f32]> {
        let gains = match member.written {
            Some(written) => written_rows(&self.gains, written, self.kind, scene),
            None => kept(member.group, scene).unwrap_or_default(),
        };
        gains.chunks_exact(scene.audible.len().max(1))
    }

    /// The rows of gains of a member whose gains are on lines.
    pub fn lines<'a>(&'a self, member: Member, scene: Scene<'a>) -> impl Iterator<Item = &'a [LineGain]> {
        let lines = match member.written {
            Some(written) => written_rows(&self.lines, written, self.kind, scene),
            None => kept(member.group, scene).unwrap_or_default().as_chunks().0,
        };
        lines.chunks_exact(scene.audible.len().max(1))
    }
}

fn written_rows<'a, G>(rows: &'a [G], written: usize, kind: DenseKind, scene: Scene<'_>) -> &'a [G] {
    let size = kind.halves() * scene.audible.len();
    &rows[written * size..][..size]
}

/// The gains of a group's row, if they are kept.
fn kept<'a>(group: usize, scene: Scene<'a>) -> Option<&'a [f32]> {
    let listener = scene.listener(group);
    listener.cache.gains(scene.channel, scene.audible.epoch(), listener.level()?)
}
