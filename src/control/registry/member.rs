//! What the control side knows of one participant.

use std::sync::{Arc, atomic::Ordering};

use crate::{audio::Slot, control::ListenerConfig, data::id::Generation, link::readings::Meters};

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
    /// How many of these list it at a gain over 0 or as a ducker, so that it is heard where only the loudest are.
    pub wanted_by: u32,
    /// Whether it is heard where only the loudest are, whoever lists it: a player.
    pub always_wanted: bool,
    pub(super) room: Room,
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

    /// How many pairs a row that lists these slots needs room for.
    pub fn for_row(&mut self, listed: Box<[u32]>, meters: &Meters, mixed: Generation, now: Generation) -> usize {
        if mixed >= self.since {
            self.reported = meters.pairs.load(Ordering::Relaxed) as usize;
            self.anew = Vec::new();
        }
        self.anew.extend(listed.iter().filter(|slot| self.listed.binary_search(slot).is_err()));
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
