//! The rate and the channels of a stream: [`StreamFormat`]. Pure data.

use crate::data::channels::Channels;

/// The rate and the channels of a stream. A stereo stream that enters a mono mixer is heard as the mean of its
/// channels: where they are in antiphase, nothing is heard of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamFormat {
    /// Samples a second of each channel: 1000 to 768,000 Hz.
    pub rate_hz: u32,
    /// Mono or stereo.
    pub channels: Channels,
}

impl StreamFormat {
    /// One channel.
    pub const fn mono(rate_hz: u32) -> Self {
        Self { rate_hz, channels: Channels::Mono }
    }

    /// Left and right.
    pub const fn stereo(rate_hz: u32) -> Self {
        Self { rate_hz, channels: Channels::Stereo }
    }
}
