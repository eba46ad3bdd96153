//! [`Sides`]: what there is once in a mono mixer, and for left and right in a stereo one. Pure data.

use crate::data::channels::Channels;

/// Which channel of a stereo frame; a mono frame is the same on all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Side {
    Left,
    Right,
    /// The mean of both: what a mono mixer hears.
    #[default]
    Middle,
}

/// One thing, or one for each side.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sides<T> {
    /// The left one, or the only one.
    pub left: T,
    pub right: Option<T>,
}

impl<T> Sides<T> {
    /// One for each channel.
    pub fn new(channels: Channels, mut make: impl FnMut(Side) -> T) -> Self {
        match channels {
            Channels::Mono => Self { left: make(Side::Middle), right: None },
            Channels::Stereo => Self { left: make(Side::Left), right: Some(make(Side::Right)) },
        }
    }

    /// That of a side; the only one, if there is no right one.
    pub fn of(&self, side: Side) -> &T {
        match (side, &self.right) {
            (Side::Right, Some(right)) => right,
            _ => &self.left,
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        std::iter::once(&self.left).chain(&self.right)
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        std::iter::once(&mut self.left).chain(&mut self.right)
    }

    pub fn as_ref(&self) -> Sides<&T> {
        Sides { left: &self.left, right: self.right.as_ref() }
    }

    /// The same of what is made of each.
    pub fn map<U>(self, mut make: impl FnMut(T) -> U) -> Sides<U> {
        Sides { left: make(self.left), right: self.right.map(make) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mono_has_one_side() {
        let mono = Sides::new(Channels::Mono, |side| side);
        assert_eq!((mono.of(Side::Right), mono.iter().count()), (&Side::Middle, 1));
        let stereo = Sides::new(Channels::Stereo, |side| side);
        assert_eq!([Side::Left, Side::Right].map(|side| *stereo.of(side)), [Side::Left, Side::Right]);
    }
}
