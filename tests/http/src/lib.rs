//! Support for the tests of the service: a service on a real socket whose calls are mixed, clients,
//! and callbacks that answer as a test says.
//!
//! A package of its own, because the crate's other tests and examples need none of its servers and
//! clients.

pub mod notified;
pub mod prompts;
pub mod service;

/// The examples of the README are tested here, because this package has their server.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
