//! [`Registry`]: the participants of a mixer, their configurations, and the matrix that is published next.
//! Control side only, behind one lock.
//!
//! [`joining`] lets participants in and out; [`configuring`] changes their configurations, [`routing`], [`groups`] and
//! [`hold`] who may be heard by whom; [`rows`] makes the rows of listeners from all that. [`taps`] has taps follow their ids.

mod configuring;
#[cfg(feature = "cluster")]
mod elsewhere;
mod groups;
mod hold;
mod joining;
mod member;
mod roles;
mod routing;
mod rows;
mod settling;
#[cfg_attr(not(feature = "stream"), allow(dead_code, reason = "taps come with the feature"))]
mod tap_list;
#[cfg_attr(not(feature = "stream"), allow(dead_code, reason = "taps come with the feature"))]
mod taps;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::RandomState,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use super::{
    ControlError,
    returning::{Held, Returned, Returning},
};
use crate::{
    audio::{Link, Matrix, PublishedTaps, Row},
    data::{
        channels::Channels,
        figures::Figures,
        id::{Generation, GroupId, ParticipantId, ParticipantKey},
        routing::PrivateGroup,
        talk::TalkEvents,
        tree::Tree,
    },
    link::mailbox::Mailbox,
};

use member::Changing;
pub(crate) use member::Member;
use roles::Roles;
use settling::Settling;
use tap_list::TapList;

/// The number of the next mixer of this process.
static MIXERS: AtomicU32 = AtomicU32::new(1);

/// The state of the control side.
#[derive(Debug)]
pub(crate) struct Registry {
    figures: Figures,
    /// The number of this mixer, which is part of every key.
    mixer: u32,
    /// The newest matrix, as published or as it will be published next.
    matrix: Matrix,
    /// In boxes: there is room for more than there are.
    members: HashMap<ParticipantId, Box<Member>>,
    /// The id of the participant in each slot that is taken.
    ids: HashMap<u32, ParticipantId>,
    /// Free slots that had a participant before, as the keys of their next stays.
    free: Vec<ParticipantKey>,
    /// The first slot that has never been given to anybody.
    fresh: u32,
    /// The generation that shipped the newest engine.
    engine_since: Generation,
    /// The row of every listener without a configuration.
    plain: Arc<Row>,
    /// The keys of the hash that identifies rows.
    keys: [RandomState; 2],
    returning: Returning,
    /// Memory that was given up since the last publication. It is listed as returning once the matrix that
    /// last named it has been replaced.
    given_up: Vec<Held>,
    roles: Roles,
    groups: BTreeMap<GroupId, PrivateGroup>,
    /// Those who are on hold.
    on_hold: BTreeSet<ParticipantId>,
    settling: Settling,
    /// By their slots.
    changing: BTreeMap<u32, Changing>,
    /// The listeners whose rows are to be made anew.
    stale: BTreeSet<ParticipantId>,
    taps: TapList,
    /// Who has changed since the other nodes of a cluster were told; `None` where there are none.
    #[cfg(feature = "cluster")]
    touched: Option<BTreeSet<ParticipantId>>,
    /// The reading end of the talk events, until somebody takes it.
    pub talk: Option<TalkEvents>,
    /// Whether the matrix differs from the published one.
    changed: bool,
    /// Whether the memory of a dropped processor has come back.
    processor_gone: bool,
}

impl Registry {
    pub fn new(figures: Figures, capacity: usize) -> Self {
        let (slots, engine) = (Tree::default(), Arc::new(Mailbox::empty()));
        let matrix = Matrix { generation: 0, slots, capacity, engine, loudest: None, taps: PublishedTaps::default() };
        Self {
            figures,
            mixer: MIXERS.fetch_add(1, Ordering::Relaxed),
            matrix,
            members: HashMap::new(),
            ids: HashMap::new(),
            free: Vec::new(),
            fresh: 0,
            engine_since: Generation::default(),
            plain: Arc::new(Row::plain()),
            keys: [RandomState::new(), RandomState::new()],
            returning: Returning::default(),
            given_up: Vec::new(),
            roles: Roles::default(),
            groups: BTreeMap::new(),
            on_hold: BTreeSet::new(),
            settling: Settling::default(),
            changing: BTreeMap::new(),
            stale: BTreeSet::new(),
            taps: TapList::default(),
            #[cfg(feature = "cluster")]
            touched: None,
            talk: None,
            changed: false,
            processor_gone: false,
        }
    }

    /// The rate and channels of the mixer, and the samples of its tick.
    #[cfg(feature = "stream")]
    pub fn format(&self) -> (crate::data::ports::StreamFormat, usize) {
        let Figures { channels, timing: crate::data::timing::Timing { rate: rate_hz, tick, .. }, .. } = self.figures;
        (crate::data::ports::StreamFormat { rate_hz, channels }, tick)
    }

