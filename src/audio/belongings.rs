//! What a participant brings along: memory that the control side makes, the audio side has for as long as the
//! participant stays, and the control side gets back.

use std::sync::Arc;

use super::row_memory::RowMemory;
use crate::{
    data::{connection::Connection, speech_judge::SpeechJudge},
    link::{mailbox::Mailbox, readings::Meters},
};

/// What a participant brings along.
#[derive(Debug)]
pub(crate) struct Belongings {
    pub meters: Arc<Meters>,
    /// Where its frames come from and its mixes go to, if that is not left to the host.
    pub connection: Option<Box<dyn Connection>>,
    /// What decides for its detector, if samples do.
    pub judge: Option<Box<dyn SpeechJudge>>,
    /// The memory of its last row, on the way back.
    pub row: RowMemory,
}

/// A connection on its way to a participant who is there already; or, on the way back, the one that it replaced.
#[derive(Debug)]
pub(crate) struct Wiring(pub Option<Box<dyn Connection>>);

/// The belongings of a participant on the audio side, and the mailbox in which they go back.
#[derive(Debug)]
pub(crate) struct Kept {
    pub belongings: Box<Belongings>,
    /// Those of the belongings, which are written to in every tick.
    pub meters: Arc<Meters>,
    mailbox: Arc<Mailbox<Belongings>>,
}

impl Kept {
    /// Takes what lies in a mailbox.
    pub fn take(mailbox: &Arc<Mailbox<Belongings>>) -> Option<Self> {
        let belongings = mailbox.take()?;
        Some(Self { meters: Arc::clone(&belongings.meters), belongings, mailbox: Arc::clone(mailbox) })
    }

    /// Exchanges the connection for the one in a mailbox, in which it goes back.
    pub fn rewire(&mut self, mailbox: &Mailbox<Wiring>) {
        if let Some(mut wiring) = mailbox.take() {
            std::mem::swap(&mut self.belongings.connection, &mut wiring.0);
            mailbox.put(wiring);
        }
    }

    /// Puts it back. Nothing is freed here: the belongings own the meters, too, and the control side owns every
    /// mailbox that is out.
    pub fn give_back(self) {
        let Self { belongings, meters, mailbox } = self;
        drop(meters);
        mailbox.put(belongings);
    }
}
