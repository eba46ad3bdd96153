//! The options of a participant's ports: [`InputOptions`], [`OutputOptions`], and what can be wrong
//! with them. Pure data.

use super::format::{Clock, FormatError};
use crate::data::ports::StreamFormat;

/// How long the quickest packets of an input port wait, so that later ones are in time. Between two bounds the wait
/// follows the network: it grows at once with a packet that is late, and falls within ten seconds once such packets
/// come no more.
///
/// ```
/// use mixminus::stream::Depth;
/// assert_eq!(Depth::default(), Depth::between(20.0, 500.0));
/// assert_eq!(Depth::fixed(60.0), Depth { least_ms: 60.0, most_ms: 60.0 });
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Depth {
    /// The least wait, 0 ms or more. Half a tick of the mixer is a part of it: so long a packet waits on the average
    /// until a tick takes it.
    pub least_ms: f64,
    /// The greatest wait, `least_ms` to 5000 ms. The half tick is a part of it, too.
    pub most_ms: f64,
}

impl Depth {
    /// The wait follows the network between two bounds.
    pub const fn between(least_ms: f64, most_ms: f64) -> Self {
        Self { least_ms, most_ms }
    }

    /// The wait stays the same, whatever the network does. A packet that is later than the quickest by more than this
    /// is concealed.
    pub const fn fixed(ms: f64) -> Self {
        Self { least_ms: ms, most_ms: ms }
    }
}

/// From 20 to 500 ms.
impl Default for Depth {
    fn default() -> Self {
        Self::between(20.0, 500.0)
    }
}

/// The options of an input port; fixed for its life.
///
/// ```
/// use mixminus::stream::{Depth, InputOptions, StreamFormat};
/// let opus = InputOptions::new(StreamFormat::stereo(48_000));
/// let studio = InputOptions { depth: Depth::fixed(10.0), ..InputOptions::new(StreamFormat::mono(48_000)) };
/// let g722 = InputOptions { rtp_clock_hz: Some(8000), ..InputOptions::new(StreamFormat::mono(16_000)) };
/// # let _ = (opus, studio, g722);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InputOptions {
    /// The channels that pushed packets are turned into, and the rate that they have. At another
    /// rate than the mixer's the stream is converted, and clipped at full scale behind the conversion: a wave that
    /// touches full scale at its samples goes past it between them.
    pub format: StreamFormat,
    /// Whose clock the sender runs by. One that is off, by up to 3000 ppm, is followed by slips: now and then one
    /// sample more or fewer, spread over 240 samples (5 ms at 48 kHz) that are interpolated.
    pub clock: Clock,
    /// How long packets wait. If the network suddenly becomes faster, up to a quarter of a second more may wait; beyond
    /// that the oldest samples are dropped. A packet may be as long as the greatest wait, and always 120 ms. The memory
    /// of a port is twice as much audio as may wait: 400 KB a channel at 48 kHz and 500 ms.
    pub depth: Depth,
    /// How long sound takes to rise where it sets in after silence: 0 to 1000 ms.
    pub smoothing_ms: f64,
    /// The clock of [`Stamp::Rtp`](super::Stamp::Rtp), 1000 to 768,000 Hz; `None` for the stream's
    /// rate. G.722 has 8000 Hz beside a rate of 16,000 Hz.
    pub rtp_clock_hz: Option<u32>,
}

impl InputOptions {
    /// A sender with its own clock, a depth from 20 to 500 ms, 10 ms of smoothing, timestamps at the stream's rate.
    pub const fn new(format: StreamFormat) -> Self {
        let depth = Depth::between(20.0, 500.0);
        Self { format, clock: Clock::FreeRunning, depth, smoothing_ms: 10.0, rtp_clock_hz: None }
    }

    pub(crate) fn check(&self) -> Result<(), PortError> {
        let Depth { least_ms, most_ms } = self.depth;
        if !(0.0..=5000.0).contains(&most_ms) {
            return Err(PortError::Bound { ms: most_ms });
        }
        check(self.format, least_ms, most_ms, self.smoothing_ms)?;
        match self.rtp_clock_hz {
            Some(hz) if !RATES_HZ.contains(&hz) => Err(PortError::RtpClock { hz }),
            _ => Ok(()),
        }
    }
}

/// The options of an output port; fixed for its life.
///
/// ```
/// use mixminus::stream::{OutputOptions, StreamFormat};
/// let telephone = OutputOptions::new(StreamFormat::mono(8000));
/// let patient = OutputOptions { depth_ms: 100.0, ..telephone };
/// # let _ = patient;
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutputOptions {
    /// The channels and the rate of pulled packets. At another rate than the mixer's the mix is
    /// converted, and clipped at full scale behind the conversion: a wave that touches full scale at
    /// its samples goes past it between them.
    pub format: StreamFormat,
    /// Whose clock pulls. [`Clock::Locked`] if packets are taken as soon as they are there: then
    /// nothing is corrected. A receiver with its own clock gets one sample more or fewer now and then,
    /// up to 0.3 %, spread over 240 samples that are interpolated; at the mixer's rate all others are
    /// the mix bit for bit, 24 samples late.
    pub clock: Clock,
    /// How much is there, on average, right after a tick: 0 ms to the bound. For a receiver with
    /// its own clock no less than a tick and one pull together, which has to last until the next
    /// tick.
    pub depth_ms: f64,
    /// How much may be there at most: 1 to 5000 ms, but no less than three ticks. What is oldest is
    /// dropped when it is more.
    pub bound_ms: f64,
    /// How long the tail before a gap, and the rise after it, take: 0 to 1000 ms.
    pub smoothing_ms: f64,
}

