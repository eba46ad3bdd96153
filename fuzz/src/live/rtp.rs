//! Telephones: all of the plain computing, and none of the sockets.
#![allow(dead_code, unused_imports, missing_docs, missing_debug_implementations, reason = "it is made for the server")]

#[path = "../../../examples/call_server/src/live/rtp/clock.rs"]
pub mod clock;
#[path = "../../../examples/call_server/src/live/rtp/codec.rs"]
pub mod codec;
#[path = "../../../examples/call_server/src/live/rtp/counters.rs"]
pub mod counters;
#[path = "../../../examples/call_server/src/live/rtp/events.rs"]
pub mod events;
#[path = "../../../examples/call_server/src/live/rtp/figures.rs"]
pub mod figures;
#[path = "../../../examples/call_server/src/live/rtp/inbound.rs"]
pub mod inbound;
#[path = "../../../examples/call_server/src/live/rtp/outbound.rs"]
pub mod outbound;
#[path = "../../../examples/call_server/src/live/rtp/packing.rs"]
pub mod packing;
#[path = "../../../examples/call_server/src/live/rtp/peer.rs"]
pub mod peer;
#[path = "../../../examples/call_server/src/live/rtp/reception.rs"]
pub mod reception;
#[path = "../../../examples/call_server/src/live/rtp/reporting.rs"]
pub mod reporting;
#[path = "../../../examples/call_server/src/live/rtp/reports.rs"]
pub mod reports;
#[path = "../../../examples/call_server/src/live/rtp/sdp/mod.rs"]
pub mod sdp;
#[path = "../../../examples/call_server/src/live/rtp/session/mod.rs"]
pub mod session;
