//! The promises of the ports, in simulated time.

mod chaos;
mod drift;
mod input;
mod jitter;
mod output;
mod scenarios;
