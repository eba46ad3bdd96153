//! Clips of a sound that comes in pieces: [`ClipStream`]. The conversion goes on from one piece to the next.

use std::fmt;

use super::clip::{Clip, ClipError, Samples};
use crate::{
    data::{
        channels::{Channel, Channels, Planes},
        frame::Frame,
        ports::StreamFormat,
    },
    stream::{
        convert::{Buffer, Inbound},
        port::spoilt,
    },
};

/// How many samples of the mixer are converted at once: the hundredth part of a second.
const PARTS_A_SECOND: u32 = 100;

/// Makes clips of the pieces of one sound, such as speech that is synthesized while it is played: played one after the
/// other they are the sound, without a seam, whatever the rates are. (Clips that are made each by itself are each
/// converted as if silence were around it.)
///
/// At equal rates each clip is its piece. Otherwise a clip is up to 40 ms shorter than its piece, and the next one has
/// what is missing; [`end`](Self::end) gives the last of it. For one thread at a time, any thread but the audio thread:
/// all methods allocate.
///
/// ```
/// use mixminus::{Frame, stream::{ClipStream, StreamFormat}};
/// let mut speech = ClipStream::new(StreamFormat::mono(24_000), 48_000)?;
/// let first = speech.piece(Frame::mono(&[0_i16; 4800]))?;
/// let second = speech.piece(Frame::mono(&[0_i16; 2400]))?;
/// let last = speech.end()?;
/// assert_eq!(first.samples() + second.samples() + last.samples(), 14_400);
/// # Ok::<(), mixminus::stream::ClipError>(())
/// ```
pub struct ClipStream {
    format: StreamFormat,
    mixer_hz: u32,
    /// `None` at equal rates.
    conversion: Option<Conversion>,
}

struct Conversion {
    inbound: Inbound,
    tick: Buffer,
    /// Samples that wait for more.
    waiting: Samples,
    /// How many converted samples come before the sound.
    before: usize,
    taken: u64,
    given: u64,
}

impl Clip {
    /// A clip of a frame of any length, f32 or i16, of `rate_hz`, for mixers of `mixer_hz`. At equal rates the samples
    /// are those of the frame, bit for bit. Otherwise they are converted here, on the thread that calls, and clipped
    /// where the conversion overshoots full scale. The clip begins and ends with the frame, to half a sample.
    ///
    /// Allocates the samples. A conversion takes about a millisecond to begin, and less than that for a second of audio. Not for the audio thread. For a sound that comes in pieces, such as synthesized speech, see
    /// [`ClipStream`].
    ///
    /// # Errors
    /// [`ClipError`].
    pub fn new(frame: Frame<'_>, rate_hz: u32, mixer_hz: u32) -> Result<Self, ClipError> {
        let channels = if frame.is_stereo() { Channels::Stereo } else { Channels::Mono };
        let mut stream = ClipStream::new(StreamFormat { rate_hz, channels }, mixer_hz)?;
        let piece = stream.take(&frame)?;
        let end = stream.give_end()?;
        Ok(Self::of(piece.followed_by(end), mixer_hz))
    }
}

impl ClipStream {
    /// For a sound of this format, and for mixers of `mixer_hz`.
    ///
    /// # Errors
    /// [`ClipError::Format`].
    pub fn new(format: StreamFormat, mixer_hz: u32) -> Result<Self, ClipError> {
        let tick = (mixer_hz / PARTS_A_SECOND).max(1) as usize;
        let inbound = Inbound::new(format, StreamFormat { rate_hz: mixer_hz, ..format }, tick)?;
        let conversion = (format.rate_hz != mixer_hz).then(|| Conversion {
            before: inbound.output_delay(),
            inbound,
            tick: Buffer::new(format.channels, tick),
            waiting: Samples::new(format.channels),
            taken: 0,
            given: 0,
        });
        Ok(Self { format, mixer_hz, conversion })
    }

    /// The next piece: a frame of any length. A mono frame is on both sides of a stereo sound; a mono sound takes the mean
    /// of a stereo frame.
    ///
    /// # Errors
    /// [`ClipError`]: the piece is not taken, and the sound goes on with the next one.
    pub fn piece(&mut self, frame: Frame<'_>) -> Result<Clip, ClipError> {
        Ok(Clip::of(self.take(&frame)?, self.mixer_hz))
    }

    /// The end of the sound: what the conversion still has. Another sound may follow, as if this one had not been.
    ///
    /// # Errors
    /// None but those of [`new`](Self::new), which have not been met there.
    pub fn end(&mut self) -> Result<Clip, ClipError> {
        Ok(Clip::of(self.give_end()?, self.mixer_hz))
    }

