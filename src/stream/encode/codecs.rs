//! The codecs of encode groups: [`Codecs`], encoders as new, and those that can be used again.

use super::{convert::Converter, options::Silence, shared::Shared};
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

    /// An encoder as new.
    pub fn encoder(&mut self) -> Box<dyn Encoder> {
        self.idle.pop().unwrap_or_else(|| self.prototype.fork())
    }

    /// Takes an encoder back.
    pub fn give_back(&mut self, mut encoder: Box<dyn Encoder>) {
        if self.idle.len() < MOST_IDLE {
            encoder.reset();
            self.idle.push(encoder);
        }
    }

    /// A converter to what its encoders take.
    pub fn converter(&self, shared: &Shared) -> Converter {
        Converter::new(shared.mixer, self.prototype.format(), shared.packet, shared.options.packet_ms)
            .unwrap_or_else(|_| unreachable!("it was made before when the codec was added"))
    }
}
