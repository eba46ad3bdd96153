//! x
pub use zenoh as z;
