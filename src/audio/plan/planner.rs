//! [`Planner`]: goes through the listeners of a tick, and puts each into the group of those who hear the same.

use super::{cache::PlanCache, groups::Groups};
use crate::{
    audio::{
        apply::{Listener, Listeners},
        belongings::Kept,
        receive::Receiver,
    },
    data::timing::Clock,
    dsp::{prefetch, prefetch_all},
};

/// How many listeners ahead their rows are fetched.
const AHEAD: usize = 3;

/// The plan of a tick, and what is known of the one before.
#[derive(Debug, Default)]
pub(crate) struct Planner {
    groups: Groups,
    cache: PlanCache,
}

impl Planner {
    /// Room for the listeners of so many slots. Allocates: control side.
    pub fn new(channels: usize, slots: usize) -> Self {
        Self { groups: Groups::new(channels, slots), cache: PlanCache::default() }
    }

    /// Who hears the same, as planned last.
    #[inline]
    pub fn groups(&self) -> &Groups {
        &self.groups
    }

    /// Plans a tick. Whether it is planned like the one before.
    pub fn plan(
        &mut self,
        listeners: &mut Listeners,
        receiver: &mut Receiver,
        kept: &[Option<Kept>],
        clock: &Clock<'_>,
    ) -> bool {
        let (changed, used) = (receiver.take_changed(), receiver.used());
        if self.cache.ask(changed, || listeners.have_arrived(used, clock)) {
            return true;
        }
        let (mut gains_move, mut envelopes_move) = (receiver.audible().moves(), false);
        self.groups.begin(receiver.audible().len());
        listeners.parts().1.begin();
        for (index, kept) in kept.iter().enumerate().take(used) {
            fetch_ahead(index, listeners);
            if self.follow(index, listeners, receiver) {
                continue;
            }
            if !listeners.all()[index].listens {
                self.groups.leave_out(index as u32);
            } else {
                listeners.steer(index, receiver, kept, clock);
                let listener = &listeners.all()[index];
                gains_move |= listener.gains_move(clock);
                envelopes_move |= listener.envelope_moves();
                self.add(index, listeners, receiver, clock);
            }
        }
        self.groups.end();
        self.cache.note(gains_move, envelopes_move);
        false
    }

    /// Notes that the tick was mixed.
    pub fn note_mixed(&mut self) {
        self.cache.note_mixed();
    }

    /// Has a listener follow its cohort, if that is in the plan already and the listener's own voice is not in its mix.
    #[inline]
    fn follow(&mut self, index: usize, listeners: &mut Listeners, receiver: &Receiver) -> bool {
        let (list, cohorts) = listeners.parts();
        if !cohorts.has(index) {
            return false;
        }
        // One who is alone may find others.
        if receiver.audible().position(index as u32).is_some() || cohorts.is_alone(index) {
            cohorts.leave(index, &mut list[index]);
            return false;
        }
        let group = cohorts.group(index);
        group.into_iter().for_each(|group| self.groups.join(group, index as u32));
        group.is_some()
    }

    /// Adds a listener who is steered, and has it be in one cohort with those who are like it.
    fn add(&mut self, index: usize, listeners: &mut Listeners, receiver: &Receiver, clock: &Clock<'_>) {
        let (list, cohorts) = listeners.parts();
        let like = self.groups.add(index as u32, list, receiver.audible(), clock);
        let (listener, group) = (&list[index], self.groups.of(index as u32));
        if cohorts.has(index) {
            return cohorts.note(index, listener, group);
        }
        let rests = |listener: &Listener| !listener.gains_move(clock);
        if let Some(like) = like.map(|like| like as usize)
            && rests(listener)
            && rests(&list[like])
            && list[like].state() == listener.state()
        {
            cohorts.unite(index, like, listener, group);
        }
    }
}

/// Fetches what the listeners that come next are planned from: not of those who follow a cohort, of whom nothing is read.
#[inline(always)]
fn fetch_ahead(index: usize, listeners: &mut Listeners) {
    let (list, cohorts) = listeners.parts();
    let alone = |soon: usize| if cohorts.group(soon).is_none() { list.get(soon..).unwrap_or_default() } else { &[] };
    prefetch(alone(index + 2 * AHEAD));
    alone(index + AHEAD).first().into_iter().for_each(|soon| prefetch_all(soon.row.pairs(0)));
}
