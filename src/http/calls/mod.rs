//! The calls of a service: live calls with their mixers, and ended calls whose operations can still
//! be read.

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
