//! The kernels that work on one signal: taking in a frame, measuring a signal, giving it out as i16.

use super::{tile::Tile, vector::Vector};

/// How many vectors are measured side by side, so that no addition waits for the one before. With the widest
/// vectors that is a whole tile.
const SIDE: usize = 3;

/// The greatest magnitude and the sum of the squares of a signal.
///
/// The squares are added up in f32, lane by lane: exact to 1e-5 of their sum, for magnitudes up to 1e15.
/// Squares of much greater magnitudes become infinite.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Measured {
    pub peak: f32,
    pub squares: f32,
}

/// What has been measured of a signal so far, lane by lane, with as many lanes as the widest vector has.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub(crate) struct Lanes {
    peak: [f32; Lanes::MOST],
    squares: [f32; Lanes::MOST],
}

impl Lanes {
    const MOST: usize = 16;
    /// The start of each sum of squares, -300 dBFS. It keeps the squares of faint samples from adding up to
    /// denormal numbers, which are slow.
    const FLOOR: f32 = 1e-30;
    pub const NOTHING: Self = Self { peak: [0.0; Self::MOST], squares: [Self::FLOOR; Self::MOST] };

    #[inline(always)]
    pub fn measured(&self) -> Measured {
        // The peaks have no sign, so their bits compare as signed integers, which is fast on every machine.
        let peak = halved(self.peak.map(|peak| peak.to_bits().cast_signed()), i32::max);
        let squares = halved(self.squares, |a, b| a + b);
        Measured { peak: f32::from_bits(peak.cast_unsigned()), squares: if peak > 0 { squares } else { 0.0 } }
    }
}

/// Joins all lanes into one value. Joins by halves, so that the chain of operations is short.
#[inline(always)]
fn halved<T: Copy>(mut lanes: [T; Lanes::MOST], join: impl Fn(T, T) -> T) -> T {
    let mut count = lanes.len();
    while count > 1 {
        count /= 2;
        let (low, high) = lanes.split_at_mut(count);
        low.iter_mut().zip(&*high).for_each(|(low, high)| *low = join(*low, *high));
    }
    lanes[0]
}

/// The same as [`Lanes`], in registers.
#[derive(Clone, Copy)]
pub(super) struct Meter<V> {
    peak: V,
    squares: V,
}

impl<V: Vector> Meter<V> {
    /// # Safety
    /// As for [`Vector`].
    #[inline(always)]
    pub unsafe fn load(lanes: &Lanes) -> Self {
        // SAFETY: the caller's contract.
        unsafe { Self { peak: V::load(&lanes.peak[..V::LANES]), squares: V::load(&lanes.squares[..V::LANES]) } }
    }

    /// # Safety
    /// As for [`Vector`].
    #[inline(always)]
    pub unsafe fn store(self, lanes: &mut Lanes) {
        // SAFETY: the caller's contract.
        unsafe {
            self.peak.store(&mut lanes.peak[..V::LANES]);
            self.squares.store(&mut lanes.squares[..V::LANES]);
        }
    }

    /// What this meter has seen. Valid if it began with nothing and no other meter has seen a part.
    ///
    /// # Safety
    /// As for [`Vector`].
    #[inline(always)]
    pub unsafe fn measured(self) -> Measured {
        let mut lanes = Lanes::NOTHING;
        // SAFETY: the caller's contract.
        unsafe { self.store(&mut lanes) }
        lanes.measured()
    }

    /// # Safety
    /// As for [`Vector`].
    #[inline(always)]
    pub unsafe fn see(&mut self, samples: V) {
        // SAFETY: the caller's contract.
        unsafe {
            let magnitude = samples.abs();
            self.peak = magnitude.max_bits(self.peak);
            self.squares = magnitude.mul_add(magnitude, self.squares);
        }
    }

    /// What several meters have seen together.
    ///
    /// # Safety
    /// As for [`Vector`].
    #[inline(always)]
    unsafe fn joined(meters: [Self; SIDE]) -> Self {
        let [mut all, others @ ..] = meters;
        for other in others {
            // SAFETY: the caller's contract.
            unsafe { all = Self { peak: all.peak.max_bits(other.peak), squares: all.squares.add(other.squares) } }
        }
        all
    }
}

/// A format of the samples of a frame.
pub(super) trait Sample: Copy + Default {
    /// # Safety
    /// As for [`Vector`].
    unsafe fn load<V: Vector>(from: &[Self]) -> V;
}

