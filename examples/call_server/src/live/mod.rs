//! Participants who are live: telephones and gateways, by RTP ([`rtp`]).

pub mod rtp;
