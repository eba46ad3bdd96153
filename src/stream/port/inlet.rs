//! The audio thread's end of an input: [`Inlet`] plays the packets that an
//! [`InputPort`](super::InputPort) pushes.

use std::{fmt, sync::Arc};

use rtrb::Consumer;

use super::{
    jitter::{Got, Jitter},
    packet::Packet,
    steering::Steering,
};
use crate::data::{channels::PlanesMut, ports::InputCounters};

/// How many packets a read takes, besides two for each frame: a burst after a stall.
const PACKETS_A_READ: usize = 256;

/// The audio thread's end of an input.
///
/// The end of a ring that is dropped second frees its memory: so this end must go back to the
/// control side to be dropped there. Dropping the port first does no harm: its packets are still
/// played, and a gap follows.
pub(crate) struct Inlet {
    pub(super) channels: usize,
    /// The length of one sample.
    pub(super) ms: f64,
    pub(super) depth_ms: f64,
    pub(super) bound_ms: f64,
    /// The wait that was measured last.
    pub(super) wait_ms: f64,
    pub(super) samples: Consumer<f32>,
    pub(super) packets: Consumer<Packet>,
    pub(super) jitter: Jitter,
    pub(super) steering: Steering,
    pub(super) steers: bool,
    pub(super) counters: Arc<InputCounters>,
}

impl Inlet {
    /// Plays the next `frames` frames at the beginning of `out`, which has the port's channels.
    /// Audio thread: never waits, allocates, or frees.
    pub fn read(&mut self, frames: usize, mut out: PlanesMut<'_>) -> Got {
        self.take(frames);
        let got = self.jitter.read(frames, &mut out);
        let fill_ms = self.steer(frames);
        self.counters.show(&self.jitter.counts);
        let drift_ppm = if self.steers { self.steering.drift_ppm() } else { 0.0 };
        self.counters.measure(fill_ms, self.steering.smoothed_ms(), drift_ppm);
        got
    }

    /// By how much faster than nominal the stream is consumed from now on, in ppm: -1500 to 1500; 0
    /// for a sender with the mixer's clock.
    pub fn steering_ppm(&self) -> f64 {
        if self.steers { self.steering.ppm() } else { 0.0 }
    }

    /// Takes the packets that have come, up to as many as can be of use in a read of this many
    /// frames. So it ends however fast packets are pushed; the rest waits for the next read.
    fn take(&mut self, frames: usize) {
        for _ in 0..self.packets.slots().min(PACKETS_A_READ + 2 * frames) {
            let Ok(packet) = self.packets.pop() else { return };
            let Ok(chunk) = self.samples.read_chunk(packet.frames as usize * self.channels) else {
                // Never: the samples of a packet are in their ring before the packet is.
                return;
            };
            let (first, second) = chunk.as_slices();
            self.jitter.insert(&packet, [first, second]);
            chunk.commit_all();
        }
    }

    /// Steers by what was measured. Returns the fill of the buffer, in ms.
    fn steer(&mut self, frames: usize) -> f64 {
        let measured = self.jitter.measure();
        if measured.restarted {
            self.steering.restart();
            self.wait_ms = self.depth_ms;
        }
        if measured.tightened > 0 {
            self.steering.lower(measured.tightened as f64 * self.ms);
        }
        if let Some(wait) = measured.wait {
            // Limited, so that a stall does not steer further than the buffer can need.
            self.wait_ms = (wait as f64 * self.ms).clamp(-self.depth_ms, self.bound_ms);
        }
        if measured.gap {
            self.steering.hold();
        } else {
            self.steering.steer(self.wait_ms, frames as f64 * self.ms);
        }
        measured.fill as f64 * self.ms
    }
}

impl fmt::Debug for Inlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inlet").field("jitter", &self.jitter).field("steering", &self.steering).finish_non_exhaustive()
    }
}
