//! The data types that both halves of a mixer work with: ids, levels, frames, gains that move, detectors.
//! Nothing here starts a thread, takes a lock or knows the other layers.

pub(crate) mod channels;
pub(crate) mod class;
pub(crate) mod connection;
pub(crate) mod detector;
pub(crate) mod direction;
pub(crate) mod envelope;
pub(crate) mod fade;
pub(crate) mod figures;
pub(crate) mod frame;
pub(crate) mod id;
pub(crate) mod level;
pub(crate) mod limiter;
pub(crate) mod load_shedder;
pub(crate) mod loudness;
pub(crate) mod memory;
pub(crate) mod moves;
pub(crate) mod overload_policy;
pub(crate) mod pan;
#[cfg(feature = "stream")]
pub(crate) mod ports;
pub(crate) mod routing;
pub(crate) mod sample;
#[cfg(feature = "cluster")]
pub(crate) mod sharing;
pub(crate) mod shedding;
#[cfg(feature = "vad")]
mod speech;
pub(crate) mod speech_judge;
#[cfg_attr(not(feature = "stream"), allow(unused_imports, reason = "some are of streams"))]
pub(crate) mod sync;
pub(crate) mod talk;
#[cfg_attr(not(feature = "stream"), allow(dead_code, reason = "taps come with the feature"))]
pub(crate) mod tap;
pub(crate) mod timing;
pub(crate) mod tree;
