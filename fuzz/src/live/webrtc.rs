//! WebRTC: the offers.
#![allow(dead_code, missing_docs, missing_debug_implementations, reason = "it is made for the server")]

#[path = "../../../examples/call_server/src/live/webrtc/offer.rs"]
pub mod offer;
