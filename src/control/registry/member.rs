//! What the control side knows of one participant.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, atomic::Ordering},
};

use crate::{
    audio::{HeardClasses, Slot},
    control::ListenerConfig,
    data::{
        class::Class,
        id::{Generation, GroupId, ParticipantId, ParticipantKey},
        routing::Routing,
    },
    link::readings::Meters,
};

/// One participant.
#[derive(Debug)]
pub(crate) struct Member {
    pub slot: Slot,
    pub config: ListenerConfig,
    pub meters: Arc<Meters>,
    #[cfg(feature = "stream")]
    pub ports: crate::data::ports::PortMeters,
    /// The slots of the listeners whose configurations list this participant, sorted.
    pub listed_by: Vec<u32>,
    /// How many of these list it at a gain over 0 or as a ducker, have a route to it from a private group, or hear it on
    /// hold: so that it is heard where only the loudest are.
    pub wanted_by: u32,
    /// The publication that it joined with.
    pub(super) joined: Generation,
    /// By which rule it is routed; its class is in its slot.
    pub routing: Routing,
    /// The private groups that it is in, and the sources that these route to it: each with the number of groups.
    pub(super) groups: BTreeSet<GroupId>,
    pub(super) granted: BTreeMap<ParticipantId, u32>,
    /// What it hears on hold, if it is.
    pub music: Option<Vec<ParticipantId>>,
    pub(super) levels: Levels,
    /// Whether it is heard where only the loudest are, whoever lists it: a player.
    pub always_wanted: bool,
    /// Whether somebody at another node of a cluster wants to hear it.
    #[cfg(feature = "cluster")]
    pub wanted_elsewhere: bool,
    pub(super) room: Room,
}

/// The levels that the row of a listener has for the classes of sources that it does not list.
#[derive(Debug)]
pub(super) struct Levels {
    pub heard: HeardClasses,
    /// Those that the row has a level for: those that are heard, and those that may still fade out.
    pub lasting: BTreeSet<Class>,
    /// The publication that changed what is heard last.
    pub since: Generation,
    /// The sources that pass to the level of their class by a pair of their own, by their slots.
    pub passing: BTreeMap<u32, Passing>,
}

/// A source that passes to the level of its class by a pair of its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passing {
    pub source: ParticipantKey,
    pub class: Class,
    /// The publication that brought the pair. It is repeated until the audio side has it.
    pub since: Generation,
}

/// A source that has joined or changed class, as long as the audio side may be at it: also one that has left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Changing {
    pub source: ParticipantKey,
    /// `None` if it joined.
    pub former: Option<Class>,
    pub class: Class,
    pub since: Generation,
    /// Whether it has left: it fades out at the gains that it has, and no row steers them any more.
    pub leaves: bool,
}

impl Levels {
    /// Those of everybody who joins the default group.
    pub fn plain() -> Self {
        let heard = HeardClasses::plain();
        Self { heard, lasting: BTreeSet::new(), since: Generation::default(), passing: BTreeMap::new() }
    }
}

/// How many pairs the audio side may need in a listener's row: those that it reported last, and one for each
/// source that was listed anew since.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// The number of pairs that the audio side reported last.
    reported: usize,
    /// The slots that the present row lists, sorted. The audio side's report includes them once it has
    /// applied the row.
    listed: Box<[u32]>,
    /// The slots that were listed anew since the report, sorted.
    anew: Vec<u32>,
    /// The generation of the present row.
    since: Generation,
}

impl Room {
    /// The room of a listener that lists nothing, as of this generation.
    pub fn new(since: Generation) -> Self {
        Self { since, ..Self::default() }
    }

    /// How many pairs a row needs room for that lists these slots, and has these passing ones, of which the audio side
    /// may not know any more.
    pub fn for_row(
        &mut self,
        listed: Box<[u32]>,
        passing: impl Iterator<Item = u32>,
        meters: &Meters,
        mixed: Generation,
        now: Generation,
    ) -> usize {
        if mixed >= self.since {
            self.reported = meters.pairs.load(Ordering::Relaxed) as usize;
            self.anew = Vec::new();
        }
        self.anew.extend(listed.iter().filter(|slot| self.listed.binary_search(slot).is_err()));
        self.anew.extend(passing);
        self.anew.sort_unstable();
        self.anew.dedup();
        self.anew.shrink_to_fit();
        (self.listed, self.since) = (listed, now);
        self.reported + self.anew.len()
    }
}

/// Adds a slot to a sorted list, or removes it.
pub(super) fn set_listed(list: &mut Vec<u32>, slot: u32, listed: bool) {
    match (list.binary_search(&slot), listed) {
        (Err(at), true) => list.insert(at, slot),
        (Ok(at), false) => drop(list.remove(at)),
        _ => {}
    }
}
