//! [`Taps`]: the taps of a mixer on the audio side, in the memory that the control side made for them.

use std::sync::Arc;

use super::{
    published::PublishedTap,
    scene::TapScene,
    sums::{KeptSums, SumMemory},
};
use crate::{
    audio::{deliver::Outputs, plan::Groups, receive::Receiver},
    data::{id::ParticipantKey, tap::TapPoint, tree::Tree},
    link::{mailbox::Mailbox, tap::TapInlet},
};

/// What is published of all taps, by their numbers.
#[derive(Debug, Clone)]
pub(crate) struct PublishedTaps {
    pub list: Tree<PublishedTap>,
    /// How many taps, and how many mixes before their limiters, the audio side must have room for, and a table with that
    /// room. The table that was outgrown comes back in the same mailbox.
    pub room: [usize; 2],
    pub table: Arc<Mailbox<Taps>>,
}

impl Default for PublishedTaps {
    fn default() -> Self {
        Self { list: Tree::default(), room: [0; 2], table: Arc::new(Mailbox::empty()) }
    }
}

/// One tap.
#[derive(Debug)]
struct Tap {
    of: ParticipantKey,
    point: TapPoint,
    inlet: Box<TapInlet>,
    mailbox: Arc<Mailbox<TapInlet>>,
}

/// The taps of a mixer, by their numbers.
#[derive(Debug, Default)]
pub(crate) struct Taps {
    list: Vec<Option<Tap>>,
    /// Numbers from here on have never been given.
    used: usize,
    /// How many are of mixes before their limiters, and what they have.
    before_limiter: usize,
    sums: KeptSums,
    room: [usize; 2],
    /// The end of the last tick that was mixed.
    end: u64,
}

impl Taps {
    /// Room for so many taps, and for so many mixes of so many tiles before their limiters. Allocates: control side.
    pub fn new(room: [usize; 2], channels: usize, tiles: usize) -> Self {
        let [taps, sums] = room;
        let list = (0..taps).map(|_| None).collect();
        Self { list, sums: KeptSums::new(channels, sums, tiles), room, ..Self::default() }
    }

    /// Takes everything that changed after generation `since`, and a larger table if it needs one, and tells the
    /// receiver which sources have taps.
    pub fn apply(&mut self, published: &PublishedTaps, since: u64, receiver: &mut Receiver) {
        if published.room != self.room
            && let Some(mut larger) = published.table.take()
        {
            self.move_into(&mut larger);
            published.table.put(larger);
        }
        let mut changed = false;
        published.list.each_leaf_since(since, |leaf| {
            for (number, tap) in leaf.items() {
                changed = true;
                self.set(*number as usize, *tap);
            }
        });
        if changed {
            self.point_out(receiver);
        }
    }

    /// Moves into `larger`, which takes the old memory in exchange. Between ticks nothing is in the sums.
    fn move_into(&mut self, larger: &mut Self) {
        self.list.iter_mut().zip(&mut larger.list).for_each(|(old, new)| std::mem::swap(old, new));
        std::mem::swap(&mut self.list, &mut larger.list);
        std::mem::swap(&mut self.sums, &mut larger.sums);
        std::mem::swap(&mut self.room, &mut larger.room);
    }

    fn set(&mut self, number: usize, published: Option<&PublishedTap>) {
        let Some(place) = self.list.get_mut(number) else {
            debug_assert!(published.is_none(), "the control side makes room for every tap");
            return;
        };
        self.used = self.used.max(number + 1);
        match (place, published) {
            (Some(tap), Some(published)) => tap.of = published.of,
            (place @ None, Some(PublishedTap { of, point, inlet: mailbox })) => {
                *place =
                    mailbox.take().map(|inlet| Tap { of: *of, point: *point, inlet, mailbox: Arc::clone(mailbox) });
            }
            (place, None) => {
                if let Some(Tap { inlet, mailbox, .. }) = place.take() {
                    mailbox.put(inlet);
                }
            }
        }
    }

    /// Tells the receiver which sources have taps, and counts what is to be kept.
    fn point_out(&mut self, receiver: &mut Receiver) {
        receiver.forget_taps();
        self.before_limiter = 0;
        for tap in self.list[..self.used].iter().flatten() {
            match tap.point {
                TapPoint::Source { even_muted } => receiver.note_tap(tap.of, even_muted),
                TapPoint::Mix { before_limiter } => self.before_limiter += usize::from(before_limiter),
            }
        }
    }

    /// Notes on the outputs of a tick that is not mixed yet which of them are to be kept as they are before their
    /// limiters.
    pub fn keep_sums(&self, outputs: &mut Outputs, groups: &Groups) {
        if self.before_limiter == 0 && !outputs.keeps_sums() {
            return;
        }
        outputs.keep_no_sums();
        let before = |tap: &&Tap| tap.point == TapPoint::Mix { before_limiter: true };
        for tap in self.list[..self.used].iter().flatten().filter(before) {
            if tap.of != ParticipantKey::NOBODY {
                outputs.keep_sum(tap.of.slot, groups);
            }
        }
    }

    /// Where the sums of a tick are kept.
    pub fn sum_memory(&mut self) -> SumMemory<'_> {
        self.sums.memory()
    }

    /// Writes a tick that is mixed to all taps. How many have lost it. Real time.
    pub fn write(&mut self, scene: &TapScene<'_>) -> u64 {
        let Self { list, used, sums, end, .. } = self;
        let (skipped, mut lost) = (*end < scene.position, 0);
        for Tap { of, point, inlet, .. } in list[..*used].iter_mut().flatten() {
            if skipped {
                inlet.skip(*end);
            }
            match scene.find(*of, *point) {
                Err(content) => inlet.pass(scene.position, content),
                Ok(place) if inlet.begin(scene.position, scene.channels) => inlet.write(scene.samples(place, sums)),
                Ok(_) => {}
            }
            lost += u64::from(inlet.loses());
        }
        *end = scene.position.saturating_add(scene.tick as u64);
        lost
    }
}
