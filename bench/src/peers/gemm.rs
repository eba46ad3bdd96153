//! A product of matrices by the gemm crate, with the kernel of a given instruction set.
//!
//! `gemm::gemm` chooses the fastest kernel of the machine, and cannot be told otherwise. The crates
//! below it have one generic function, and the kernels of each instruction set as constants.
#![allow(unsafe_code)]

use gemm_common::{Parallelism, gemm::gemm_basic_generic, simd::MixedSimd};
use mixminus::InstructionSet;

/// `dst` = `lhs` × `rhs`, all of them row after row: m × n, m × k and k × n. On this thread.
///
/// The kernels want a product that lies column after column, so it is transposed, as `gemm::gemm`
/// does: rows are then columns.
pub fn multiply(kernel: InstructionSet, [m, n, k]: [usize; 3], dst: &mut [f32], lhs: &[f32], rhs: &[f32]) {
    assert!(dst.len() == m * n && lhs.len() == m * k && rhs.len() == k * n, "a matrix is not as large as it has to be");
    /// Calls gemm with a module of kernels, whose vectors are so many samples long.
    macro_rules! by {
        ($module:ident, $simd:ident, $lanes:literal) => {{
            use gemm_f32::microkernel::$module::f32::{H_M, H_N, H_UKR, MR_DIV_N, NR, UKR};
            let simd = <gemm_common::simd::$simd as MixedSimd<f32, f32, f32, f32>>::try_new();
            let simd = simd.expect("the machine has the instruction set of the run");
            // SAFETY: the matrices are as large as is said, and `dst` overlaps neither of the
            // others. The machine has the instruction set, or `simd` would not exist.
            unsafe {
                gemm_basic_generic::<_, f32, $lanes, { MR_DIV_N * $lanes }, NR, MR_DIV_N, H_M, H_N>(
                    simd,
                    n,
                    m,
                    k,
                    dst.as_mut_ptr(),
                    n as isize,
                    1,
                    false,
                    rhs.as_ptr(),
                    n as isize,
                    1,
                    lhs.as_ptr(),
                    k as isize,
                    1,
                    0.0,
                    1.0,
                    false,
                    false,
                    false,
                    |a, b, c| a * b + c,
                    &UKR,
                    &H_UKR,
                    false,
                    Parallelism::None,
                );
            }
        }};
    }
    match kernel {
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx512 => by!(avx512f, V4, 16),
        #[cfg(target_arch = "x86_64")]
        InstructionSet::Avx2 => by!(fma, V3, 8),
        _ => by!(scalar, Scalar, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kernel_multiplies() {
        let [lhs, rhs] = [[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [1.0, 0.0, 10.0, 1.0, 0.0, 100.0]];
        for kernel in InstructionSet::available() {
            let mut product = [0.0; 4];
            multiply(kernel, [2, 2, 3], &mut product, &lhs, &rhs);
            assert_eq!(product, [21.0, 302.0, 54.0, 605.0], "{kernel}");
        }
    }
}
