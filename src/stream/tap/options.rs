//! What a tap is of, [`Tapped`], how it is read, [`TapOptions`]; and why there is none, [`TapError`].

use crate::{
    control::ControlError,
    data::{id::ParticipantId, ports::StreamFormat, tap::TapPoint},
    stream::FormatError,
};

/// What a tap is of. It is of an *id*: if the participant leaves and the same id joins again, the tap goes on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Tapped {
    /// What a participant sends, as it comes into the mixer: after its jitter buffer, before any gain, whoever hears it.
    /// What counts as silent there is silence here: what is under the floor of the mixer
    /// ([`MixerConfig::floor`](field@crate::MixerConfig::floor)), a frame that is missing, and all of it while the participant
    /// is muted or on hold.
    Source(ParticipantId),
    /// What a participant hears.
    Mix {
        /// The participant.
        id: ParticipantId,
        /// Whether it is taken before the limiter has acted: then samples may be past full scale.
        before_limiter: bool,
    },
}

impl Tapped {
    /// What a participant sends.
    pub fn source(id: impl Into<ParticipantId>) -> Self {
        Self::Source(id.into())
    }

    /// What a participant hears, behind its limiter.
    pub fn mix(id: impl Into<ParticipantId>) -> Self {
        Self::Mix { id: id.into(), before_limiter: false }
    }

    /// Of whom it is.
    pub fn id(&self) -> &ParticipantId {
        match self {
            Self::Source(id) | Self::Mix { id, .. } => id,
        }
    }

    pub(super) fn point(&self, options: &TapOptions) -> TapPoint {
        match self {
            Self::Source(_) => TapPoint::Source { even_muted: options.even_muted },
            Self::Mix { before_limiter, .. } => TapPoint::Mix { before_limiter: *before_limiter },
        }
    }
}

/// How a tap is read, and how much it holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TapOptions {
    /// The rate and the channels of what is read; `None` for those of the mixer, whose samples come bit for bit. At
    /// another rate they are converted by the thread that reads, and clipped at full scale.
    pub format: Option<StreamFormat>,
    /// How much sound it holds until it is read, in ms: 20 to 60,000, and two ticks or more. What is not sound needs no
    /// room. At 48 kHz a second takes 192 kB for each channel of the mixer.
    pub holds_ms: f64,
    /// Whether a source is heard in its tap even while it is muted or on hold. To record somebody who believes to be muted
    /// is a breach of trust: ask them.
    pub even_muted: bool,
    /// Whether it begins [paused](super::Tap::set_paused).
    pub paused: bool,
}

impl Default for TapOptions {
    /// The format of the mixer, 1 s, silence while muted, not paused.
    fn default() -> Self {
        Self { format: None, holds_ms: 1000.0, even_muted: false, paused: false }
    }
}

impl TapOptions {
    /// The default options, at another rate or in other channels than the mixer's.
    pub fn new(format: StreamFormat) -> Self {
        Self { format: Some(format), ..Self::default() }
    }

    const HOLDS_MS: [f64; 2] = [20.0, 60_000.0];

    /// How many ticks of so many samples it holds.
    pub(super) fn ticks(&self, rate_hz: u32, tick: usize) -> Result<usize, TapError> {
        let [least_ms, most_ms] = Self::HOLDS_MS;
        if !(least_ms..=most_ms).contains(&self.holds_ms) {
            return Err(TapError::Holds { holds_ms: self.holds_ms, least_ms, most_ms });
        }
        let samples = (self.holds_ms * f64::from(rate_hz) / 1000.0).ceil() as usize;
        Ok(samples.div_ceil(tick).max(2))
    }
}

/// Why there is no tap.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TapError {
    /// Nobody in the call has the id.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// The format cannot be converted to.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// What it holds is out of range.
    #[error("a tap that holds {holds_ms} ms: it holds between {least_ms} and {most_ms} ms")]
    Holds {
        /// What was asked for.
        holds_ms: f64,
        /// The least.
        least_ms: f64,
        /// The most.
        most_ms: f64,
    },
    /// What a participant sends, of one who only hears; or what one hears who only sends.
    #[error("participant \"{id}\" joined as {direction}: it has no {what} to tap")]
    Direction {
        /// Of whom the tap was to be.
        id: ParticipantId,
        /// Its direction.
        direction: &'static str,
        /// What it does not have.
        what: &'static str,
    },
}
