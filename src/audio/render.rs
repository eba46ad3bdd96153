//! The last step of a tick: each group's limiter and level, and what every listener takes on to the next tick.

use std::sync::atomic::Ordering;

use super::{Arena, Clock, listener::NONE, plan::Group, program::Sorted};
use crate::{
    kernel::{DEPTH, DEPTH_WITH_SUBTOTALS, Measured, Row},
    limiter::{Limiter, Limiting},
    meter::MixLevel,
    ship::Shared,
};

impl Arena {
    /// Limits every group's sum, and takes every listener through the tick.
    pub fn render(&mut self, clock: &Clock<'_>, shared: &Shared) {
        for index in 0..self.groups.len() {
            let group = &self.groups[index];
            if !group.silent {
                let (first, mut limiting) = (group.first, group.limiting);
                let level = finish(&mut self.mixes[first as usize], group.measured, &mut limiting, shared);
                let group = &mut self.groups[index];
                (group.limiting, group.level) = (limiting, level);
            }
            self.pass_on(self.groups[index], clock, shared.limiter.as_ref());
        }
        shared.meters.audible.store(self.audible.len() as u32, Ordering::Relaxed);
        shared.meters.distinct.store(self.groups.len() as u32, Ordering::Relaxed);
    }

    /// The sum of the terms in the first list, into the memory of the listener that they are of; and its measure.
    pub fn sum(&mut self, slot: u32, clock: &Clock<'_>, shared: &Shared) -> Measured {
        let Self { frames, mixes, terms: [terms, _], sorted, subtotals, envelope, listeners, .. } = self;
        let out = &mut mixes[slot as usize];
        let row = Row {
            depth: if subtotals.top > 0 { DEPTH_WITH_SUBTOTALS } else { DEPTH },
            ..Row::of(frames, &subtotals.samples, &shared.curve)
        };
        if let [term] = &terms[..]
            && term.is_unity()
        {
            out.copy_from_slice(row.signal(term.source));
            return shared.kernel.measure(out);
        }
        sorted.sort(terms);
        let ducks = !sorted.ducked.is_empty() || !sorted.ducked_moving.is_empty();
        let envelope = &mut envelope[..if ducks { out.len() } else { 0 }];
        listeners[slot as usize].way.fill(envelope, clock.now, clock.timing);
        let Sorted { open, open_moving, ducked, ducked_moving } = sorted;
        shared.kernel.mix(out, &Row { open, open_moving, ducked, ducked_moving, envelope, ..row })
    }

    /// Gives each listener of a group what it takes on to the next tick, and its meters what they show.
    fn pass_on(&mut self, group: Group, clock: &Clock<'_>, limiter: Option<&Limiter>) {
        let mut slot = group.first;
        while slot != NONE {
            let listener = &mut self.listeners[slot as usize];
            if !group.silent {
                listener.limiting = group.limiting;
            } else if let (Some(limiter), false) = (limiter, listener.limiting.at_rest()) {
                limiter.limit_silence(&mut listener.limiting, clock.timing.tick);
            }
            if listener.level != group.level || group.level.limited() {
                listener.level = group.level;
                if let Some(home) = &self.homes[slot as usize] {
                    home.memory.meters.write_mix(&group.level);
                }
            }
            slot = listener.next;
        }
    }
}

/// What follows the sum: the limiter and the level.
fn finish(samples: &mut [f32], measured: Measured, limiting: &mut Limiting, shared: &Shared) -> MixLevel {
    let count = samples.len() as f64;
    let level = |measured: Measured, least: f64| MixLevel {
        peak: measured.peak,
        rms: (measured.squares / count).sqrt() as f32,
        gain: least as f32,
    };
    match &shared.limiter {
        Some(limiter) if !limiter.passes(limiting, measured.peak) => {
            let least = limiter.limit(limiting, samples);
            level(shared.kernel.measure(samples), least)
        }
        _ => level(measured, 1.0),
    }
}
