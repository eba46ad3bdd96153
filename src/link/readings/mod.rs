//! Levels and counters: the audio side measures them, and any thread reads them without disturbing it.
//!
//! The shared part is plain atomics with one writer, the audio thread. Each figure is consistent in itself;
//! several figures together may come from different ticks.

mod missing;
mod mixer;

use crate::data::{
    level::Decibels,
    loudness::{MixLevel, SourceMeasures},
    sync::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed},
};

pub(crate) use missing::Missing;
pub(crate) use mixer::MixerMeters;
pub use mixer::MixerReadings;

/// What one participant sent and heard, as read from any thread.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Readings {
    /// The figures of what it sends.
    pub source: SourceReadings,
    /// The figures of what it hears.
    pub listener: ListenerReadings,
}

/// A source's levels in the last tick, and its counters since the participant joined.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SourceReadings {
    /// The greatest magnitude in its frame, as sent; 0 without a frame. A frame that came to a port and that nobody
    /// hears is not made: its peak is shown as its RMS, the least that it can be.
    pub peak: f32,
    /// The RMS of its frame, as sent; 0 without a frame.
    pub rms: f32,
    /// Whether the source was active in the last tick.
    pub active: bool,
    /// Whether it sends and counts as silent: no frame has reached the floor of the mixer for 200 ms
    /// ([`MixerConfig::floor`](field@crate::MixerConfig::floor)). Nobody hears it meanwhile; its meter goes on.
    pub quiet: bool,
    /// Frames that were accepted.
    pub frames: u64,
    /// Ticks in which the source was active.
    pub active_ticks: u64,
    /// Ticks in which a stereo frame in a mono mixer was in anti-phase: the mean of its channels, which is heard, is
    /// 20 dB or more under half their difference, which is not. Such a source is wired wrong, or widened: it is loud in
    /// its meter and faint or silent in the mix. Counted for frames by hand and for ports.
    pub anti_phase_ticks: u64,
    /// Ticks without a good frame, since the first one. They go on counting for a source that has stopped sending.
    pub missing: u64,
    /// How often frames came back after some were missing.
    pub returns: u64,
    /// Frames refused because a sample was NaN, infinite or past ±1e6. They count as missing, too.
    pub not_finite: u64,
    /// Frames refused for their length, or because the source had already sent one in that tick.
    pub refused: u64,
}

/// A listener's levels in the last tick.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ListenerReadings {
    /// The greatest magnitude of the mix.
    pub peak: f32,
    /// The RMS of the mix.
    pub rms: f32,
    /// The least gain that the limiter applied: 0 dB or less.
    pub reduction: Decibels,
    /// Ticks in which the limiter acted, since the participant joined.
    pub limited_ticks: u64,
}

/// The shared meters of one participant. The figures that are written in every tick share one cache line.
#[derive(Debug)]
#[repr(C, align(64))]
pub(crate) struct Meters {
    source_peak: AtomicU32,
    mix_peak: AtomicU32,
    source_square: AtomicU64,
    mix_square: AtomicU64,
    mix_gain: AtomicU32,
    source_active: AtomicBool,
    source_quiet: AtomicBool,
    frames: AtomicU64,
    active_ticks: AtomicU64,
    missing: Missing,
    limited_ticks: AtomicU64,
    returns: AtomicU64,
    not_finite: AtomicU64,
    refused: AtomicU64,
    anti_phase_ticks: AtomicU64,
    /// The number of pairs that the listener's row has on the audio side. The control side makes room for
    /// them in the next row.
    pub pairs: AtomicU32,
}

impl Default for Meters {
    fn default() -> Self {
        let level = AtomicU32::default;
        let count = AtomicU64::default;
        Self {
            source_peak: level(),
            source_square: count(),
            source_active: AtomicBool::default(),
            source_quiet: AtomicBool::default(),
            frames: count(),
            active_ticks: count(),
            missing: Missing::default(),
            returns: count(),
            not_finite: count(),
            refused: count(),
            anti_phase_ticks: count(),
            mix_peak: level(),
            mix_square: count(),
            mix_gain: AtomicU32::new(1.0_f32.to_bits()),
            limited_ticks: count(),
            pairs: AtomicU32::default(),
        }
    }
}

