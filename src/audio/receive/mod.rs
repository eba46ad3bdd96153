//! The second step of a tick: what the sources sent, and which of them are to be heard. Hands on an [`Audible`].

mod audible;
mod dominant;
mod frames;
mod idle;
mod intake;
mod loudest;
mod quiet;
mod receiver;
#[cfg(feature = "cluster")]
mod shared;
mod source;
mod speaker_level;
mod tail;
mod talk_events;
#[cfg(all(test, feature = "stream"))]
mod tests;

pub(crate) use audible::{Audible, NONE};
pub(crate) use receiver::Receiver;
pub(crate) use source::Standing;
pub(crate) use talk_events::TalkSource;
