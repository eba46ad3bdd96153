//! The report: the results of the call as numbers, for machines. [`crate::table`] shows it to people.

use std::{path::Path, time::Duration};

use serde::Serialize;

use crate::{
    cli::{DetectorChoice, Format},
    ear::Hearing,
    intake::Intake,
    meter::dbfs,
    network::Network,
    outputs::Places,
    run::Outcome,
    scene::{Scene, ScriptPlace},
};

/// The whole report. The level of digital silence is null.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub rate: u32,
    pub channels: usize,
    pub tick_ms: f64,
    pub tick_samples: usize,
    pub smoothing_ms: f64,
    pub limiter: bool,
    pub detector: DetectorChoice,
    pub format: Format,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// The length of every output, in samples of the mixer.
    pub samples: usize,
    pub seconds: f64,
    pub listeners: Vec<ListenerReport>,
    pub sources: Vec<SourceReport>,
    pub events: Vec<EventReport>,
    pub tick_time: TickTime,
    pub plot: Option<PlotReport>,
    /// The index of the stems.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stems: Option<String>,
}

/// The mix of one participant, over the whole length of its file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListenerReport {
    pub participant: String,
    pub file: String,
    pub peak: f32,
    pub peak_dbfs: Option<f64>,
    pub rms: f64,
    pub rms_dbfs: Option<f64>,
    /// The largest gain reduction of the limiter: 0 or negative.
    pub limiter_reduction_db: f64,
    /// The format of the file, if it is not the mixer's rate and channels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream: Option<StreamReport>,
}

/// A file that was written from an output port.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamReport {
    pub rate: u32,
    pub channels: usize,
    /// Samples per channel.
    pub samples: usize,
    /// The delay of the conversion, which was cut from the beginning.
    pub cut_ms: f64,
}

/// What one participant sent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceReport {
    pub participant: String,
    /// How long its detector was active, hangover included.
    pub active_seconds: f64,
    /// Frames with a sample that is NaN, infinite or past ±1e6, which count as missing.
    pub not_finite: u64,
    /// The figures of its input port, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<Intake>,
}

/// When an event of the script took effect.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventReport {
    /// Its index in the script.
    pub index: usize,
    pub at_ms: f64,
    /// The first sample with the event's effect; null if that is after the end of the call.
    pub sample: Option<usize>,
}

/// The time that the mixer took for a tick.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TickTime {
    pub ticks: usize,
    pub p50_us: f64,
    pub p99_us: f64,
    pub max_us: f64,
    /// The time of all ticks divided by their duration: real time needs 1 or less.
    pub share_of_real_time: f64,
}

/// The picture.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlotReport {
    pub file: String,
    /// The listener whose gains are drawn.
    pub listener: String,
}

impl Report {
    /// The report of a run; `plot_listener` is the listener whose gains were drawn.
    pub fn of(scene: &Scene, places: &Places, outcome: &Outcome, format: Format, plot_listener: usize) -> Self {
        let settings = &scene.settings;
        let plot = |file: &Path| PlotReport {
            file: file.display().to_string(),
            listener: scene.cast[plot_listener].id.clone(),
        };
        Self {
            rate: settings.rate,
            channels: settings.channels.count(),
            tick_ms: settings.tick_ms,
            tick_samples: settings.tick_samples,
            smoothing_ms: settings.smoothing_ms,
            limiter: settings.limiter,
            detector: settings.detector,
            format,
            network: settings.network.as_deref().cloned(),
            samples: scene.length,
            seconds: settings.seconds(scene.length),
            listeners: (0..scene.cast.len()).map(|member| listener(scene, places, outcome, member)).collect(),
            sources: scene.senders().map(|member| source(scene, outcome, member)).collect(),
            events: events(scene),
            tick_time: tick_time(scene, outcome),
            plot: places.picture.as_deref().map(plot),
            stems: places.stems.as_ref().map(|stems| stems.index().display().to_string()),
        }
    }
}

fn listener(scene: &Scene, places: &Places, outcome: &Outcome, member: usize) -> ListenerReport {
    let meter = &outcome.heard[member].meter;
    let rms = meter.rms(scene.length * scene.settings.channels.count());
    let stream = |Hearing { format, lag }| StreamReport {
        rate: format.rate_hz,
        channels: format.channels.count(),
        samples: scene.frames(format.rate_hz),
        cut_ms: 1000.0 * lag as f64 / f64::from(format.rate_hz),
    };
    ListenerReport {
        participant: scene.cast[member].id.clone(),
        file: places.tracks[member].display().to_string(),
        peak: meter.peak,
        peak_dbfs: dbfs(f64::from(meter.peak)),
        rms,
        rms_dbfs: dbfs(rms),
        limiter_reduction_db: meter.reduction,
        stream: scene.cast[member].hearing.map(stream),
    }
}

fn source(scene: &Scene, outcome: &Outcome, member: usize) -> SourceReport {
    let active_samples = outcome.activity.count(member) * scene.settings.tick_samples;
    SourceReport {
        participant: scene.cast[member].id.clone(),
        active_seconds: scene.settings.seconds(active_samples),
        not_finite: outcome.not_finite[member],
        port: outcome.intakes[member].clone(),
    }
}

fn events(scene: &Scene) -> Vec<EventReport> {
    let scripted = scene.cues.iter().filter_map(|cue| cue.event.map(|event| (cue.tick, event)));
    let report = |(tick, event): (usize, ScriptPlace)| {
        let sample = (tick < scene.ticks()).then(|| tick * scene.settings.tick_samples);
        EventReport { index: event.index, at_ms: event.at_ms, sample }
    };
    scripted.map(report).collect()
}

fn tick_time(scene: &Scene, outcome: &Outcome) -> TickTime {
    let times = outcome.stopwatch.sorted();
    // The nearest rank: the shortest time that is not exceeded by this percentage of all ticks.
    let percentile = |percent: usize| times[(times.len() * percent).div_ceil(100).saturating_sub(1)];
    let microseconds = |time: Duration| time.as_secs_f64() * 1e6;
    let lasted = scene.settings.seconds(times.len() * scene.settings.tick_samples);
    TickTime {
        ticks: times.len(),
        p50_us: microseconds(percentile(50)),
        p99_us: microseconds(percentile(99)),
        max_us: microseconds(percentile(100)),
        share_of_real_time: times.iter().sum::<Duration>().as_secs_f64() / lasted,
    }
}
