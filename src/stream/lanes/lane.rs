//! What goes on of a source where its ticks are missing: a [`Lane`] for each of the sources that were heard last, in a
//! [`Pool`] of as many as there are. Nothing here allocates but [`Pool::new`].

use super::{frame::Told, port::Concealment};
use crate::data::{
    channels::{Channels, Planes, PlanesMut},
    id::ParticipantKey,
};

/// What was heard of one source.
#[derive(Debug)]
pub(super) struct Lane {
    /// What its node told of it last.
    pub told: Told,
    /// Whether it had two channels.
    pub stereo: bool,
    concealment: Concealment,
    /// Whether something stands in for it; and whether that is silence.
    broken: bool,
    quiet: bool,
    /// The number of the last tick of this mixer that it was sent in; 0 if it never was.
    sent: u64,
}

impl Lane {
    /// It was sent in this tick.
    pub fn send(&mut self, told: Told, stereo: bool, tick: u64) {
        (self.told, self.stereo, self.sent) = (told, stereo, tick);
    }

    /// Samples of it were heard.
    pub fn hear(&mut self, planes: Planes<'_>) {
        self.concealment.hear(planes);
    }

    /// Nothing of it was heard, which is what it sent.
    pub fn hear_silence(&mut self, planes: Planes<'_>) {
        self.concealment.hear_silence(planes);
    }

    /// The next sample of it is missing.
    pub fn break_off(&mut self) {
        self.broken = true;
        self.quiet = !self.concealment.begin();
    }

    /// It is there again.
    pub fn mend(&mut self) {
        self.broken = false;
    }

    /// Whether something stands in for it.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Writes what stands in for it.
    pub fn go_on(&mut self, out: &mut PlanesMut<'_>) {
        if self.quiet {
            out.left.fill(0.0);
            return out.right.iter_mut().for_each(|right| right.fill(0.0));
        }
        let frames = out.left.len();
        self.concealment.go_on(out, 0, frames);
    }
}

/// The lanes. One that was sent in the last tick is not taken from its source.
#[derive(Debug)]
pub(super) struct Pool {
    lanes: Vec<Lane>,
    /// The number of the tick that is played.
    tick: u64,
    /// The lane that is likely asked for next: sources keep their order.
    hint: usize,
}

impl Pool {
    /// Control side: allocates.
    pub fn new(lanes: usize, rate_hz: u32, channels: Channels) -> Self {
        let told = Told { key: ParticipantKey::NOBODY, active: false, muted: false, mean_square: 0.0 };
        let lane = || Lane {
            told,
            stereo: false,
            concealment: Concealment::new(rate_hz, channels),
            broken: false,
            quiet: true,
            sent: 0,
        };
        // So the first tick is not the one after 0, in which none was sent.
        Self { lanes: (0..lanes).map(|_| lane()).collect(), tick: 1, hint: 0 }
    }

    /// Another tick is played.
    pub fn next_tick(&mut self) -> u64 {
        (self.tick, self.hint) = (self.tick + 1, 0);
        self.tick
    }

    /// The lane of a source: its own, or the one that was not sent for the longest time, which begins with silence. `None` if
    /// all are other sources'.
    pub fn lane(&mut self, key: ParticipantKey) -> Option<&mut Lane> {
        let last = self.tick - 1;
        let at = match self.find(key) {
            Some(at) => at,
            None => self.oldest()?,
        };
        self.hint = at + 1;
        let lane = self.lanes.get_mut(at)?;
        if lane.told.key != key || lane.sent < last {
            lane.concealment.forget();
            (lane.told.key, lane.broken, lane.quiet) = (key, false, true);
        }
        Some(lane)
    }

    /// The lane of a source that was sent in the last tick.
    pub fn live(&mut self, key: ParticipantKey) -> Option<&mut Lane> {
        let (at, last) = (self.find(key)?, self.tick - 1);
        self.lanes.get_mut(at).filter(|lane| lane.sent == last)
    }

