//! How many channels: [`Channels`], and the samples of a piece of audio, one slice a channel. Pure data.

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
        match self {
            Self::Mono => 1,
            Self::Stereo => 2,
        }
    }
}

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
