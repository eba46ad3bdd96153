//! A WAV file as audio that a player can take: [`Pcm::from_wav`].

use std::io::Read;

use super::{WavError, WavReader};
use crate::{
    data::{channels::Channels, ports::StreamFormat},
    stream::player::Pcm,
};

impl Pcm {
    /// The audio of a WAV file of one or two channels, of `most_ms` at most: of more nothing is converted.
    ///
    /// ```
    /// use mixminus::stream::Pcm;
    /// let header = b"RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\x04\0\0\0";
    /// let file = [&header[..], &[0, 0x40, 0, 0xC0]].concat(); // 8 kHz, mono, 16 bits
    /// let pcm = Pcm::from_wav(&file[..], 60_000.0)?;
    /// assert_eq!((pcm.format.rate_hz, &pcm.samples[..]), (8000, &[0.5, -0.5][..]));
    /// # Ok::<(), mixminus::stream::WavError>(())
    /// ```
    ///
    /// # Errors
    /// [`WavError`].
    pub fn from_wav(from: impl Read, most_ms: f64) -> Result<Self, WavError> {
        let reader = WavReader::new(from)?;
        let format = reader.format();
        let channels = match format.channels {
            1 => Channels::Mono,
            2 => Channels::Stereo,
            channels => return Err(WavError::ManyChannels { channels }),
        };
        let samples = reader.samples_of(most_ms)?;
        Ok(Self { format: StreamFormat { rate_hz: format.rate_hz, channels }, samples })
    }
}
