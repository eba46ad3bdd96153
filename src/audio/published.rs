//! What is published of each participant: its [`Slot`], and what its [`Row`] says. Made by the control side, read by
//! the audio side; immutable once it is published, but for what lies in its mailboxes.
//!
//! The matrix of all of them is sparse and persistent: a row knows only what differs from "everybody at gain 1", and
//! a new matrix shares every slot that did not change. Ids are slots here; a slot that is reused has a new stay, so
//! that an old row reaches nobody.
//!
//! The memory of the rows goes round. A change makes a new [`Row`], with a mailbox in which the [`RowMemory`] of its
//! pairs lies: with room for those it lists, and for those of the row before that may still be on their way (of which
//! the audio side tells how many there are). At the next tick boundary the audio side takes the memory, has the pairs
//! go on from where they are, and puts the memory of the row *before* into the mailbox of the new one. Once that
//! generation is mixed, the control side frees it. A row that the audio side never saw is freed with its own memory.
//! The last memory goes back with the participant's [`Belongings`].

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::Arc,
};

use super::{
    belongings::{Belongings, Wiring},
    pair::{Listed, PairKind},
    row_memory::RowMemory,
};
use crate::{
    data::{class::Class, detector::Detecting, direction::Direction, envelope::DuckRange, id::ParticipantKey},
    link::mailbox::Mailbox,
};

/// One participant.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub key: ParticipantKey,
    pub direction: Direction,
    pub detecting: Detecting,
    pub muted: bool,
    #[cfg(feature = "cluster")]
    pub sharing: crate::data::sharing::Sharing,
    /// Whether it is on hold: as a source, that is to be muted.
    pub on_hold: bool,
    pub deafened: bool,
    pub class: Class,
    /// Whether a row lists it at a gain greater than 0, or as a ducker: then it is heard however loud others are.
    pub wanted: bool,
    pub row: Arc<Row>,
    /// The generation that the row came with.
    pub row_since: u64,
    /// The generation in which it returned from hold last, or 0.
    pub resumed: u64,
    pub belongings: Arc<Mailbox<Belongings>>,
    /// The connection that replaced an earlier one last, if one did.
    pub rewired: Option<Rewired>,
}

/// Another connection for a participant who is there.
#[derive(Debug, Clone)]
pub(crate) struct Rewired {
    /// The generation that it came with. The connection before it goes back in the mailbox in which it came; once
    /// that generation is mixed, the control side frees it.
    pub since: u64,
    pub mailbox: Arc<Mailbox<Wiring>>,
}

/// What one listener hears differently from the default.
#[derive(Debug)]
pub(crate) struct Row {
    /// Equal in rows that say the same.
    pub identity: RowIdentity,
    /// The level of a member of the default group that is not listed; those of other classes lie in the memory.
    pub unlisted: f64,
    pub ducking: DuckRange,
    /// Whether the gains of its pairs may differ from channel to channel.
    pub panned: bool,
    /// The pairs that it lists, and room for what else the audio side keeps; `None` for the row that everybody joins
    /// with.
    pub memory: Option<Mailbox<RowMemory>>,
}

impl Row {
    /// The row of a listener without a configuration.
    pub fn plain() -> Self {
        Self { identity: RowIdentity::default(), unlisted: 1.0, ducking: DuckRange::NONE, panned: false, memory: None }
    }
}

/// The classes of sources that a row hears at level 1 where it does not list them, in order; the others at 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct HeardClasses(pub Vec<Class>);

impl HeardClasses {
    /// Those of a listener in the default group without a configuration.
    pub fn plain() -> Self {
        Self(vec![Class::DEFAULT_GROUP])
    }

    pub fn level(&self, class: Class) -> f64 {
        if self.0.binary_search(&class).is_ok() { 1.0 } else { 0.0 }
    }
}

/// 128 bits of a hash, with keys that nobody knows, of what a row says: among a million different rows two are taken
/// for the same with a chance of 2^-88. The row of everybody without a configuration has the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct RowIdentity([u64; 2]);

impl RowIdentity {
    /// Of what a row says in all channels, with the keys of this mixer.
    pub fn of<'a>(
        keys: &[RandomState; 2],
        heard: &HeardClasses,
        ducking: &DuckRange,
        listed: impl Iterator<Item = &'a [Listed]> + Clone,
    ) -> Self {
        let lasting = || listed.clone().flatten().filter(|listed| listed.kind != PairKind::Passing);
        let plain = heard.0 == [Class::DEFAULT_GROUP];
        if plain && *ducking == DuckRange::NONE && lasting().next().is_none() {
            return Self::default();
        }
        Self(keys.each_ref().map(|key| {
            let mut hasher = key.build_hasher();
            hasher.write_usize(heard.0.len());
            heard.0.iter().for_each(|class| hasher.write_u32(class.0));
            [ducking.lower, ducking.upper, ducking.fall, ducking.rise]
                .iter()
                .for_each(|figure| hasher.write_u64(figure.to_bits()));
            for source in lasting() {
                hasher.write_u32(source.source.slot);
                hasher.write_u32(source.source.stay);
                hasher.write_u64(source.gain.to_bits());
                hasher.write_u8(source.kind as u8);
            }
            hasher.finish()
        }))
    }

    /// That of the same row with its gains set aside.
    pub fn plain(self) -> Self {
        Self(self.0.map(|bits| !bits))
    }

    /// Enough of it for a hash table.
    pub fn hash(&self) -> u64 {
        self.0[0]
    }
}
