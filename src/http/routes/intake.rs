//! What a body costs while it comes: [`Intake`], which takes it from the rate of its caller and from the memory for all.

use std::sync::Arc;

use super::caller::Caller;
use crate::http::{
    calls::{Call, Large},
    refused::Refused,
    state::ServiceState,
    work::{Room, Work},
};

/// A body of so many bytes more counts as another request.
const PIECE: usize = 32 << 10;

/// What the body of a request has cost so far.
#[derive(Debug)]
pub(super) struct Intake<'a> {
    work: &'a Work,
    call: &'a Call,
    caller: Option<&'a str>,
    counted: usize,
    /// As how many more the body can count.
    whole: usize,
    /// `None` once it is refused.
    room: Option<Room>,
}

impl<'a> Intake<'a> {
    /// # Errors
    /// There is no room for another request.
    pub fn new(service: &'a Arc<ServiceState>, call: &'a Call, caller: &'a Caller) -> Result<Self, Refused> {
        let (work, caller) = (&service.work, caller.subject());
        Ok(Self { work, call, caller, counted: 0, whole: 0, room: Some(work.room(caller)?) })
    }

    /// A body will have so many bytes at most.
    pub fn expect(&mut self, bytes: usize) {
        self.whole = bytes / PIECE;
    }

    /// A body has so many bytes, as it is announced or as have come.
    ///
    /// # Errors
    /// More than the rate of the caller. Nothing of the body counts then.
    pub fn count(&mut self, bytes: usize) -> Result<(), Refused> {
        let (counted, now) = (self.counted, bytes / PIECE);
        if now > counted {
            self.call.take_more(self.caller, Large { counted, now, whole: self.whole })?;
            self.counted = now;
        }
        Ok(())
    }

    /// So many bytes in all are about to be held.
    ///
    /// # Errors
    /// There is no room for them.
    pub fn hold(&mut self, bytes: usize) -> Result<(), Refused> {
        self.room.as_mut().map_or(Ok(()), |room| self.work.grow(room, self.caller, bytes))
    }

    /// Nothing of the body is held any more.
    pub fn give_up(&mut self) {
        self.room = None;
    }

    /// The room, for as long as the body and then the answer are there.
    pub fn into_room(self) -> Option<Room> {
        self.room
    }
}