impl OutputOptions {
    /// A receiver with its own clock, a depth of 40 ms, a bound of 200 ms, 10 ms of smoothing.
    pub const fn new(format: StreamFormat) -> Self {
        Self { format, clock: Clock::FreeRunning, depth_ms: 40.0, bound_ms: 200.0, smoothing_ms: 10.0 }
    }

    /// For packets that are taken as soon as they are there
    /// ([`OutputPort::pull_whole`](super::OutputPort::pull_whole)): by the mixer's clock, without a
    /// depth.
    pub const fn prompt(format: StreamFormat) -> Self {
        Self { clock: Clock::Locked, depth_ms: 0.0, ..Self::new(format) }
    }

    /// The same for a mixer with ticks of this length: a tick's samples have to last until the next
    /// one.
    pub(crate) fn for_tick(self, tick_ms: f64) -> Self {
        let depth_ms = least_depth_ms(self.clock, self.depth_ms, tick_ms);
        Self { depth_ms, bound_ms: self.bound_ms.max(3.0 * tick_ms), ..self }
    }

    pub(crate) fn check(&self) -> Result<(), PortError> {
        if !(1.0..=5000.0).contains(&self.bound_ms) {
            return Err(PortError::Bound { ms: self.bound_ms });
        }
        check(self.format, self.depth_ms, self.bound_ms, self.smoothing_ms)
    }
}

/// A depth that is steered to must outlast a tick.
fn least_depth_ms(clock: Clock, depth_ms: f64, tick_ms: f64) -> f64 {
    match clock {
        Clock::FreeRunning => depth_ms.max(tick_ms),
        Clock::Locked => depth_ms,
    }
}

const RATES_HZ: std::ops::RangeInclusive<u32> = 1000..=768_000;

fn check(format: StreamFormat, depth_ms: f64, bound_ms: f64, smoothing_ms: f64) -> Result<(), PortError> {
    if !RATES_HZ.contains(&format.rate_hz) {
        return Err(FormatError::Rate { rate_hz: format.rate_hz }.into());
    }
    if !(0.0..=bound_ms).contains(&depth_ms) {
        return Err(PortError::Depth { ms: depth_ms, bound_ms });
    }
    if !(0.0..=1000.0).contains(&smoothing_ms) {
        return Err(PortError::Smoothing { ms: smoothing_ms });
    }
    Ok(())
}

/// A figure of [`InputOptions`] or [`OutputOptions`] that is out of its range.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PortError {
    /// `format`.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// `bound_ms`, or the greatest depth.
    #[error("a bound of {ms} ms is not between 1 and 5000 ms")]
    Bound {
        /// What was asked for.
        ms: f64,
    },
    /// `depth_ms`.
    #[error("a depth of {ms} ms is not between 0 ms and the bound of {bound_ms} ms")]
    Depth {
        /// What was asked for.
        ms: f64,
        /// `bound_ms`.
        bound_ms: f64,
    },
    /// `smoothing_ms`.
    #[error("a smoothing time of {ms} ms is not between 0 and 1000 ms")]
    Smoothing {
        /// What was asked for.
        ms: f64,
    },
    /// `rtp_clock_hz`.
    #[error("an RTP clock of {hz} Hz is not between 1000 and 768000 Hz; without one it is the stream's rate")]
    RtpClock {
        /// What was asked for.
        hz: u32,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_in_range_and_what_is_not_is_named() {
        let good = InputOptions::new(StreamFormat::mono(48_000));
        assert_eq!((good.check(), OutputOptions::new(good.format).check()), (Ok(()), Ok(())));
        let says = |options: InputOptions| options.check().unwrap_err().to_string();
        let output = OutputOptions { bound_ms: 0.5, ..OutputOptions::new(good.format) };
        assert_eq!(output.check().unwrap_err().to_string(), "a bound of 0.5 ms is not between 1 and 5000 ms");
        let deep = InputOptions { depth: Depth::between(201.0, 200.0), ..good };
        assert_eq!(says(deep), "a depth of 201 ms is not between 0 ms and the bound of 200 ms");
        assert!(says(InputOptions { depth: Depth::between(f64::NAN, 1.0), ..good }).starts_with("a depth of NaN ms"));
        assert!(says(InputOptions { depth: Depth::fixed(5001.0), ..good }).starts_with("a bound of 5001 ms"));
        assert!(says(InputOptions { smoothing_ms: -1.0, ..good }).starts_with("a smoothing time of -1 ms"));
        assert!(says(InputOptions { rtp_clock_hz: Some(0), ..good }).starts_with("an RTP clock of 0 Hz"));
        let rate = InputOptions { format: StreamFormat::mono(999), ..good };
        assert_eq!(rate.check(), Err(PortError::Format(FormatError::Rate { rate_hz: 999 })));
    }
}
