//! Exports readings through the `metrics` facade, for example to Prometheus: [`Exporter`]. Reads
//! snapshots only, never a mixer, and runs on control threads only.

mod series;

use metrics::{Key, Label, Level, Metadata, SharedString};

use self::series::{LISTENER, MIXER, Read, SOURCE, Series};
use crate::{ParticipantSnapshot, Snapshot};

/// Which series an [`Exporter`] makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Export {
    /// The series of the whole mixer: about ten, and about ten more for its runner.
    #[default]
    Mixer,
    /// Also the series of each participant: up to 35 for each, labelled with its id. Suits calls of
    /// at most a few hundred participants, or of participants whose ids are used again: a recorder
    /// keeps the series of every id that it has received (see [`Exporter`]).
    Participants,
}

/// Passes the readings of one mixer to the recorder that the host has installed, under the label
/// `mixer`.
///
/// The names of the series begin with `mixminus_`. The names of counters end in `_total`; a counter
/// starts at 0 when its mixer is made or its participant joins. All other series are gauges of the
/// last tick.
///
/// An exporter has no thread of its own: call [`record`](Self::record) at intervals, for example
/// every 10 s, on any thread except an audio thread. Recording allocates for each series, and does
/// the recorder's work.
///
/// When a participant **leaves**, its series are not recorded any more. The facade cannot remove a
/// series, so a recorder keeps the last values until its own time limit for idle series
/// (`idle_timeout` of `metrics-exporter-prometheus`) has passed. When an id **joins again**, its
/// counters start at 0, but a recorder keeps the greatest value of a counter: the counter stands
/// still until the new stay has passed the old one. Where that matters, use each id once, or keep
/// the time limit short. The same holds for a new mixer under the label of an old one.
///
/// ```
/// use mixminus::{Export, Exporter, JoinOptions, MixerConfig};
///
/// let (controller, _processor) = MixerConfig::default().build()?;
/// controller.join("anna", JoinOptions::default())?;
/// let exporter = Exporter::new("room 7", Export::Participants);
/// exporter.record(&controller.snapshot()); // and again, now and then
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Exporter {
    /// The label `mixer` of all series.
    mixer: Label,
    export: Export,
}

/// The metadata of all series. A recorder may filter by it.
static METADATA: Metadata<'static> = Metadata::new("mixminus", Level::INFO, Some(module_path!()));

impl Exporter {
    /// An exporter for the mixer that the host calls `mixer`. Describes all series, with their
    /// units, to the installed recorder. Install the recorder first: a later one gets no
    /// descriptions.
    pub fn new(mixer: impl Into<String>, export: Export) -> Self {
        describe(&MIXER);
        if export == Export::Participants {
            describe(&SOURCE);
            describe(&LISTENER);
            #[cfg(feature = "stream")]
            describe(&series::INPUT);
            #[cfg(feature = "stream")]
            describe(&series::OUTPUT);
        }
        #[cfg(feature = "stream")]
        describe(&series::RUNNER);
        Self { mixer: Label::new("mixer", mixer.into()), export }
    }

    /// Records the series of the mixer and, with [`Export::Participants`], of its participants. A
    /// participant who only sends has no series of a listener, and one who only listens has no
    /// series of a source.
    pub fn record(&self, snapshot: &Snapshot) {
        record(&MIXER, snapshot, std::slice::from_ref(&self.mixer));
        if self.export == Export::Participants {
            snapshot.participants.iter().for_each(|participant| self.record_participant(participant));
        }
    }

    fn record_participant(&self, participant: &ParticipantSnapshot) {
        let id = SharedString::from(participant.id.shared());
        let labels = [self.mixer.clone(), Label::new("participant", id)];
        if participant.direction.sends() {
            record(&SOURCE, &participant.source, &labels);
        }
        if participant.direction.hears() {
            record(&LISTENER, &participant.listener, &labels);
        }
        #[cfg(feature = "stream")]
        if let Some(input) = &participant.ports.input {
            record(&series::INPUT, input, &labels);
        }
        #[cfg(feature = "stream")]
        if let Some(output) = &participant.ports.output {
            record(&series::OUTPUT, output, &labels);
        }
    }

    /// Records the ticks of a mixer's runner: how many, how late and how long.
    ///
    /// ```
    /// use mixminus::{Export, Exporter, MixerConfig, stream::{Runner, RunnerOptions}};
    ///
    /// let (_controller, processor) = MixerConfig::default().build()?;
    /// let runner = Runner::start(processor, RunnerOptions::default(), |_| {})?;
    /// Exporter::new("room 7", Export::Mixer).record_runner(&runner.readings());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "stream")]
    pub fn record_runner(&self, readings: &crate::stream::RunnerReadings) {
        record(&series::RUNNER, readings, std::slice::from_ref(&self.mixer));
    }
}

/// Tells the installed recorder the kind, the unit and the help text of each series.
fn describe<T>(all: &[Series<T>]) {
    metrics::with_recorder(|recorder| {
        for series in all {
            let (name, help) = (series.name.into(), series.help.into());
            match series.read {
                Read::Counter(_) => recorder.describe_counter(name, series.unit, help),
                Read::Gauge(_) => recorder.describe_gauge(name, series.unit, help),
            }
        }
    });
}

/// Records a reading for each series, under these labels.
fn record<T>(all: &[Series<T>], readings: &T, labels: &[Label]) {
    metrics::with_recorder(|recorder| {
        for series in all {
            let key = Key::from_parts(series.name, labels.to_vec());
            match series.read {
                Read::Counter(read) => recorder.register_counter(&key, &METADATA).absolute(read(readings)),
                Read::Gauge(read) => recorder.register_gauge(&key, &METADATA).set(read(readings)),
            }
        }
    });
}
