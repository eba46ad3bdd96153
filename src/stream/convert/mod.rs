//! From the format of one stream to the mixer's, and back: [`Inbound`] converts what a participant
//! sends, [`Outbound`] what it hears.
//!
//! There are three ways from one rate to another, chosen once, when a stream is made:
//! - *through*: the rates are equal and so is the clock. Samples pass bit for bit, without delay.
//! - *fixed*: the rates differ, the clock is the mixer's. Whole blocks of about 10 ms go through an
//!   FFT: 2 to 6 us for 10 ms, half a block late.
//! - *adjustable*: the other end has a clock of its own. One windowed sinc does the rates and the
//!   drift: 20 to 30 us for 10 ms, 32 samples of the lower rate late. Also for rates that have no
//!   short block in common.
//!
//! Fixed and adjustable conversion clip at full scale: a wave that touches full scale at its
//! samples goes past it between them, and so at the samples of another rate. Only such samples are
//! changed.
//!
//! Channels are converted on the side where fewer of them have to be resampled. Constructors
//! allocate; all else is real time.

mod adjustable;
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
#[allow(dead_code, reason = "both ends of the ports will use it")]
mod slip;
#[cfg(test)]
mod tone;

pub(crate) use inbound::Inbound;
pub(crate) use outbound::Outbound;
pub(super) use planes::Buffer;

use block::Block;

use super::{Clock, FormatError, StreamFormat};
use crate::data::channels::Channels;

/// The greatest ratio of two rates: 768 kHz beside 8 kHz.
const MOST_RATIO: u32 = 96;

/// How one rate becomes another.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    Through,
    Fixed(Block),
    /// Whether it follows a clock.
    Adjustable(bool),
}

impl Way {
    fn between(stream: StreamFormat, mixer: StreamFormat, tick: usize, clock: Clock) -> Result<Self, FormatError> {
        check(stream, mixer)?;
        Ok(match clock {
            Clock::Own => Self::Adjustable(true),
            Clock::Mixer if stream.rate_hz == mixer.rate_hz => Self::Through,
            Clock::Mixer => {
                Block::between(stream.rate_hz, mixer.rate_hz, tick).map_or(Self::Adjustable(false), Self::Fixed)
            }
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

    fn way(stream_hz: u32, clock: Clock) -> Result<Way, FormatError> {
        Way::between(StreamFormat::mono(stream_hz), StreamFormat::mono(48_000), 480, clock)
    }

    #[test]
    fn the_clock_decides_before_the_rate() {
        assert_eq!(way(48_000, Clock::Mixer), Ok(Way::Through));
        assert_eq!(way(16_000, Clock::Mixer), Ok(Way::Fixed(Block { stream: 160, mixer: 480 })));
        assert_eq!(way(48_000, Clock::Own), Ok(Way::Adjustable(true)));
    }

    #[test]
    fn rates_without_a_short_block_in_common_take_the_adjustable_way() {
        assert_eq!(way(47_999, Clock::Mixer), Ok(Way::Adjustable(false)));
    }

    #[test]
    fn rates_and_ratios_out_of_range_are_refused() {
        assert_eq!(way(999, Clock::Own), Err(FormatError::Rate { rate_hz: 999 }));
        assert_eq!(way(768_001, Clock::Own), Err(FormatError::Rate { rate_hz: 768_001 }));
        let (low, high) = (StreamFormat::mono(1000), StreamFormat::mono(96_001));
        assert_eq!(check(high, low), Err(FormatError::Ratio { rate_hz: 96_001, mixer_hz: 1000, most: 96 }));
        assert_eq!(check(low, StreamFormat::mono(96_000)), Ok(()));
    }
}
