//! What both halves of a mixer may touch, and nothing else: boxes that carry memory from one half to the
//! other ([`mailbox`]), and figures that one half writes and the other reads ([`readings`]).

pub(crate) mod mailbox;
pub(crate) mod readings;
