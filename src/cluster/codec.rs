//! The codecs of a link whose samples are encoded: [`LinkEncoders`] at the node that sends them, [`LinkDecoders`] at those that hear
//! them. One for each source, kept for as long as it is in the ticks. For the network thread: they allocate.

use std::{collections::HashMap, fmt, hash::Hash};

use super::{LinkFormat, entry::Place};
use crate::{
    ParticipantKey,
    data::channels::{Channels, Planes, PlanesMut},
    stream::{Decoder, Encoder},
};

/// The longest payload, in bytes.
const LONGEST: usize = 2000;
/// A codec whose source is in no tick for so many is dropped.
const KEPT: u64 = 500;

/// The codecs of sources, each with the tick that it was used in last.
#[derive(Debug)]
struct Kept<K, C> {
    codecs: HashMap<K, (Channels, C, u64)>,
    swept: u64,
}

impl<K: Eq + Hash, C> Kept<K, C> {
    fn new() -> Self {
        Self { codecs: HashMap::new(), swept: 0 }
    }

    /// The codec of a source: another one if it has other channels than before.
    fn get(&mut self, key: K, channels: Channels, tick: u64, make: impl FnOnce() -> Option<C>) -> Option<&mut C> {
        if tick.abs_diff(self.swept) > KEPT {
            self.codecs.retain(|_, (_, _, used)| tick.abs_diff(*used) <= KEPT);
            self.swept = tick;
        }
        if self.codecs.get(&key).is_some_and(|(before, ..)| *before != channels) {
            self.codecs.remove(&key);
        }
        let kept = match self.codecs.entry(key) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(entry) => entry.insert((channels, make()?, tick)),
        };
        kept.2 = tick;
        Some(&mut kept.1)
    }
}

/// Turns the samples of sources into payloads.
pub(super) struct LinkEncoders {
    format: LinkFormat,
    kept: Kept<ParticipantKey, Box<dyn Encoder>>,
    samples: Vec<f32>,
}

impl LinkEncoders {
    pub fn new(format: LinkFormat) -> Self {
        Self { format, kept: Kept::new(), samples: Vec::new() }
    }

    /// How samples are written.
    pub fn format(&self) -> LinkFormat {
        self.format
    }

    /// Writes the length of a payload, and the payload, to the end of `out`; of an empty one if the codec refuses.
    pub fn write(&mut self, key: ParticipantKey, planes: Planes<'_>, tick: u64, out: &mut Vec<u8>) {
        let channels = if planes.right.is_some() { Channels::Stereo } else { Channels::Mono };
        let Self { format, kept, samples } = self;
        samples.clear();
        match planes.right {
            Some(right) => samples.extend(planes.left.iter().zip(right).flat_map(|(left, right)| [*left, *right])),
            None => samples.extend(planes.left),
        }
        let mut payload = [0; LONGEST];
        let encoder = kept.get(key, channels, tick, || format.encoder(channels));
        let bytes = encoder.and_then(|encoder| encoder.encode(samples, &mut payload).ok()).unwrap_or_default();
        out.extend((bytes as u16).to_le_bytes());
        out.extend(&payload[..bytes]);
    }
}

impl fmt::Debug for LinkEncoders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkEncoders").field("format", &self.format).finish_non_exhaustive()
    }
}

/// Turns payloads into samples.
#[derive(Debug)]
pub(super) struct LinkDecoders {
    kept: Kept<Place, Box<dyn Decoder>>,
    samples: Vec<f32>,
}

impl LinkDecoders {
    pub fn new() -> Self {
        Self { kept: Kept::new(), samples: Vec::new() }
    }

    /// Decodes a payload; silence if it is none, or of another length.
    pub fn read(&mut self, place: Place, payload: &[u8], tick: u64, planes: PlanesMut<'_>) {
        let PlanesMut { left, right } = planes;
        let channels = if right.is_some() { Channels::Stereo } else { Channels::Mono };
        let Self { kept, samples } = self;
        let frames = kept.get(place, channels, tick, || decoder(channels)).and_then(|decoder| {
            samples.resize(decoder.most_samples(), 0.0);
            decoder.decode(payload, samples).ok()
        });
        if frames != Some(left.len()) {
            left.fill(0.0);
            right.into_iter().for_each(|right| right.fill(0.0));
            return;
        }
        match right {
            Some(right) => {
                let both = left.iter_mut().zip(right).zip(samples.chunks_exact(2));
                both.for_each(|((left, right), frame)| (*left, *right) = (frame[0], frame[1]));
            }
            None => left.copy_from_slice(&samples[..left.len()]),
        }
    }
}

#[cfg(feature = "opus")]
impl LinkFormat {
    /// Whether a mixer of this rate and tick can have it.
    pub(super) fn fits(self, rate_hz: u32, tick: usize) -> bool {
        let Self::Opus(_) = self else { return true };
        let encoder = self.encoder(Channels::Mono);
        encoder.is_some_and(|encoder| encoder.format().rate_hz == rate_hz && encoder.takes(tick))
    }

    fn encoder(self, channels: Channels) -> Option<Box<dyn Encoder>> {
        use crate::stream::{OpusEncoder, OpusEncoderOptions};
        let Self::Opus(options) = self else { return None };
        Some(Box::new(OpusEncoder::new(OpusEncoderOptions { channels, ..options }).ok()?))
    }
}

#[cfg(not(feature = "opus"))]
impl LinkFormat {
    pub(super) fn fits(self, _rate_hz: u32, _tick: usize) -> bool {
        true
    }

    fn encoder(self, _channels: Channels) -> Option<Box<dyn Encoder>> {
        None
    }
}

#[cfg(feature = "opus")]
fn decoder(channels: Channels) -> Option<Box<dyn Decoder>> {
    use crate::stream::Opus;
    let opus = if channels == Channels::Stereo { Opus::stereo() } else { Opus::mono() };
    opus.ok().map(|opus| Box::new(opus) as Box<dyn Decoder>)
}

#[cfg(not(feature = "opus"))]
fn decoder(_channels: Channels) -> Option<Box<dyn Decoder>> {
    None
}
