//! Somebody who comes: what it wants, what it gets, or why it does not.

use mixminus::stream::PacketPort;

use super::{leg::ConnectionId, listening::Listener};
use crate::{error::Error, routes::NoRole};

/// Somebody who comes.
#[derive(Debug, Clone, Default)]
pub struct Newcomer {
    /// The id that it comes under; a random one if it has none.
    pub id: Option<String>,
    /// The role that it comes with; that of the options if it says none.
    pub role: Option<String>,
}

/// Somebody who has a place.
#[derive(Debug)]
pub struct Admitted {
    pub id: String,
    pub connection: ConnectionId,
    pub listener: Listener,
    /// Takes what the person sends.
    pub packets: PacketPort,
}

/// Why somebody has no place.
#[derive(Debug, thiserror::Error)]
pub enum NoPlace {
    /// The place belongs to a recording.
    #[error("{0:?} is a recording of this call: choose another id")]
    Recording(String),
    /// All places are taken.
    #[error("no place is left: {0} people are in the call, see --max-people")]
    Full(usize),
    /// There is no such role.
    #[error(transparent)]
    Role(#[from] NoRole),
    /// The mixer does not take it.
    #[error("{}", .0.one_line())]
    Mixer(Error),
}
