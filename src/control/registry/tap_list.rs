//! [`TapList`]: the taps of a mixer by their numbers, and by the ids that they follow.

use std::{collections::HashMap, sync::Arc};

use crate::{
    audio::PublishedTap,
    data::{
        id::{Generation, ParticipantId},
        tap::TapPoint,
    },
    link::tap::TapState,
};

/// The taps that there are.
#[derive(Debug, Default)]
pub(crate) struct TapList {
    taps: HashMap<u32, Followed>,
    of: HashMap<ParticipantId, Vec<u32>>,
    /// Numbers that came back, and the first that was never given.
    free: Vec<u32>,
    fresh: u32,
    /// The generation that shipped the newest table.
    pub since: Generation,
    /// How many readers had gone when the taps were looked through last.
    pub gone: usize,
}

/// One tap.
#[derive(Debug)]
struct Followed {
    id: ParticipantId,
    published: PublishedTap,
    state: Arc<TapState>,
}

impl TapList {
    /// Adds a tap of an id. Its number.
    pub fn add(&mut self, id: &ParticipantId, published: PublishedTap, state: Arc<TapState>) -> u32 {
        let number = self.free.pop().unwrap_or_else(|| {
            self.fresh += 1;
            self.fresh - 1
        });
        self.taps.insert(number, Followed { id: id.clone(), published, state });
        self.of.entry(id.clone()).or_default().push(number);
        number
    }

    pub fn get(&self, number: u32) -> Option<&PublishedTap> {
        self.taps.get(&number).map(|tap| &tap.published)
    }

    pub fn get_mut(&mut self, number: u32) -> Option<&mut PublishedTap> {
        self.taps.get_mut(&number).map(|tap| &mut tap.published)
    }

    /// The taps of an id.
    pub fn of(&self, id: &ParticipantId) -> Vec<u32> {
        self.of.get(id).cloned().unwrap_or_default()
    }

    /// How many places all numbers take, and how many taps are of mixes before their limiters.
    pub fn needed(&self) -> [usize; 2] {
        let before = |tap: &&Followed| tap.published.point == TapPoint::Mix { before_limiter: true };
        [self.fresh as usize, self.taps.values().filter(before).count()]
    }

    /// Takes out those whose readers have gone.
    pub fn take_gone(&mut self) -> Vec<(u32, PublishedTap)> {
        let gone: Vec<_> = self.taps.extract_if(|_, tap| tap.state.is_gone()).collect();
        for (number, tap) in &gone {
            if let Some(numbers) = self.of.get_mut(&tap.id) {
                numbers.retain(|of| of != number);
                if numbers.is_empty() {
                    self.of.remove(&tap.id);
                }
            }
        }
        gone.into_iter().map(|(number, tap)| (number, tap.published)).collect()
    }

    /// A tap has come back: its number may be given again.
    pub fn free(&mut self, number: u32) {
        self.free.push(number);
    }
}
