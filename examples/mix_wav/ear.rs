//! A listener with a rate and channels of their own: takes what they hear out of an output port, in simulated time.

use mixminus::stream::{OutputOptions, OutputPort, StreamFormat};

use crate::{error::Error, track::Track};

/// More than comes with any tick: nothing is ever dropped.
const BOUND_MS: f64 = 1000.0;

/// The port of a listener who takes everything as soon as it is there.
pub fn port(format: StreamFormat) -> OutputOptions {
    OutputOptions { bound_ms: BOUND_MS, smoothing_ms: 0.0, ..OutputOptions::prompt(format) }
}

/// How what a listener hears becomes another rate or other channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hearing {
    pub format: StreamFormat,
    /// How many frames later than in the mix a sound comes out of the port.
    pub lag: usize,
}

/// One stay of such a listener.
#[derive(Debug)]
pub struct Ear {
    port: OutputPort,
    /// What is still to be cut from the beginning: so much is the conversion late.
    lag: usize,
    /// Where in the file the stay begins.
    start: usize,
}

impl Ear {
    /// For a stay that begins so many samples of the mixer after the call does.
    pub fn new(port: OutputPort, hearing: Hearing, since: usize, mixer_hz: u32) -> Self {
        Self { port, lag: hearing.lag, start: frames_at(hearing.format.rate_hz, since, mixer_hz) }
    }

    /// Writes all that has come since the last time.
    pub fn pour(&mut self, track: &mut Track) -> Result<(), Error> {
        track.silence_until(self.start)?;
        self.lag -= track.pull(&mut self.port, self.lag)?;
        Ok(())
    }
}

/// How many frames last as long as so many samples of the mixer: to the nearest.
pub fn frames_at(rate_hz: u32, samples: usize, mixer_hz: u32) -> usize {
    let (rate, mixer) = (u128::from(rate_hz), u128::from(mixer_hz));
    usize::try_from((samples as u128 * rate + mixer / 2) / mixer).unwrap_or(usize::MAX)
}
