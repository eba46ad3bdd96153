//! The tables of all exported series: the name, unit and help text of each, and the reading that it
//! shows. Data only.

use metrics::Unit;

use crate::{ListenerReadings, Snapshot, SourceReadings};

/// A series of one mixer or of each participant, with values from a `T`.
pub(super) struct Series<T> {
    pub name: &'static str,
    /// `None` if the facade has no such unit.
    pub unit: Option<Unit>,
    pub help: &'static str,
    pub read: Read<T>,
}

/// The kind of a series, and how its value is read.
pub(super) enum Read<T> {
    /// A value that never falls.
    Counter(fn(&T) -> u64),
    Gauge(fn(&T) -> f64),
}

const fn counter<T>(name: &'static str, read: fn(&T) -> u64, help: &'static str) -> Series<T> {
    Series { name, unit: Some(Unit::Count), help, read: Read::Counter(read) }
}

const fn gauge<T>(name: &'static str, unit: Option<Unit>, read: fn(&T) -> f64, help: &'static str) -> Series<T> {
    Series { name, unit, help, read: Read::Gauge(read) }
}

const COUNT: Option<Unit> = Some(Unit::Count);

pub(super) const MIXER: [Series<Snapshot>; 10] = [
    counter("mixminus_ticks_total", |all| all.mixer.ticks, "Ticks mixed."),
    counter(
        "mixminus_unknown_frames_total",
        |all| all.mixer.unknown_frames,
        "Frames refused: no sender has their key.",
    ),
    counter(
        "mixminus_lost_talk_events_total",
        |all| all.mixer.lost_talk_events,
        "Talk events for which there was no room.",
    ),
    counter("mixminus_lost_tap_ticks_total", |all| all.mixer.lost_tap_ticks, "Ticks of sound that taps have lost."),
    counter(
        "mixminus_shed_ticks_total",
        |all| all.mixer.shed_ticks,
        "Ticks of which something was left out to take less time.",
    ),
    gauge("mixminus_participants", COUNT, |all| all.participants.len() as f64, "Participants in the call."),
    gauge(
        "mixminus_audible_sources",
        COUNT,
        |all| f64::from(all.mixer.audible_sources),
        "Sources present and not silent in the last tick.",
    ),
    gauge(
        "mixminus_distinct_mixes",
        COUNT,
        |all| f64::from(all.mixer.distinct_mixes),
        "Different mixes in the last tick.",
    ),
    gauge("mixminus_published_generation", None, |all| all.published.number() as f64, "The newest change."),
    gauge("mixminus_mixed_generation", None, |all| all.mixed.number() as f64, "The newest change that is heard."),
];

pub(super) const SOURCE: [Series<SourceReadings>; 11] = [
    counter("mixminus_source_frames_total", |source| source.frames, "Frames taken."),
    counter("mixminus_source_active_ticks_total", |source| source.active_ticks, "Ticks in which it was active."),
    counter("mixminus_source_missing_total", |source| source.missing, "Ticks without a good frame since the first."),
    counter("mixminus_source_returns_total", |source| source.returns, "How often frames came back after a gap."),
    counter(
        "mixminus_source_not_finite_total",
        |source| source.not_finite,
        "Frames refused for a sample that is NaN, infinite or past ±1e6.",
    ),
    counter("mixminus_source_refused_total", |source| source.refused, "Frames refused as too long, short or many."),
    counter(
        "mixminus_source_anti_phase_ticks_total",
        |source| source.anti_phase_ticks,
        "Ticks in which its channels cancelled each other out in a mono mix.",
    ),
    gauge("mixminus_source_peak", None, |source| source.peak.into(), "Greatest magnitude; full scale is 1."),
    gauge("mixminus_source_rms", None, |source| source.rms.into(), "RMS; full scale is 1."),
    gauge("mixminus_source_active", None, |source| source.active.into(), "1 if it was active in the last tick."),
    gauge("mixminus_source_quiet", None, |source| source.quiet.into(), "1 if it sends and counts as silent."),
];

pub(super) const LISTENER: [Series<ListenerReadings>; 4] = [
    counter("mixminus_listener_limited_ticks_total", |mix| mix.limited_ticks, "Ticks in which the limiter acted."),
    gauge("mixminus_listener_peak", None, |mix| mix.peak.into(), "Greatest magnitude; full scale is 1."),
    gauge("mixminus_listener_rms", None, |mix| mix.rms.into(), "RMS; full scale is 1."),
    gauge(
        "mixminus_listener_limiter_reduction_db",
        None,
        |mix| mix.reduction.0,
        "The limiter's least gain in dB: 0 or less.",
    ),
];

#[cfg(feature = "stream")]
pub(super) use ports::{INPUT, OUTPUT};
#[cfg(feature = "stream")]
pub(super) use runner::RUNNER;

#[cfg(feature = "stream")]
mod ports {
    use super::{Series, Unit, counter, gauge};
    use crate::stream::{InputReadings, OutputReadings};

    const SECONDS: Option<Unit> = Some(Unit::Seconds);
    const S_PER_MS: f64 = 1e-3;

