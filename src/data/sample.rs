//! [`Sample`]: the formats of the samples that the host passes and reads. Pure data.

/// A sample: `f32`, with full scale at -1.0 and 1.0, or `i16`, which stands for sample / 32768.
pub trait Sample: Copy + Default + sealed::Sealed + 'static {
    /// The sample as `f32`. The conversion is exact.
    fn to_f32(self) -> f32;
    /// The sample from `f32`. An `i16` is rounded to the nearest integer and saturates past full scale.
    fn from_f32(sample: f32) -> Self;
}

impl Sample for f32 {
    #[inline]
    fn to_f32(self) -> f32 {
        self
    }

    #[inline]
    fn from_f32(sample: f32) -> Self {
        sample
    }
}

impl Sample for i16 {
    #[inline]
    fn to_f32(self) -> f32 {
        f32::from(self) / 32768.0
    }

    #[inline]
    fn from_f32(sample: f32) -> Self {
        // At 1.5 * 2^23 the last bit of an f32 stands for 1: a sum is rounded to the nearest integer, which
        // its low bits are. Unlike a call to round and a cast that saturates, it is a few instructions, for
        // several samples at once.
        const WHOLE: f32 = 12_582_912.0;
        let sample = if sample.is_nan() { 0.0 } else { (sample * 32768.0).clamp(-32768.0, 32767.0) };
        (sample + WHOLE).to_bits() as Self
    }
}

/// Borrowed samples of one format. Public only for the sealed trait: code outside of the crate cannot name it.
#[derive(Debug, Clone, Copy)]
pub enum Plane<'a> {
    F32(&'a [f32]),
    I16(&'a [i16]),
}

impl Plane<'_> {
    pub fn len(&self) -> usize {
        match self {
            Self::F32(samples) => samples.len(),
            Self::I16(samples) => samples.len(),
        }
    }

    /// The sample at an index; 0 past the end.
    pub fn get(&self, at: usize) -> f32 {
        match self {
            Self::F32(samples) => samples.get(at).copied().unwrap_or_default(),
            Self::I16(samples) => samples.get(at).map_or(0.0, |sample| sample.to_f32()),
        }
    }
}

pub(crate) mod sealed {
    use super::Plane;

    /// Keeps [`Sample`](super::Sample) from being implemented outside of the crate.
    pub trait Sealed: Sized {
        fn plane(samples: &[Self]) -> Plane<'_>;
    }

    impl Sealed for f32 {
        fn plane(samples: &[Self]) -> Plane<'_> {
            Plane::F32(samples)
        }
    }

    impl Sealed for i16 {
        fn plane(samples: &[Self]) -> Plane<'_> {
            Plane::I16(samples)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_i16_survives_the_conversion_and_values_past_full_scale_saturate() {
        assert!((i16::MIN..=i16::MAX).all(|sample| i16::from_f32(sample.to_f32()) == sample));
        assert_eq!(
            [-2.0, 1.0, f32::NAN, f32::MAX, -f32::INFINITY].map(i16::from_f32),
            [-32768, 32767, 0, 32767, -32768]
        );
    }

    #[test]
    fn an_i16_is_the_nearest_integer_and_of_two_the_even_one() {
        let quarters = (-4 * 33_000..=4 * 33_000).map(|quarter| quarter as f32 / 4.0);
        let near = quarters.flat_map(|sample| [sample.next_down(), sample, sample.next_up()]);
        assert!(
            near.map(|sample| sample / 32768.0).all(|s| i16::from_f32(s) == (s * 32768.0).round_ties_even() as i16)
        );
    }
}
