//! Ticks of another node over networks of all kinds, in simulated time.

mod delay;
mod exact;
mod faults;
mod network;
mod networks;
