//! The promises of the ports, in simulated time.

mod chaos;
mod discard;
mod drift;
mod input;
pub(in crate::stream) mod networks;
mod output;
pub(in crate::stream) mod scenarios;
