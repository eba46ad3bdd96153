//! The kernel of a ramp: a straight line in f64, rounded to samples once.

use super::vector::Vector;
use crate::data::envelope::Slope;

/// Writes the line times a factor. The loop uses no [`Vector`]: the compiler vectorizes it for the
/// instruction set of the caller.
///
/// # Safety
/// As for [`Vector`].
#[inline(always)]
pub(super) unsafe fn write_slope<V: Vector>(out: &mut [f32], slope: Slope, factor: f64) {
    // Two operations for each sample instead of five. The difference in rounding is far below the precision of f32.
    let (first, step) = (slope.value(0) * factor, slope.step * slope.sign * factor);
    for (n, out) in (0_u32..).zip(out) {
        *out = (first - step * f64::from(n)) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Kernel, *};

    #[test]
    fn every_sample_is_on_the_line_times_the_factor() {
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
