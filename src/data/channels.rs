//! The channels of a mixer: [`Channels`] says how many there are, [`Channel`] names one of them. Data that is
//! kept per channel is an array of [`MAX_CHANNELS`] items. Pure data.

/// Mono or stereo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channels {
    /// One channel. Of a stereo source it takes the mean of both: of one whose channels are in antiphase nothing is
    /// heard. [`SourceReadings::anti_phase_ticks`](crate::SourceReadings::anti_phase_ticks) names such a source.
    #[default]
    Mono,
    /// Left and right.
    Stereo,
}

impl Channels {
    /// The number of channels: 1 or 2.
    pub fn count(self) -> usize {
        self.all().len()
    }

    /// All channels, in the order of every per-channel array.
    pub(crate) fn all(self) -> &'static [Channel] {
        match self {
            Self::Mono => &[Channel::Mono],
            Self::Stereo => &[Channel::Left, Channel::Right],
        }
    }
}

/// One channel of a mixer. It decides which samples of a frame are mixed and which factor of a pan applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Channel {
    /// The only channel of a mono mixer: it takes the mean of a stereo frame.
    #[default]
    Mono,
    Left,
    Right,
}

/// The greatest number of channels of a mixer.
pub(crate) const MAX_CHANNELS: usize = 2;

/// Samples to read, one slice for each channel. Both slices have the same length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planes<'a> {
    pub left: &'a [f32],
    /// `None` if there is only one channel.
    pub right: Option<&'a [f32]>,
}

/// Samples to write, one slice for each channel. Both slices have the same length.
#[cfg_attr(not(feature = "stream"), allow(dead_code, reason = "conversions and taps come with the feature"))]
#[derive(Debug)]
pub(crate) struct PlanesMut<'a> {
    pub left: &'a mut [f32],
    /// `None` if there is only one channel.
    pub right: Option<&'a mut [f32]>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stereo_mixer_has_the_greatest_number_of_channels() {
        assert_eq!([Channels::Mono, Channels::Stereo].map(Channels::count), [1, MAX_CHANNELS]);
    }
}
