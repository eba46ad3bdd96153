//! Telephones and gateways: plain RTP.

mod codec;
mod sdp;
