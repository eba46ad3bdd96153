//! doc later

mod alive;
mod engine;
mod error;
mod header;
mod inbox;
mod keys;
mod link;
mod me;
mod node;
mod options;
mod outbox;
mod readings;
mod room;
mod session;

pub use engine::ZenohEngine;
pub use error::ZenohError;
pub use options::ZenohOptions;
pub use readings::ZenohReadings;
/// Zenoh itself: its configuration is part of [`ZenohOptions`].
pub use zenoh;
