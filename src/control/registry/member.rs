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
    /// The places of the listeners whose configurations list it, in order.
    pub listed_by: Vec<u32>,
    /// How many of them want it to be heard where only the loudest are.
    pub wanted_by: u32,
    pub(super) room: Room,
}

/// How many pairs the audio side may have for a row: what it had when it last told, and everything that was listed anew since.
#[derive(Debug, Default)]
pub(super) struct Room {
    told: usize,
    /// The places that the row lists, in order; they are among those told of once the row is taken up.
    listed: Box<[u32]>,
    /// Those that were listed anew since, in order.
    anew: Vec<u32>,
    since: Generation,
}

impl Room {
    /// Nothing is listed as of this generation.
    pub fn new(since: Generation) -> Self {
        Self { since, ..Self::default() }
    }

    /// The room that a row with these listed sources needs.
    pub fn for_row(&mut self, listed: Box<[u32]>, meters: &Meters, mixed: Generation, now: Generation) -> usize {
        if mixed >= self.since {
            self.told = meters.pairs.load(Ordering::Relaxed) as usize;
            self.anew = Vec::new();
        }
        self.anew.extend(listed.iter().filter(|slot| self.listed.binary_search(slot).is_err()));
        self.anew.sort_unstable();
        self.anew.dedup();
        self.anew.shrink_to_fit();
        (self.listed, self.since) = (listed, now);
        self.told + self.anew.len()
    }
}

/// Adds a place to a list in order, or takes it out.
pub(super) fn set_listed(list: &mut Vec<u32>, slot: u32, listed: bool) {
    match (list.binary_search(&slot), listed) {
        (Err(at), true) => list.insert(at, slot),
        (Ok(at), false) => drop(list.remove(at)),
        _ => {}
    }
}
