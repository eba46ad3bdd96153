//! The audio thread's end of an output: [`Outlet`] writes ticks into the ring that an
//! [`OutputPort`](super::OutputPort) empties.

use std::{fmt, sync::Arc};

use rtrb::Producer;

use super::{fill::fill, pursuit::Pursuit, splice::Splice};
use crate::data::{
    channels::{Channels, Planes},
    frame::Frame,
    ports::OutputCounters,
};

/// After this time without a pull nothing is steered.
const LONGEST_PAUSE_MS: f64 = 200.0;

/// The audio thread's end of an output.
///
/// The end of the ring that is dropped second frees its memory: so this end must go back to the
/// control side to be dropped there.
pub(crate) struct Outlet {
    pub(super) channels: usize,
    /// The length of one sample.
    pub(super) ms: f64,
    pub(super) depth_ms: f64,
    /// What has to be there beyond one pull, until the next tick.
    pub(super) ahead_ms: f64,
    pub(super) bound_ms: f64,
    pub(super) ring: Producer<f32>,
    pub(super) splice: Splice,
    /// For a receiver with a clock of its own.
    pub(super) pursuit: Option<Pursuit>,
    /// How much had been pulled when that was last looked at, and for how long that has not
    /// changed.
    pub(super) pulled: u64,
    pub(super) idle_ms: f64,
    /// How often the port had run dry when that was last looked at.
    pub(super) underruns: u64,
    pub(super) counters: Arc<OutputCounters>,
}

impl Outlet {
    /// Adds the samples of a tick, in the port's channels. If there is no room for all of them,
    /// they are dropped and counted, and the next ones are joined to the last without a click.
    /// Audio thread: never waits, allocates, or frees.
    pub fn write(&mut self, made: Planes<'_>) {
        let frames = made.left.len();
        if !self.add(made) {
            self.splice.cut();
            self.counters.dropped_ticks.add(frames as u64);
        }
        self.steer(frames as f64 * self.ms);
    }

    /// `false` if there is no room.
    fn add(&mut self, made: Planes<'_>) -> bool {
        let Planes { left, right } = made;
        let right = (self.channels == 2).then_some(right.unwrap_or(left));
        if !self.splice.at_rest() {
            return self.add_spliced(left, right);
        }
        let added = match right {
            None => self.ring.push_entire_slice(left).is_ok(),
            Some(right) => self.ring.write_chunk(2 * left.len()).is_ok_and(|mut chunk| {
                fill(&Frame::planar(left, right), Channels::Stereo, chunk.as_mut_slices());
                chunk.commit_all();
                true
            }),
        };
        if let Some(last) = left.last().filter(|_| added) {
            self.splice.follow([*last, right.and_then(<[f32]>::last).copied().unwrap_or_default()]);
        }
        added
    }

    /// The same, frame by frame.
    fn add_spliced(&mut self, left: &[f32], right: Option<&[f32]>) -> bool {
        let (channels, splice) = (self.channels, &mut self.splice);
        let Ok(chunk) = self.ring.write_chunk_uninit(channels * left.len()) else { return false };
        let frames = left.iter().zip(right.unwrap_or(left));
        chunk.fill_from_iter(frames.flat_map(|(left, right)| splice.real([*left, *right]).into_iter().take(channels)));
        true
    }

    /// How many frames are there to be pulled.
    pub fn fill(&self) -> usize {
        (self.ring.buffer().capacity() - self.ring.slots()) / self.channels
    }

    /// How much more than nominal is to be made from now on, in ppm: -3500 to 3500; 0 for a receiver
    /// with the mixer's clock.
    pub fn steering_ppm(&self) -> f64 {
        self.pursuit.as_ref().map_or(0.0, Pursuit::ppm)
    }

    fn steer(&mut self, time_ms: f64) {
        let fill_ms = self.fill() as f64 * self.ms;
        self.counters.fill_ms.set_f64(fill_ms);
        let Some(pursuit) = &mut self.pursuit else { return };
        let portion_ms = self.counters.portion.get() as f64 * self.ms;
        let pulled = self.counters.pulled.get();
        self.idle_ms = if pulled == self.pulled { self.idle_ms + time_ms } else { 0.0 };
        self.pulled = pulled;
        let underruns = std::mem::replace(&mut self.underruns, self.counters.underruns.get());
        if underruns != self.underruns {
            pursuit.ran_dry();
        }
        if portion_ms == 0.0 || fill_ms > self.bound_ms || self.idle_ms > LONGEST_PAUSE_MS.max(2.0 * portion_ms) {
            // The port waits for its depth again, or nobody pulls.
            pursuit.restart();
        } else {
            pursuit.steer(fill_ms, self.depth_ms.max(portion_ms + self.ahead_ms), time_ms);
        }
        self.counters.drift_ppm.set_f64(pursuit.drift_ppm());
    }
}

impl fmt::Debug for Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlet").field("fill", &self.fill()).field("pursuit", &self.pursuit).finish_non_exhaustive()
    }
}