impl Meters {
    /// Writes the figures of a source. With `goes_on`, one missing frame is counted in each tick from that
    /// tick number on, until the next write.
    pub fn write_source(&self, readings: &SourceMeasures, goes_on: Option<u64>) {
        self.source_peak.store(readings.loudness.peak.to_bits(), Relaxed);
        self.source_square.store(readings.loudness.square.to_bits(), Relaxed);
        self.source_active.store(readings.active, Relaxed);
        self.source_quiet.store(readings.quiet, Relaxed);
        self.frames.store(readings.frames, Relaxed);
        self.active_ticks.store(readings.active_ticks, Relaxed);
        self.missing.set(readings.missing, goes_on);
        self.returns.store(readings.returns, Relaxed);
        self.not_finite.store(readings.not_finite, Relaxed);
        self.refused.store(readings.refused, Relaxed);
        self.anti_phase_ticks.store(readings.anti_phase_ticks, Relaxed);
    }

    pub fn write_mix(&self, mix: &MixLevel) {
        self.mix_peak.store(mix.peak.to_bits(), Relaxed);
        self.mix_square.store(mix.square.to_bits(), Relaxed);
        self.mix_gain.store(mix.gain.to_bits(), Relaxed);
        if mix.limited() {
            self.limited_ticks.store(self.limited_ticks.load(Relaxed) + 1, Relaxed);
        }
    }

    /// Reads all figures. `ticks` tells the number of ticks that the mixer has mixed.
    pub fn read(&self, ticks: impl Fn() -> u64) -> Readings {
        let level = |bits: &AtomicU32| f32::from_bits(bits.load(Relaxed));
        Readings {
            source: SourceReadings {
                peak: level(&self.source_peak),
                rms: f64::from_bits(self.source_square.load(Relaxed)).sqrt() as f32,
                active: self.source_active.load(Relaxed),
                quiet: self.source_quiet.load(Relaxed),
                frames: self.frames.load(Relaxed),
                active_ticks: self.active_ticks.load(Relaxed),
                missing: self.missing.get(ticks),
                returns: self.returns.load(Relaxed),
                not_finite: self.not_finite.load(Relaxed),
                refused: self.refused.load(Relaxed),
                anti_phase_ticks: self.anti_phase_ticks.load(Relaxed),
            },
            listener: ListenerReadings {
                peak: level(&self.mix_peak),
                rms: f64::from_bits(self.mix_square.load(Relaxed)).sqrt() as f32,
                reduction: Decibels::from_amplitude(f64::from(level(&self.mix_gain))),
                limited_ticks: self.limited_ticks.load(Relaxed),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::loudness::Loudness;

    #[test]
    fn meters_read_what_was_written() {
        let meters = Meters::default();
        let written = SourceMeasures {
            loudness: Loudness { peak: 0.75, square: 0.25 },
            active: true,
            quiet: true,
            frames: 3,
            active_ticks: 4,
            missing: 5,
            returns: 6,
            not_finite: 7,
            refused: 8,
            anti_phase_ticks: 9,
        };
        meters.write_source(&written, None);
        meters.write_mix(&MixLevel { peak: 1.0, square: 0.0625, gain: 0.1 });
        let readings = meters.read(|| 0);
        let SourceReadings { peak, rms, active, quiet, frames, active_ticks, missing, returns, .. } = readings.source;
        let SourceReadings { not_finite, refused, anti_phase_ticks, .. } = readings.source;
        assert_eq!((peak, rms, active, quiet), (0.75, 0.5, true, true));
        let counts = [frames, active_ticks, missing, returns, not_finite, refused, anti_phase_ticks];
        assert_eq!(counts, [3, 4, 5, 6, 7, 8, 9]);
        assert_eq!((readings.listener.peak, readings.listener.rms), (1.0, 0.25));
        assert!((readings.listener.reduction.0 + 20.0).abs() < 1e-4);
    }
}
