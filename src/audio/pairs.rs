//! The mixes of a stereo mixer: what a listener hears on the left, and on the right, and the limiter that holds both.

use std::hash::{BuildHasher, Hasher};

use super::{Arena, Clock, NONE, alike::Seen, stage::Output};
use crate::{
    data::{
        id::ParticipantKey,
        memory::{filled, room},
        sides::Sides,
        timing::Timing,
    },
    kernel::{Kernel, Tile},
    limiter::{Limiter, Limiting},
    meter::MixLevel,
    ship::Shared,
};

/// All pairs of a tick, and what each listener takes from tick to tick.
#[derive(Debug)]
pub(crate) struct Pairs {
    pairs: Vec<Pair>,
    seen: Seen,
    /// By place.
    hearers: Vec<Hearer>,
    /// The samples of the pairs that are limited: a tick of tiles for the left side and one for the right.
    limited: Vec<Tile>,
    panels: usize,
}

/// A mix of the left side and one of the right, which some listeners hear together.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    left: u32,
    right: u32,
    first: u32,
    last: u32,
    silent: bool,
    limiting: Limiting,
    level: MixLevel,
}

impl Pair {
    /// Whether the limiter has made other samples of it.
    fn limited(&self) -> bool {
        self.level.limited()
    }
}

/// A listener's part.
#[derive(Debug, Clone, Copy)]
struct Hearer {
    key: ParticipantKey,
    limiting: Limiting,
    pair: u32,
    next: u32,
    /// What its meters show.
    shown: MixLevel,
}

impl Hearer {
    fn new(key: ParticipantKey) -> Self {
        Self { key, limiting: Limiting::default(), pair: NONE, next: NONE, shown: MixLevel::default() }
    }
}

impl Pairs {
    /// Room for `places` listeners. Allocates: control side.
    pub fn new(places: usize, timing: &Timing) -> Self {
        let panels = Tile::count(timing.tick);
        Self {
            pairs: room(places, Pair::default()),
            seen: Seen::new(places),
            hearers: filled(places, Hearer::new(ParticipantKey::NOBODY)),
            limited: filled(2 * places * panels, Tile::SILENCE),
            panels,
        }
    }

    /// Moves into `larger`, which takes the old memory in exchange.
    pub fn move_into(&mut self, larger: &mut Self) {
        larger.hearers.iter_mut().zip(&self.hearers).for_each(|(new, old)| *new = *old);
        std::mem::swap(self, larger);
    }

    pub fn count(&self) -> usize {
        self.pairs.len()
    }

    /// The pair that the listener at a place hears.
    pub fn of(&self, slot: usize) -> u32 {
        self.hearers.get(slot).map_or(NONE, |hearer| hearer.pair)
    }

    /// The next listener who hears the same.
    pub fn after(&self, slot: u32) -> u32 {
        self.hearers.get(slot as usize).map_or(NONE, |hearer| hearer.next)
    }

    /// Joins what the listeners hear on both sides, limits it, and takes them through the tick.
    pub fn join(&mut self, left: &Arena, right: &Arena, clock: &Clock<'_>, shared: &Shared) {
        self.pairs.clear();
        self.seen.clear();
        for slot in 0..left.used as u32 {
            let place = slot as usize;
            let hearer = &mut self.hearers[place];
            if hearer.key != left.sources[place].key {
                *hearer = Hearer::new(left.sources[place].key);
            }
            (hearer.pair, hearer.next) = (NONE, NONE);
            if left.listeners[place].hears {
                let groups = (left.hearings[place].group, right.hearings[place].group);
                let silent = [(left, groups.0), (right, groups.1)]
                    .iter()
                    .all(|(arena, group)| arena.groups[*group as usize].silent());
                self.enter(slot, groups, silent);
            }
        }
        for index in 0..self.pairs.len() {
            self.limit(index, left, right, clock, shared);
            self.pass_on(index, left, clock, shared.limiter.as_ref());
        }
    }

