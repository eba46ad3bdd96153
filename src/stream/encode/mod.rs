//! One encoder for each mix, whoever hears it: [`EncodeGroups`] take whole ticks from a [`Relay`](super::Relay), off the
//! audio thread, and make packets of them.
//!
//! - `window` cuts ticks into packets; `signatures` and `members` find out who hears the same over a whole packet.
//! - `lanes` decides which encoder goes on with whom: it splits and merges. A `lane` is one encoder at work.
//! - `codecs` and `convert` give it encoders, and samples at their rates.
//! - `groups` puts it all together, on one thread; `threads` on several.

mod codecs;
mod control;
mod convert;
mod groups;
mod lane;
mod lanes;
mod members;
mod options;
mod packet;
mod readings;
mod sending;
mod shared;
mod signatures;
mod threads;
mod window;

pub use control::{CodecKey, EncodeControl};
pub use groups::EncodeGroups;
pub use options::{CodecError, EncodeOptions, Silence};
pub use packet::EncodedPacket;
pub use readings::EncodeReadings;
pub use threads::{EncodeThreads, EncodeThreadsOptions};
