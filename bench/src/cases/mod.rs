//! The cases that are measured, each in a file of its own.

mod behind_the_sum;
mod choices;
mod curves;
mod dense;
mod dense_moving;
mod four_talkers;
mod mix_minus;
mod overload;
#[cfg(feature = "servers")]
mod peers;
mod publish;
mod routes;
mod swaps;
mod threads;
mod worst_tick;

pub use curves::{CURVES, curves};

use crate::{Result, line::Line, session::Session};

/// Rooms of one kind, and what the mixer is compared with in them.
#[derive(Debug)]
pub struct Case {
    /// Its name on the command line.
    pub name: &'static str,
    /// A description in one sentence.
    pub about: &'static str,
    /// Measures it.
    pub run: fn(&Session) -> Result<Vec<Line>>,
}

/// All cases, in the order of the report.
pub const ALL: &[Case] = &[
    dense::CASE,
    dense_moving::CASE,
    worst_tick::CASE,
    mix_minus::CASE,
    routes::CASE,
    four_talkers::CASE,
    #[cfg(feature = "servers")]
    peers::CASE,
    behind_the_sum::CASE,
    choices::CASE,
    publish::CASE,
    overload::CASE,
    swaps::CASE,
    threads::CASE,
];
