//! How many channels a mixer has: [`Channels`], and one of them: [`Channel`]. What there is once for
//! each channel is an array over channels, [`MAX_CHANNELS`] long.

/// Mono or stereo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channels {
    /// One channel.
    #[default]
    Mono,
    /// Left and right.
    Stereo,
}

impl Channels {
    /// 1 or 2.
    pub fn count(self) -> usize {
        self.all().len()
    }

    /// Each of them, in the order in which everything that there is once a channel is kept.
    pub(crate) fn all(self) -> &'static [Channel] {
        match self {
            Self::Mono => &[Channel::Mono],
            Self::Stereo => &[Channel::Left, Channel::Right],
        }
    }
}

/// One channel of a mixer: what it takes of a frame, and how a pan changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Channel {
    /// The only one: the mean of a stereo frame.
    #[default]
    Mono,
    Left,
    Right,
}

/// The most channels that a mixer has.
pub(crate) const MAX_CHANNELS: usize = 2;

/// Samples, one slice a channel, both as long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planes<'a> {
    pub left: &'a [f32],
    /// `None` if there is one channel only.
    pub right: Option<&'a [f32]>,
}

/// Samples to be written, one slice a channel, both as long.
#[cfg(feature = "stream")]
#[derive(Debug)]
pub(crate) struct PlanesMut<'a> {
    pub left: &'a mut [f32],
    /// `None` if there is one channel only.
    pub right: Option<&'a mut [f32]>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mixer_has_more_than_the_most() {
        assert_eq!([Channels::Mono, Channels::Stereo].map(Channels::count), [1, MAX_CHANNELS]);
    }
}
