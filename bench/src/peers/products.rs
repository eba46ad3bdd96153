//! A dense mix as a product of matrices: gains times frames. By two libraries for such products,
//! and by a plain loop.
//!
//! `unsafe` calls matrixmultiply, which takes pointers.
#![allow(unsafe_code)]

use std::hint::black_box;

use mixminus::InstructionSet;

use super::gemm;
use crate::{
    rows::dense_level,
    signal::{TICK, noise},
};

/// The gains, frames and mixes of a room in which everybody hears everybody else at a level of its own.
#[derive(Debug)]
pub struct Products {
    kernel: InstructionSet,
    size: usize,
    /// A row for each listener; nobody hears themselves.
    gains: Vec<f32>,
    /// A row for each source.
    frames: Vec<f32>,
    /// A row for each listener.
    mixes: Vec<f32>,
}

impl Products {
    /// The name of gemm among the contenders.
    pub const GEMM: &str = "gemm 0.19";
    /// The name of matrixmultiply.
    pub const MATRIXMULTIPLY: &str = "matrixmultiply 0.3";
    /// The name of the plain loop.
    pub const LOOP: &str = "gain for every pair";

    /// A room of so many, with the levels of [`dense`](crate::rows::dense) in its first round. gemm
    /// multiplies with this kernel.
    pub fn new(kernel: InstructionSet, size: usize) -> Self {
        let gain = |listener: usize, source: usize| {
            if listener == source { 0.0 } else { dense_level(listener, source, 0) as f32 / 100.0 }
        };
        Self {
            kernel,
            size,
            gains: (0..size * size).map(|pair| gain(pair / size, pair % size)).collect(),
            frames: (0..size).flat_map(|n| noise(n, size)).collect(),
            mixes: vec![0.0; size * TICK],
        }
    }

    /// The instruction set that matrixmultiply multiplies with. It cannot be told: it takes the
    /// fastest of the machine, and knows AVX-512 only if it was built for it.
    pub fn of_matrixmultiply() -> InstructionSet {
        let known = |set: &InstructionSet| cfg!(feature = "matrixmultiply-avx512") || *set <= InstructionSet::Avx2;
        InstructionSet::available().filter(known).last().unwrap_or(InstructionSet::Portable)
    }

    /// One tick of gemm, on this thread.
    pub fn gemm(&mut self) {
        let Self { kernel, size, gains, frames, mixes } = self;
        gemm::multiply(*kernel, [*size, TICK, *size], mixes, black_box(gains), black_box(frames));
        black_box(mixes);
    }

    /// One tick of matrixmultiply, on this thread.
    pub fn matrixmultiply(&mut self) {
        let Self { size, gains, frames, mixes, .. } = self;
        let (size, row) = (*size, TICK as isize);
        // SAFETY: the matrices are as large as is said here: size × size, size × TICK and size ×
        // TICK, row after row; only the last is written to, and it overlaps neither of the others.
        unsafe {
            matrixmultiply::sgemm(
                size,
                size,
                TICK,
                1.0,
                black_box(gains.as_ptr()),
                size as isize,
                1,
                black_box(frames.as_ptr()),
                row,
                1,
                0.0,
                mixes.as_mut_ptr(),
                row,
                1,
            );
        }
        black_box(mixes);
    }

    /// One tick of a plain loop: a multiplication and an addition for every source, listener and
    /// sample, the shape of Jamulus and PipeWire.
    pub fn gain_for_every_pair(&mut self) {
        let Self { size, gains, frames, mixes, .. } = self;
        let (gains, frames) = (black_box(&*gains), black_box(&*frames));
        for (listener, (mix, gains)) in mixes.chunks_exact_mut(TICK).zip(gains.chunks_exact(*size)).enumerate() {
            mix.fill(0.0);
            let sources = frames.chunks_exact(TICK).zip(gains).enumerate();
            for (_, (frame, gain)) in sources.filter(|(source, _)| *source != listener) {
                add(mix, *gain, frame);
            }
        }
        black_box(mixes);
    }
}

/// Adds a frame at a gain. A function of its own, so that the compiler vectorises it whatever is
/// around it.
#[inline(never)]
fn add(mix: &mut [f32], gain: f32, frame: &[f32]) {
    for (mix, sample) in mix.iter_mut().zip(frame) {
        *mix += gain * sample;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::Room;

    #[test]
    fn all_of_them_mix_what_the_mixer_mixes() {
        let size = 9;
        let ways: [fn(&mut Products); 3] = [Products::gemm, Products::matrixmultiply, Products::gain_for_every_pair];
        for kernel in InstructionSet::available() {
            let heard = Room::new(kernel, size, size).and_then(Room::dense).unwrap().heard().unwrap().concat();
            for (number, way) in ways.into_iter().enumerate() {
                let mut peer = Products::new(kernel, size);
                way(&mut peer);
                let worst = peer.mixes.iter().zip(&heard).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(worst < 1e-6, "{kernel}: way {number} is {worst} off");
            }
        }
    }
}
