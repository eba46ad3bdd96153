//! How a frame becomes the mixer's samples, and how loud it is: measured over all channels as they were sent.

use crate::{
    data::{
        channels::{Channel, MAX_CHANNELS},
        frame::{Frame, Samples},
        loudness::{Loudness, cancels},
        sample::Plane,
    },
    dsp::{Kernel, Measured, SignalBuffer, Tile},
};

/// How far from the truth a mean square of the kernels may be, with much to spare: they add up in f32.
const UNSURE: f64 = 1e-4;

/// A frame that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Taken {
    pub loudness: Loudness,
    /// The last sample of each channel.
    pub last: [f32; MAX_CHANNELS],
    /// Whether its channels cancel each other out in the mean that a mono mixer takes.
    pub anti_phase: bool,
}

/// Copies a frame, whose channels are as long, to a signal of each channel's buffer. The mean square is exact where it
/// decides: near those that are `deciding`, of which 0 decides nothing. `Err` with the place of the first sample that is NaN or past [`Frame::LIMIT`].
#[inline]
pub(crate) fn take(
    frame: &Frame<'_>,
    channels: &[Channel],
    buffers: &mut [SignalBuffer],
    signal: usize,
    deciding: [f64; 2],
    kernel: Kernel,
) -> Result<Taken, usize> {
    let count = frame.len().unwrap_or_default();
    let (mut loudness, mut last) = (Loudness::default(), [0.0; MAX_CHANNELS]);
    let mut anti_phase = frame.anti_phase;
    for ((channel, buffer), last) in channels.iter().zip(buffers).zip(&mut last) {
        let tiles = buffer.signal_mut(signal);
        let measured = copy(frame, *channel, count, tiles, kernel);
        loudness.peak = greater(loudness.peak, measured.peak);
        loudness.square += f64::from(measured.squares);
        *last = Tile::flat(tiles).get(count.wrapping_sub(1)).copied().unwrap_or_default();
    }
    loudness.square *= 1.0 / (channels.len() as f64 * f64::from(count.max(1) as u32));
    if frame.is_stereo() && channels.len() == 1 {
        let mid = loudness.square;
        loudness = measure_all(frame, count);
        anti_phase = cancels(mid, loudness.square);
    }
    if loudness.peak > Frame::LIMIT || loudness.peak.is_nan() {
        return Err(first_fault(frame, count));
    }
    let faint = loudness.peak < 1e-12 && loudness.peak > 0.0;
    let unsure = |square: f64| {
        let near = square > 0.0 && (loudness.square - square).abs() <= UNSURE * square;
        near || faint && square < 1e-18
    };
    if deciding.into_iter().any(unsure) {
        loudness.square = measure_all(frame, count).square;
    }
    Ok(Taken { loudness, last, anti_phase })
}

/// Copies what one channel of the mixer takes of a frame.
#[inline]
fn copy(frame: &Frame<'_>, channel: Channel, count: usize, tiles: &mut [Tile], kernel: Kernel) -> Measured {
    match (frame.samples, channel) {
        (Samples::Mono(plane), _)
        | (Samples::Planar(plane, _), Channel::Left)
        | (Samples::Planar(_, plane), Channel::Right) => match plane {
            Plane::F32(samples) => kernel.take_f32(samples, tiles),
            Plane::I16(samples) => kernel.take_i16(samples, tiles),
        },
        _ => {
            let (samples, rest) = Tile::flat_mut(tiles).split_at_mut(count);
            samples.iter_mut().enumerate().for_each(|(at, sample)| *sample = frame.sample(channel, at));
            rest.fill(0.0);
            kernel.measure(tiles)
        }
    }
}

/// The greater of two magnitudes; NaN if one of them is.
fn greater(a: f32, b: f32) -> f32 {
    if a.is_nan() || a >= b { a } else { b }
}

/// The loudness of both channels as sent, added up in f64. A NaN is the peak.
fn measure_all(frame: &Frame<'_>, count: usize) -> Loudness {
    let (mut peak, mut squares) = (0.0_f32, 0.0);
    for at in 0..count {
        for sample in frame.both(at) {
            peak = greater(peak, sample.abs());
            squares += 0.5 * f64::from(sample).powi(2);
        }
    }
    Loudness { peak, square: squares / count.max(1) as f64 }
}

