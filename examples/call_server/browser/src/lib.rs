//! Support for the tests of `call_server`'s mixing desk in a real browser, and of a conference in three.
//!
//! `cargo test` in this directory runs the tests; `DESK_PICTURES` names a directory for the
//! pictures that they take. Each test of the desk, and the one of the conference, starts its own
//! server (`CALL_SERVER`, or the result of `cargo build -p call_server`), its own chromedriver
//! (`CHROMEDRIVER`, or the one in the path) and one headless Chromium or three (`CHROMIUM`, or the
//! one that chromedriver finds). Prompts are served by Python 3, with a certificate by OpenSSL.

mod browser;
mod page;
mod person;
mod ports;
mod process;
mod prompts;
mod relay;
mod server;
mod tab;
mod tone;
mod visit;

pub use browser::Chromedriver;
pub use page::Page;
pub use person::{Levels, Person};
pub use ports::free_udp;
pub use process::Usage;
pub use prompts::Prompts;
pub use relay::Relay;
pub use server::Server;
pub use tab::Tab;
pub use tone::Tone;
pub use visit::{Complaints, alone, visit};

/// The error of a test, as text.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// The result of a test, or of a step of it.
pub type Result<T> = std::result::Result<T, Error>;
