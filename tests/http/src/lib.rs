//! What the tests of the service share: a service on a real socket with calls that are mixed, clients, and callbacks that do as they are told.
//!
//! A package of its own, with the servers and clients that the crate's own examples and tests do without.

pub mod notified;
pub mod service;

/// The README's examples are tests, here, where its server is.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
