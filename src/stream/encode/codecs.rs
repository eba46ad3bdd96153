//! The codecs of encode groups: [`Codecs`], encoders as new, and those that can be used again.

use super::{convert::Converter, options::Silence, readings::Counters, shared::Shared};
use crate::stream::codec::Encoder;

/// How many encoders of a codec are kept for later use.
const MOST_IDLE: usize = 16;

/// One codec.
#[derive(Debug)]
pub(super) struct Codec {
    /// As new: nothing was ever encoded by it.
    prototype: Box<dyn Encoder>,
    /// As new, too: each was reset when it was given back.
    idle: Vec<Box<dyn Encoder>>,
    pub silence: Silence,
}

impl Codec {
    pub fn new(prototype: Box<dyn Encoder>, silence: Silence) -> Self {
        Self { prototype, idle: Vec::new(), silence }
    }

    /// An encoder as new; `None` if the codec panics.
    pub fn encoder(&mut self, counters: &Counters) -> Option<Box<dyn Encoder>> {
        self.idle.pop().or_else(|| counters.guarded(|| self.prototype.fork()))
    }

    /// Takes an encoder back.
    pub fn give_back(&mut self, mut encoder: Box<dyn Encoder>, counters: &Counters) {
        if self.idle.len() < MOST_IDLE && counters.guarded(|| encoder.reset()).is_some() {
            self.idle.push(encoder);
        }
    }

    /// For how many packets two of its encoders must have had the same sound before listeners go from one to the other.
    pub fn linger(&self, packet_ms: u32) -> usize {
        self.prototype.memory_ms().div_ceil(packet_ms.max(1)) as usize
    }

    /// A converter to what its encoders take.
    pub fn converter(&self, shared: &Shared) -> Converter {
        Converter::new(shared.mixer, self.prototype.format(), shared.packet, shared.options.packet_ms)
            .unwrap_or_else(|_| unreachable!("it was made before when the codec was added"))
    }
}
