//! From the mixer's timeline to that of another rate, with every sample at its place: [`Conversion`].
//!
//! Frame n of a tap at a rate of R Hz stands for the instant n / R seconds after the beginning of the mixer's timeline,
//! whenever the tap began. Filters are late, and by parts of a sample: so silence goes into the filter before the first
//! tick, as much as puts its middle on a place of that timeline, and as many frames as it is late are left out. Where
//! both rates have a short block in common (8, 11.025, 12, 16, 22.05, 24, 32, 44.1, 48 and 96 kHz have) frames are at
//! their places exactly, at all others within a thousandth of a frame.

use std::collections::VecDeque;

use super::{made::Made, span::TapSpan};
use crate::{
    data::{channels::Planes, ports::StreamFormat, sample::Sample, tap::TapContent},
    stream::{
        FormatError,
        convert::{Buffer, Outbound},
    },
};

/// How far a frame may be from its place, in frames: none, for what rounding leaves of it; and where that cannot be.
const NEAR: [f64; 2] = [1e-9, 1e-3];

/// The frames of one tap, each with what the tap has there.
#[derive(Debug)]
pub(super) struct Conversion {
    mixer_hz: u64,
    to: StreamFormat,
    filter: Filter,
    silence: Buffer,
    begun: bool,
    made: Made,
    /// From which frame on the tap has what.
    contents: VecDeque<(i64, TapContent)>,
}

/// The filter, with what has to be known of the places of its samples.
#[derive(Debug)]
struct Filter {
    outbound: Outbound,
    /// How many samples it takes at once.
    piece: usize,
    /// Samples of the mixer that wait until there is a piece of them.
    waiting: Buffer,
    held: usize,
    /// The number of the frame that it gives next. Those before the first are left out.
    next: i64,
    first: i64,
}

impl Conversion {
    /// `tick`: samples of a tick of the mixer. Allocates.
    pub fn new(mixer: StreamFormat, to: StreamFormat, tick: usize) -> Result<Self, FormatError> {
        // Pieces of 10 ms, so that the filter does not depend on the tick.
        let piece = if mixer.rate_hz == to.rate_hz { tick } else { (mixer.rate_hz / 100) as usize };
        let outbound = Outbound::new(mixer, to, piece)?;
        let waiting = Buffer::new(mixer.channels, 2 * piece + tick);
        Ok(Self {
            mixer_hz: u64::from(mixer.rate_hz),
            to,
            filter: Filter { outbound, piece, waiting, held: 0, next: 0, first: 0 },
            silence: Buffer::new(mixer.channels, piece),
            begun: false,
            made: Made::of(to.channels.count()),
            contents: VecDeque::new(),
        })
    }

    pub fn to(&self) -> StreamFormat {
        self.to
    }

    /// The first frame at a position of the mixer, or after it.
    fn frame_at(&self, position: u64) -> i64 {
        let frame = (u128::from(position) * u128::from(self.to.rate_hz)).div_ceil(u128::from(self.mixer_hz));
        i64::try_from(frame).unwrap_or(i64::MAX)
    }

    /// How much silence goes before a first tick at a position, and the number of the first frame that the filter gives.
    fn align(&self, position: u64) -> (u64, i64) {
        let (seconds, rest) = (position / self.mixer_hz, position % self.mixer_hz);
        let (to_hz, mixer_hz) = (f64::from(self.to.rate_hz), self.mixer_hz as f64);
        let frame = |silence: u64| (rest as f64 - silence as f64 + self.filter.outbound.first_at()) * to_hz / mixer_hz;
        let off = |silence: u64| (frame(silence) - frame(silence).round()).abs();
        let silence = NEAR.iter().find_map(|near| (0..self.mixer_hz).find(|silence| off(*silence) < *near));
        let silence = silence.unwrap_or_default();
        (silence, seconds as i64 * i64::from(self.to.rate_hz) + frame(silence).round() as i64)
    }

