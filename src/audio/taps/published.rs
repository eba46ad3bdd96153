//! What is published of a tap: [`PublishedTap`].

use std::sync::Arc;

use crate::{
    data::{id::ParticipantKey, tap::TapPoint},
    link::{mailbox::Mailbox, tap::TapInlet},
};

/// One tap.
#[derive(Debug, Clone)]
pub(crate) struct PublishedTap {
    /// Who has the id that it is of; [`ParticipantKey::NOBODY`] if nobody has.
    pub of: ParticipantKey,
    pub point: TapPoint,
    /// The audio thread's end of it, which comes back in the same mailbox.
    pub inlet: Arc<Mailbox<TapInlet>>,
}
