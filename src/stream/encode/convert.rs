//! From a packet of the mixer's samples to one of a codec's: [`Converter`].

use super::options::CodecError;
use crate::{
    data::{channels::Planes, ports::StreamFormat},
    stream::convert::Outbound,
};

/// The samples of a packet, at the mixer's rate and in its channels.
#[derive(Debug, Clone, Default)]
pub(super) struct Sound {
    pub left: Vec<f32>,
    /// Empty if there is one channel.
    pub right: Vec<f32>,
}

impl Sound {
    pub fn clear(&mut self) {
        self.left.clear();
        self.right.clear();
    }

    fn planes(&self) -> Planes<'_> {
        Planes { left: &self.left, right: (!self.right.is_empty()).then_some(&self.right) }
    }
}

/// Converts packet by packet.
#[derive(Debug)]
pub(super) struct Converter {
    mixer: StreamFormat,
    codec: StreamFormat,
    packet: usize,
    packet_ms: u32,
    outbound: Outbound,
    /// The last packet, which the filter still remembers; empty where the rates are equal.
    last: Sound,
}

impl Converter {
    /// `packet`: the mixer's samples of a packet.
    pub fn new(mixer: StreamFormat, codec: StreamFormat, packet: usize, packet_ms: u32) -> Result<Self, CodecError> {
        let refused = CodecError::Rate { codec, mixer, packet_ms };
        let outbound = Outbound::new(mixer, codec, packet).map_err(|_| refused)?;
        if !outbound.makes_equal_ticks() {
            return Err(refused);
        }
        Ok(Self { mixer, codec, packet, packet_ms, outbound, last: Sound::default() })
    }

    /// The codec's frames of a packet.
    pub fn frames(&self) -> usize {
        self.outbound.made_most()
    }

    /// Converts a packet; `out` is what the codec takes.
    pub fn convert(&mut self, sound: &Sound, out: &mut Vec<f32>) {
        if self.mixer.rate_hz != self.codec.rate_hz {
            self.last.clone_from(sound);
        }
        let made = self.outbound.convert(sound.planes());
        out.clear();
        match made.right {
            None => out.extend_from_slice(made.left),
            Some(right) => out.extend(made.left.iter().zip(right).flat_map(|(left, right)| [*left, *right])),
        }
    }

    /// Another one that goes on from here: its filter has seen what this one's remembers.
    pub fn fork(&self) -> Self {
        let Self { mixer, codec, packet, packet_ms, .. } = *self;
        let mut fork = Self::new(mixer, codec, packet, packet_ms)
            .unwrap_or_else(|_| unreachable!("these formats were taken before"));
        if !self.last.left.is_empty() {
            fork.convert(&self.last, &mut Vec::new());
        }
        fork
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound(packet: usize, number: usize) -> Sound {
        let left = (0..packet).map(|n| ((number * packet + n) as f32 * 0.07).sin() * 0.5).collect();
        Sound { left, right: Vec::new() }
    }

    #[test]
    fn packets_are_whole_at_rates_that_go_together_and_refused_at_others() {
        let frames = |mixer_hz: u32, codec_hz, packet_ms: u32| {
            let packet = (mixer_hz * packet_ms / 1000) as usize;
            let (mixer, codec) = (StreamFormat::mono(mixer_hz), StreamFormat::mono(codec_hz));
            Converter::new(mixer, codec, packet, packet_ms).map(|converter| converter.frames()).ok()
        };
        assert_eq!([10, 20, 40, 60].map(|ms| frames(48_000, 8000, ms)), [80, 160, 320, 480].map(Some));
        assert_eq!(frames(44_100, 48_000, 20), Some(960));
        assert_eq!(frames(16_000, 48_000, 10), Some(480));
        assert_eq!(frames(48_000, 48_000, 3), Some(144));
        assert_eq!((frames(48_000, 8000, 3), frames(47_999, 48_000, 1000)), (None, None));
    }

    #[test]
    fn a_fork_goes_on_bit_for_bit() {
        let (mixer, codec) = (StreamFormat::mono(48_000), StreamFormat::mono(8000));
        let mut converter = Converter::new(mixer, codec, 960, 20).unwrap();
        let (mut one, mut other) = (Vec::new(), Vec::new());
        (0..5).for_each(|number| converter.convert(&sound(960, number), &mut one));
        let mut fork = converter.fork();
        for number in 5..8 {
            converter.convert(&sound(960, number), &mut one);
            fork.convert(&sound(960, number), &mut other);
            assert_eq!(one, other);
            assert!(one.iter().any(|sample| *sample > 0.4));
        }
    }
}
