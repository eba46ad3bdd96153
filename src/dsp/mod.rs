//! The arithmetic of a mix, at the speed of the machine: the only place with `unsafe`.
//!
//! Three rings: safe functions on slices ([`Kernel`]); the kernels ([`measure`], [`shape`], [`slope`], [`sparse`],
//! [`any_sum`], [`shared_sums`], [`dense`], [`all_but_one`]), each written once over a vector; and a vector for each instruction
//! set ([`x86`]; [`vector::Portable`] everywhere). Which one runs is chosen once, when the mixer is made. Everything
//! works on [`Tile`]s, so that no kernel has a tail and no load of a signal crosses a cache line.
//!
//! How exact sums are: each product passes at most so many roundings of 2^-24 (the tests count them with a vector
//! that counts), of which the contract allows 67, or 4e-6 of the magnitudes. A gain brings 1, or 3 on a line, a
//! ducking level in it 1, a signal that fades 1, a curve 3.
#![allow(unsafe_code)]

mod all_but_one;
mod any_sum;
mod dense;
mod instruction_set;
mod kernel;
mod measure;
mod prefetch;
mod remaining;
mod rows;
mod shape;
mod shared_sums;
mod signals;
mod slope;
mod sparse;
mod tile;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use all_but_one::{AllButOneRow, QUAD};
pub(crate) use any_sum::AnySum;
pub(crate) use dense::{BLOCK, DenseRow, LineGain, ROWS};
pub use instruction_set::InstructionSet;
pub(crate) use kernel::Kernel;
pub(crate) use measure::{Lanes, Measured};
pub(crate) use prefetch::{prefetch, prefetch_all};
pub(crate) use remaining::Remaining;
pub(crate) use rows::{Meters, MixTiles, SparseRow, Term};
pub(crate) use shape::{Curve, Least, SHAPED};
pub(crate) use shared_sums::{RunningSum, SEGMENT};
pub(crate) use signals::{SignalBuffer, Signals, Tiles};
pub(crate) use sparse::{FEW, FEW_OPEN};
pub(crate) use tile::Tile;

#[cfg(test)]
mod tests;