    /// The source of a lane, if it was sent in the last tick; `None` behind the last lane.
    pub fn live_key(&self, at: usize) -> Option<Option<ParticipantKey>> {
        let lane = self.lanes.get(at)?;
        Some((lane.sent == self.tick - 1).then_some(lane.told.key))
    }

    fn find(&self, key: ParticipantKey) -> Option<usize> {
        let (before, behind) = self.lanes.split_at(self.hint.min(self.lanes.len()));
        let behind = behind.iter().zip(before.len()..);
        behind.chain(before.iter().zip(0..)).find(|(lane, _)| lane.told.key == key).map(|(_, at)| at)
    }

    fn oldest(&self) -> Option<usize> {
        let free = self.lanes.iter().enumerate().filter(|(_, lane)| lane.sent < self.tick - 1);
        free.min_by_key(|(_, lane)| lane.sent).map(|(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(slot: u32) -> ParticipantKey {
        ParticipantKey { mixer: 1, slot, stay: 0 }
    }

    /// Who of these has a lane, when all of them are sent in a tick.
    fn send(pool: &mut Pool, slots: &[u32]) -> Vec<bool> {
        let tick = pool.next_tick();
        let send = |slot: &u32| {
            let told = Told { key: key(*slot), active: true, muted: false, mean_square: 0.0 };
            pool.lane(key(*slot)).map(|lane| lane.send(told, false, tick)).is_some()
        };
        slots.iter().map(send).collect()
    }

    #[test]
    fn lanes_go_to_whoever_comes_and_stay_while_they_are_sent() {
        let mut pool = Pool::new(2, 8000, Channels::Mono);
        assert_eq!(send(&mut pool, &[1, 2, 3]), [true, true, false]);
        assert_eq!(send(&mut pool, &[3, 2, 1]), [false, true, true], "each keeps its own");
        assert_eq!(send(&mut pool, &[2, 3]), [true, false], "the other one was sent in the last tick");
        assert_eq!(send(&mut pool, &[2, 3]), [true, true]);
        pool.next_tick();
        assert!(pool.live(key(2)).is_some() && pool.live(key(1)).is_none());
        assert_eq!([0, 1, 2].map(|at| pool.live_key(at)), [Some(Some(key(3))), Some(Some(key(2))), None]);
        pool.next_tick();
        assert!(pool.live(key(2)).is_none(), "it was not sent in the last tick");
    }

    #[test]
    fn the_lane_that_rested_longest_is_taken() {
        let mut pool = Pool::new(2, 8000, Channels::Mono);
        send(&mut pool, &[1, 2]);
        send(&mut pool, &[2]);
        send(&mut pool, &[]);
        assert_eq!(send(&mut pool, &[3, 2]), [true, true], "the lane of 1, and its own");
    }

    #[test]
    fn a_lane_goes_on_with_what_was_heard_of_its_source_without_a_pause() {
        let mut pool = Pool::new(1, 8000, Channels::Mono);
        let told = Told { key: key(1), active: true, muted: false, mean_square: 0.0 };
        let heard: Vec<f32> = (0..400).map(|at| (0.1 * at as f32).sin()).collect();
        let tick = pool.next_tick();
        let lane = pool.lane(key(1)).unwrap();
        lane.hear(Planes { left: &heard, right: None });
        lane.send(told, false, tick);
        pool.next_tick();
        let lane = pool.lane(key(1)).unwrap();
        lane.break_off();
        let mut out = [9.0; 8];
        lane.go_on(&mut PlanesMut { left: &mut out, right: None });
        assert!(lane.is_broken() && out.iter().any(|sample| sample.abs() > 0.1), "{out:?}");
        pool.next_tick();
        let lane = pool.lane(key(1)).unwrap();
        assert!(!lane.is_broken(), "it was not sent in the last tick");
        lane.break_off();
        lane.go_on(&mut PlanesMut { left: &mut out, right: None });
        assert_eq!(out, [0.0; 8]);
    }
}
