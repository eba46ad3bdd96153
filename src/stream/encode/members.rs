//! The listeners of encode groups: [`Members`], by slot, with what each hears in the packet in hand.

use super::{
    control::CodecKey,
    signatures::{Signature, Signatures},
};
use crate::{data::id::ParticipantKey, stream::relay::TakenTick};

/// One listener.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub key: ParticipantKey,
    pub codec: CodecKey,
    /// The number of the lane that gave it the packet before.
    pub lane: Option<u64>,
    /// What it hears in the packet in hand, as far as that has been looked at.
    pub signature: Signature,
    /// How many ticks of it have been looked at.
    ticks: u32,
    /// Whether it hears any mix at all.
    pub hears: bool,
}

/// All listeners.
#[derive(Debug, Default)]
pub(super) struct Members {
    by_slot: Vec<Option<Member>>,
}

impl Members {
    /// Adds a listener, or gives it another codec: then it goes on from nothing.
    pub fn put(&mut self, key: ParticipantKey, codec: CodecKey) {
        if self.by_slot.len() <= key.index() {
            self.by_slot.resize(key.index() + 1, None);
        }
        let place = &mut self.by_slot[key.index()];
        // What is said late of one who has left does not concern who has the slot now.
        if place.is_some_and(|member| (member.key, member.codec) == (key, codec) || member.key > key) {
            return;
        }
        let (lane, signature) = (None, Signature::START);
        *place = Some(Member { key, codec, lane, signature, ticks: 0, hears: false });
    }

    pub fn remove(&mut self, key: ParticipantKey) {
        if let Some(place) = self.by_slot.get_mut(key.index())
            && place.is_some_and(|member| member.key == key)
        {
            *place = None;
        }
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Member> {
        self.by_slot.iter_mut().flatten()
    }

    /// Those who hear anything in the packet in hand.
    pub fn hearing(&mut self) -> impl Iterator<Item = &mut Member> {
        self.iter_mut().filter(|member| member.hears)
    }

    /// Begins another packet.
    pub fn begin(&mut self) {
        self.iter_mut()
            .for_each(|member| (member.signature, member.ticks, member.hears) = (Signature::START, 0, false));
    }

    /// Looks at the next tick of the packet in hand.
    pub fn look_at(&mut self, tick: &TakenTick, signatures: &mut Signatures) {
        for (number, mix) in (0..).zip(tick.mixes()) {
            for listener in mix.listeners() {
                let Some(Some(member)) = self.by_slot.get_mut(listener.index()) else { continue };
                if member.key == *listener {
                    member.signature = signatures.step(member.signature, Some(number));
                    (member.ticks, member.hears) = (member.ticks + 1, true);
                }
            }
        }
    }

    /// Ends a tick of the packet in hand, after so many: those who were in none of its mixes have heard nothing in it.
    pub fn end_tick(&mut self, ticks: u32, signatures: &mut Signatures) {
        for member in self.iter_mut().filter(|member| member.ticks < ticks) {
            member.signature = signatures.step(member.signature, None);
            member.ticks = ticks;
        }
    }
}
