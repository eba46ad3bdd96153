//! [`Class`]: which sources every listener routes alike; and [`ClassChange`]: how a source goes from one to another. Pure
//! data.

use super::{
    fade::Fade,
    timing::{Clock, Timing},
};

/// The number of a class of sources. Each row has one level for all sources of a class that it does not list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Class(pub u32);

impl Class {
    /// The members of the default group.
    pub const DEFAULT_GROUP: Self = Self(0);
    /// Those whom nobody hears by their class.
    pub const APART: Self = Self(u32::MAX);

    /// Whether it has a level in every row.
    #[inline]
    pub fn is_default_group(self) -> bool {
        self == Self::DEFAULT_GROUP
    }
}

/// The last change of a source's class. While it is on, the source has not the levels of its class but goes there by itself,
/// in all rows that do not list it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ClassChange {
    /// The class that it was of; `None` if it joined: then nothing was heard of it, and nothing of its gains moves.
    pub former: Option<Class>,
    pub class: Class,
    /// The sample after which it has changed.
    pub began: u64,
}

impl ClassChange {
    pub fn is_on(&self, clock: &Clock<'_>) -> bool {
        clock.now - self.began < u64::from(clock.timing.smoothing)
    }

    /// The gain of the source in a row with these levels of classes that was there before, and steers none of the two
    /// afterwards.
    pub fn fade(&self, level: impl Fn(Class) -> Fade, timing: &Timing) -> Fade {
        let target = level(self.class).target();
        let start = self.former.map_or(target, |former| level(former).value_at(self.began, timing));
        Fade::between(start, target, self.began)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMING: Timing = Timing { rate: 1000, tick: 4, smoothing: 4 };

    #[test]
    fn a_source_goes_from_the_level_of_its_class_to_that_of_the_other() {
        let clock = |now| Clock { now, begun: true, timing: &TIMING };
        // The first class was turned off at the same time.
        let level = |class| if class == Class(1) { Fade::between(1.0, 0.0, 8) } else { Fade::resting(0.5) };
        let change = ClassChange { former: Some(Class(1)), class: Class(2), began: 8 };
        assert_eq!([8, 10, 12].map(|now| change.fade(level, &TIMING).value(now, &TIMING)), [1.0, 0.75, 0.5]);
        assert_eq!([8, 11, 12].map(|now| change.is_on(&clock(now))), [true, true, false]);
        let joined = ClassChange { former: None, class: Class(1), ..change };
        assert_eq!(joined.fade(level, &TIMING), Fade::resting(0.0), "nothing of it was heard");
    }
}