    pub(super) fn take(&mut self, frame: &Frame<'_>) -> Result<Samples, ClipError> {
        let frames = frame.len().map_err(|(left, right)| ClipError::Uneven { left, right })?;
        if let Some(index) = spoilt(frame) {
            return Err(ClipError::NotFinite { index });
        }
        let channels = self.format.channels;
        match &mut self.conversion {
            None => {
                let mut samples = Samples::new(channels);
                add(&mut samples, frame, frames, channels);
                Ok(samples)
            }
            Some(conversion) => {
                add(&mut conversion.waiting, frame, frames, channels);
                conversion.taken += frames as u64;
                Ok(conversion.convert(channels))
            }
        }
    }

    pub(super) fn give_end(&mut self) -> Result<Samples, ClipError> {
        let channels = self.format.channels;
        let Some(conversion) = &mut self.conversion else { return Ok(Samples::new(channels)) };
        let whole = conversion.taken as f64 * f64::from(self.mixer_hz) / f64::from(self.format.rate_hz);
        let samples = conversion.finish(channels, whole.round() as u64);
        *self = Self::new(self.format, self.mixer_hz)?;
        Ok(samples)
    }
}

impl Conversion {
    /// Converts what waits, as far as that makes whole ticks.
    fn convert(&mut self, channels: Channels) -> Samples {
        let (mut made, mut at) = (Samples::new(channels), 0);
        loop {
            let needed = self.inbound.needed();
            let Some(left) = self.waiting.left.get(at..at + needed) else { break };
            let right = self.waiting.right.as_ref().map(|right| &right[at..at + needed]);
            let whole = self.tick.frames();
            self.inbound.convert(Planes { left, right }, self.tick.part_mut(0..whole));
            let skipped = self.before.min(whole);
            self.before -= skipped;
            let tick = self.tick.part(skipped..whole);
            made.left.extend_from_slice(tick.left);
            made.right.iter_mut().zip(tick.right).for_each(|(to, right)| to.extend_from_slice(right));
            at += needed;
        }
        self.waiting.left.drain(..at);
        self.waiting.right.iter_mut().for_each(|right| drop(right.drain(..at)));
        self.given += made.left.len() as u64;
        made
    }

    /// Converts silence behind the sound until `whole` samples of it have been given.
    fn finish(&mut self, channels: Channels, whole: u64) -> Samples {
        let mut end = Samples::new(channels);
        let missing = whole.saturating_sub(self.given) as usize;
        while end.left.len() < missing {
            let silence = self.waiting.left.len() + self.inbound.needed_most();
            self.waiting.left.resize(silence, 0.0);
            self.waiting.right.iter_mut().for_each(|right| right.resize(silence, 0.0));
            let Samples { left, right } = self.convert(channels);
            end.left.extend(left);
            end.right.iter_mut().zip(right).for_each(|(to, right)| to.extend(right));
        }
        end.left.truncate(missing);
        end.right.iter_mut().for_each(|right| right.truncate(missing));
        end
    }
}

/// Adds the samples of a frame.
fn add(samples: &mut Samples, frame: &Frame<'_>, frames: usize, channels: Channels) {
    let planes = [Some(&mut samples.left), samples.right.as_mut()].into_iter().flatten();
    for (plane, channel) in planes.zip(channels.all()) {
        let channel: Channel = *channel;
        plane.extend((0..frames).map(|at| frame.sample(channel, at)));
    }
}

