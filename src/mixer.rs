//! [`MixerConfig`]: the figures of a mixer, and how its two halves are made from them.

use std::sync::Arc;

use crate::{
    audio::{Engine, Limiter, Link, Processor},
    control::{Controller, Registry, Shared},
    data::{channels::Channels, figures::Figures, level::Decibels, limiter::LimiterConfig, talk, timing::Timing},
    dsp::{InstructionSet, Kernel},
};

/// The figures that a mixer is made with. All but `participants`, which grows, and `loudest`, which a
/// controller can change, are fixed for the mixer's life.
///
/// ```
/// use mixminus::MixerConfig;
/// let (controller, processor) = MixerConfig { tick_samples: 960, ..MixerConfig::default() }.build()?;
/// # Ok::<(), mixminus::BuildError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MixerConfig {
    /// The sample rate of all frames and mixes, in Hz: 1000 to 768,000.
    pub sample_rate: u32,
    /// The channels of every mix. A mono mixer takes the mean of the two channels of a stereo frame. A stereo
    /// mixer takes a mono frame on both sides, and sources can be panned; it needs about twice the time and memory.
    pub channels: Channels,
    /// Samples in a tick: 1 sample to 120 ms. The mixes do not depend on the length of a tick, as long as
    /// changes and activity fall on the same samples.
    pub tick_samples: usize,
    /// How long a gain takes to move to a new value: 0 to 1000 ms, rounded to whole samples.
    pub smoothing_ms: f64,
    /// The limiter that acts on every mix, or `None`.
    pub limiter: Option<LimiterConfig>,
    /// How many participants there is room for from the start: up to 2^20. The room grows by itself, without
    /// a gap in the audio.
    pub participants: usize,
    /// How many threads may make the mixes of a tick at the same time
    /// ([`Tick::prepare`](crate::Tick::prepare)): 1 to 64. Each worker has scratch memory of its own: with
    /// ticks of 10 ms about 0.3 MB for 64 participants, 0.4 MB for 256, and from 1000 participants on about
    /// 1.1 KB for each.
    pub workers: usize,
    /// How many talk events there is room for until they are read ([`Controller::talk_events`]): up to 2^20,
    /// or 0 for none at all. An event that finds no room is dropped and counted
    /// ([`MixerReadings::lost_talk_events`](crate::MixerReadings::lost_talk_events)). Each takes 24 bytes.
    pub talk_events: usize,
    /// How many sources are heard at most, at least 1, or `None` for all: the loudest, by the smoothed level
    /// of what they send. Sources that a listener's configuration lists at a gain over 0, and duckers, are
    /// always heard, in addition to these. (A pan alone does not list a source.) [`Controller::set_loudest`]
    /// changes the number while the call runs. Meters, detectors and talk events go on for sources that are
    /// not heard; in the sums these cost nothing.
    ///
    /// Active sources come before passive ones. A source that is heard stays so until
    /// - it is muted, misses a frame (so conceal lost packets) or leaves;
    /// - it is passive, and an active source is not heard;
    /// - another source is 3 dB louder, and this one has been heard for 500 ms or is silent. The other one
    ///   must be active if this one is.
    ///
    /// At most four sources are replaced in a tick. Coming in and going out take the smoothing time.
    pub loudest: Option<usize>,
    /// The floor: the level, in dBFS as an RMS, under which a source counts as silent; `None` if only exact zeros do.
    /// So the noise of an open microphone, or the ±1 that a decoder makes of digital silence, is in no mix and makes
    /// none different, and costs nothing.
    ///
    /// A source is quiet until a frame reaches the floor, on both channels as sent, and again once none has for
    /// 200 ms. Then it fades out over the smoothing time; with the first frame that reaches the floor again it fades
    /// in. It is not missing meanwhile, keeps its place among the [`loudest`](Self::loudest), and its meter and its
    /// detector go on ([`SourceReadings::quiet`](crate::SourceReadings::quiet)). At most 0 dBFS.
    pub floor: Option<Decibels>,
    /// The instruction set that computes the mixes; `None` for the fastest that this machine has. Name one to
    /// get the same results on different machines: each may round sums differently. Or name AVX2 to avoid
    /// AVX-512, for which some processors lower their clock.
    pub instruction_set: Option<InstructionSet>,
}

impl Default for MixerConfig {
    /// 48 kHz, mono, ticks of 10 ms, smoothing over 10 ms, the default limiter, room for 64 participants and
    /// 1024 talk events, one worker, everybody heard who is at -80 dBFS or above, the fastest instruction set of the machine.
    fn default() -> Self {
        Self {
            sample_rate: 48_000,
            channels: Channels::Mono,
            tick_samples: 480,
            smoothing_ms: 10.0,
            limiter: Some(LimiterConfig::default()),
            participants: 64,
            workers: 1,
            talk_events: 1024,
            loudest: None,
            floor: Some(Decibels(-80.0)),
            instruction_set: None,
        }
    }
}

