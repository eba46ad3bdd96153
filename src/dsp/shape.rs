//! The limiter's kernels: its static curve, applied to many samples at once.

use super::vector::Vector;

/// How many samples are shaped together: whole vectors of every width.
pub(crate) const SHAPED: usize = 32;

/// The limiter's static curve: the identity up to the knee, bent towards full scale above it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Curve {
    pub knee: f32,
    /// The distance from the knee to full scale, and its reciprocal; 0 and 0 if the knee is at full scale.
    pub room: f32,
    pub per_room: f32,
}

impl Curve {
    pub fn new(knee: f64) -> Self {
        let room = 1.0 - knee;
        let per_room = if room > 0.0 { 1.0 / room } else { 0.0 };
        Self { knee: knee as f32, room: room as f32, per_room: per_room as f32 }
    }

    /// The gain for a follower; see [`shape`] for the formula.
    pub fn gain(&self, follower: f32) -> f32 {
        let peak = follower.min(MOST);
        let over = ((peak - self.knee) * self.per_room).clamp(0.0, FLAT);
        let bend = (over * over + 1.0).sqrt();
        ((over * self.room + self.knee * bend) / (bend * peak)).clamp(0.0, 1.0)
    }
}

/// Greater followers, and greater values of u in the formula of [`shape`], are set to these bounds. Then no
/// product becomes infinite; the curve is flat there anyway.
const MOST: f32 = 1e32;
const FLAT: f32 = 1e6;

/// The least gain so far, lane by lane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Least([f32; 16]);

impl Least {
    pub const NONE: Self = Self([1.0; 16]);

    pub fn gain(&self) -> f32 {
        self.0.into_iter().fold(1.0, f32::min)
    }

    pub fn see(&mut self, gain: f32) {
        self.0[0] = self.0[0].min(gain);
    }
}

/// Raises each of `loudest` to the magnitude of its sample, if that is greater. Returns the greatest of
/// `loudest`. No sample may be NaN.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn raise<V: Vector>(samples: &[f32; SHAPED], loudest: &mut [f32; SHAPED]) -> f32 {
    let mut greatest = [0.0; 16];
    // SAFETY: the caller's contract.
    unsafe {
        let mut most = V::splat(0.0);
        for (samples, loudest) in samples.chunks_exact(V::LANES).zip(loudest.chunks_exact_mut(V::LANES)) {
            let raised = V::load(loudest).max_bits(V::load(samples).abs());
            raised.store(loudest);
            most = most.max_bits(raised);
        }
        most.store(&mut greatest[..V::LANES]);
    }
    greatest.into_iter().fold(0.0, f32::max)
}

/// Multiplies each sample with the gain that the curve has for its follower. The follower is at least as
/// great as the sample's magnitude. Keeps the least gain in `least`.
///
/// With u = (p - K) / (1 - K), but at least 0, and s = sqrt(1 + u^2), the gain is (K + (1 - K) u / s) / p,
/// but at most 1.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn shape<V: Vector>(
    samples: &mut [f32; SHAPED],
    followers: &[f32; SHAPED],
    curve: Curve,
    least: &mut Least,
) {
    let vectors = samples.chunks_exact_mut(V::LANES).zip(followers.chunks_exact(V::LANES));
    // SAFETY: the caller's contract.
    unsafe {
        let (zero, one, knee) = (V::splat(0.0), V::splat(1.0), V::splat(curve.knee));
        let mut lowest = V::load(&least.0[..V::LANES]);
        for (samples, followers) in vectors {
            let peak = V::load(followers).clamp(zero, V::splat(MOST));
            let over = peak.add(V::splat(-curve.knee)).mul(V::splat(curve.per_room)).clamp(zero, V::splat(FLAT));
            let bend = over.mul_add(over, one).sqrt();
            let gain = over.mul_add(V::splat(curve.room), knee.mul(bend)).div(bend.mul(peak)).clamp(zero, one);
            lowest = gain.clamp(zero, lowest);
            V::load(samples).mul(gain).clamp(V::splat(-1.0), one).store(samples);
        }
        lowest.store(&mut least.0[..V::LANES]);
    }
}