    fn begin(&mut self, position: u64) {
        let (silence, next) = self.align(position);
        let first = self.frame_at(position);
        (self.begun, self.made.number) = (true, first);
        (self.filter.next, self.filter.first) = (next, first);
        let (pieces, rest) = (silence as usize / self.filter.piece, silence as usize % self.filter.piece);
        (0..pieces).for_each(|_| self.filter.feed(all(&self.silence), &mut self.made));
        self.filter.wait(self.silence.part(0..rest));
    }

    /// Takes a tick: its position, what it has, and its samples in the channels of the mixer.
    pub fn take(&mut self, position: u64, content: TapContent, planes: Planes<'_>) {
        if !self.begun {
            self.begin(position);
        }
        if self.contents.back().is_none_or(|(_, last)| *last != content) {
            self.contents.push_back((self.frame_at(position), content));
        }
        self.filter.feed(planes, &mut self.made);
    }

    /// Has the filter give all frames before a position, at which the timeline ends.
    pub fn end(&mut self, position: u64) {
        let end = self.frame_at(position);
        while self.filter.next < end {
            self.filter.feed(all(&self.silence), &mut self.made);
        }
        self.made.end(end);
    }

    /// Reads on, as long as the content stays the same. How many frames were read.
    pub fn read_more<S: Sample>(&mut self, out: &mut [S], content: TapContent) -> usize {
        let next = self.content();
        if next.is_none_or(|next| next == content) { self.read(out).map_or(0, |span| span.frames) } else { 0 }
    }

    /// What the frame that is read next has.
    fn content(&self) -> Option<TapContent> {
        self.contents.iter().take_while(|(from, _)| *from <= self.made.number).last().map(|(_, content)| *content)
    }

    /// Whether all frames were read.
    pub fn is_empty(&self) -> bool {
        self.made.is_empty()
    }

    /// Reads frames of one content, as many as `out` has room for at most; `None` if none are there.
    pub fn read<S: Sample>(&mut self, out: &mut [S]) -> Option<TapSpan> {
        while self.contents.get(1).is_some_and(|(from, _)| *from <= self.made.number) {
            self.contents.pop_front();
        }
        let (_, content) = *self.contents.front()?;
        let until = self.contents.get(1).map_or(i64::MAX, |(from, _)| *from);
        let most = usize::try_from(until - self.made.number).unwrap_or(usize::MAX);
        let position = self.made.number as u64;
        let frames = self.made.read(out, most);
        (frames > 0).then_some(TapSpan { position, frames, content })
    }
}

impl Filter {
    /// Has samples wait.
    fn wait(&mut self, planes: Planes<'_>) {
        self.waiting.put(self.held, planes);
        self.held += planes.left.len();
    }

    /// Takes samples, behind what waits.
    fn feed(&mut self, planes: Planes<'_>, made: &mut Made) {
        if self.held == 0 && planes.left.len() == self.piece {
            let converted = self.outbound.convert(planes);
            made.push(converted, &mut self.next, self.first);
            return;
        }
        self.wait(planes);
        let mut at = 0;
        while self.held - at >= self.piece {
            let converted = self.outbound.convert(self.waiting.part(at..at + self.piece));
            made.push(converted, &mut self.next, self.first);
            at += self.piece;
        }
        self.waiting.move_to_front(at..self.held);
        self.held -= at;
    }
}

