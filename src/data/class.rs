//! [`Class`]: which sources every listener routes alike. Pure data.

/// The number of a class of sources. Each row has one level for all sources of a class that it does not list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) struct Class(pub u32);

impl Class {
    /// The members of the default group.
    pub const DEFAULT_GROUP: Self = Self(0);
    /// Those whom nobody hears by their class.
    pub const APART: Self = Self(u32::MAX);

    /// The place of its level among those of the other classes; `None` of the default group, whose level comes first.
    #[inline]
    pub fn place(self) -> Option<usize> {
        self.0.checked_sub(1).map(|place| place as usize)
    }
}
