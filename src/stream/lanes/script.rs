//! What is played in a tick, the same for all lanes: a [`Script`] of [`Part`]s. Pure data.

use super::convert::SlipDirection;
use crate::data::memory::room;

/// What the samples of a part are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// Nothing is played here: what was heard breaks off.
    Break,
    /// Nothing is there. What stands in for it may be over by now.
    Gap { over: bool },
    /// The frames, as they are, from this position on.
    Frames { position: u64 },
    /// The frames from the position `start` on with a sample more or less, from the sample with the number `at` on.
    Slip { direction: SlipDirection, start: u64, at: usize },
}

/// Where the old sound of a crossfade goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Old {
    Frames { position: u64 },
    Concealment,
}

/// A crossfade, and how much of it was done before a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crossfade {
    pub old: Old,
    pub done: usize,
    pub length: usize,
}

impl Crossfade {
    pub fn left(&self) -> usize {
        self.length - self.done
    }

    /// What it is after so many samples more; `None` if it is over.
    pub fn after(self, run: usize) -> Option<Self> {
        let old = match self.old {
            Old::Frames { position } => Old::Frames { position: position + run as u64 },
            Old::Concealment => Old::Concealment,
        };
        Some(Self { old, done: self.done + run, ..self }).filter(|fade| fade.done < fade.length)
    }

    /// Mixes the old samples into the new ones.
    pub fn mix(&self, old: &[f32], new: &mut [f32]) {
        let step = (self.length as f32 + 1.0).recip();
        for ((new, old), at) in new.iter_mut().zip(old).zip(self.done + 1..) {
            *new = old + (*new - old) * (at as f32 * step);
        }
    }
}

/// The samples `from..to` of a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub from: usize,
    pub to: usize,
    pub what: What,
    pub fade: Option<Crossfade>,
}

impl Part {
    pub fn len(&self) -> usize {
        self.to - self.from
    }

    /// Whether what stood in goes over into it.
    pub fn merges(&self) -> bool {
        self.fade.is_some_and(|fade| fade.old == Old::Concealment)
    }

    /// The positions whose frames a source has to be in.
    pub fn positions(&self) -> Option<std::ops::Range<u64>> {
        let start = match self.what {
            What::Break | What::Gap { .. } => return None,
            What::Frames { position } => position,
            What::Slip { start, at, .. } => start + at as u64,
        };
        Some(start..start + self.len() as u64)
    }

    /// What both play at once, if the other one only goes on.
    fn joined(&self, next: &Self) -> Option<Self> {
        let goes_on = match (self.what, next.what) {
            (What::Frames { position }, What::Frames { position: next }) => position + self.len() as u64 == next,
            (What::Gap { over }, What::Gap { over: next }) => over == next,
            _ => false,
        };
        (goes_on && self.fade.is_none() && next.fade.is_none()).then_some(Self { to: next.to, ..*self })
    }
}

/// The parts of a tick, in their order.
#[derive(Debug)]
pub(super) struct Script {
    parts: Vec<Part>,
    most: usize,
}

impl Script {
    /// With room for so many parts. Control side: allocates.
    pub fn new(most: usize) -> Self {
        Self { parts: room(most, Part { from: 0, to: 0, what: What::Break, fade: None }), most }
    }

    pub fn clear(&mut self) {
        self.parts.clear();
    }

    /// For how many parts there is room.
    pub fn room(&self) -> usize {
        self.most - self.parts.len()
    }

    /// Adds a part; nothing if there is no room.
    pub fn push(&mut self, part: Part) {
        if let Some((last, joined)) = self.parts.last_mut().and_then(|last| last.joined(&part).map(|part| (last, part)))
        {
            *last = joined;
        } else if self.room() > 0 {
            self.parts.push(part);
        }
    }

    pub fn parts(&self) -> &[Part] {
        &self.parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(from: usize, to: usize, position: u64) -> Part {
        Part { from, to, what: What::Frames { position }, fade: None }
    }

    #[test]
    fn what_goes_on_is_one_part() {
        let mut script = Script::new(4);
        script.push(frames(0, 10, 100));
        script.push(frames(10, 20, 110));
        script.push(frames(20, 30, 121));
        let fade = Crossfade { old: Old::Concealment, done: 0, length: 10 };
        script.push(Part { fade: Some(fade), ..frames(30, 40, 131) });
        script.push(frames(40, 50, 141));
        let seen: Vec<_> = script.parts().iter().map(|part| (part.from, part.to)).collect();
        assert_eq!(seen, [(0, 20), (20, 30), (30, 40), (40, 50)]);
        script.push(frames(50, 60, 0));
        assert_eq!((script.parts().len(), script.room()), (4, 0), "no room");
    }

    #[test]
    fn a_crossfade_goes_on_in_the_next_part() {
        let whole = Crossfade { old: Old::Frames { position: 5 }, done: 0, length: 3 };
        let mut at_once = [1.0; 3];
        whole.mix(&[0.0; 3], &mut at_once);
        assert_eq!(at_once, [0.25, 0.5, 0.75]);
        let rest = whole.after(2).unwrap();
        assert_eq!((rest.old, rest.left(), rest.after(1)), (Old::Frames { position: 7 }, 1, None));
        let mut last = [1.0];
        rest.mix(&[0.0], &mut last);
        assert_eq!(last, [0.75]);
    }
}