/// The place of the first sample that is none.
fn first_fault(frame: &Frame<'_>, count: usize) -> usize {
    let is_fault = |sample: f32| sample.is_nan() || sample.abs() > Frame::LIMIT;
    (0..count).position(|at| frame.both(at).into_iter().any(is_fault)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(frame: Frame<'_>, threshold: f64) -> (SignalBuffer, Result<Taken, usize>) {
        let mut buffers = [SignalBuffer::new(1, Tile::count(frame.len().unwrap()))];
        let taken = take(&frame, &[Channel::Mono], &mut buffers, 0, [threshold, 0.0], Kernel::detect());
        let [buffer] = buffers;
        (buffer, taken)
    }

    fn loudness(frame: Frame<'_>, threshold: f64) -> Loudness {
        read(frame, threshold).1.unwrap().loudness
    }

    #[test]
    fn every_i16_comes_back_as_it_was() {
        let samples: Vec<i16> = (i16::MIN..=i16::MAX).collect();
        let (buffer, _) = read(Frame::from(&samples[..]), 0.0);
        let mut out = vec![0; samples.len()];
        Kernel::detect().give_i16(&Tile::flat(buffer.signal(0))[..samples.len()], &mut out);
        assert_eq!(out, samples);
    }

    #[test]
    fn what_is_no_sample_is_found() {
        for bad in [f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1.1e6] {
            for place in [0, 1, 47, 48, 99] {
                let mut samples = [0.5; 100];
                samples[place] = bad;
                assert_eq!(read(Frame::from(&samples[..]), 0.0).1, Err(place), "{bad}");
                assert_eq!(read(Frame::planar(&[0.5; 100], &samples[..]), 0.0).1, Err(place), "{bad}");
            }
        }
    }

    #[test]
    fn what_decides_is_exact() {
        let frame: Vec<f32> = (0..480).map(|n| (n as f32 * 0.37).sin() * 0.003).collect();
        let exact = frame.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / 480.0;
        assert!((loudness(Frame::from(&frame[..]), exact).square / exact - 1.0).abs() < 1e-14);
        assert!((loudness(Frame::from(&frame[..]), 0.0).square / exact - 1.0).abs() < 1e-5);
        assert_eq!(loudness(Frame::from(&[0.0_f32; 480][..]), exact), Loudness::default());
        assert!((loudness(Frame::from(&[1e6_f32; 480][..]), 0.0).square / 1e12 - 1.0).abs() < 1e-5);
    }

    #[test]
    fn channels_cancel_if_the_mid_is_20_db_under_the_side() {
        let anti_phase =
            |left: f32, right: f32| read(Frame::planar(&[left; 48], &[right; 48]), 0.0).1.unwrap().anti_phase;
        // The mid over the side is (1 + right) / (1 - right).
        assert!(anti_phase(1.0, -1.0) && anti_phase(1.0, -0.82) && anti_phase(-1.0, 0.82));
        assert!(!anti_phase(1.0, -0.81) && !anti_phase(1.0, 1.0) && !anti_phase(0.0, 0.0) && !anti_phase(1.0, 0.0));
    }

    #[test]
    fn a_stereo_frame_is_judged_as_it_was_sent() {
        let (left, right) = ([0.5_f32; 48], [-0.5_f32; 48]);
        let (buffer, taken) = read(Frame::planar(&left, &right), 0.0);
        assert_eq!(taken.unwrap().loudness, Loudness { peak: 0.5, square: 0.25 });
        assert_eq!(buffer.signal(0), [Tile::SILENCE]);
        let mut buffers = [SignalBuffer::new(1, 1), SignalBuffer::new(1, 1)];
        let frame = Frame::planar(&left, &[0.0; 48]);
        let channels = [Channel::Left, Channel::Right];
        let taken = take(&frame, &channels, &mut buffers, 0, [0.0; 2], Kernel::detect()).unwrap();
        assert_eq!((taken.loudness, taken.last), (Loudness { peak: 0.5, square: 0.125 }, [0.5, 0.0]));
    }
}
