//! The fourth step of a tick: the mix of each output, by its group's recipes, through its limiter. One thread does
//! it, or several at the same time, a [`Part`](part::Part) each: what one writes no other sees.

mod all_but_one;
mod curves;
mod dense;
mod dense_rows;
mod mixes;
mod part;
mod scene;
mod shared;
mod sparse;
mod worker;

pub(crate) use mixes::{MixBuffers, Task};
pub(crate) use scene::Scene;
