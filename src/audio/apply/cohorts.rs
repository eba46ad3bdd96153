//! [`Cohorts`]: listeners who hear the same for the same reasons, planned as one.
//!
//! In a large room most rows say the same. Listeners whose rows say the same and rest, and whose own state is the
//! same, go on alike for as long as nothing is published of one of them and its own voice is not in the mix: the
//! first of them is steered and planned, and the others follow it. So the work of a plan is that of the different
//! rows.

use super::listener::{Listener, ListenerState};
use crate::{
    audio::receive::NONE,
    data::memory::{filled, room},
};

/// What the listeners of a cohort have in common.
#[derive(Debug, Clone, Copy, Default)]
struct Cohort {
    state: ListenerState,
    members: u32,
    /// The plan that it was in last, and its group in that.
    planned: u64,
    group: u32,
}

/// There is room for one cohort per so many listeners: with more, there is little to save. One who finds no room
/// stays alone.
const LISTENERS_PER_COHORT: usize = 8;

/// The cohorts of a mixer.
#[derive(Debug, Default)]
pub(crate) struct Cohorts {
    /// The cohort of each slot, or [`NONE`]. The state of a listener who is in one is that of the cohort.
    of: Vec<u32>,
    list: Vec<Cohort>,
    /// Numbers of cohorts without members.
    free: Vec<u32>,
    /// The number of the plan that is made, from 1.
    plan: u64,
}

impl Cohorts {
    /// Room for the listeners of so many slots. Allocates: control side.
    pub fn new(slots: usize) -> Self {
        let cohorts = slots / LISTENERS_PER_COHORT + 1;
        Self { of: filled(slots, NONE), list: room(cohorts, Cohort::default()), free: room(cohorts, 0), plan: 0 }
    }

    /// Begins another plan.
    pub fn begin(&mut self) {
        self.plan += 1;
    }

    /// Whether a listener is in one.
    #[inline]
    pub fn has(&self, slot: usize) -> bool {
        self.of[slot] != NONE
    }

    /// The group of a listener's cohort, if that is in the plan already.
    #[inline]
    pub fn group(&self, slot: usize) -> Option<u32> {
        let cohort = self.list.get(*self.of.get(slot)? as usize)?;
        (cohort.planned == self.plan).then_some(cohort.group)
    }

    /// Whether a listener is the only one left in its cohort.
    #[inline]
    pub fn is_alone(&self, slot: usize) -> bool {
        self.list.get(self.of[slot] as usize).is_some_and(|cohort| cohort.members == 1)
    }

    /// Gives a listener the state that its cohort has now, if it is in one.
    #[inline]
    pub fn lead(&self, slot: usize, listener: &mut Listener) {
        if let Some(cohort) = self.list.get(self.of[slot] as usize) {
            listener.set_state(cohort.state);
        }
    }

    /// Notes the state and the group of a listener's cohort after the listener was steered and planned.
    #[inline]
    pub fn note(&mut self, slot: usize, listener: &Listener, group: u32) {
        if let Some(cohort) = self.list.get_mut(self.of[slot] as usize) {
            (cohort.state, cohort.planned, cohort.group) = (*listener.state(), self.plan, group);
        }
    }

    /// A listener who is in no cohort was found to be like another one, and both rest: from now on they are in one.
    pub fn unite(&mut self, slot: usize, like: usize, listener: &Listener, group: u32) {
        if !self.has(like) {
            let Some(number) = self.free_number() else { return };
            self.list[number as usize] = Cohort { members: 1, ..Cohort::default() };
            self.of[like] = number;
        }
        self.of[slot] = self.of[like];
        self.list[self.of[like] as usize].members += 1;
        self.note(slot, listener, group);
    }

    fn free_number(&mut self) -> Option<u32> {
        if self.free.is_empty() && self.list.len() < self.list.capacity() {
            self.list.push(Cohort::default());
            return Some(self.list.len() as u32 - 1);
        }
        self.free.pop()
    }

    /// A listener goes its own way, from the state that it had in its cohort.
    #[inline]
    pub fn leave(&mut self, slot: usize, listener: &mut Listener) {
        self.lead(slot, listener);
        let number = std::mem::replace(&mut self.of[slot], NONE);
        if let Some(cohort) = self.list.get_mut(number as usize) {
            cohort.members -= 1;
            if cohort.members == 0 {
                self.free.push(number);
            }
        }
    }

    /// The states of all cohorts.
    pub fn states(&self) -> impl Iterator<Item = &ListenerState> {
        self.list.iter().filter(|cohort| cohort.members > 0).map(|cohort| &cohort.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::fade::Fade;

    fn listener(hears: f64) -> Listener {
        let mut listener = Listener::default();
        listener.set_state(ListenerState { hears: Fade::resting(hears), ..ListenerState::default() });
        listener
    }

    #[test]
    fn one_is_planned_for_all() {
        let (mut cohorts, mut follower) = (Cohorts::new(4), listener(0.0));
        cohorts.begin();
        cohorts.unite(2, 0, &listener(0.5), 7);
        cohorts.unite(3, 0, &listener(0.5), 7);
        assert_eq!([0, 1, 2, 3].map(|slot| cohorts.group(slot)), [Some(7), None, Some(7), Some(7)]);
        cohorts.begin();
        assert_eq!(cohorts.group(0), None, "not in this plan yet");
        cohorts.note(0, &listener(0.75), 1);
        assert_eq!(cohorts.group(3), Some(1));
        cohorts.leave(3, &mut follower);
        assert_eq!(follower.hears(), Fade::resting(0.75));
        assert!(!cohorts.has(3) && cohorts.has(2) && !cohorts.is_alone(2));
        cohorts.leave(0, &mut follower);
        assert!(cohorts.is_alone(2));
    }

    #[test]
    fn numbers_are_used_again() {
        let mut cohorts = Cohorts::new(4);
        for _ in 0..10 {
            cohorts.unite(1, 0, &listener(1.0), 0);
            (0..2).for_each(|slot| cohorts.leave(slot, &mut listener(1.0)));
        }
        assert_eq!((cohorts.list.len(), cohorts.states().count()), (1, 0));
    }

    #[test]
    fn those_for_whom_there_is_no_room_stay_alone() {
        let mut cohorts = Cohorts::new(4);
        cohorts.unite(1, 0, &listener(1.0), 0);
        cohorts.unite(3, 2, &listener(0.5), 0);
        assert!(cohorts.has(0) && cohorts.has(1) && !cohorts.has(2) && !cohorts.has(3));
    }
}
