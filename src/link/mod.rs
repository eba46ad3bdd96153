//! What both halves of a mixer may touch, and nothing else: boxes that carry memory ([`mailbox`]), and the figures that one
//! half writes and the other reads ([`readings`]).

pub(crate) mod mailbox;
pub(crate) mod readings;
