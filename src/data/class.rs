//! [`Class`]: which sources every listener routes alike. Pure data.

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
