//! [`Groups`]: who hears the same in a tick.

use std::hash::{BuildHasher, Hasher};

use hashbrown::HashTable;

use super::{
    compose::Composer,
    recipe::{Moves, Recipe, Terms},
    row_gains::RowGains,
    row_key::RowKey,
};
use crate::{
    audio::{
        apply::Listener,
        receive::{Audible, NONE},
    },
    data::{
        channels::MAX_CHANNELS,
        memory::{filled, room},
        timing::Clock,
    },
};

/// Listeners whose mixes are the same sums.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Group {
    /// The first of them, and the last; [`Groups::next`] leads from one to the next.
    pub first: u32,
    last: u32,
    /// How the mix of each channel is made.
    pub recipes: [Recipe; MAX_CHANNELS],
}

impl Group {
    /// Whether nobody is heard.
    pub fn is_silent(&self) -> bool {
        self.recipes.iter().all(|recipe| *recipe == Recipe::Silent)
    }
}

/// The groups of a tick.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    channels: usize,
    list: Vec<Group>,
    /// The group of the listener of each slot, and the next listener in it; or [`NONE`].
    of: Vec<u32>,
    next: Vec<u32>,
    /// The group of those who hear silence, or [`NONE`].
    silent: u32,
    composer: Composer,
    /// Groups by the keys of rows; and by recipes.
    by_key: HashTable<ByKey>,
    by_recipe: HashTable<ByRecipe>,
}

#[derive(Debug, Clone, Copy)]
struct ByKey {
    hash: u64,
    /// The first listener with the key, and its group.
    slot: u32,
    group: u32,
}

#[derive(Debug, Clone, Copy)]
struct ByRecipe {
    hash: u64,
    group: u32,
}

impl Groups {
    /// Room for the listeners of so many slots. Allocates: control side.
    pub fn new(channels: usize, slots: usize) -> Self {
        Self {
            channels,
            list: room(slots, Group::default()),
            of: filled(slots, NONE),
            next: filled(slots, NONE),
            silent: NONE,
            composer: Composer::new(slots),
            by_key: HashTable::with_capacity(slots),
            by_recipe: HashTable::with_capacity(slots),
        }
    }

    pub fn list(&self) -> &[Group] {
        &self.list
    }

    /// What the recipes refer to.
    pub fn composer(&self) -> &Composer {
        &self.composer
    }

    /// The group of a listener; [`NONE`] of a slot without a mix.
    #[inline]
    pub fn of(&self, slot: u32) -> u32 {
        self.of.get(slot as usize).copied().unwrap_or(NONE)
    }

    /// The listener who comes after one in its group, or [`NONE`].
    #[inline]
    pub fn next(&self, slot: u32) -> u32 {
        self.next[slot as usize]
    }

    /// Begins the groups of a tick in which so many sources are audible.
    pub fn begin(&mut self, audible: usize) {
        self.list.clear();
        self.silent = NONE;
        self.composer.begin(audible);
        self.by_key.clear();
        self.by_recipe.clear();
    }

    /// A slot has no mix.
    #[inline]
    pub fn leave_out(&mut self, slot: u32) {
        self.of[slot as usize] = NONE;
    }

    /// Puts a listener into the group of those who hear the same, or opens one. `listeners` are all of them. Another
    /// listener with an equal key, if one was found.
    #[inline]
    pub fn add(&mut self, slot: u32, listeners: &mut [Listener], audible: &Audible, clock: &Clock<'_>) -> Option<u32> {
        let own_voice = audible.position(slot).is_some();
        if audible.len() == 0 || own_voice && audible.len() == 1 {
            self.join_silent(slot);
            None
        } else if own_voice {
            self.find(slot, listeners, audible, clock);
            None
        } else {
            self.find_by_key(slot, listeners, audible, clock)
        }
    }

