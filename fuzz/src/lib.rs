//! What the fuzz targets do with an input. Each is a function of bytes that panics when a property does not hold; the
//! files in `fuzz_targets` hand them to libFuzzer.

// Models and scenes of the tests, and the reader of scripts of an example: they are fuzzed as they are.
#[path = "../../tests/encode/mod.rs"]
#[allow(unused_imports, missing_docs, missing_debug_implementations, reason = "it is made for others")]
mod encode;
#[path = "../../examples/mix_wav/src/error.rs"]
#[allow(dead_code, unused_imports, missing_docs, missing_debug_implementations, reason = "it is made for others")]
mod error;
#[path = "../../tests/cluster/network.rs"]
#[allow(missing_docs, missing_debug_implementations, reason = "it is made for others")]
mod network;
#[path = "../../tests/cluster/node.rs"]
#[allow(missing_docs, missing_debug_implementations, reason = "it is made for others")]
mod node;
#[path = "../../tests/oracle/mod.rs"]
#[allow(dead_code, unused_imports, missing_docs, missing_debug_implementations, reason = "it is made for others")]
mod oracle;
#[path = "../../tests/players/mod.rs"]
#[allow(unused_imports, missing_docs, missing_debug_implementations, reason = "it is made for others")]
mod players;
#[path = "../../examples/mix_wav/src/roster.rs"]
#[allow(dead_code, unused_imports, missing_docs, missing_debug_implementations, reason = "it is made for others")]
mod roster;
#[path = "../../tests/scene/mod.rs"]
#[allow(unused_imports, missing_docs, missing_debug_implementations, reason = "it is made for others")]
mod scene;
#[path = "../../examples/mix_wav/src/script.rs"]
#[allow(dead_code, unused_imports, missing_docs, missing_debug_implementations, reason = "it is made for others")]
mod script;
#[path = "../../tests/taps/mod.rs"]
#[allow(unused_imports, missing_docs, missing_debug_implementations, reason = "it is made for others")]
mod taps;

mod clusters;
mod encoding;
mod figures;
mod frames;
mod live;
mod packets;
mod playing;
mod ports;
mod requests;
mod scenes;
mod scripts;
#[cfg(feature = "service")]
mod service;
mod steps;
mod tapping;
mod telephones;
mod wav;
#[cfg(feature = "webrtc")]
mod webrtc;

pub use clusters::clusters;
pub use encoding::encoding;
pub use figures::figures;
pub use frames::frames;
pub use packets::{decoders, packets};
pub use playing::playing;
pub use ports::ports;
pub use requests::requests;
pub use scenes::scenes;
pub use scripts::scripts;
#[cfg(feature = "service")]
pub use service::service;
pub use tapping::tapping;
pub use telephones::{offers, telephones};
pub use wav::{recordings, wav};
#[cfg(feature = "webrtc")]
pub use webrtc::webrtc_offers;

/// What the server's modules need of its room.
mod room {
    /// Samples a second of its mixer.
    pub(crate) const SAMPLE_RATE: u32 = 48_000;
}