/// The greatest `participants`.
const MOST_PARTICIPANTS: usize = 1 << 20;
/// The greatest `talk_events`.
const MOST_EVENTS: usize = 1 << 20;
/// The greatest `workers`.
const MOST_WORKERS: usize = 64;

impl MixerConfig {
    /// Makes the two halves of a mixer. Allocates the memory of both for `participants`; each participant
    /// brings some memory of its own when it joins.
    ///
    /// # Errors
    /// [`BuildError`] if a figure is out of its range, or if the machine does not have the instruction set.
    pub fn build(self) -> Result<(Controller, Processor), BuildError> {
        let timing = self.timing()?;
        if self.participants > MOST_PARTICIPANTS {
            return Err(BuildError::Participants { participants: self.participants, most: MOST_PARTICIPANTS });
        }
        if !(1..=MOST_WORKERS).contains(&self.workers) {
            return Err(BuildError::Workers { workers: self.workers, most: MOST_WORKERS });
        }
        if self.talk_events > MOST_EVENTS {
            return Err(BuildError::TalkEvents { events: self.talk_events, most: MOST_EVENTS });
        }
        let kernel = self.kernel()?;
        let limiter = self.limiter.map(check_limiter).transpose()?.map(|config| Limiter::new(config, &timing));
        let slots = self.participants.max(1);
        let figures = Figures { channels: self.channels, workers: self.workers, timing, floor: self.floor()? };
        let mut registry = Registry::new(figures, slots);
        registry.set_loudest(self.loudest).map_err(|_| BuildError::Loudest)?;
        let (talk, events) = talk::ring(self.talk_events).unzip();
        registry.talk = events;
        let engine = Engine::new(&figures, slots, talk);
        let link = Link::new(timing, limiter, kernel, Arc::new(registry.matrix()), registry.mixer());
        let link = Arc::new(link);
        let shared = Arc::new(Shared::new(Arc::clone(&link), registry));
        let processor = Processor::new(engine, link, Arc::clone(&shared) as _);
        Ok((Controller::new(shared), processor))
    }

    /// The mean square of the floor.
    fn floor(&self) -> Result<f64, BuildError> {
        match self.floor {
            Some(floor) if floor.0 <= 0.0 => Ok(floor.amplitude().powi(2)),
            Some(floor) => Err(BuildError::Floor { dbfs: floor.0 }),
            None => Ok(0.0),
        }
    }

    fn kernel(&self) -> Result<Kernel, BuildError> {
        let (asked, fastest) = (self.instruction_set, InstructionSet::fastest());
        Kernel::of(asked).ok_or(BuildError::InstructionSet { asked: asked.unwrap_or(fastest), fastest })
    }

    fn timing(&self) -> Result<Timing, BuildError> {
        let (rate, tick) = (self.sample_rate, self.tick_samples);
        if !(1000..=768_000).contains(&rate) {
            return Err(BuildError::SampleRate { hz: rate });
        }
        let most = (f64::from(rate) * Timing::MAX_TICK_MS / 1000.0) as usize;
        if !(1..=most).contains(&tick) {
            return Err(BuildError::Tick { samples: tick, most });
        }
        if !(0.0..=Timing::MAX_SMOOTHING_MS).contains(&self.smoothing_ms) {
            return Err(BuildError::Smoothing { ms: self.smoothing_ms });
        }
        let smoothing = (self.smoothing_ms * f64::from(rate) / 1000.0).round() as u32;
        Ok(Timing { rate, tick, smoothing })
    }
}

fn check_limiter(config: LimiterConfig) -> Result<LimiterConfig, BuildError> {
    let fits = (-24.0..=0.0).contains(&config.knee.0)
        && (0.0..=1000.0).contains(&config.hold_ms)
        && (1.0..=1000.0).contains(&config.release_db_per_s);
    if fits { Ok(config) } else { Err(BuildError::Limiter { config }) }
}

