//! An envelope on its way: a straight line in f64, rounded to samples once.

use super::vector::Vector;
use crate::data::envelope::Slope;

/// Writes the line times a factor. No vectors of its own: the compiler finds them, once it may use the instruction set.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn write_slope<V: Vector>(out: &mut [f32], slope: Slope, factor: f64) {
    // Two operations a sample instead of five: what that rounds otherwise is far below what is left of it in f32.
    let (first, step) = (slope.value(0) * factor, slope.step * slope.sign * factor);
    for (n, out) in (0_u32..).zip(out) {
        *out = (first - step * f64::from(n)) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Kernel, *};

    #[test]
    fn every_sample_is_on_the_line() {
        let slope = Slope { heading: 0.1, distance: 0.8, sign: 1.0, step: 0.8 / 4801.3, before: 17.0 };
        for (kernel, sign) in Kernel::available().flat_map(|kernel| [1.0, -1.0].map(|sign| (kernel, sign))) {
            for count in [0, 1, 15, 16, 17, 480, 5760] {
                let (slope, mut out) = (Slope { sign, ..slope }, vec![0.0; count]);
                kernel.write_slope(&mut out, slope, 0.7);
                for (n, sample) in (0..).zip(out) {
                    let expected = slope.value(n) * 0.7;
                    assert!((f64::from(sample) / expected - 1.0).abs() < 6e-8, "{kernel:?}, sample {n}: {sample}");
                }
            }
        }
    }
}