    /// The figures of the mixer.
    #[cfg(feature = "stream")]
    pub fn figures(&self) -> Figures {
        self.figures
    }

    /// Stores where the figures of a member's ports can be read.
    #[cfg(feature = "stream")]
    pub fn set_ports(&mut self, id: &ParticipantId, ports: crate::data::ports::PortMeters) {
        if let Some(member) = self.members.get_mut(id) {
            member.ports = ports;
        }
    }

    pub fn channels(&self) -> Channels {
        self.figures.channels
    }

    /// The number of this mixer, which is part of every key.
    pub fn mixer(&self) -> u32 {
        self.mixer
    }

    pub fn matrix(&self) -> Matrix {
        self.matrix.clone()
    }

    /// How many participants there is room for.
    pub fn slots(&self) -> usize {
        self.matrix.capacity
    }

    /// Whether the processor was dropped and this side has noticed.
    pub fn processor_gone(&self) -> bool {
        self.processor_gone
    }

    /// How many pieces of memory the audio side may still have.
    pub fn still_out(&self) -> usize {
        self.returning.len()
    }

    pub fn members(&self) -> impl ExactSizeIterator<Item = (&ParticipantId, &Member)> {
        self.members.iter().map(|(id, member)| (id, &**member))
    }

    /// The id of the participant with this key.
    pub fn id(&self, key: ParticipantKey) -> Option<&ParticipantId> {
        let id = self.ids.get(&key.slot)?;
        self.members.get(id).filter(|member| member.slot.key == key).map(|_| id)
    }

    pub fn member(&self, id: &str) -> Result<&Member, ControlError> {
        self.members.get(id).map(|member| &**member).ok_or_else(|| ControlError::Unknown { id: id.into() })
    }

    /// Whether a participant is in the call.
    pub fn is_here(&self, id: &str) -> bool {
        self.members.contains_key(id)
    }

    /// The id of a member, as a clone that shares its text with all configurations.
    pub fn name(&self, id: &str) -> Result<ParticipantId, ControlError> {
        let entry = self.members.get_key_value(id);
        entry.map(|(id, _)| id.clone()).ok_or_else(|| ControlError::Unknown { id: id.into() })
    }

    fn member_mut(&mut self, id: &str) -> Result<&mut Member, ControlError> {
        self.members.get_mut(id).map(|member| &mut **member).ok_or_else(|| ControlError::Unknown { id: id.into() })
    }

    /// The generation that the next publication will have.
    fn next(&self) -> Generation {
        Generation(self.matrix.generation + 1)
    }

    /// Puts a member's slot into the matrix that is published next.
    fn set_slot(&mut self, id: &ParticipantId) {
        #[cfg(feature = "cluster")]
        self.touch(id);
        let stamp = self.next().0;
        if let Some(member) = self.members.get(id) {
            self.matrix.slots.set(member.slot.key.slot, Some(Arc::new(member.slot.clone())), stamp);
            self.changed = true;
        }
    }

    /// Publishes all changes since the last publication together. Returns the newest generation.
    pub fn publish(&mut self, link: &Link) -> Generation {
        let mixed = self.look(link);
        for listener in std::mem::take(&mut self.stale) {
            self.make_row(&listener, mixed);
        }
        self.end_taps(link);
        if std::mem::take(&mut self.changed) {
            self.matrix.generation += 1;
            let before = link.publish(Arc::new(self.matrix.clone()));
            self.returning.push(Held::Matrix(before));
            self.given_up.drain(..).for_each(|held| self.returning.push(held));
            self.settling.publish(link.ticks());
        }
        self.published()
    }

    /// The newest generation.
    pub fn published(&self) -> Generation {
        Generation(self.matrix.generation)
    }

    /// Frees the memory that the audio side has given back.
    pub fn reclaim(&mut self, link: &Link) {
        self.processor_gone |= link.take_leftover().is_some();
        if link.processor_gone() || link.mixed() >= self.engine_since {
            // The audio side has moved into the new engine: the mailbox holds the old one.
            drop(self.matrix.engine.take());
        }
        self.reclaim_taps(link);
        let mixed = self.look(link);
        let Self { free, taps, returning, .. } = self;
        returning.reclaim(mixed, |returned| match returned {
            Returned::Slot(key) => free.extend(key.next_stay()),
            Returned::Tap(number) => taps.free(number),
        });
    }

    /// Looks how far the audio side is. The generation that it will not read anything before any more.
    fn look(&mut self, link: &Link) -> Generation {
        let mixed = if link.processor_gone() { Generation::NEVER } else { link.mixed() };
        let ticks = link.ticks();
        if self.settling.look(link.processor_gone(), ticks, &self.figures.timing) {
            let Self { changing, settling, .. } = self;
            changing.retain(|_, changing| !settling.rests(changing.since));
        }
        mixed
    }
}
