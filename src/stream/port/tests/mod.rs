//! What the ports promise, in simulated time.

mod chaos;
mod drift;
mod input;
mod jitter;
mod output;
mod scenarios;
