//! [`Classes`]: the gains of the sources that a row does not list, by their class; and how a source goes from one class to
//! another.

use crate::{
    audio::row_memory::ClassLevel,
    data::{
        class::{Class, ClassChange},
        fade::Fade,
        timing::Clock,
    },
};

/// The ducked gains of sources without a pair, by their class; their open gain is 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Classes {
    default_group: Fade,
    others: Vec<ClassLevel>,
}

impl Classes {
    #[inline]
    pub fn of(&self, class: Class) -> Fade {
        if class.is_default_group() { self.default_group } else { ClassLevel::find(&self.others, class) }
    }

    pub fn all(&self) -> impl Iterator<Item = &Fade> {
        std::iter::once(&self.default_group).chain(self.others.iter().map(|level| &level.fade))
    }

    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut Fade> {
        std::iter::once(&mut self.default_group).chain(self.others.iter_mut().map(|level| &mut level.fade))
    }

    /// Goes on to these targets, in their memory, and leaves its own there. Whether any of them is another one.
    pub fn adopt(&mut self, default_group: f64, targets: &mut Vec<ClassLevel>, clock: &Clock<'_>) -> bool {
        let mut turned = self.default_group.target() != default_group;
        self.default_group.steer(default_group, clock);
        let mut old = self.others.iter().peekable();
        for ClassLevel { class, fade } in targets.iter_mut() {
            while let Some(left) = old.next_if(|old| old.class < *class) {
                debug_assert_eq!(left.fade.settled(clock.now, clock.timing), Fade::ZERO, "the control side keeps it");
            }
            let target = fade.target();
            *fade = old.next_if(|old| old.class == *class).map_or(Fade::ZERO, |old| old.fade);
            turned |= fade.target() != target;
            fade.steer(target, clock);
        }
        std::mem::swap(&mut self.others, targets);
        turned
    }

    /// Takes other memory in exchange for its own.
    pub fn swap_memory(&mut self, others: &mut Vec<ClassLevel>) {
        std::mem::swap(&mut self.others, others);
    }

    /// Goes on to the target of the default group; the others stay.
    pub fn steer_default_group(&mut self, target: f64, clock: &Clock<'_>) {
        self.default_group.steer(target, clock);
    }

    /// The gain of a source without a pair, by the last change of its class. While that is on the source goes its own way;
    /// but not for a listener who has joined since then, and has heard nothing of it, and not where levels were steered
    /// since then: one that was on its way has a pair there.
    pub fn of_source(&self, change: &ClassChange, since: Since, clock: &Clock<'_>) -> Fade {
        if !change.is_on(clock) || since.joined >= change.began || since.turned > change.began {
            return self.of(change.class);
        }
        change.fade(|class| self.of(class), clock.timing)
    }
}

/// Since when a row is as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Since {
    /// The sample before the listener's first tick.
    pub joined: u64,
    /// The sample after which the level of a class was steered last.
    pub turned: u64,
}
