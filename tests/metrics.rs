//! The series that a recorder of the `metrics` facade receives.
#![cfg(feature = "metrics")]

mod rig;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use metrics::{
    Counter, Gauge, GaugeFn, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit, with_local_recorder,
};
use mixminus::{Direction, Export, Exporter};
use rig::{Rig, small};

/// Keeps every series that it receives, under `name{label=value,...}`.
#[derive(Debug, Default)]
struct Small {
    counters: Mutex<BTreeMap<String, Arc<AtomicU64>>>,
    gauges: Mutex<BTreeMap<String, Arc<AtomicU64>>>,
    units: Mutex<BTreeMap<String, Option<Unit>>>,
}

/// A gauge that may only be set: the bits of its f64.
#[derive(Debug)]
struct Set(Arc<AtomicU64>);

impl GaugeFn for Set {
    fn increment(&self, _: f64) {
        panic!("is set only");
    }

    fn decrement(&self, _: f64) {
        panic!("is set only");
    }

    fn set(&self, value: f64) {
        self.0.store(value.to_bits(), Ordering::Relaxed);
    }
}

fn written(key: &Key) -> String {
    let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
    format!("{}{{{}}}", key.name(), labels.join(","))
}

impl Recorder for Small {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, _: SharedString) {
        let before = self.units.lock().unwrap().insert(key.as_str().into(), unit);
        assert_eq!(before, None, "{key:?} is described once");
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, text: SharedString) {
        self.describe_counter(key, unit, text);
    }

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {
        panic!("there are none");
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(Arc::clone(self.counters.lock().unwrap().entry(written(key)).or_default()))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        let cell = Arc::clone(self.gauges.lock().unwrap().entry(written(key)).or_default());
        Gauge::from_arc(Arc::new(Set(cell)))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        panic!("there are none");
    }
}

impl Small {
    fn counter(&self, series: &str) -> Option<u64> {
        self.counters.lock().unwrap().get(series).map(|cell| cell.load(Ordering::Relaxed))
    }

    fn gauge(&self, series: &str) -> Option<f64> {
        self.gauges.lock().unwrap().get(series).map(|cell| f64::from_bits(cell.load(Ordering::Relaxed)))
    }

    /// The number of series, and the names of those without a description.
    fn names(&self) -> (usize, Vec<String>) {
        let (counters, gauges) = (self.counters.lock().unwrap(), self.gauges.lock().unwrap());
        let names: BTreeSet<String> = counters.keys().chain(gauges.keys()).cloned().collect();
        let units = self.units.lock().unwrap();
        let described = |series: &String| series.split('{').next().is_some_and(|name| units.contains_key(name));
        (names.len(), names.iter().filter(|series| !described(series)).cloned().collect())
    }
}

/// Anna and Ben send and hear, Cleo hears; Anna spoke in one tick.
fn call() -> Rig {
    let mut rig = Rig::with(small(), &["anna", "ben"]);
    rig.join("cleo", Direction::Listener);
    rig.level(&[("anna", 0.5)]);
    rig
}

#[test]
fn the_mixer_alone_makes_ten_series() {
    let (recorder, rig) = (Small::default(), call());
    let snapshot = rig.controller.snapshot();
    with_local_recorder(&recorder, || Exporter::new("a", Export::Mixer).record(&snapshot));
    assert_eq!(recorder.names(), (10, vec![]));
    assert_eq!(recorder.counter("mixminus_ticks_total{mixer=a}"), Some(2));
    assert_eq!(recorder.gauge("mixminus_participants{mixer=a}"), Some(3.0));
    assert_eq!(recorder.gauge("mixminus_audible_sources{mixer=a}"), Some(2.0), "anna, and what fades out of ben");
    assert_eq!(recorder.gauge("mixminus_distinct_mixes{mixer=a}"), Some(snapshot.mixer.distinct_mixes.into()));
    let generations = ["published", "mixed"].map(|kind| format!("mixminus_{kind}_generation{{mixer=a}}"));
    assert_eq!(generations.map(|series| recorder.gauge(&series)), [Some(3.0), Some(3.0)]);
}

#[test]
fn participants_have_the_series_of_their_roles() {
    let (recorder, rig) = (Small::default(), call());
    with_local_recorder(&recorder, || Exporter::new("a", Export::Participants).record(&rig.controller.snapshot()));
    assert_eq!(recorder.names(), (10 + 2 * 11 + 3 * 4, vec![]));
    assert_eq!(recorder.counter("mixminus_source_frames_total{mixer=a,participant=anna}"), Some(2));
    assert_eq!(recorder.counter("mixminus_source_missing_total{mixer=a,participant=ben}"), Some(1));
    assert_eq!(recorder.gauge("mixminus_source_peak{mixer=a,participant=anna}"), Some(0.5));
    assert_eq!(recorder.gauge("mixminus_source_active{mixer=a,participant=anna}"), Some(1.0));
    assert_eq!(recorder.gauge("mixminus_source_active{mixer=a,participant=ben}"), Some(0.0));
    assert_eq!(recorder.gauge("mixminus_listener_limiter_reduction_db{mixer=a,participant=cleo}"), Some(0.0));
    assert_eq!(recorder.gauge("mixminus_source_peak{mixer=a,participant=cleo}"), None);
}

#[test]
fn who_left_keeps_the_last_values() {
    let (recorder, mut rig) = (Small::default(), call());
    let exporter = Exporter::new("a", Export::Participants);
    with_local_recorder(&recorder, || {
        exporter.record(&rig.controller.snapshot());
        rig.leave("anna");
        rig.join("anna", Direction::Both);
        rig.level(&[("anna", 0.25)]);
        exporter.record(&rig.controller.snapshot());
    });
    assert_eq!(recorder.gauge("mixminus_source_peak{mixer=a,participant=anna}"), Some(0.25), "the new stay's");
    assert_eq!(recorder.counter("mixminus_source_frames_total{mixer=a,participant=anna}"), Some(2), "the old one's");
}

#[test]
fn without_a_recorder_nothing_happens() {
    Exporter::new("a", Export::Participants).record(&call().controller.snapshot());
}

#[cfg(feature = "stream")]
#[test]
fn a_runner_is_exported_in_seconds() {
    use mixminus::{
        MixerConfig,
        stream::{Priority, Runner, RunnerOptions},
    };
    let (_controller, processor) = MixerConfig::default().build().unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    let options = RunnerOptions { priority: Priority::Normal, ..RunnerOptions::default() };
    let runner = Runner::start(processor, options, move |_| sender.send(()).unwrap_or_default()).unwrap();
    // The ticks are counted after they are delivered: when the second arrives, the first has been counted.
    (0..2).for_each(|_| receiver.recv().unwrap());
    let (recorder, readings) = (Small::default(), runner.readings());
    with_local_recorder(&recorder, || Exporter::new("a", Export::Mixer).record_runner(&readings));
    assert_eq!(recorder.names(), (12, vec![]));
    assert_eq!(recorder.counter("mixminus_runner_ticks_total{mixer=a}"), Some(readings.ticks));
    let longest = recorder.gauge("mixminus_runner_duration_max_seconds{mixer=a}");
    assert_eq!(longest, Some(readings.duration_us.max * 1e-6));
    assert_eq!(recorder.gauge("mixminus_runner_real_time{mixer=a}"), Some(0.0));
}
