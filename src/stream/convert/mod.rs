//! From the format of one stream to the mixer's, and back: [`Inbound`] converts what a participant
//! sends, [`Outbound`] what it hears.
//!
//! There are three ways from one rate to another, chosen once, when a stream is made:
//! - *through*: the rates are equal. Samples pass bit for bit, without delay.
//! - *fixed*: the rates have a short block in common. Whole blocks of about 10 ms go through an FFT:
//!   2 to 6 us for 10 ms, half a block late.
//! - *sinc*: all others, like 47,999 Hz. 20 to 30 us for 10 ms, 32 samples of the lower rate late.
//!
//! None of them follows a clock. Where one drifts, [`Slip`] gives a sample more or fewer now and
//! then, and [`Slipping`] does so in a stream: on the side of the participant, behind or before the
//! change of the rate. Both ways, with its packets, a stream at 48 kHz by a clock of its own takes
//! 3.1 us for 10 ms, and 3.0 us by the mixer's.
//!
//! Fixed and sinc conversion clip at full scale: a wave that touches full scale at its
//! samples goes past it between them, and so at the samples of another rate. Only such samples are
//! changed.
//!
//! Channels are converted on the side where fewer of them have to be resampled. Constructors
//! allocate; all else is real time.

mod block;
mod fixed;
#[cfg(test)]
mod full_scale;
mod inbound;
mod outbound;
mod planes;
#[cfg(test)]
mod quality;
#[cfg(test)]
mod real_time;
#[cfg(test)]
mod rhythm;
mod sinc;
mod slip;
mod slipping;
#[cfg(test)]
mod tone;

pub(crate) use inbound::Inbound;
pub(crate) use outbound::Outbound;
pub(super) use planes::Buffer;
#[cfg(feature = "cluster")]
pub(crate) use slip::Direction as SlipDirection;
pub(crate) use slip::Slip;
pub(crate) use slipping::Slipping;

use block::Block;

use super::{FormatError, StreamFormat};
use crate::data::channels::Channels;

/// The greatest ratio of two rates: 768 kHz beside 8 kHz.
const MOST_RATIO: u32 = 96;

/// How one rate becomes another.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    Through,
    Fixed(Block),
    Sinc,
}

impl Way {
    fn between(stream: StreamFormat, mixer: StreamFormat, tick: usize) -> Result<Self, FormatError> {
        check(stream, mixer)?;
        Ok(if stream.rate_hz == mixer.rate_hz {
            Self::Through
        } else {
            Block::between(stream.rate_hz, mixer.rate_hz, tick).map_or(Self::Sinc, Self::Fixed)
        })
    }
}

fn check(stream: StreamFormat, mixer: StreamFormat) -> Result<(), FormatError> {
    for rate_hz in [stream.rate_hz, mixer.rate_hz] {
        if !(1000..=768_000).contains(&rate_hz) {
            return Err(FormatError::Rate { rate_hz });
        }
    }
    let (low, high) = (stream.rate_hz.min(mixer.rate_hz), stream.rate_hz.max(mixer.rate_hz));
    if high > low * MOST_RATIO { Err(too_far(stream, mixer)) } else { Ok(()) }
}

fn too_far(stream: StreamFormat, mixer: StreamFormat) -> FormatError {
    FormatError::Ratio { rate_hz: stream.rate_hz, mixer_hz: mixer.rate_hz, most: MOST_RATIO }
}

/// The channels that are resampled: the fewer.
fn carried(stream: StreamFormat, mixer: StreamFormat) -> Channels {
    if stream.channels == mixer.channels { mixer.channels } else { Channels::Mono }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(stream_hz: u32) -> Result<Way, FormatError> {
        Way::between(StreamFormat::mono(stream_hz), StreamFormat::mono(48_000), 480)
    }

    #[test]
    fn the_rates_decide() {
        assert_eq!(way(48_000), Ok(Way::Through));
        assert_eq!(way(16_000), Ok(Way::Fixed(Block { stream: 160, mixer: 480 })));
        assert_eq!(way(47_999), Ok(Way::Sinc), "there is no short block in common");
    }

    #[test]
    fn rates_and_ratios_out_of_range_are_refused() {
        assert_eq!(way(999), Err(FormatError::Rate { rate_hz: 999 }));
        assert_eq!(way(768_001), Err(FormatError::Rate { rate_hz: 768_001 }));
        let (low, high) = (StreamFormat::mono(1000), StreamFormat::mono(96_001));
        assert_eq!(check(high, low), Err(FormatError::Ratio { rate_hz: 96_001, mixer_hz: 1000, most: 96 }));
        assert_eq!(check(low, StreamFormat::mono(96_000)), Ok(()));
    }
}
