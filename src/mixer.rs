//! How a mixer is made: [`MixerConfig`], and its two halves.

use std::sync::Arc;

use crate::{
    audio::{Engine, Limiter, Link, Processor},
    control::{Controller, Registry, Shared},
    data::{channels::Channels, limiter::LimiterConfig, talk, timing::Timing},
    dsp::{InstructionSet, Kernel},
};

/// What a mixer is made with; fixed for its life.
///
/// ```
/// use mixminus::MixerConfig;
/// let (controller, processor) = MixerConfig { tick_samples: 960, ..MixerConfig::default() }.build()?;
/// # Ok::<(), mixminus::BuildError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct MixerConfig {
    /// Samples a second of everything that comes in and goes out: 1000 to 768,000.
    pub sample_rate: u32,
    /// The channels of every mix. In a mono mixer a stereo frame is heard as the mean of both; in a stereo one a mono frame on both sides, and sources can be
    /// panned. A stereo mixer takes twice the time and memory.
    pub channels: Channels,
    /// Samples in a tick: 1 sample to 120 ms. What is heard does not depend on it, as long as events and activity fall on the same samples.
    pub tick_samples: usize,
    /// How long a gain takes to move: 0 to 1000 ms, rounded to whole samples.
    pub smoothing_ms: f64,
    /// The limiter behind every mix, or none.
    pub limiter: Option<LimiterConfig>,
    /// For how many participants there is room from the start: up to 2^20. The room grows by itself, without a gap.
    pub participants: usize,
    /// How many threads may make the mixes of a tick at the same time ([`Tick::prepare`](crate::Tick::prepare)): 1 to 64. Each takes memory for its scratch: at
    /// 10 ms about 1.3 KB a participant.
    pub workers: usize,
    /// For how many talk events there is room until they are read ([`Controller::talk_events`]): up to 2^20; 0 = there are none. What finds no room is dropped and
    /// counted ([`MixerReadings::lost_talk_events`](crate::MixerReadings::lost_talk_events)). Each takes 32 bytes.
    pub talk_events: usize,
    /// How many sources are heard at most, beside those that somebody's configuration lists at a gain over 0, and duckers, which are always heard (a pan alone lists nobody): the loudest, by the smoothed level of what
    /// they send; at least 1, and `None` for everybody. [`Controller::set_loudest`] changes it while the call runs. All meters, detectors and talk events go on for
    /// those who are not heard; in the sums they cost nothing.
    ///
    /// Active sources come before passive ones. Who is heard stays so until it is muted, misses a frame (so conceal lost packets) or leaves; until an active one comes while it
    /// is passive; or until, after 500 ms, another one that is active, unless it is passive itself, is 3 dB louder. Four places change hands in a tick at most. Coming in
    /// and going out take the smoothing time.
    pub loudest: Option<usize>,
    /// The instruction set that the mixes are computed with; `None` for the fastest that this machine has. Name one to reproduce results
    /// on machines that differ: sums may be rounded differently with each. Or name AVX2 to leave AVX-512 alone, for which some
    /// processors lower their clock.
    pub instruction_set: Option<InstructionSet>,
}

impl Default for MixerConfig {
    /// 48 kHz, mono, ticks of 10 ms, smoothing over 10 ms, the default limiter, room for 64 participants and 1024 talk events, one thread; everybody is heard;
    /// the fastest instruction set of the machine.
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
            instruction_set: None,
        }
    }
}

/// The most participants that room can be made for in advance.
const MOST_PLACES: usize = 1 << 20;
/// The most talk events that room can be made for.
const MOST_EVENTS: usize = 1 << 20;
/// The most threads that share a tick.
const MOST_WORKERS: usize = 64;

impl MixerConfig {
    /// Makes the two halves of a mixer. All that they need for `participants` is allocated here, but for what each brings along.
    ///
    /// # Errors
    /// [`BuildError`] if a figure is out of its range, or the machine does not have the instruction set.
    pub fn build(self) -> Result<(Controller, Processor), BuildError> {
        let timing = self.timing()?;
        if self.participants > MOST_PLACES {
            return Err(BuildError::Participants { participants: self.participants, most: MOST_PLACES });
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
        let mut registry = Registry::new(timing, self.channels, slots, self.workers);
        registry.set_loudest(self.loudest).map_err(|_| BuildError::Loudest)?;
        let (talk, events) = talk::ring(self.talk_events).unzip();
        registry.talk = events;
        let engine = Engine::new(self.channels, slots, self.workers, &timing, talk);
        let link = Link::new(timing, limiter, kernel, Arc::new(registry.matrix()), registry.mixer());
        let link = Arc::new(link);
        let shared = Arc::new(Shared::new(Arc::clone(&link), registry));
        let processor = Processor::new(engine, link, Arc::clone(&shared) as _);
        Ok((Controller::new(shared), processor))
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

/// Why a mixer cannot be made: a figure of the [`MixerConfig`] is out of its range, or the machine lacks what it asks for.
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
    /// `limiter`.
    #[error(
        "a limiter cannot have a knee of {} dBFS, a hold of {} ms and a release of {} dB/s: -24 to 0, 0 to 1000, and 1 to 1000",
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
    use crate::data::level::Decibels;

    fn error(config: MixerConfig) -> BuildError {
        config.build().map(|_| ()).unwrap_err()
    }

    #[test]
    fn figures_out_of_range_are_named() {
        let config = MixerConfig::default;
        assert_eq!(error(MixerConfig { sample_rate: 999, ..config() }), BuildError::SampleRate { hz: 999 });
        let tick = BuildError::Tick { samples: 5761, most: 5760 };
        assert_eq!(error(MixerConfig { tick_samples: 5761, ..config() }), tick);
        assert_eq!(error(MixerConfig { smoothing_ms: -1.0, ..config() }), BuildError::Smoothing { ms: -1.0 });
        let room = BuildError::Participants { participants: usize::MAX, most: 1 << 20 };
        assert_eq!(error(MixerConfig { participants: usize::MAX, ..config() }), room);
        assert_eq!(error(MixerConfig { loudest: Some(0), ..config() }), BuildError::Loudest);
        assert_eq!(error(MixerConfig { workers: 0, ..config() }), BuildError::Workers { workers: 0, most: 64 });
        let events = BuildError::TalkEvents { events: usize::MAX, most: 1 << 20 };
        assert_eq!(error(MixerConfig { talk_events: usize::MAX, ..config() }), events);
        let limiter = LimiterConfig { knee: Decibels(f64::NAN), ..LimiterConfig::default() };
        assert!(matches!(error(MixerConfig { limiter: Some(limiter), ..config() }), BuildError::Limiter { .. }));
    }

    #[test]
    fn a_mixer_computes_with_the_instruction_set_that_it_is_told() {
        let build = |instruction_set| MixerConfig { instruction_set, ..MixerConfig::default() }.build();
        for set in InstructionSet::available() {
            assert_eq!(build(Some(set)).unwrap().1.instruction_set(), set);
        }
        assert_eq!(build(None).unwrap().1.instruction_set(), InstructionSet::fastest());
    }

    #[test]
    fn an_instruction_set_that_the_machine_does_not_have_is_named_beside_the_fastest() {
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
