//! The calls that a service knows: those that go on, with their mixers, and what is still told of those that have ended.

mod call;
mod events;
mod ledger;
mod rate;
mod registry;
mod watch;

pub(super) use call::{Call, EndedCall, Identity};
pub use call::{CallError, CallOptions};
pub(super) use ledger::{Failure, Ledger, NoPlace};
pub(super) use registry::{Found, Registry};
