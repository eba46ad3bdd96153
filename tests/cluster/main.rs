//! Conferences on several nodes, in simulated time over a simulated network.
#![cfg(feature = "cluster")]

#[path = "../cases/mod.rs"]
mod cases;
mod changes;
mod coded;
mod equality;
mod faults;
mod groups;
mod heard;
mod hostile;
mod moves;
mod network;
mod node;
mod room;
