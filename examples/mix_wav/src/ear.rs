//! A listener with a rate and channels of its own: takes its mix out of an output port, in
//! simulated time.

use mixminus::stream::{OutputOptions, OutputPort, StreamFormat};

use crate::{error::Error, track::Track};

/// Longer than any tick: the port never drops anything.
const BOUND_MS: f64 = 1000.0;

/// The options of a port whose samples are taken as soon as they are there.
pub fn port(format: StreamFormat) -> OutputOptions {
    OutputOptions { bound_ms: BOUND_MS, smoothing_ms: 0.0, ..OutputOptions::prompt(format) }
}

/// The format of a listener's output, and the delay of the conversion to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hearing {
    pub format: StreamFormat,
    /// How many frames later than in the mix a sound comes out of the port.
    pub lag: usize,
}

/// One stay of a listener with an output port.
#[derive(Debug)]
pub struct Ear {
    port: OutputPort,
    /// Frames still to be cut from the beginning, because of the delay of the conversion.
    lag: usize,
    /// The frame of the file at which the stay begins.
    start: usize,
}

impl Ear {
    /// For a stay that begins `since` samples of the mixer after the start of the call.
    pub fn new(port: OutputPort, hearing: Hearing, since: usize, mixer_hz: u32) -> Self {
        Self { port, lag: hearing.lag, start: frames_at(hearing.format.rate_hz, since, mixer_hz) }
    }

    /// Writes all samples that the port has now.
    pub fn pour(&mut self, track: &mut Track) -> Result<(), Error> {
        track.silence_until(self.start)?;
        self.lag -= track.pull(&mut self.port, self.lag)?;
        Ok(())
    }
}

/// How many frames at `rate_hz` last as long as `samples` at `mixer_hz`, rounded to the nearest.
pub fn frames_at(rate_hz: u32, samples: usize, mixer_hz: u32) -> usize {
    let (rate, mixer) = (u128::from(rate_hz), u128::from(mixer_hz));
    usize::try_from((samples as u128 * rate + mixer / 2) / mixer).unwrap_or(usize::MAX)
}
