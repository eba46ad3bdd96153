//! Which encoder goes on with whom, packet by packet: [`Lanes`].
//!
//! - Listeners of one lane who now hear different packets *split*: most of them keep the encoder, the others go on with
//!   a fork of it, so that each decoder hears on what it has heard until now.
//! - Lanes whose listeners now hear the same *merge*, but not at once. Each goes on with its own encoder for
//!   as long as encoders of its codec remember ([`Encoder::memory_ms`](crate::stream::Encoder::memory_ms)). By then all of the encoders have encoded the same sound for so long that going over to another
//!   is not heard. Then the listeners go over to the lane that has most of them.

use std::{
    cmp::Reverse,
    sync::{Arc, atomic::Ordering::Relaxed},
};

use hashbrown::{HashMap, HashSet};
use rustc_hash::FxBuildHasher;

use super::{
    codecs::Codec,
    control::CodecKey,
    lane::Lane,
    members::Members,
    readings::{Counters, add},
    shared::Shared,
    signatures::Signature,
};

/// The codecs by their keys.
pub(super) type Codecs = HashMap<CodecKey, Codec, FxBuildHasher>;

/// Listeners who had the packet before from one lane, and hear the same in the one in hand.
#[derive(Debug, Clone, Copy)]
struct Cell {
    lane: Option<u64>,
    codec: CodecKey,
    signature: Signature,
    count: usize,
    /// The lane that gives them the packet in hand.
    goes_to: u64,
}

/// The encoders at work.
#[derive(Debug)]
pub(super) struct Lanes {
    all: Vec<Lane>,
    next_number: u64,
    shared: Arc<Shared>,
    cells: Vec<Cell>,
    known: HashMap<(Option<u64>, CodecKey, Signature), usize, FxBuildHasher>,
}

impl Lanes {
    pub fn new(shared: Arc<Shared>) -> Self {
        Self { all: Vec::new(), next_number: 0, shared, cells: Vec::new(), known: HashMap::default() }
    }

    pub fn all(&mut self) -> &mut Vec<Lane> {
        &mut self.all
    }

    /// Arranges the lanes for a packet whose members have their signatures. Returns what each lane encodes.
    pub fn arrange(&mut self, members: &mut Members, codecs: &mut Codecs) -> Vec<Signature> {
        self.count(members, codecs);
        self.split();
        let retired = self.merge(codecs);
        self.retire(&retired, codecs);
        let signatures = self.hand_over(members, codecs);
        self.serve(codecs);
        self.tell();
        signatures
    }

    /// Finds the cells, in the order of their first members' slots.
    fn count(&mut self, members: &mut Members, codecs: &Codecs) {
        self.cells.clear();
        self.known.clear();
        for member in members.hearing().filter(|member| codecs.contains_key(&member.codec)) {
            let (lane, codec, signature) = (member.lane, member.codec, member.signature);
            let cell = *self.known.entry((lane, codec, signature)).or_insert_with(|| {
                self.cells.push(Cell { lane, codec, signature, count: 0, goes_to: 0 });
                self.cells.len() - 1
            });
            self.cells[cell].count += 1;
        }
    }

    /// Of each lane the largest cell keeps the encoder, the first of equals; the others go on with forks.
    fn split(&mut self) {
        let mut largest: HashMap<u64, usize, FxBuildHasher> = HashMap::default();
        for (number, cell) in self.cells.iter().enumerate() {
            let Some(lane) = cell.lane else { continue };
            let best = largest.entry(lane).or_insert(number);
            if cell.count > self.cells[*best].count {
                *best = number;
            }
        }
        for cell in 0..self.cells.len() {
            let Some(of) = self.cells[cell].lane else { continue };
            let keeps = largest.get(&of) == Some(&cell);
            self.cells[cell].goes_to = if keeps { of } else { self.fork(of) };
        }
    }

    fn fork(&mut self, of: u64) -> u64 {
        let Some(at) = self.at(of) else { return of };
        // Past the cap forks would wait: the largest are given new encoders.
        let encodes = self.all.len() < self.shared.options.most_encoders;
        let fork = self.all[at].fork(self.next_number, encodes);
        add(&self.shared.counters.splits, 1);
        self.push(fork)
    }

    /// Has cells that hear the same go to one lane: newcomers at once, those who have another lane once that has lingered,
    /// or at once where there are more encoders than allowed. Returns the lanes that nobody needs any more.
    fn merge(&mut self, codecs: &Codecs) -> Vec<u64> {
        let numbered = self.cells.iter().enumerate();
        let mut by_sound: Vec<_> = numbered.map(|(cell, of)| ((of.codec, of.signature), cell)).collect();
        by_sound.sort_unstable();
        let mut lingering = Vec::new();
        for same in by_sound.chunk_by(|(a, _), (b, _)| a == b) {
            let (codec, _) = same[0].0;
            let main = self.main_lane(same.iter().map(|(_, cell)| *cell)).unwrap_or_else(|| self.begin(codec, codecs));
            same.iter().for_each(|(_, cell)| self.join(*cell, main, &mut lingering));
        }
        lingering.sort_by_key(|(in_common, ..)| Reverse(*in_common));
        let needed = self.cells.iter().map(|cell| cell.goes_to).collect::<HashSet<_, FxBuildHasher>>().len();
        let too_many = needed.saturating_sub(self.shared.options.most_encoders);
        for (number, (in_common, cell, main)) in lingering.into_iter().enumerate() {
            let enough = codecs[&self.cells[cell].codec].linger(self.shared.options.packet_ms);
            if in_common >= enough || number < too_many {
                self.cells[cell].goes_to = main;
                add(&self.shared.counters.merges, 1);
            }
        }
        let used: HashSet<u64, FxBuildHasher> = self.cells.iter().map(|cell| cell.goes_to).collect();
        self.all.iter().map(|lane| lane.number).filter(|lane| !used.contains(lane)).collect()
    }