    pub(in crate::export) const INPUT: [Series<InputReadings>; 22] = [
        counter("mixminus_input_packets_total", |port| port.received_packets, "Packets taken."),
        counter("mixminus_input_refused_total", |port| port.refused, "Packets refused: not finite, uneven, too long."),
        counter("mixminus_input_late_total", |port| port.late, "Packets that came too late."),
        counter("mixminus_input_lost_samples_total", |port| port.lost_samples, "Samples that did not come in time."),
        counter("mixminus_input_duplicates_total", |port| port.duplicates, "Packets that came twice."),
        counter(
            "mixminus_input_reordered_total",
            |port| port.reordered,
            "Packets that came after newer ones, in time.",
        ),
        counter("mixminus_input_strays_total", |port| port.strays, "Packets with stamps far from all others."),
        counter("mixminus_input_underruns_total", |port| port.underruns, "How often there was nothing to play."),
        counter(
            "mixminus_input_overruns_total",
            |port| port.overruns,
            "How often the oldest was dropped, as too much waited.",
        ),
        counter(
            "mixminus_input_concealed_samples_total",
            |port| port.concealed_samples,
            "Samples heard that are not the sender's.",
        ),
        counter(
            "mixminus_input_recovered_samples_total",
            |port| port.recovered_samples,
            "Samples heard from a copy in the next packet.",
        ),
        counter(
            "mixminus_input_concealment_events_total",
            |port| port.concealment_events,
            "How often the sound broke off and was gone on with.",
        ),
        counter(
            "mixminus_input_inserted_samples_total",
            |port| port.inserted_samples,
            "By how many samples the sound was stretched.",
        ),
        counter(
            "mixminus_input_removed_samples_total",
            |port| port.removed_samples,
            "By how many samples the sound was shortened.",
        ),
        counter(
            "mixminus_input_undecoded_samples_total",
            |port| port.undecoded_samples,
            "Samples that were not decoded in time.",
        ),
        counter("mixminus_input_resyncs_total", |port| port.resyncs, "How often the stream began anew."),
        counter(
            "mixminus_input_dropped_samples_total",
            |port| port.dropped_samples,
            "Samples received and then dropped.",
        ),
        counter(
            "mixminus_input_discarded_samples_total",
            |port| port.discarded_samples,
            "Samples received and discarded, as their participant was on hold.",
        ),
        gauge("mixminus_input_fill_seconds", SECONDS, |port| port.fill_ms * S_PER_MS, "Audio that waits to be played."),
        gauge("mixminus_input_wait_seconds", SECONDS, |port| port.wait_ms * S_PER_MS, "How long packets wait."),
        gauge(
            "mixminus_input_target_seconds",
            SECONDS,
            |port| port.target_ms * S_PER_MS,
            "How long packets should wait for what the network does.",
        ),
        gauge("mixminus_input_drift_ppm", None, |port| port.drift_ppm, "How much faster the sender's clock is."),
    ];

    pub(in crate::export) const OUTPUT: [Series<OutputReadings>; 6] = [
        counter("mixminus_output_samples_total", |port| port.pulled_samples, "Samples pulled."),
        counter("mixminus_output_underruns_total", |port| port.underruns, "How often too few samples waited."),
        counter(
            "mixminus_output_overruns_total",
            |port| port.overruns,
            "How often the oldest was dropped, as too much waited.",
        ),
        counter(
            "mixminus_output_dropped_samples_total",
            |port| port.dropped_samples,
            "Samples dropped: nobody pulled.",
        ),
        gauge(
            "mixminus_output_fill_seconds",
            SECONDS,
            |port| port.fill_ms * S_PER_MS,
            "Audio that waits to be pulled.",
        ),
        gauge("mixminus_output_drift_ppm", None, |port| port.drift_ppm, "How much faster the receiver's clock is."),
    ];
}

#[cfg(feature = "stream")]
mod runner {
    use super::{Series, Unit, counter, gauge};
    use crate::stream::{ObtainedPriority, RunnerReadings};

    const SECONDS: Option<Unit> = Some(Unit::Seconds);
    const S_PER_US: f64 = 1e-6;

    pub(in crate::export) const RUNNER: [Series<RunnerReadings>; 12] = [
        counter("mixminus_runner_ticks_total", |runner| runner.ticks, "Ticks made."),
        counter("mixminus_runner_skipped_ticks_total", |runner| runner.skipped_ticks, "Ticks not made: too late."),
        counter(
            "mixminus_runner_overrun_ticks_total",
            |runner| runner.overrun_ticks,
            "Ticks that took longer than their time.",
        ),
        gauge(
            "mixminus_runner_overload_step",
            None,
            |runner| f64::from(runner.overload_step),
            "How many steps of the overload policy are taken.",
        ),
        counter(
            "mixminus_runner_overload_steps_taken_total",
            |runner| runner.overload_steps_taken,
            "How often a step of the overload policy was taken.",
        ),
        gauge(
            "mixminus_runner_lateness_p50_seconds",
            SECONDS,
            |runner| runner.lateness_us.p50 * S_PER_US,
            "Half of all ticks began this late at most.",
        ),
        gauge(
            "mixminus_runner_lateness_p99_seconds",
            SECONDS,
            |runner| runner.lateness_us.p99 * S_PER_US,
            "99 % of all ticks began this late at most.",
        ),
        gauge(
            "mixminus_runner_lateness_max_seconds",
            SECONDS,
            |runner| runner.lateness_us.max * S_PER_US,
            "The latest tick.",
        ),
        gauge(
            "mixminus_runner_duration_p50_seconds",
            SECONDS,
            |runner| runner.duration_us.p50 * S_PER_US,
            "Half of all ticks took this long at most.",
        ),
        gauge(
            "mixminus_runner_duration_p99_seconds",
            SECONDS,
            |runner| runner.duration_us.p99 * S_PER_US,
            "99 % of all ticks took this long at most.",
        ),
        gauge(
            "mixminus_runner_duration_max_seconds",
            SECONDS,
            |runner| runner.duration_us.max * S_PER_US,
            "The longest tick.",
        ),
        gauge(
            "mixminus_runner_real_time",
            None,
            |runner| (runner.priority == ObtainedPriority::RealTime).into(),
            "1 if the thread has real-time priority.",
        ),
    ];
}