/// Why a mixer cannot be made: a figure of the [`MixerConfig`] is out of its range, or the machine does not
/// have the instruction set.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// `sample_rate`.
    #[error("a sample rate of {hz} Hz is not between 1000 and 768000 Hz")]
    SampleRate {
        /// What was asked for.
        hz: u32,
    },
    /// `tick_samples`.
    #[error("a tick of {samples} samples is not between 1 and {most} samples, which are 120 ms at this rate")]
    Tick {
        /// What was asked for.
        samples: usize,
        /// The most at the rate that was asked for.
        most: usize,
    },
    /// `smoothing_ms`.
    #[error("a smoothing time of {ms} ms is not between 0 and 1000 ms")]
    Smoothing {
        /// What was asked for.
        ms: f64,
    },
    /// `participants`.
    #[error("room for {participants} participants in advance is more than for {most}; the room grows by itself")]
    Participants {
        /// What was asked for.
        participants: usize,
        /// The most.
        most: usize,
    },
    /// `workers`.
    #[error("{workers} workers are not between 1 and {most}")]
    Workers {
        /// What was asked for.
        workers: usize,
        /// The most.
        most: usize,
    },
    /// `talk_events`.
    #[error("room for {events} talk events is more than for {most}")]
    TalkEvents {
        /// What was asked for.
        events: usize,
        /// The most.
        most: usize,
    },
    /// `loudest`.
    #[error("the loudest 0 are nobody: at least 1, or None for everybody")]
    Loudest,
    /// `floor`.
    #[error("a floor of {dbfs} dBFS is not at or under 0 dBFS")]
    Floor {
        /// What was asked for.
        dbfs: f64,
    },
    /// `limiter`.
    #[error(
        "a limiter cannot have a knee of {} dBFS, a hold of {} ms and a release of {} dB/s: \
         -24 to 0, 0 to 1000, and 1 to 1000",
        config.knee.0, config.hold_ms, config.release_db_per_s
    )]
    Limiter {
        /// What was asked for.
        config: LimiterConfig,
    },
    /// `instruction_set`.
    #[error("this machine does not have the instruction set {asked}; the fastest that it has is {fastest}")]
    InstructionSet {
        /// What was asked for.
        asked: InstructionSet,
        /// The fastest of [`InstructionSet::available`].
        fastest: InstructionSet,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(config: MixerConfig) -> BuildError {
        config.build().map(|_| ()).unwrap_err()
    }

    #[test]
    fn a_figure_out_of_range_is_refused_by_name() {
        let config = MixerConfig::default;
        assert_eq!(error(MixerConfig { sample_rate: 999, ..config() }), BuildError::SampleRate { hz: 999 });
        let tick = BuildError::Tick { samples: 5761, most: 5760 };
        assert_eq!(error(MixerConfig { tick_samples: 5761, ..config() }), tick);
        assert_eq!(error(MixerConfig { smoothing_ms: -1.0, ..config() }), BuildError::Smoothing { ms: -1.0 });
        let room = BuildError::Participants { participants: usize::MAX, most: 1 << 20 };
        assert_eq!(error(MixerConfig { participants: usize::MAX, ..config() }), room);
        assert_eq!(error(MixerConfig { loudest: Some(0), ..config() }), BuildError::Loudest);
        let floor = MixerConfig { floor: Some(Decibels(0.1)), ..config() };
        assert_eq!(error(floor), BuildError::Floor { dbfs: 0.1 });
        assert!(matches!(error(MixerConfig { floor: Some(Decibels(f64::NAN)), ..config() }), BuildError::Floor { .. }));
        assert!(MixerConfig { floor: Some(Decibels::SILENCE), ..config() }.build().is_ok());
        assert_eq!(error(MixerConfig { workers: 0, ..config() }), BuildError::Workers { workers: 0, most: 64 });
        let events = BuildError::TalkEvents { events: usize::MAX, most: 1 << 20 };
        assert_eq!(error(MixerConfig { talk_events: usize::MAX, ..config() }), events);
        let limiter = LimiterConfig { knee: Decibels(f64::NAN), ..LimiterConfig::default() };
        assert!(matches!(error(MixerConfig { limiter: Some(limiter), ..config() }), BuildError::Limiter { .. }));
    }

    #[test]
    fn a_mixer_computes_with_the_instruction_set_of_its_config() {
        let build = |instruction_set| MixerConfig { instruction_set, ..MixerConfig::default() }.build();
        for set in InstructionSet::available() {
            assert_eq!(build(Some(set)).unwrap().1.instruction_set(), set);
        }
        assert_eq!(build(None).unwrap().1.instruction_set(), InstructionSet::fastest());
    }

    #[test]
    fn a_missing_instruction_set_is_refused_and_the_fastest_is_named() {
        let fault = BuildError::InstructionSet { asked: InstructionSet::Avx512, fastest: InstructionSet::Avx2 };
        let told = "this machine does not have the instruction set AVX-512; the fastest that it has is AVX2";
        assert_eq!(fault.to_string(), told);
        for set in [InstructionSet::Avx2, InstructionSet::Avx512] {
            let config = MixerConfig { instruction_set: Some(set), ..MixerConfig::default() };
            let available = InstructionSet::available().any(|known| known == set);
            assert_eq!(config.build().is_ok(), available, "{set}");
        }
    }
}
