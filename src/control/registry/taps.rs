//! The taps of a mixer on the control side: each follows its id as that joins and leaves. A tap ends when its reader goes:
//! its number and its memory come back with the next change, or [`reclaim`](crate::Controller::reclaim).

use std::sync::Arc;

use super::Registry;
use crate::{
    audio::{Link, PublishedTap, Taps},
    control::returning::Held,
    data::{
        id::{ParticipantId, ParticipantKey},
        tap::TapPoint,
    },
    dsp::Tile,
    link::{mailbox::Mailbox, tap::TapInlet},
};

impl Registry {
    /// Ships the audio thread's end of a tap of somebody who is in the call.
    pub fn add_tap(&mut self, id: &ParticipantId, point: TapPoint, inlet: TapInlet) {
        let of = self.members.get(id).map_or(ParticipantKey::NOBODY, |member| member.slot.key);
        let state = Arc::clone(inlet.state());
        let published = PublishedTap { of, point, inlet: Arc::new(Mailbox::new(inlet)) };
        let number = self.taps.add(id, published, state);
        self.make_room_for_taps();
        self.set_tap(number);
    }

    /// Has the taps of an id follow who has it now.
    pub(super) fn point_taps(&mut self, id: &ParticipantId, of: ParticipantKey) {
        for number in self.taps.of(id) {
            if let Some(tap) = self.taps.get_mut(number) {
                tap.of = of;
            }
            self.set_tap(number);
        }
    }

    /// Puts a tap into the matrix that is published next, or takes it out.
    fn set_tap(&mut self, number: u32) {
        let published = self.taps.get(number).map(|tap| Arc::new(tap.clone()));
        let stamp = self.next().0;
        self.matrix.taps.list.set(number, published, stamp);
        self.changed = true;
    }

    /// Ships a larger table if there are more taps than the audio side has room for.
    fn make_room_for_taps(&mut self) {
        let (needed, has) = (self.taps.needed(), self.matrix.taps.room);
        if needed[0] <= has[0] && needed[1] <= has[1] {
            return;
        }
        let room = [0, 1].map(|n| if needed[n] > has[n] { needed[n].next_power_of_two() } else { has[n] });
        let table = Taps::new(room, self.figures.channels.count(), Tile::count(self.figures.timing.tick));
        let before = std::mem::replace(&mut self.matrix.taps.table, Arc::new(Mailbox::new(table)));
        self.matrix.taps.room = room;
        self.given_up.push(Held::Taps(before));
        self.taps.since = self.next();
    }

    /// Ends the taps whose readers have gone. Looks through them only if any has since the last time.
    pub fn end_taps(&mut self, link: &Link) {
        let gone = link.taps.gone();
        if std::mem::replace(&mut self.taps.gone, gone) == gone {
            return;
        }
        for (number, tap) in self.taps.take_gone() {
            self.set_tap(number);
            self.given_up.push(Held::Tap(number, tap.inlet));
        }
    }

    /// Frees the table that the audio side has outgrown.
    pub(super) fn reclaim_taps(&mut self, link: &Link) {
        if link.processor_gone() || link.mixed() >= self.taps.since {
            drop(self.matrix.taps.table.take());
        }
    }
}
