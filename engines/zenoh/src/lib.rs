//! One conference on many machines, carried by [zenoh](https://zenoh.io): an [`Engine`](mixminus::cluster::Engine) for
//! [`mixminus::cluster`].
//!
//! ```text
//!   driver's thread                  threads of the engine        zenoh                        another node
//!
//!   publish -- the newest 4 -------> mixminus-tick -- put -----> best effort, real time, express --> all
//!   send ----- queue of each node -> mixminus-send -- put -----> reliable, blocks, in order -------> one
//!   receive <- queue <----------------------------------------- callbacks
//!   members <- who lives <------------------------------------- liveliness tokens
//! ```
//!
//! # Members
//! Each node holds a liveliness token under its name. A node that lives is a member once the two have shown each other, by
//! a handshake over the keys on which they send, that messages go both ways. Messages are numbered from there on:
//! if one is missing, the node leaves, and is a member again after another handshake. So of two members each has all that the other has
//! sent, in order, since the host was told that it is a member. A node of which nothing has come for
//! [`ZenohOptions::lease`] leaves, too.
//!
//! Of two nodes of one name, the one that was opened last is the member: a restarted node need not wait until the one that was lost
//! is given up. [`ZenohReadings::same_name`] tells both.
//!
//! # What carries the messages
//! Zenoh sends no message again: what is reliable is so by the link. `udp/HOST:PORT?rel=1;mixed_rel=1` is one QUIC connection
//! without encryption, `quic/HOST:PORT?mixed_rel=1` is one with: in both, what is published goes as datagrams, which no loss
//! holds up, and what is sent goes as streams. Plain `udp/HOST:PORT` loses what is sent, too: a node leaves whenever that
//! happens, so it is for networks without loss. Over `tcp/` and `tls/` a lost packet holds up all that comes after it.
//!
//! # Security
//! Who reaches an endpoint is a member, unless zenoh is told otherwise: TLS with certificates of both sides (mutual TLS) lets in who has
//! one. The key of a message says who has sent it, and zenoh delivers what a member sends under the key of another: access control
//! by the names in the certificates keeps each to its own. `README.md` has both configurations, as they are tested.
//!
//! # Examples
//! ```
//! use std::time::Duration;
//! use mixminus::cluster::{Engine, NodeName};
//! use mixminus_zenoh::{ZenohEngine, ZenohOptions};
//!
//! let mut options = ZenohOptions::new("studio", NodeName::new("fra-1")?);
//! options.listen = vec!["udp/127.0.0.1:0?rel=1;mixed_rel=1".to_owned()];
//! let mut engine = ZenohEngine::open(options)?;
//!
//! let mut members = Vec::new();
//! engine.wait(Duration::from_millis(10));
//! engine.members(&mut members);
//! assert!(members.is_empty(), "nobody else is here yet");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod alive;
mod drive;
mod engine;
mod error;
mod header;
mod inbox;
mod keys;
mod link;
mod me;
mod node;
mod options;
mod outbox;
mod readings;
mod room;
mod session;

pub use drive::Drive;
pub use engine::ZenohEngine;
pub use error::ZenohError;
pub use options::ZenohOptions;
pub use readings::ZenohReadings;
/// Zenoh itself: its configuration is part of [`ZenohOptions`].
pub use zenoh;
