//! The calls of a service: live calls with their mixers, and ended calls whose operations can still
//! be read.

mod call;
mod events;
mod failure;
mod identity;
mod ledger;
mod rate;
mod registry;
mod watch;

pub(super) use call::{Call, EndedCall};
pub use call::{CallError, CallOptions};
pub(super) use failure::Failure;
pub(super) use identity::Identity;
pub(super) use ledger::{Ledger, NoPlace};
pub(super) use registry::{Found, Registry};
