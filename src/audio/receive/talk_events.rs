//! Who speaks, for those who want to know: the dominant speaker, and the events of the tick. Nothing that is heard
//! depends on it.

use std::sync::atomic::Ordering;

use super::{
    dominant::{Turn, Voice},
    receiver::Receiver,
    source::Standing,
};
use crate::{
    data::{
        id::ParticipantKey,
        memory::filled,
        talk::{TalkEventKind, TalkSender},
        timing::Clock,
    },
    link::readings::MixerMeters,
};

/// Where talk events come from.
#[derive(Debug, Default)]
pub(crate) struct TalkSource {
    /// Which sources were told to be active.
    told: Vec<bool>,
    turn: Turn,
    sender: Option<TalkSender>,
}

impl TalkSource {
    /// Room for so many slots, and where events go, if anywhere. Allocates: control side.
    pub fn new(slots: usize, sender: Option<TalkSender>) -> Self {
        Self { told: filled(slots, false), turn: Turn::default(), sender }
    }

    /// Moves into `larger`, which takes the old memory in exchange.
    pub fn move_into(&mut self, larger: &mut Self) {
        larger.told[..self.told.len()].copy_from_slice(&self.told);
        (larger.turn, larger.sender) = (self.turn, self.sender.take());
        std::mem::swap(self, larger);
    }

    /// The slots whose sources were told to be active.
    pub fn told(&self) -> &[bool] {
        &self.told
    }

    /// Tells who has become active in the tick at `position`, who is no more, and whether somebody else has the turn.
    pub fn tell(&mut self, receiver: &Receiver, clock: &Clock<'_>, position: u64, meters: &MixerMeters) {
        let mut lost = self.tell_activity(receiver, position);
        if self.pass_turn(receiver, clock) {
            let key = self.turn.holder;
            meters.set_dominant(key);
            lost += self.tell_one(TalkEventKind::Dominant { key }, position);
        }
        if lost > 0 {
            meters.lost_talk.fetch_add(lost, Ordering::Relaxed);
        }
    }

    /// How many events were lost.
    fn tell_activity(&mut self, receiver: &Receiver, position: u64) -> u64 {
        let used = receiver.used;
        if receiver.active[..used] == self.told[..used] {
            return 0;
        }
        let mut lost = 0;
        for slot in 0..used {
            let active = receiver.active[slot];
            if self.told[slot] != active {
                self.told[slot] = active;
                // Who leaves keeps its slot until this is told.
                let key = receiver.sources[slot].key;
                let kind = if active { TalkEventKind::Started { key } } else { TalkEventKind::Stopped { key } };
                lost += self.tell_one(kind, position);
            }
        }
        lost
    }

    fn tell_one(&mut self, kind: TalkEventKind, position: u64) -> u64 {
        self.sender.as_mut().map_or(0, |sender| u64::from(sender.tell(kind, position)))
    }

    /// Whether somebody else has the turn now.
    fn pass_turn(&mut self, receiver: &Receiver, clock: &Clock<'_>) -> bool {
        let Receiver { sources, active, levels, used, .. } = receiver;
        let mut talking = (0..).zip(&active[..*used]).filter(|(_, active)| **active).map(|(slot, _)| slot);
        let louder = |a: usize, b: usize| if levels[b].level > levels[a].level { b } else { a };
        let loudest = talking.next().map(|first| talking.fold(first, louder));
        let voice = |key: ParticipantKey| {
            let slot = key.slot as usize;
            match sources.get(slot).filter(|source| source.key == key && source.standing == Standing::Here) {
                None => Voice::Gone,
                Some(_) if active[slot] => Voice::Active(levels[slot].level),
                Some(_) => Voice::Passive,
            }
        };
        self.turn.tick(loudest.map(|slot| sources[slot].key), voice, clock)
    }
}
