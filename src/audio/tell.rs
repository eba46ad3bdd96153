//! Who speaks, for those who want to know: the dominant speaker, and the events of the tick. Nothing that is heard depends on it.

use std::sync::atomic::Ordering;

use super::{Arena, Clock, dominant::Voice, source::Standing};
use crate::{
    data::{id::ParticipantKey, talk::TalkEventKind},
    ship::Shared,
};

impl Arena {
    /// Tells who has become active in this tick, who is no more, and whether somebody else has the floor.
    pub fn tell(&mut self, clock: &Clock<'_>, shared: &Shared) {
        let mut lost = self.tell_activity(clock);
        if self.pass_floor(clock) {
            let key = self.floor.holder;
            shared.meters.set_dominant(key);
            lost += self.tell_one(TalkEventKind::Dominant { key }, clock);
        }
        if lost > 0 {
            shared.meters.lost_talk.fetch_add(lost, Ordering::Relaxed);
        }
    }

    /// How many events were lost.
    fn tell_activity(&mut self, clock: &Clock<'_>) -> u64 {
        if self.active[..self.used] == self.told[..self.used] {
            return 0;
        }
        let mut lost = 0;
        for slot in 0..self.used {
            let active = self.active[slot];
            if self.told[slot] != active {
                self.told[slot] = active;
                // Who leaves keeps its place until this is told.
                let key = self.sources[slot].key;
                let kind = if active { TalkEventKind::Started { key } } else { TalkEventKind::Stopped { key } };
                lost += self.tell_one(kind, clock);
            }
        }
        lost
    }

    fn tell_one(&mut self, kind: TalkEventKind, clock: &Clock<'_>) -> u64 {
        self.talk.as_mut().map_or(0, |talk| u64::from(talk.tell(kind, clock.now)))
    }

    /// Whether somebody else has the floor now.
    fn pass_floor(&mut self, clock: &Clock<'_>) -> bool {
        let Self { sources, active, seats, floor, used, .. } = self;
        let mut talking = (0..).zip(&active[..*used]).filter(|(_, active)| **active).map(|(slot, _)| slot);
        let louder = |a: usize, b: usize| if seats[b].level > seats[a].level { b } else { a };
        let loudest = talking.next().map(|first| talking.fold(first, louder));
        let voice = |key: ParticipantKey| {
            let slot = key.slot as usize;
            match sources.get(slot).filter(|source| source.key == key && source.standing == Standing::Here) {
                None => Voice::Gone,
                Some(_) if active[slot] => Voice::Active(seats[slot].level),
                Some(_) => Voice::Passive,
            }
        };
        floor.tick(loudest.map(|slot| sources[slot].key), voice, clock)
    }
}