    /// Has a few rows that are made of shared sums made dense, where the sums cost more than they save.
    pub fn end(&mut self) {
        /// The shared sums of a tick cost about as much as so many dense rows.
        const FEW: usize = 3;
        let Self { list, channels, .. } = self;
        for channel in 0..*channels {
            let of_sums = |group: &&mut Group| match group.recipes[channel] {
                Recipe::Sparse(sparse) => sparse.shared,
                Recipe::AllButOne { .. } => true,
                _ => false,
            };
            if list.iter_mut().filter(of_sums).take(FEW).count() < FEW {
                list.iter_mut().filter(of_sums).for_each(|group| {
                    group.recipes[channel] = as_dense(group.recipes[channel]);
                });
            }
        }
    }

    fn find_by_key(
        &mut self,
        slot: u32,
        listeners: &mut [Listener],
        audible: &Audible,
        clock: &Clock<'_>,
    ) -> Option<u32> {
        let listener = &listeners[slot as usize];
        let key = RowKey::of(listener, clock);
        let hash = key.hash(listener.row.hash_moves());
        let same = |known: &ByKey| {
            let other = &listeners[known.slot as usize];
            known.hash == hash && RowKey::of(other, clock) == key && other.row.moves_like(&listener.row)
        };
        if let Some(known) = self.by_key.find(hash, same).copied() {
            self.join(known.group, slot);
            return Some(known.slot);
        }
        let group = self.find(slot, listeners, audible, clock);
        if self.by_key.len() < self.by_key.capacity() {
            self.by_key.insert_unique(hash, ByKey { hash, slot, group }, |known| known.hash);
        }
        None
    }

    /// Joins the group of those with the same recipe, or opens it. Which one that is.
    fn find(&mut self, slot: u32, listeners: &mut [Listener], audible: &Audible, clock: &Clock<'_>) -> u32 {
        let recipes = self.compose(slot, listeners, audible, clock);
        if recipes.iter().all(|recipe| *recipe == Recipe::Silent) {
            return self.join_silent(slot);
        }
        if recipes.iter().any(|recipe| matches!(recipe, Recipe::Dense { .. })) {
            return self.open(slot, recipes);
        }
        let listener = &listeners[slot as usize];
        let hash = self.hash(&recipes, listener);
        let Self { by_recipe, list, composer, .. } = &*self;
        let same = |known: &ByRecipe| {
            let group = &list[known.group as usize];
            let other = &listeners[group.first as usize];
            known.hash == hash && same_mix(&composer.terms, (&recipes, listener), (&group.recipes, other))
        };
        if let Some(known) = by_recipe.find(hash, same).copied() {
            self.forget(&recipes);
            self.join(known.group, slot);
            return known.group;
        }
        let group = self.open(slot, recipes);
        if self.by_recipe.len() < self.by_recipe.capacity() {
            self.by_recipe.insert_unique(hash, ByRecipe { hash, group }, |known| known.hash);
        }
        group
    }

    /// The recipes of a listener. Those of a row whose gains are the same in all channels are the same.
    fn compose(
        &mut self,
        slot: u32,
        listeners: &mut [Listener],
        audible: &Audible,
        clock: &Clock<'_>,
    ) -> [Recipe; MAX_CHANNELS] {
        let listener = &listeners[slot as usize];
        let mut recipes = [Recipe::Silent; MAX_CHANNELS];
        let first = RowGains::new(listener, slot, 0, audible, *clock);
        let dense = Recipe::Dense { moves: first.moves(), curved: false };
        if listener.level().is_some_and(|level| listener.cache.is_dense(audible.epoch(), level)) {
            recipes[..self.channels].fill(dense);
            return recipes;
        }
        for channel in 0..self.channels {
            recipes[channel] = match channel {
                0 => self.composer.compose(&first),
                _ if !listener.row.is_panned() => recipes[0],
                _ => self.composer.compose(&RowGains::new(listener, slot, channel, audible, *clock)),
            };
        }
        let all_dense = recipes[..self.channels].iter().all(|recipe| *recipe == dense);
        if all_dense && first.moves() != Moves::Apart && !self.composer.terms.is_full() {
            keep_dense(slot, &mut listeners[slot as usize], audible, clock);
        }
        recipes
    }

