//! Dense rows that are multiplied together: which groups have them, and where the gains are.

use super::{
    moving::{PLANES, write_ends},
    plan::{Group, Sum},
    resting::Resting,
    worker::Scene,
};
use crate::{
    data::memory::{filled, room},
    kernel::{Course, Depth, Tile, Weight},
};

/// Rows that are multiplied before the next ones are: enough to read the signals of a block many times while they are near.
pub(crate) const BATCH: usize = 128;

/// Rows among them whose gains are written for this tick alone.
pub(crate) const WRITTEN: usize = 32;

/// Groups among them whose gains are ramps.
pub(crate) const RAMPS: usize = 12;

/// Some groups whose rows are multiplied together.
#[derive(Debug)]
pub(crate) struct Batch {
    /// The rows that are written for this tick, one behind the other: those of a group together.
    gains: Vec<f32>,
    /// How many groups have rows there.
    written: usize,
    /// The groups; all have such rows.
    pub groups: Vec<Member>,
    pub each: Rows,
    /// How many samples of their moves are over, if their gains move.
    over: Option<u32>,
}

/// A group of a batch: its number in the part, and its place among those whose rows are written, if they are not kept.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Member {
    pub number: usize,
    written: Option<usize>,
}

/// Which rows a group has.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Rows {
    /// A row of what is ducked, behind that of what is not.
    pub ducks: bool,
    /// The same again, of where its gains come from.
    pub moves: bool,
}

impl Rows {
    pub const ALL: [Self; 4] = [
        Self { ducks: false, moves: false },
        Self { ducks: true, moves: false },
        Self { ducks: false, moves: true },
        Self { ducks: true, moves: true },
    ];

    /// Those of a group, if its mix is made here.
    pub fn of(group: &Group, scene: Scene<'_>) -> Option<Self> {
        let listener = &scene.listeners[group.first as usize];
        match group.sum {
            Sum::Program(program) if scene.is_small() && !program.is_made_with_others() => {
                Some(Self { ducks: program.ducks(), moves: false })
            }
            Sum::Dense => Some(Self { ducks: Resting::ducks(listener), moves: false }),
            Sum::Ends(_) => Some(Self { ducks: listener.level.is_none(), moves: true }),
            _ => None,
        }
    }

    pub fn count(self) -> usize {
        (1 + usize::from(self.ducks)) * (1 + usize::from(self.moves))
    }

    /// What its product is. It depends on the group alone, so that its bits do not depend on what it is made together with.
    pub fn depth(self) -> Depth {
        match self.count() {
            1 => Depth::Whole,
            2 => Depth::Part,
            _ => Depth::Short,
        }
    }
}

impl Batch {
    /// Room for the gains of `places` sources. Allocates: control side.
    pub fn new(places: usize) -> Self {
        Self {
            gains: filled(WRITTEN * places, 0.0),
            written: 0,
            groups: room(BATCH, Member::default()),
            each: Rows::default(),
            over: None,
        }
    }

    /// Begins with groups that have such rows.
    pub fn clear(&mut self, each: Rows) {
        (self.each, self.written) = (each, 0);
        self.groups.clear();
    }

    /// Whether there is room for another group: in one whose gains move, for one that has come as far.
    pub fn has_room_for(&self, group: &Group) -> bool {
        let count = self.each.count();
        let most = match self.each {
            Rows { ducks: false, moves: false } => BATCH,
            Rows { ducks: false, moves: true } => RAMPS,
            // What is put together from products has room for so many.
            _ => WRITTEN / count,
        };
        let alike = self.groups.is_empty() || self.over == group.over();
        alike && self.groups.len() < most && (self.written + 1) * count <= WRITTEN
    }

    /// The course of the gains of all groups over a panel, if they are ramps there and nothing is multiplied with their sum.
    pub fn course(&self, panel: usize, scene: Scene<'_>) -> Option<Course> {
        let at = panel * Tile::SAMPLES;
        let count = scene.heard.clock.timing.tick.saturating_sub(at).min(Tile::SAMPLES);
        let over = self.over.filter(|_| !self.each.ducks)?;
        scene.shared.curve.course(over as usize + at, count)
    }

    /// Adds a group, and writes its rows if they are not kept.
    pub fn push(&mut self, number: usize, group: &Group, scene: Scene<'_>) {
        self.over = group.over();
        if kept(group, scene).is_some() {
            return self.groups.push(Member { number, written: None });
        }
        self.groups.push(Member { number, written: Some(self.written) });
        let audible = scene.heard.audible.len();
        let size = self.each.count() * audible;
        let rows = &mut self.gains[self.written * size..][..size];
        self.written += 1;
        let (listener, slot) = (&scene.listeners[group.first as usize], group.first);
        let mut rows_of_plane = rows.chunks_exact_mut(audible);
        let mut planes: [&mut [f32]; PLANES] = std::array::from_fn(|_| rows_of_plane.next().unwrap_or_default());
        match group.sum {
            Sum::Program(program) => {
                let weights = scene.programs.of(program);
                expand(weights.0, planes[0], scene.heard.signals);
                expand(weights.1, planes[1], scene.heard.signals);
            }
            Sum::Ends(_) => {
                if !self.each.ducks {
                    // Its second row is the first one's start.
                    planes.swap(1, 2);
                }
                write_ends(planes, listener, slot, scene.heard);
            }
            _ => {
                if let Some(resting) = Resting::of(listener, slot, scene.heard) {
                    let [open, ducked, ..] = planes;
                    resting.fill(open, false);
                    if self.each.ducks {
                        resting.fill(ducked, true);
                    }
                }
            }
        }
    }

    /// The rows of a group.
    pub fn rows<'a>(&'a self, member: Member, groups: &[Group], scene: Scene<'a>) -> impl Iterator<Item = &'a [f32]> {
        let (audible, size) = (scene.heard.audible.len(), self.each.count() * scene.heard.audible.len());
        let rows = match member.written {
            Some(written) => &self.gains[written * size..][..size],
            None => kept(&groups[member.number], scene).unwrap_or_default(),
        };
        rows.chunks_exact(audible.max(1))
    }
}

/// The rows of a group, if they are kept.
fn kept<'a>(group: &Group, scene: Scene<'a>) -> Option<&'a [f32]> {
    match group.sum {
        Sum::Dense => scene.listeners[group.first as usize].kept_row(scene.epoch),
        Sum::Ends(_) => scene.listeners[group.first as usize].kept_ends(scene.heard.audible.len()),
        _ => None,
    }
}

/// The gains of a program, which are in the order of the signals, with a zero for each signal that it does not name.
fn expand(weights: &[Weight], gains: &mut [f32], signals: &[u32]) {
    let mut weights = weights.iter().peekable();
    for (gain, signal) in gains.iter_mut().zip(signals) {
        *gain = weights.next_if(|weight| weight.signal == *signal).map_or(0.0, |weight| weight.gain);
    }
}