/// All of a buffer.
fn all(buffer: &Buffer) -> Planes<'_> {
    buffer.part(0..buffer.frames())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::channels::Channels;

    const MONO: StreamFormat = StreamFormat::mono(48_000);

    /// What becomes of an impulse at a position, in a tap that begins with a tick at another.
    fn heard(mixer_hz: u32, to_hz: u32, tick: usize, begin: u64, impulse: u64) -> Vec<(u64, f32)> {
        let mixer = StreamFormat::mono(mixer_hz);
        let mut conversion = Conversion::new(mixer, StreamFormat::mono(to_hz), tick).unwrap();
        let ticks = mixer_hz as usize / 8 / tick + 2;
        for at in 0..ticks {
            let position = begin + (at * tick) as u64;
            let mut samples = vec![0.0; tick];
            if let Some(sample) = impulse.checked_sub(position).and_then(|at| samples.get_mut(at as usize)) {
                *sample = 0.5;
            }
            conversion.take(position, TapContent::Sound, Planes { left: &samples, right: None });
        }
        conversion.end(begin + (ticks * tick) as u64);
        let mut out = [0.0_f32; 100];
        let spans = std::iter::from_fn(|| conversion.read(&mut out).map(|span| (span, out)));
        spans.flat_map(|(span, out)| (0..span.frames).map(move |n| (span.position + n as u64, out[n]))).collect()
    }

    #[test]
    fn an_impulse_is_heard_at_its_instant_at_any_rate_and_beginning() {
        for (mixer_hz, to_hz, tick, near) in [
            (48_000, 48_000, 480, 1e-4),
            (48_000, 16_000, 480, 1e-4),
            (48_000, 8000, 120, 1e-4),
            (48_000, 44_100, 480, 1e-4),
            (48_000, 22_050, 960, 1e-4),
            (44_100, 48_000, 441, 1e-4),
            (16_000, 48_000, 160, 1e-4),
            (48_000, 47_999, 480, 1e-3),
            (48_000, 16_001, 240, 1e-3),
        ] {
            for begin in [0, 7, 100_000_000_000_u64].map(|ticks| ticks * tick as u64) {
                let impulse = begin + u64::from(mixer_hz) / 16 + 1;
                let heard = heard(mixer_hz, to_hz, tick, begin, impulse);
                let sum: f64 = heard.iter().map(|(_, sample)| f64::from(*sample)).sum();
                let first = heard[0].0;
                let centre: f64 = heard.iter().map(|(n, y)| (n - first) as f64 * f64::from(*y)).sum::<f64>() / sum;
                let wide = |number: u64, hz: u32| i128::from(number) * i128::from(hz);
                let expected = (wide(impulse, to_hz) - wide(first, mixer_hz)) as f64 / f64::from(mixer_hz);
                assert!((centre - expected).abs() < near, "{mixer_hz} to {to_hz} Hz: {centre} for {expected}");
            }
        }
    }

    #[test]
    fn as_many_frames_are_given_as_fit_between_the_first_and_the_last_tick() {
        for (to_hz, first, count) in
            [(48_000, 480, 6720), (16_000, 160, 2240), (44_100, 441, 6174), (47_999, 480, 6720)]
        {
            let heard = heard(48_000, to_hz, 480, 480, 960);
            let numbers: Vec<u64> = heard.iter().map(|(number, _)| *number).collect();
            assert_eq!((numbers[0], numbers.len()), (first, count), "{to_hz} Hz");
            assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1));
        }
    }

    #[test]
    fn at_the_mixers_rate_samples_pass_bit_for_bit_and_channels_are_folded() {
        let mut conversion = Conversion::new(StreamFormat::stereo(48_000), MONO, 2).unwrap();
        conversion.take(4, TapContent::Sound, Planes { left: &[0.5, 0.25], right: Some(&[1.0, -0.25]) });
        conversion.take(6, TapContent::Silence, Planes { left: &[0.0; 2], right: Some(&[0.0; 2]) });
        let mut out = [0_i16; 3];
        let sound = TapSpan { position: 4, frames: 2, content: TapContent::Sound };
        assert_eq!((conversion.read(&mut out), out), (Some(sound), [24_576, 0, 0]));
        let silence = TapSpan { position: 6, frames: 2, content: TapContent::Silence };
        assert_eq!((conversion.read(&mut out), conversion.read(&mut out)), (Some(silence), None));
        let both = StreamFormat { channels: Channels::Stereo, ..MONO };
        let mut conversion = Conversion::new(MONO, both, 2).unwrap();
        conversion.take(0, TapContent::Sound, Planes { left: &[1.5, 1e-42], right: None });
        let mut out = [0.0_f32; 4];
        assert_eq!(conversion.read(&mut out).map(|span| span.frames), Some(2));
        assert_eq!(out, [1.5, 1.5, 1e-42, 1e-42]);
    }
}
