//! What both halves of a mixer may touch, and nothing else: boxes that carry memory from one half to the
//! other ([`mailbox`]), what is published and how far that is ([`hand_over`]), figures that one half writes and the other
//! reads ([`readings`]), and the rings of taps ([`tap`]).
//!
//! `tests/model` checks each of these in every order that the steps of its threads may take.

pub(crate) mod hand_over;
pub(crate) mod mailbox;
pub(crate) mod readings;
#[cfg_attr(not(feature = "stream"), allow(dead_code, reason = "rings come with the feature"))]
pub(crate) mod ring;
#[cfg_attr(not(feature = "stream"), allow(dead_code, reason = "taps come with the feature"))]
pub(crate) mod tap;
