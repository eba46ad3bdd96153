//! The calls of a service: live calls with their mixers, and ended calls whose operations can still
//! be read.

mod call;
mod events;
mod failure;
#[cfg(feature = "cluster")]
mod following;
mod groups;
mod identity;
mod ledger;
mod member;
#[cfg(feature = "cluster")]
mod nodes;
mod rate;
mod registry;
mod removal;
mod watch;

pub(super) use call::{Call, EndedCall};
pub use call::{CallError, CallOptions};
pub(super) use failure::{End, Failure};
#[cfg(feature = "cluster")]
pub(super) use following::Following;
#[cfg(feature = "cluster")]
pub(super) use groups::members_of;
pub(super) use groups::{Groups, Kept};
pub(super) use identity::{Identity, in_a_path};
pub(super) use ledger::{Ledger, NoPlace, Place, Request};
pub(super) use member::Member;
#[cfg(feature = "cluster")]
pub(super) use nodes::Nodes;
pub(super) use rate::Large;
pub(super) use registry::{Found, Registry};
pub use removal::Removal;
