//! The last step of a tick: the mix of each group is made, by one or by several at the same time, and every listener takes on what stays for the next tick.

use super::{
    Arena, Clock,
    arena::Home,
    hearing::Hearing,
    plan::{Group, Sum, heard},
    worker::{Portion, Scene, Worker},
};
use crate::{data::sides::Side, limiter::Limiter, ship::Shared};

/// One part of a tick's work, which nobody else has, and what all parts share.
#[derive(Debug)]
pub(crate) struct Task<'a> {
    worker: &'a mut Worker,
    portion: Portion<'a>,
    scene: Scene<'a>,
}

impl Task<'_> {
    pub fn work(mut self) {
        self.worker.work(&mut self.portion, self.scene);
    }
}

impl Arena {
    /// Cuts the groups into a part for each worker, of about the same work.
    pub fn divide(&mut self) {
        if self.still.now {
            return self.workers.iter_mut().for_each(|worker| worker.done = worker.part.is_empty());
        }
        let audible = self.audible.len() as u64;
        let cost = |group: &Group| {
            8 + match group.sum {
                Sum::Silent => 0,
                Sum::Copy(_) | Sum::Others { .. } => 4,
                Sum::Program(program) => program.len() as u64,
                Sum::Dense => audible,
                Sum::Ends(_) => 2 * audible,
                Sum::Moving => 4 * audible,
            }
        };
        let total: u64 = self.groups.iter().map(cost).sum();
        let (workers, mut from, mut behind) = (self.workers.len() as u64, 0, 0);
        for (n, worker) in (1..).zip(&mut self.workers) {
            let mut to = from;
            while to < self.groups.len() && (n == workers || behind * workers < total * n) {
                behind += cost(&self.groups[to]);
                to += 1;
            }
            (worker.part, worker.knows, worker.done) = (from..to, false, from == to);
            from = to;
        }
    }

    /// The parts that are not done.
    pub fn tasks<'a>(&'a mut self, clock: Clock<'a>, shared: &'a Shared) -> impl Iterator<Item = Task<'a>> {
        let limiter = shared.limiter.as_ref().filter(|_| self.limits_by_itself());
        let Self { sources, audible, positions, signals, listeners, frames, segments, programs, .. } = self;
        let epoch = self.epoch;
        let heard = heard(sources, audible, positions, signals, &clock);
        let scene = Scene { heard, listeners, frames, segments, programs, limiter, shared, epoch };
        let panels = scene.frames.panels();
        let (mut groups, mut mixes, mut lanes) = (&mut self.groups[..], &mut self.mixes[..], &mut self.lanes[..]);
        let parts = self.workers.iter_mut().map(move |worker| {
            let count = worker.part.len();
            let portion = Portion {
                groups: take_first(&mut groups, count),
                mixes: take_first(&mut mixes, count * panels),
                lanes: take_first(&mut lanes, count),
            };
            Task { worker, portion, scene }
        });
        parts.filter(|task| !task.worker.done)
    }

    /// Takes every listener through the tick.
    pub fn finish(&mut self, clock: &Clock<'_>, shared: &Shared) {
        if let Some(limiter) = self.limits_by_itself().then_some(shared.limiter.as_ref()) {
            let Self { groups, hearings, homes, .. } = self;
            for group in groups {
                if group.first == group.last && !group.silent() {
                    pass_on_to_one(group, &mut hearings[group.first as usize], &homes[group.first as usize]);
                } else {
                    pass_on(group, hearings, homes, clock, limiter);
                }
            }
        }
        self.note_end();
    }

    /// Whether what it mixes is all that a listener hears. The sides of a stereo mixer are limited together, once both are made.
    fn limits_by_itself(&self) -> bool {
        self.side == Side::Middle
    }
}

/// The same as [`pass_on`], where one listener has a mix of its own: most groups of a room in which all talk.
#[inline]
fn pass_on_to_one(group: &Group, hearing: &mut Hearing, home: &Option<Home>) {
    hearing.limiting = group.limiting;
    show(group, hearing, home);
}

/// Shows the level of a group on the meters of a listener.
#[inline]
fn show(group: &Group, hearing: &mut Hearing, home: &Option<Home>) {
    if hearing.shown != group.level || group.level.limited() {
        hearing.shown = group.level;
        if let Some(home) = home {
            home.meters.write_mix(&group.level);
        }
    }
}

/// Gives each listener of a group what it takes on to the next tick, and its meters what they show.
fn pass_on(
    group: &Group,
    hearings: &mut [Hearing],
    homes: &[Option<Home>],
    clock: &Clock<'_>,
    limiter: Option<&Limiter>,
) {
    let mut slot = group.first;
    while let Some(hearing) = hearings.get_mut(slot as usize) {
        if !group.silent() {
            hearing.limiting = group.limiting;
        } else if let (Some(limiter), false) = (limiter, hearing.limiting.at_rest()) {
            limiter.limit_silence(&mut hearing.limiting, clock.timing.tick);
        }
        show(group, hearing, &homes[slot as usize]);
        slot = hearing.next;
    }
}

fn take_first<'a, T>(rest: &mut &'a mut [T], count: usize) -> &'a mut [T] {
    let (first, others) = std::mem::take(rest).split_at_mut(count);
    *rest = others;
    first
}