    /// Puts a listener into the pair of those who hear the same, or opens one.
    fn enter(&mut self, slot: u32, (left, right): (u32, u32), silent: bool) {
        // Of silence the limiter makes silence, whatever it remembers.
        let limiting = if silent { Limiting::default() } else { self.hearers[slot as usize].limiting };
        let mut hasher = rustc_hash::FxBuildHasher.build_hasher();
        hasher.write_u64(u64::from(left) << 32 | u64::from(right));
        limiting.bits().iter().for_each(|bits| hasher.write_u64(*bits));
        let hash = hasher.finish();
        let same = |pair: &Pair| (pair.left, pair.right, pair.limiting) == (left, right, limiting);
        let known = self.seen.with(hash).map(|first| first.group).find(|pair| same(&self.pairs[*pair as usize]));
        let pair = known.unwrap_or_else(|| {
            let level = MixLevel::default();
            self.pairs.push(Pair { left, right, first: slot, last: slot, silent, limiting, level });
            self.seen.see(hash, slot, self.pairs.len() as u32 - 1);
            self.pairs.len() as u32 - 1
        });
        let last = std::mem::replace(&mut self.pairs[pair as usize].last, slot);
        if known.is_some() {
            self.hearers[last as usize].next = slot;
        }
        self.hearers[slot as usize].pair = pair;
    }

    /// Measures a pair, and limits it by one gain for both sides, if it has to be.
    fn limit(&mut self, index: usize, left: &Arena, right: &Arena, clock: &Clock<'_>, shared: &Shared) {
        let pair = &mut self.pairs[index];
        let (on_left, on_right) = (left.groups[pair.left as usize].level, right.groups[pair.right as usize].level);
        pair.level = join_levels(on_left, on_right);
        let Some(limiter) = shared.limiter.as_ref().filter(|limiter| !limiter.passes(&pair.limiting, pair.level.peak))
        else {
            return;
        };
        if pair.silent {
            return;
        }
        let (l, r) = self.limited[2 * index * self.panels..][..2 * self.panels].split_at_mut(self.panels);
        l.copy_from_slice(left.mix(pair.left as usize));
        r.copy_from_slice(right.mix(pair.right as usize));
        let count = clock.timing.tick;
        let (flat_l, flat_r) = (&mut Tile::flat_mut(l)[..count], &mut Tile::flat_mut(r)[..count]);
        let gain = limiter.limit(&mut pair.limiting, [flat_l, flat_r], shared.kernel);
        if gain < 1.0 {
            let level = join_levels(measure(l, count, shared.kernel), measure(r, count, shared.kernel));
            pair.level = MixLevel { gain, ..level };
        }
    }

    /// Gives each listener of a pair what it takes on to the next tick, and its meters what they show.
    fn pass_on(&mut self, index: usize, left: &Arena, clock: &Clock<'_>, limiter: Option<&Limiter>) {
        let pair = self.pairs[index];
        let mut slot = pair.first;
        while let Some(hearer) = self.hearers.get_mut(slot as usize) {
            if !pair.silent {
                hearer.limiting = pair.limiting;
            } else if let (Some(limiter), false) = (limiter, hearer.limiting.at_rest()) {
                limiter.limit_silence(&mut hearer.limiting, clock.timing.tick);
            }
            if hearer.shown != pair.level || pair.limited() {
                hearer.shown = pair.level;
                if let Some(home) = &left.homes[slot as usize] {
                    home.meters.write_mix(&pair.level);
                }
            }
            slot = hearer.next;
        }
    }

    /// What the listeners of a pair hear.
    pub fn output<'a>(&'a self, index: usize, left: &'a Arena, right: &'a Arena) -> Output<'a> {
        let pair = &self.pairs[index];
        let (l, r) = if pair.limited() {
            self.limited[2 * index * self.panels..][..2 * self.panels].split_at(self.panels)
        } else {
            (left.mix(pair.left as usize), right.mix(pair.right as usize))
        };
        let sides = Sides { left: l, right: Some(r) };
        Output { first: pair.first, silent: pair.silent, level: pair.level, sides }
    }
}

fn measure(mix: &[Tile], count: usize, kernel: Kernel) -> MixLevel {
    MixLevel::of(kernel.measure(mix), mix, count)
}

/// The level of both sides together.
fn join_levels(left: MixLevel, right: MixLevel) -> MixLevel {
    MixLevel { peak: left.peak.max(right.peak), square: 0.5 * left.square + 0.5 * right.square, gain: 1.0 }
}