    fn hash(&self, recipes: &[Recipe; MAX_CHANNELS], listener: &Listener) -> u64 {
        let mut hasher = rustc_hash::FxBuildHasher.build_hasher();
        let mut curved = false;
        for recipe in recipes {
            match *recipe {
                Recipe::AllButOne { position, gain } => {
                    hasher.write_u64(u64::from(position) << 32 | u64::from(gain.to_bits()));
                }
                Recipe::Sparse(sparse) => {
                    self.composer.terms.hash(sparse, &mut hasher);
                    curved |= sparse.curved;
                }
                _ => {}
            }
        }
        if curved {
            listener.motion().bits().iter().for_each(|bits| hasher.write_u64(*bits));
            listener.hears().bits().iter().for_each(|bits| hasher.write_u64(*bits));
        }
        hasher.finish()
    }

    /// Takes the terms of recipes back that were composed last.
    fn forget(&mut self, recipes: &[Recipe; MAX_CHANNELS]) {
        for recipe in recipes.iter().rev() {
            if let Recipe::Sparse(sparse) = recipe {
                self.composer.terms.forget(*sparse);
            }
        }
    }

    fn join_silent(&mut self, slot: u32) -> u32 {
        if self.silent == NONE {
            self.silent = self.open(slot, [Recipe::Silent; MAX_CHANNELS]);
        } else {
            self.join(self.silent, slot);
        }
        self.silent
    }

    fn open(&mut self, slot: u32, recipes: [Recipe; MAX_CHANNELS]) -> u32 {
        let group = self.list.len() as u32;
        (self.of[slot as usize], self.next[slot as usize]) = (group, NONE);
        self.list.push(Group { first: slot, last: slot, recipes });
        group
    }

    /// Puts a listener into a group.
    #[inline]
    pub fn join(&mut self, group: u32, slot: u32) {
        let last = std::mem::replace(&mut self.list[group as usize].last, slot);
        self.next[last as usize] = slot;
        (self.of[slot as usize], self.next[slot as usize]) = (group, NONE);
    }
}

/// Whether two rows have the same recipes and, if they have curves, the same curves.
fn same_mix(
    terms: &Terms,
    (a, listener_a): (&[Recipe; MAX_CHANNELS], &Listener),
    (b, listener_b): (&[Recipe; MAX_CHANNELS], &Listener),
) -> bool {
    let mut curved = false;
    let same = a.iter().zip(b).all(|(a, b)| match (*a, *b) {
        (Recipe::Sparse(a), Recipe::Sparse(b)) => {
            curved |= a.curved;
            terms.same(a, b)
        }
        (a, b) => a == b,
    });
    let curves = |listener: &Listener| (listener.motion(), listener.hears());
    same && (!curved || curves(listener_a) == curves(listener_b))
}

/// Notes that a row is dense among those who are audible now, and keeps its gains if it lists so many that there is
/// room.
fn keep_dense(slot: u32, listener: &mut Listener, audible: &Audible, clock: &Clock<'_>) {
    let Some(level) = listener.level() else { return };
    let mut cache = std::mem::take(&mut listener.cache);
    let row = |channel: usize| RowGains::new(listener, slot, channel, audible, *clock);
    if row(0).moves() == Moves::No {
        cache.keep(audible.epoch(), level, audible.len(), |channel, gains| {
            row(channel).write(gains, |gain| gain.open.target);
        });
    } else {
        cache.keep(audible.epoch(), level, 2 * audible.len(), |channel, gains| {
            row(channel).write(gains.as_chunks_mut::<2>().0, |gain| [gain.open.target, gain.open.delta]);
        });
    }
    listener.cache = cache;
}

/// A recipe by gains instead of by shared sums.
fn as_dense(recipe: Recipe) -> Recipe {
    match recipe {
        Recipe::Sparse(sparse) => Recipe::Dense { moves: sparse.moves, curved: sparse.curved },
        _ => Recipe::Dense { moves: Moves::No, curved: false },
    }
}
