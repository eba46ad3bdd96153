//! The mixing desk of `call_server` in a real browser: what its tests stand on.
//!
//! `cargo test` in this directory runs them; `DESK_PICTURES` names a directory for the pictures that they take.
//! Starts the server (`CALL_SERVER`, or what `cargo build -p call_server` makes), chromedriver (`CHROMEDRIVER`, or the one in the path) and a headless Chromium
//! (`CHROMIUM`, or the one that chromedriver finds), each for one test alone.

mod browser;
mod page;
mod ports;
mod server;
mod visit;

pub use page::Page;
pub use server::Server;
pub use visit::{Complaints, visit};

/// What goes wrong in a test, in words.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// What may go wrong in a test.
pub type Result<T> = std::result::Result<T, Error>;
