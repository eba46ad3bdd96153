//! The fixed way: whole [`Block`]s through an FFT, and on the mixer's side a queue, as blocks and
//! ticks need not end together.
//!
//! Measured against 48 kHz with tones off the bins of the FFT, both ways, blocks of 10 ms: flat up
//! to 0.85 of half the lower rate within 0.2 dB (3.4 kHz at 8 kHz), images and aliases 98 dB down
//! with the Blackman window, 130 dB with Blackman-Harris. Blackman-Harris needs longer filters, so
//! it is for blocks of at least [`SHARP`] samples of the lower rate: from about 11 kHz on.
//! (Blackman-Harris squared, rubato's own choice, loses 9 dB at 3.4 kHz.)

use rubato::{Fft, FixedSync, Resampler, ResamplerConstructionError, WindowFunction};

use super::{
    block::Block,
    planes::{Buffer, part, resample},
};
use crate::data::channels::{Channels, Planes};

/// The fewest samples of the lower rate in a block for the window that attenuates most.
const SHARP: usize = 112;

/// `from` and `to`: samples of a block on the two sides.
fn fft(from: usize, to: usize, channels: Channels) -> Result<Fft<f32>, ResamplerConstructionError> {
    let window = if from.min(to) < SHARP { WindowFunction::Blackman } else { WindowFunction::BlackmanHarris };
    Fft::new_custom(from, to, from, 1, channels.count(), window, FixedSync::Both)
}

/// Blocks that a participant sends, converted and given out tick by tick.
#[derive(Debug)]
pub(super) struct FixedIn {
    fft: Fft<f32>,
    block: Block,
    tick: usize,
    /// Converted samples; those from `start` to `end` wait for their tick.
    made: Buffer,
    start: usize,
    end: usize,
}

impl FixedIn {
    pub fn new(block: Block, tick: usize, channels: Channels) -> Result<Self, ResamplerConstructionError> {
        let fft = fft(block.stream, block.mixer, channels)?;
        // Less than a tick waits when blocks are made, and the last of them ends less than a block
        // after the tick.
        Ok(Self { fft, block, tick, made: Buffer::new(channels, tick + block.mixer), start: 0, end: 0 })
    }

    pub fn block(&self) -> Block {
        self.block
    }

    /// How many blocks the next tick needs.
    fn blocks(&self) -> usize {
        self.tick.saturating_sub(self.end - self.start).div_ceil(self.block.mixer)
    }

    pub fn needed(&self) -> usize {
        self.blocks() * self.block.stream
    }

    pub fn needed_most(&self) -> usize {
        self.tick.div_ceil(self.block.mixer) * self.block.stream
    }

    /// The next tick.
    pub fn convert(&mut self, from: Planes<'_>) -> Planes<'_> {
        let Block { stream, mixer } = self.block;
        let blocks = self.blocks();
        if blocks > 0 {
            self.made.move_to_front(self.start..self.end);
            (self.start, self.end) = (0, self.end - self.start);
        }
        for at in 0..blocks {
            let from = part(from, at * stream..(at + 1) * stream);
            resample(&mut self.fft, from, self.made.part_mut(self.end..self.end + mixer));
            self.end += mixer;
        }
        let tick = self.start..self.start + self.tick;
        self.start = tick.end;
        self.made.part(tick)
    }

    /// How many samples late a sound comes out.
    pub fn output_delay(&self) -> usize {
        // The middle of the filter, which begins on a whole sample.
        let Block { stream, mixer } = self.block;
        ((stream / 2) as f64 * mixer as f64 / stream as f64).round() as usize
    }

    /// A tick goes by, for which nothing is converted.
    pub fn skip(&mut self) {
        let made = self.end - self.start + self.blocks() * self.block.mixer;
        (self.start, self.end) = (0, made - self.tick);
    }

    /// As if silence had been sent before.
    pub fn reset(&mut self) {
        self.fft.reset();
        let waiting = self.made.part_mut(self.start..self.end);
        [Some(waiting.left), waiting.right].into_iter().flatten().for_each(|plane| plane.fill(0.0));
    }
}

/// Ticks, gathered into blocks that a participant hears.
#[derive(Debug)]
pub(super) struct FixedOut {
    fft: Fft<f32>,
    block: Block,
    /// Samples that wait for their block to be full.
    waiting: Buffer,
    held: usize,
    made: Buffer,
}

impl FixedOut {
    pub fn new(block: Block, tick: usize, channels: Channels) -> Result<Self, ResamplerConstructionError> {
        let made = Buffer::new(channels, tick.div_ceil(block.mixer) * block.stream);
        let waiting = Buffer::new(channels, block.mixer + tick);
        Ok(Self { fft: fft(block.mixer, block.stream, channels)?, block, waiting, held: 0, made })
    }

