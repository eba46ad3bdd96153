//! The settings of the mixing: the checked numbers of the command line, in the mixer's units.

use std::sync::Arc;

use mixminus::{
    Channels, Decibels, Detector, Direction, JoinOptions, LimiterConfig, MixerConfig, stream::StreamFormat,
};

use crate::{
    cli::{DetectorChoice, Options, Switch},
    error::Error,
    network::Network,
};

/// The longest tick of the mixer.
const MAX_TICK_MS: f64 = 120.0;

/// What all participants and mixes have in common.
#[derive(Debug, Clone)]
pub struct Settings {
    pub rate: u32,
    pub channels: Channels,
    pub tick_samples: usize,
    pub tick_ms: f64,
    pub smoothing_ms: f64,
    pub limiter: bool,
    pub detector: DetectorChoice,
    /// The bad network between the sources and the mixer, if there is one.
    pub network: Option<Arc<Network>>,
    threshold: Decibels,
    hangover_ms: f64,
}

impl Settings {
    /// The settings that the options describe.
    pub fn of(options: &Options) -> Result<Self, Error> {
        let threshold = options.threshold_dbfs.unwrap_or(-50.0);
        if !(threshold.is_finite() && threshold <= 0.0) {
            return Err(Error::Usage(format!("--threshold-dbfs {threshold} is not a level at or below 0 dBFS")));
        }
        let settings = Self {
            rate: options.rate,
            channels: options.channels,
            tick_samples: tick_samples(options.tick_ms, options.rate)?,
            tick_ms: options.tick_ms,
            smoothing_ms: options.smoothing_ms,
            limiter: options.limiter == Switch::On,
            detector: options.detector,
            network: Network::of(options)?.map(Arc::new),
            threshold: Decibels(threshold),
            hangover_ms: options.hangover_ms.unwrap_or(200.0),
        };
        settings.rehearse()?;
        Ok(settings)
    }

    /// Builds a mixer to have it check the settings: it knows its own limits.
    fn rehearse(&self) -> Result<(), Error> {
        let (controller, _processor) = self.mixer(1).build().map_err(|cause| Error::Usage(cause.to_string()))?;
        controller.join("anyone", self.join(true)).map_err(|cause| Error::Usage(cause.to_string()))?;
        Ok(())
    }

    /// The mixer of this call, with room for so many participants.
    pub fn mixer(&self, participants: usize) -> MixerConfig {
        MixerConfig {
            sample_rate: self.rate,
            channels: self.channels,
            tick_samples: self.tick_samples,
            smoothing_ms: self.smoothing_ms,
            limiter: self.limiter.then(LimiterConfig::default),
            participants,
            ..MixerConfig::default()
        }
    }

    /// The rate and channels of every mix.
    pub fn format(&self) -> StreamFormat {
        StreamFormat { rate_hz: self.rate, channels: self.channels }
    }

    /// The join options of a participant who sends audio, or who only hears.
    pub fn join(&self, sends: bool) -> JoinOptions {
        let detector = match self.detector {
            DetectorChoice::Energy => Detector::Energy { threshold: self.threshold, hangover_ms: self.hangover_ms },
            // The detector of a host that never reports activity: no source ever ducks others.
            DetectorChoice::Off => Detector::Host,
        };
        JoinOptions { direction: direction(sends), detector, ..JoinOptions::default() }
    }

    /// The duration of `samples`, in seconds.
    pub fn seconds(&self, samples: usize) -> f64 {
        samples as f64 / f64::from(self.rate)
    }

    /// The first tick that starts at or after a time.
    pub fn tick_at(&self, at_ms: f64) -> usize {
        let ticks = at_ms * f64::from(self.rate) / 1000.0 / self.tick_samples as f64;
        // A time at the edge of a tick belongs to that tick, also if the division is slightly too
        // large.
        (ticks - 1e-6).ceil().max(0.0) as usize
    }
}

/// The direction of a participant who sends audio, or who only hears.
pub fn direction(sends: bool) -> Direction {
    if sends { Direction::Both } else { Direction::Listener }
}

fn tick_samples(tick_ms: f64, rate: u32) -> Result<usize, Error> {
    if !(tick_ms > 0.0 && tick_ms <= MAX_TICK_MS) {
        return Err(Error::Usage(format!("--tick-ms {tick_ms} is not above 0 and at most {MAX_TICK_MS} ms")));
    }
    let samples = tick_ms * f64::from(rate) / 1000.0;
    let whole = samples.round();
    if (samples - whole).abs() > 1e-6 {
        let advice = match whole_milliseconds(tick_ms, rate) {
            Some(better) => format!(": try --tick-ms {better}"),
            None => String::new(),
        };
        return Err(Error::Usage(format!(
            "--tick-ms {tick_ms} is {samples} samples at {rate} Hz, and a tick is a whole number of them{advice}"
        )));
    }
    Ok(whole as usize)
}

/// The next number of milliseconds that is a whole number of samples.
fn whole_milliseconds(tick_ms: f64, rate: u32) -> Option<u32> {
    let next = (tick_ms.ceil() as u32).max(1);
    (next..=MAX_TICK_MS as u32).find(|ms| (u64::from(*ms) * u64::from(rate)).is_multiple_of(1000))
}