impl Sample for f32 {
    #[inline(always)]
    unsafe fn load<V: Vector>(from: &[Self]) -> V {
        // SAFETY: the caller's contract.
        unsafe { V::load(from) }
    }
}

impl Sample for i16 {
    #[inline(always)]
    unsafe fn load<V: Vector>(from: &[Self]) -> V {
        // SAFETY: the caller's contract.
        unsafe { V::load_i16(from).mul(V::splat(1.0 / 32768.0)) }
    }
}

/// Copies a tick of samples to `tiles` and measures it. The rest of the last tile is set to zero.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn take<V: Vector, S: Sample>(samples: &[S], tiles: &mut [Tile]) -> Measured {
    let mut lanes = Lanes::NOTHING;
    // SAFETY: the caller's contract.
    unsafe {
        let mut meters = [Meter::<V>::load(&lanes); SIDE];
        let (whole, rest) = samples.as_chunks::<{ Tile::SAMPLES }>();
        let mut tiles = tiles.iter_mut();
        for (samples, tile) in whole.iter().zip(&mut tiles) {
            take_tile(samples, tile, &mut meters);
        }
        if let (false, Some(tile)) = (rest.is_empty(), tiles.next()) {
            let mut padded = [S::default(); Tile::SAMPLES];
            padded[..rest.len()].copy_from_slice(rest);
            take_tile(&padded, tile, &mut meters);
        }
        Meter::joined(meters).store(&mut lanes);
    }
    lanes.measured()
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn take_tile<V: Vector, S: Sample>(
    samples: &[S; Tile::SAMPLES],
    tile: &mut Tile,
    meters: &mut [Meter<V>; SIDE],
) {
    let vectors = samples.chunks_exact(SIDE * V::LANES).zip(tile.0.chunks_exact_mut(SIDE * V::LANES));
    for (samples, out) in vectors {
        // SAFETY: the caller's contract.
        unsafe {
            let mut read = [V::splat(0.0); SIDE];
            for ((read, samples), meter) in read.iter_mut().zip(samples.chunks_exact(V::LANES)).zip(&mut *meters) {
                *read = S::load::<V>(samples);
                meter.see(*read);
            }
            for (read, out) in read.into_iter().zip(out.chunks_exact_mut(V::LANES)) {
                read.store(out);
            }
        }
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn take_f32<V: Vector>(samples: &[f32], tiles: &mut [Tile]) -> Measured {
    // SAFETY: the caller's contract.
    unsafe { take::<V, f32>(samples, tiles) }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn take_i16<V: Vector>(samples: &[i16], tiles: &mut [Tile]) -> Measured {
    // SAFETY: the caller's contract.
    unsafe { take::<V, i16>(samples, tiles) }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn measure<V: Vector>(tiles: &[Tile]) -> Measured {
    let mut lanes = Lanes::NOTHING;
    // SAFETY: the caller's contract.
    unsafe {
        let mut meters = [Meter::<V>::load(&lanes); SIDE];
        for samples in Tile::flat(tiles).chunks_exact(SIDE * V::LANES) {
            for (samples, meter) in samples.chunks_exact(V::LANES).zip(&mut meters) {
                meter.see(V::load(samples));
            }
        }
        Meter::joined(meters).store(&mut lanes);
    }
    lanes.measured()
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn give_i16<V: Vector>(samples: &[f32], out: &mut [i16]) {
    let (mut samples, mut out) = (samples.chunks_exact(V::LANES), out.chunks_exact_mut(V::LANES));
    // SAFETY: the caller's contract.
    unsafe {
        for (samples, out) in (&mut samples).zip(&mut out) {
            to_i16(V::load(samples)).store_i16(out);
        }
        let (rest, out) = (samples.remainder(), out.into_remainder());
        let (mut padded, mut given) = ([0.0; Lanes::MOST], [0; Lanes::MOST]);
        padded[..rest.len()].copy_from_slice(rest);
        to_i16(V::load(&padded[..V::LANES])).store_i16(&mut given[..V::LANES]);
        out.copy_from_slice(&given[..out.len()]);
    }
}

/// # Safety
/// As for [`Vector`].
#[inline(always)]
unsafe fn to_i16<V: Vector>(samples: V) -> V {
    // SAFETY: the caller's contract.
    unsafe { samples.mul(V::splat(32768.0)).clamp(V::splat(-32768.0), V::splat(32767.0)) }
}
