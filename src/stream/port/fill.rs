//! The samples of a packet, from whatever they lie in to a ring whose channels lie side by side:
//! [`fill`]; and whether they are sound: [`spoilt`]. Plain loops over slices: 0.2 us for 20 ms of i16 at
//! 48 kHz, where one by one they took 3 us.

use crate::data::{
    channels::Channels,
    frame::{Frame, Samples},
    sample::{Plane, Sample},
};

/// Samples that are looked at without a branch.
const BLOCK: usize = 64;

/// Writes the samples of a frame into the two slices of a free part of a ring, each of whole frames,
/// with the channels of the ring. A mono frame comes on both sides; a mono ring takes the mean of a
/// stereo frame.
pub(crate) fn fill(frame: &Frame<'_>, channels: Channels, to: (&mut [f32], &mut [f32])) {
    let frames = to.0.len() / channels.count();
    let [first, second] = halves(frame.samples, frames);
    put(first, channels, to.0);
    put(second, channels, to.1);
}

/// The place in its channel of the first sample that is NaN, infinite or past the limit of a frame.
pub(crate) fn spoilt(frame: &Frame<'_>) -> Option<usize> {
    match frame.samples {
        Samples::Mono(plane) => spoilt_in(plane),
        Samples::Interleaved(plane) => spoilt_in(plane).map(|at| at / 2),
        Samples::Planar(left, right) => spoilt_in(left).into_iter().chain(spoilt_in(right)).min(),
    }
}

fn spoilt_in(plane: Plane<'_>) -> Option<usize> {
    let Plane::F32(samples) = plane else { return None };
    let is_spoilt = |sample: &f32| sample.is_nan() | (sample.abs() > Frame::LIMIT);
    let any = |block: &[f32]| block.iter().fold(false, |any, sample| any | is_spoilt(sample));
    let block = samples.chunks(BLOCK).position(any)?;
    samples.iter().skip(block * BLOCK).position(is_spoilt).map(|at| block * BLOCK + at)
}

/// The first so many frames, and the others.
fn halves(samples: Samples<'_>, frames: usize) -> [Samples<'_>; 2] {
    match samples {
        Samples::Mono(plane) => split(plane, frames).map(Samples::Mono),
        Samples::Interleaved(plane) => split(plane, 2 * frames).map(Samples::Interleaved),
        Samples::Planar(left, right) => {
            let ([left, left_after], [right, right_after]) = (split(left, frames), split(right, frames));
            [Samples::Planar(left, right), Samples::Planar(left_after, right_after)]
        }
    }
}

fn split(plane: Plane<'_>, at: usize) -> [Plane<'_>; 2] {
    let at = at.min(plane.len());
    match plane {
        Plane::F32(samples) => [Plane::F32(&samples[..at]), Plane::F32(&samples[at..])],
        Plane::I16(samples) => [Plane::I16(&samples[..at]), Plane::I16(&samples[at..])],
    }
}

fn put(samples: Samples<'_>, channels: Channels, to: &mut [f32]) {
    match samples {
        Samples::Mono(Plane::F32(samples)) => put_mono(samples, channels, to),
        Samples::Mono(Plane::I16(samples)) => put_mono(samples, channels, to),
        Samples::Interleaved(Plane::F32(samples)) => put_interleaved(samples, channels, to),
        Samples::Interleaved(Plane::I16(samples)) => put_interleaved(samples, channels, to),
        Samples::Planar(Plane::F32(left), Plane::F32(right)) => put_planar(left, right, channels, to),
        Samples::Planar(Plane::I16(left), Plane::I16(right)) => put_planar(left, right, channels, to),
        Samples::Planar(Plane::F32(left), Plane::I16(right)) => put_planar(left, right, channels, to),
        Samples::Planar(Plane::I16(left), Plane::F32(right)) => put_planar(left, right, channels, to),
    }
}

fn put_mono<S: Sample>(from: &[S], channels: Channels, to: &mut [f32]) {
    match channels {
        Channels::Mono => copy(from, to),
        Channels::Stereo => {
            let both = to.as_chunks_mut::<2>().0.iter_mut();
            both.zip(from).for_each(|(both, sample)| *both = [sample.to_f32(); 2]);
        }
    }
}

fn put_interleaved<S: Sample>(from: &[S], channels: Channels, to: &mut [f32]) {
    match channels {
        Channels::Mono => {
            let from = from.as_chunks::<2>().0;
            to.iter_mut().zip(from).for_each(|(to, [left, right])| *to = mean(left.to_f32(), right.to_f32()));
        }
        Channels::Stereo => copy(from, to),
    }
}

fn put_planar<L: Sample, R: Sample>(left: &[L], right: &[R], channels: Channels, to: &mut [f32]) {
    let from = left.iter().zip(right);
    match channels {
        Channels::Mono => {
            to.iter_mut().zip(from).for_each(|(to, (left, right))| *to = mean(left.to_f32(), right.to_f32()));
        }
        Channels::Stereo => {
            let both = to.as_chunks_mut::<2>().0.iter_mut();
            both.zip(from).for_each(|(both, (left, right))| *both = [left.to_f32(), right.to_f32()]);
        }
    }
}

fn copy<S: Sample>(from: &[S], to: &mut [f32]) {
    to.iter_mut().zip(from).for_each(|(to, sample)| *to = sample.to_f32());
}

/// Both are halved before they are added: the sum cannot leave the range of f32.
fn mean(left: f32, right: f32) -> f32 {
    0.5 * left + 0.5 * right
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::channels::Channel;

    /// A frame, sample by sample.
    fn one_by_one(frame: &Frame<'_>, channels: Channels) -> Vec<f32> {
        let frames = 0..frame.len().unwrap();
        frames.flat_map(|at| channels.all().iter().map(move |channel: &Channel| frame.sample(*channel, at))).collect()
    }

    #[test]
    fn every_frame_fills_every_ring_wherever_its_end_is() {
        let floats: Vec<f32> = (0..200).map(|n| (n as f32).sin()).collect();
        let integers: Vec<i16> = (0..200).map(|n| n * 163 - 16_000).collect();
        let frames = [
            Frame::mono(&floats),
            Frame::mono(&integers),
            Frame::interleaved(&floats),
            Frame::interleaved(&integers),
            Frame::planar(&floats[..100], &floats[100..]),
            Frame::planar(&integers[..100], &integers[100..]),
        ];
        for frame in frames {
            for channels in [Channels::Mono, Channels::Stereo] {
                let expected = one_by_one(&frame, channels);
                for end in [0, 2, 74, expected.len()] {
                    let mut ring = vec![9.0; expected.len()];
                    fill(&frame, channels, ring.split_at_mut(end));
                    assert_eq!(ring, expected, "{channels:?}, {end}");
                }
            }
        }
    }

    #[test]
    fn the_first_spoilt_sample_is_told() {
        let mut samples = [1e6_f32; 200];
        assert_eq!(spoilt(&Frame::mono(&samples)), None);
        for (at, bad) in [(199, 1.1e6), (130, f32::NEG_INFINITY), (63, -f32::NAN)] {
            samples[at] = bad;
            assert_eq!(spoilt(&Frame::mono(&samples)), Some(at));
            assert_eq!(spoilt(&Frame::interleaved(&samples)), Some(at / 2));
            assert_eq!(spoilt(&Frame::planar(&[0.0_f32; 200], &samples)), Some(at));
        }
        assert_eq!(spoilt(&Frame::mono(&[i16::MIN; 9])), None);
    }
}
