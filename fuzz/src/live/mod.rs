//! The modules of the example `call_server` that read what comes from outside, at the paths that they have there.

pub(crate) mod rtp;
#[cfg(feature = "webrtc")]
pub(crate) mod webrtc;
