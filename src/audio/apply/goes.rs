//! [`Goes`]: how the pairs of a row that is taken up go on from those of the row before.

use super::classes::{Classes, Since};
use crate::{
    audio::{pair::Pair, row_memory::ClassLevel},
    data::{
        class::{Class, ClassChange},
        fade::Fade,
        timing::Clock,
    },
};

/// What a row has to know of the source of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PairSource {
    pub stage: Stage,
    /// The last change of its class, and the last one before this tick boundary.
    pub change: ClassChange,
    pub change_before: ClassChange,
}

/// How far the source of a pair is in its stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It joins at this tick boundary: nothing was heard of it, so nothing of its gains moves.
    Joins,
    Here,
    /// It has left, and may still fade out: nothing steers its gains any more.
    Leaves,
}

/// From where to where the pairs of a row go that is taken up: `from` what sources without a pair had, `to` what they
/// are to have.
pub(super) struct Goes<'a, S> {
    pub from: &'a Classes,
    pub since: Since,
    pub to: (f64, &'a [ClassLevel]),
    pub source: &'a S,
    pub clock: &'a Clock<'a>,
}

impl<S: Fn(&Pair) -> Option<PairSource>> Goes<'_, S> {
    /// Has the pairs of a new row go on from where the old ones are, and adds those old ones to it that are still on
    /// their way.
    pub fn merge(&self, old: &[Pair], new: &mut Vec<Pair>) {
        let mut known = old.iter().peekable();
        let listed = new.len();
        for at in 0..listed {
            let slot = new[at].slot;
            while let Some(left) = known.next_if(|pair| pair.slot < slot) {
                self.keep(left, new);
            }
            let same = known.next_if(|pair| pair.slot == slot).filter(|pair| pair.is_of_same(&new[at]));
            let pair = &mut new[at];
            match same {
                // Who has left is listed by no row.
                Some(same) if pair.is_listed() => pair.go_on_from(same.fades(self.clock.now), self.clock),
                Some(same) if self.has_left(pair) => *pair = same.released(),
                Some(same) => pair.go_on_from(same.fades(self.clock.now), self.clock),
                None => (self.source)(pair).into_iter().for_each(|source| self.begin(pair, source)),
            }
        }
        known.for_each(|left| self.keep(left, new));
        if new.len() > listed {
            new.sort_unstable_by_key(|pair| pair.slot);
        }
    }

    fn has_left(&self, pair: &Pair) -> bool {
        (self.source)(pair).is_some_and(|source| source.stage == Stage::Leaves)
    }

    /// Has a pair begin where its source was without one. One whose source has left is steered by nothing.
    fn begin(&self, pair: &mut Pair, source: PairSource) {
        let came_from = [Fade::ZERO, self.came_from(source)];
        match source.stage {
            Stage::Joins => {}
            Stage::Leaves => pair.stay_on(came_from),
            Stage::Here => pair.go_on_from(came_from, self.clock),
        }
    }

    /// Keeps a pair that is listed no more until it is like the sources of its class without one, or its source is
    /// gone. One whose source has left is steered by nothing: it fades out at the gains that it had.
    fn keep(&self, pair: &Pair, pairs: &mut Vec<Pair>) {
        let Some(source) = (self.source)(pair) else { return };
        let kept = match source.stage {
            Stage::Leaves => pair.released(),
            Stage::Joins | Stage::Here => pair.unlisted(self.target(source.change.class), self.clock),
        };
        debug_assert!(pairs.len() < pairs.capacity(), "the control side makes room for every pair");
        if pairs.len() < pairs.capacity() {
            pairs.push(kept);
        }
    }

    /// What a source without a pair had.
    fn came_from(&self, source: PairSource) -> Fade {
        self.from.of_source(&source.change_before, self.since, self.clock)
    }

    /// What sources of a class are to have.
    fn target(&self, class: Class) -> f64 {
        let (default_group, others) = self.to;
        if class.is_default_group() { default_group } else { ClassLevel::find(others, class).target() }
    }
}
