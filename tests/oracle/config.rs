//! What a test sets: the figures of the mixer, and the configuration of a listener.

/// The figures of the whole mixer.
#[derive(Clone, Copy, Debug)]
pub struct OracleConfig {
    /// Samples in a second.
    pub rate: f64,
    /// Samples in a tick, at least 1.
    pub tick: usize,
    /// The smoothing time N, in samples; 0 = at once.
    pub smoothing: usize,
    /// The energy detector's threshold: an RMS of 1.0 is 0 dBFS.
    pub threshold_dbfs: f64,
    /// The energy detector's hangover, rounded to whole ticks.
    pub hangover_ms: f64,
    /// The floor, as an RMS in dBFS; `None` = off.
    pub floor_dbfs: Option<f64>,
}

impl OracleConfig {
    /// The lowest RMS that the energy detector calls loud.
    pub(super) fn threshold(&self) -> f64 {
        10_f64.powf(self.threshold_dbfs / 20.0)
    }

    /// Whether a frame of this RMS reaches the floor.
    pub(super) fn reaches_floor(&self, rms: f64) -> bool {
        self.floor_dbfs.is_none_or(|floor| rms >= 10_f64.powf(floor / 20.0))
    }

    /// For how many samples a source is not quiet yet after a frame that reached the floor.
    pub(super) fn floor_hold(&self) -> f64 {
        0.2 * self.rate
    }

    /// The hangover in ticks.
    pub(super) fn hangover_ticks(&self) -> f64 {
        (self.hangover_ms / (self.tick as f64 * 1000.0 / self.rate)).round()
    }
}

/// How a listener's ducking runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ducking {
    /// A whole journey down, in ms; 0 = the smoothing time.
    pub ramp_active_ms: f64,
    /// A whole journey up, in ms; 0 = the smoothing time.
    pub ramp_inactive_ms: f64,
    /// The level in percent while a ducker is active.
    pub lower: f64,
    /// The level in percent while none is.
    pub upper: f64,
}

/// The whole configuration of a listener; the default is that of a listener without one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListenerConfig {
    /// Whether only the listed sources are heard.
    pub exclusive: bool,
    /// How the sources that are no duckers are ducked; `None` = not at all.
    pub ducking: Option<Ducking>,
    /// Source, level in percent, `duckOthers`: a source at most once.
    pub sources: Vec<(usize, f64, bool)>,
}

impl ListenerConfig {
    /// Lower and upper bound of the envelope, in percent. Without ducking it rests at 100.
    pub(super) fn range(&self) -> (f64, f64) {
        self.ducking.map_or((100.0, 100.0), |d| (d.lower, d.upper))
    }

    /// The level of a source, as a factor. The listener itself is no source of its own mix.
    pub(super) fn level(&self, source: usize) -> f64 {
        match self.row(source) {
            Some((level, _)) => level / 100.0,
            None => self.level_of_unlisted(),
        }
    }

    /// The level of a source without a row, as a factor.
    pub(super) fn level_of_unlisted(&self) -> f64 {
        if self.exclusive { 0.0 } else { 1.0 }
    }

    /// Whether a source ducks the others, and so is never ducked. Without `ducking` nobody does.
    pub(super) fn is_ducker(&self, source: usize) -> bool {
        self.ducking.is_some() && self.row(source).is_some_and(|(_, duck_others)| duck_others)
    }

    /// The row that lists a source: its level in percent and `duckOthers`.
    pub(super) fn row(&self, source: usize) -> Option<(f64, bool)> {
        let row = self.sources.iter().find(|row| row.0 == source);
        row.map(|&(_, level, duck_others)| (level, duck_others))
    }
}