impl fmt::Debug for ClipStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClipStream")
            .field("format", &self.format)
            .field("mixer_hz", &self.mixer_hz)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(rate_hz: u32, hz: f64, samples: usize) -> Vec<f32> {
        (0..samples)
            .map(|n| (0.5 * (std::f64::consts::TAU * hz * n as f64 / f64::from(rate_hz)).sin()) as f32)
            .collect()
    }

    #[test]
    fn at_equal_rates_every_kind_of_frame_is_kept_bit_for_bit() {
        let clip = |frame| Clip::new(frame, 48_000, 48_000).unwrap();
        let floats = [1e-42_f32, -3.5, 0.25];
        assert_eq!(clip(Frame::mono(&floats)).planes().left, floats);
        assert_eq!(clip(Frame::mono(&[16_384_i16, -32_768])).planes().left, [0.5, -1.0]);
        let stereo = clip(Frame::interleaved(&[0.5_f32, -0.5, 0.25, -0.25]));
        assert_eq!((stereo.planes().left, stereo.planes().right), (&[0.5, 0.25][..], Some(&[-0.5, -0.25][..])));
        assert_eq!(clip(Frame::planar(&[0.5_f32], &[0.75_f32])).planes().right, Some(&[0.75][..]));
        assert_eq!(clip(Frame::mono::<f32>(&[])).samples(), 0);
    }

    #[test]
    fn other_rates_begin_and_end_where_the_frame_does() {
        let rates =
            [(8000, 48_000), (16_000, 48_000), (22_050, 48_000), (44_100, 48_000), (48_000, 16_000), (96_000, 48_000)];
        let odd = [(8009, 48_000), (47_999, 48_000), (95_999, 48_000), (48_001, 16_000)];
        for (rate_hz, mixer_hz) in rates.into_iter().chain(odd) {
            let samples = rate_hz as usize / 2;
            let clip = Clip::new(Frame::mono(&sine(rate_hz, 300.0, samples)), rate_hz, mixer_hz).unwrap();
            let expected = (samples as f64 * f64::from(mixer_hz) / f64::from(rate_hz)).round() as usize;
            assert_eq!(clip.samples(), expected, "{rate_hz} Hz");
            // By how much the tone is late, away from the ends.
            let turn = std::f64::consts::TAU * 300.0 / f64::from(mixer_hz);
            let inside = expected / 10..expected * 9 / 10;
            let part = |of: fn(f64) -> f64| {
                inside.clone().map(|at| f64::from(clip.planes().left[at]) * of(turn * at as f64)).sum::<f64>()
            };
            let late = -(part(f64::cos) / part(f64::sin)).atan() / turn;
            assert!(late.abs() < 0.51, "{rate_hz} Hz in {mixer_hz}: {late} samples late");
        }
    }

    #[test]
    fn what_is_no_sound_is_refused_whole_with_its_place() {
        let says = |frame, rate| Clip::new(frame, rate, 48_000).unwrap_err().to_string();
        assert_eq!(says(Frame::mono(&[0.0, f32::NAN]), 8000), "sample 1 of the clip is NaN, infinite or past ±1e6");
        assert_eq!(
            says(Frame::interleaved(&[0_i16; 3]), 8000),
            "the clip has 2 samples on the left and 1 on the right"
        );
        assert_eq!(says(Frame::mono(&[0_i16]), 999), "a rate of 999 Hz is not between 1000 and 768000 Hz");
        assert!(says(Frame::mono(&[0_i16]), 480).contains("480 Hz"));
    }

    /// The samples of a sound in pieces of so many.
    fn in_pieces(sound: &[f32], length: usize, format: StreamFormat) -> (Vec<f32>, Vec<f32>) {
        let mut stream = ClipStream::new(format, 48_000).unwrap();
        let mut clips: Vec<_> = sound.chunks(length).map(|piece| stream.piece(Frame::mono(piece)).unwrap()).collect();
        clips.push(stream.end().unwrap());
        let left = clips.iter().flat_map(|clip| clip.planes().left.to_vec()).collect();
        (left, clips.iter().flat_map(|clip| clip.planes().right.unwrap_or_default().to_vec()).collect())
    }

    #[test]
    fn pieces_of_any_length_are_the_whole() {
        let sound: Vec<f32> = (0..9001).map(|n| (n as f32 * 0.11).sin() * 0.5).collect();
        for rate_hz in [8000, 22_050, 24_000, 47_999, 48_000] {
            let whole = Clip::new(Frame::mono(&sound), rate_hz, 48_000).unwrap();
            for length in [7, 480, 1000, 9001] {
                let (left, right) = in_pieces(&sound, length, StreamFormat::mono(rate_hz));
                assert!(left == whole.planes().left && right.is_empty(), "{rate_hz} Hz in pieces of {length}");
                let (left, right) = in_pieces(&sound, length, StreamFormat::stereo(rate_hz));
                assert!(left == whole.planes().left && right == left, "{rate_hz} Hz in stereo");
            }
        }
    }

    #[test]
    fn another_sound_may_follow() {
        let mut stream = ClipStream::new(StreamFormat::mono(16_000), 48_000).unwrap();
        let mut sound = || {
            let mut all = stream.take(&Frame::mono(&[0.25_f32; 1000])).unwrap().left;
            all.extend(stream.give_end().unwrap().left);
            all
        };
        let first = sound();
        assert_eq!((first.len(), sound()), (3000, first));
    }
}