    pub fn block(&self) -> Block {
        self.block
    }

    /// The time of the first sample that it gives, in samples that it takes: the middle of the filter is half a block
    /// before.
    pub fn first_at(&self) -> f64 {
        -((self.block.mixer / 2) as f64)
    }

    pub fn made_most(&self) -> usize {
        self.made.frames()
    }

    /// Takes a tick and gives the blocks that it fills.
    pub fn convert(&mut self, mix: Planes<'_>) -> Planes<'_> {
        let Block { stream, mixer } = self.block;
        let end = self.held + mix.left.len();
        self.waiting.put(self.held, mix);
        let blocks = end / mixer;
        for at in 0..blocks {
            let from = self.waiting.part(at * mixer..(at + 1) * mixer);
            resample(&mut self.fft, from, self.made.part_mut(at * stream..(at + 1) * stream));
        }
        self.waiting.move_to_front(blocks * mixer..end);
        self.held = end - blocks * mixer;
        self.made.part(0..blocks * stream)
    }
}

/// The delay of a block of `from` samples: half the filter, and the samples that wait on the
/// mixer's side. Each with its rate.
pub(super) fn delay_ms((from, from_hz): (usize, u32), (waiting, mixer_hz): (usize, u32)) -> f64 {
    let ms = |samples: usize, hz: u32| 1e3 * samples as f64 / f64::from(hz);
    ms(from / 2, from_hz) + ms(waiting, mixer_hz)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZEROS: [f32; 960] = [0.0; 960];

    fn mono(samples: &[f32]) -> Planes<'_> {
        Planes { left: samples, right: None }
    }

    #[test]
    fn blocks_are_asked_for_when_the_tick_needs_them() {
        let mut incoming = FixedIn::new(Block { stream: 147, mixer: 320 }, 480, Channels::Mono).unwrap();
        let asked: Vec<usize> = (0..4)
            .map(|_| {
                let needed = incoming.needed();
                assert_eq!(incoming.convert(mono(&ZEROS[..needed])).left.len(), 480);
                needed
            })
            .collect();
        assert_eq!((asked, incoming.needed_most()), (vec![294, 147, 294, 147], 294));
    }

    #[test]
    fn blocks_are_given_when_ticks_have_filled_them() {
        let mut outgoing = FixedOut::new(Block { stream: 147, mixer: 320 }, 480, Channels::Mono).unwrap();
        let given: Vec<usize> = (0..4).map(|_| outgoing.convert(mono(&ZEROS[..480])).left.len()).collect();
        assert_eq!((given, outgoing.made_most()), (vec![147, 294, 147, 294], 294));
    }

    #[test]
    fn a_tick_that_is_passed_over_is_counted_and_a_reset_forgets_what_was_heard() {
        let mut incoming = FixedIn::new(Block { stream: 80, mixer: 480 }, 320, Channels::Mono).unwrap();
        let first = |incoming: &mut FixedIn| incoming.convert(mono(&[0.5; 80])).left.to_vec();
        let before = first(&mut incoming);
        assert_eq!((incoming.end - incoming.start, incoming.needed()), (160, 80));
        incoming.skip();
        assert_eq!((incoming.end - incoming.start, incoming.needed()), (320, 0), "as if a tick had been made");
        incoming.reset();
        assert_eq!(incoming.convert(mono(&[])).left, &ZEROS[..320]);
        assert_eq!(first(&mut incoming), before);
    }

    #[test]
    fn too_few_samples_give_silence() {
        let mut incoming = FixedIn::new(Block { stream: 80, mixer: 480 }, 480, Channels::Mono).unwrap();
        assert_eq!(incoming.convert(mono(&[1.0; 79])).left, &ZEROS[..480]);
    }
}