    /// Of lanes with the same sound the one that stays: one with an encoder, with the most listeners, the oldest.
    fn main_lane(&self, same: impl Iterator<Item = usize>) -> Option<u64> {
        let lanes = same.map(|cell| &self.cells[cell]).filter(|cell| cell.lane.is_some());
        let best = lanes.max_by_key(|cell| {
            let encodes = self.at(cell.goes_to).is_some_and(|at| self.all[at].encoder.is_some());
            (encodes, cell.count, Reverse(cell.goes_to))
        });
        best.map(|cell| cell.goes_to)
    }

    fn join(&mut self, cell: usize, main: u64, lingering: &mut Vec<(usize, usize, u64)>) {
        let own = self.cells[cell].goes_to;
        if self.cells[cell].lane.is_none() {
            self.cells[cell].goes_to = main;
        } else if let (Some(at), Some(main_at)) = (self.at(own), self.at(main)) {
            self.all[at].lingers = own != main;
            if own != main {
                lingering.push((self.all[at].in_common(&self.all[main_at]), cell, main));
            }
        }
    }

    /// A lane for listeners who have had no packets before.
    fn begin(&mut self, codec: CodecKey, codecs: &Codecs) -> u64 {
        let new = &codecs[&codec];
        let shared = Arc::clone(&self.shared);
        self.push(Lane::new(codec, self.next_number, new.silence, new.converter(&self.shared), shared))
    }

    fn push(&mut self, lane: Lane) -> u64 {
        self.next_number = lane.number + 1;
        self.all.push(lane);
        self.next_number - 1
    }

    /// Lanes lie in the order of their numbers.
    fn at(&self, number: u64) -> Option<usize> {
        self.all.binary_search_by_key(&number, |lane| lane.number).ok()
    }

    fn retire(&mut self, lanes: &[u64], codecs: &mut Codecs) {
        self.all.retain_mut(|lane| {
            let stays = lanes.binary_search(&lane.number).is_err();
            if !stays {
                give_back(lane, codecs, &self.shared.counters);
            }
            stays
        });
    }

    /// Every member goes to its lane, which notes what it encodes. What that is.
    fn hand_over(&mut self, members: &mut Members, codecs: &Codecs) -> Vec<Signature> {
        self.all.iter_mut().for_each(|lane| lane.listeners.clear());
        let mut signatures = vec![Signature::START; self.all.len()];
        for member in members.iter_mut() {
            let cell = self.known.get(&(member.lane, member.codec, member.signature)).filter(|_| member.hears);
            member.lane = cell.map(|cell| self.cells[*cell].goes_to);
            if let Some(at) = member.lane.and_then(|lane| self.at(lane)) {
                self.all[at].listeners.push(member.key);
                signatures[at] = member.signature;
            }
        }
        for (lane, sound) in self.all.iter_mut().zip(&signatures) {
            lane.note(*sound, codecs.get(&lane.codec).map_or(0, |codec| codec.linger(self.shared.options.packet_ms)));
        }
        signatures
    }

    /// Gives every lane an encoder, or those with the most listeners if there are more than may be.
    fn serve(&mut self, codecs: &mut Codecs) {
        let most = self.shared.options.most_encoders;
        let mut order: Vec<usize> = (0..self.all.len()).collect();
        if order.len() > most {
            order.sort_by_key(|at| Reverse(self.all[*at].listeners.len()));
            order.drain(most..).for_each(|at| give_back(&mut self.all[at], codecs, &self.shared.counters));
        }
        for at in order {
            let lane = &mut self.all[at];
            if let (None, Some(codec)) = (&lane.encoder, codecs.get_mut(&lane.codec)) {
                lane.encoder = codec.encoder(&self.shared.counters);
            }
        }
    }

    fn tell(&self) {
        let counters = &self.shared.counters;
        let count = |of: fn(&Lane) -> bool| self.all.iter().filter(|lane| of(lane)).count() as u64;
        counters.encoders.store(count(|lane| lane.encoder.is_some()), Relaxed);
        counters.waiting.store(count(|lane| lane.encoder.is_none()), Relaxed);
        counters.lingering.store(count(|lane| lane.lingers), Relaxed);
        counters.listeners.store(self.all.iter().map(|lane| lane.listeners.len() as u64).sum(), Relaxed);
    }
}

/// The encoder of a lane becomes one for later use.
fn give_back(lane: &mut Lane, codecs: &mut Codecs, counters: &Counters) {
    if let (Some(encoder), Some(codec)) = (lane.take_encoder(), codecs.get_mut(&lane.codec)) {
        codec.give_back(encoder, counters);
    }
}
