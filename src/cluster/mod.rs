//! One conference on many machines.

mod engine;

pub use engine::{Delivery, Engine, NodeName, NodeNameError};
