//! Readings through the `metrics` facade, for Prometheus and its like: [`Exporter`]. Reads
//! snapshots, nothing of a mixer itself; control side only.

mod series;

use metrics::{Key, Label, Level, Metadata, SharedString};

use self::series::{LISTENER, MIXER, Read, SOURCE, Series};
use crate::{ParticipantSnapshot, Snapshot};

/// Which series an [`Exporter`] makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Export {
    /// The series of the whole mixer: a dozen.
    #[default]
    Mixer,
    /// Those of each participant, too: up to thirty-five for each, labelled with its id. A recorder
    /// keeps a series for every id that it was ever given (see [`Exporter`]): for calls of a few
    /// hundred at most, or ids that come again.
    Participants,
}

/// Hands the readings of one mixer to the recorder that the host has installed, under the label
/// `mixer`.
///
/// The names begin with `mixminus_`: counters end in `_total`, and start at 0 with the mixer or the
/// stay of a participant; everything else is a gauge of the last tick. An exporter records when it
/// is told to, on the thread that tells it: any but the audio thread, every ten seconds, say. Each
/// series costs some allocations and the work of the recorder.
///
/// A participant who **leaves** is not recorded any more, but the facade has no word for "gone": a
/// recorder keeps the last values, until its own time limit for series that are not recorded
/// (`idle_timeout` of `metrics-exporter-prometheus`) takes them away. An id that **joins again**
/// counts from 0, while recorders keep the greatest value of a counter, as is right for one that
/// only grows: it stands still until the new stay has passed the old one. Where that matters, use
/// no id twice, or keep the time limit short. The same goes for a new mixer under an old label.
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
    mixer: Label,
    export: Export,
}

/// The metadata of all series, by which a recorder may choose them.
static METADATA: Metadata<'static> = Metadata::new("mixminus", Level::INFO, Some(module_path!()));

impl Exporter {
    /// An exporter for the mixer that the host calls `mixer`. Describes all series, with their
    /// units, to the recorder that is installed: install it before.
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

    /// Records a mixer's figures and, if they were asked for, its participants': of a participant
    /// who only sends none of what it hears, and the other way round.
    pub fn record(&self, snapshot: &Snapshot) {
        record(&MIXER, snapshot, std::slice::from_ref(&self.mixer));
        if self.export == Export::Participants {
            snapshot.participants.iter().for_each(|participant| self.record_participant(participant));
        }
    }

    fn record_participant(&self, participant: &ParticipantSnapshot) {
        let id = SharedString::from(participant.id.shared());
        let labels = [self.mixer.clone(), Label::new("participant", id)];
        if participant.role.sends() {
            record(&SOURCE, &participant.source, &labels);
        }
        if participant.role.hears() {
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

    /// Records how well a mixer's runner keeps time.
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
