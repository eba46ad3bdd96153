//! The audio thread's end of an input: [`Inlet`] plays the packets that an
//! [`InputPort`](super::InputPort) pushes.

use std::{fmt, sync::Arc};

use rtrb::Consumer;

use super::{
    packet::Packet,
    playout::{Got, Playout},
};
use crate::data::{
    channels::PlanesMut,
    ports::{InputCounters, InputMeasures},
};

/// How many packets a read takes, besides two for each frame: a burst after a stall.
const PACKETS_A_READ: usize = 256;
/// The time over which the measured wait is smoothed.
const SMOOTHING_MS: f64 = 300.0;

/// The audio thread's end of an input.
///
/// The end of a ring that is dropped second frees its memory: so this end must go back to the
/// control side to be dropped there. Dropping the port first does no harm: its packets are still
/// played, and a gap follows.
pub(crate) struct Inlet {
    pub(super) channels: usize,
    /// The length of one sample.
    pub(super) ms: f64,
    pub(super) samples: Consumer<f32>,
    pub(super) packets: Consumer<Packet>,
    pub(super) playout: Playout,
    pub(super) wait_ms: f64,
    /// How often everything was discarded.
    pub(super) discards: u64,
    pub(super) counters: Arc<InputCounters>,
}

impl Inlet {
    /// Plays the next `frames` frames at the beginning of `out`, which has the port's channels. `unheard`: for how many
    /// ticks nobody has heard the stream. Audio thread: never waits, allocates, or frees.
    pub fn read(&mut self, frames: usize, mut out: PlanesMut<'_>, unheard: u64) -> Got {
        self.take(frames);
        let got = self.playout.read(frames, &mut out, unheard > 0);
        self.counters.unheard.set(unheard);
        self.counters.show(&self.playout.counts);
        self.measure(frames);
        got
    }

    /// Drops everything that was pushed: the stream begins anew with what is pushed from now on. What still lies in the
    /// rings is passed over when it is taken.
    pub fn discard(&mut self) {
        self.playout.discard();
        self.discards += 1;
        self.counters.head.set(0);
        self.counters.discards.set(self.discards);
    }

    /// Takes the packets that have come, up to as many as can be of use in a read of this many
    /// frames. So it ends however fast packets are pushed; the rest waits for the next read.
    fn take(&mut self, frames: usize) {
        for _ in 0..self.packets.slots().min(PACKETS_A_READ + 2 * frames) {
            let Ok(packet) = self.packets.pop() else { return };
            let heard = packet.discards == self.discards;
            if !heard && packet.arrives {
                self.playout.counts.discarded_samples += u64::from(packet.frames);
            }
            if !packet.has_samples() {
                if heard {
                    self.playout.insert(&packet, [&[], &[]]);
                }
                continue;
            }
            let Ok(chunk) = self.samples.read_chunk(packet.frames as usize * self.channels) else {
                // Never: the samples of a packet are in their ring before the packet is.
                return;
            };
            if heard {
                let (first, second) = chunk.as_slices();
                self.playout.insert(&packet, [first, second]);
            }
            chunk.commit_all();
        }
    }

    fn measure(&mut self, frames: usize) {
        let [wait, target] = self.playout.waits().map(|samples| samples as f64 * self.ms);
        let share = (frames as f64 * self.ms / SMOOTHING_MS).min(1.0);
        // Packets that all come late do not wait.
        self.wait_ms += share * (wait.max(0.0) - self.wait_ms);
        self.counters.measure(InputMeasures {
            fill_ms: self.playout.fill() as f64 * self.ms,
            wait_ms: self.wait_ms,
            target_ms: target,
            drift_ppm: 1e6 * self.playout.drift(),
            head: self.playout.head(),
        });
    }
}

impl fmt::Debug for Inlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inlet").field("playout", &self.playout).finish_non_exhaustive()
    }
}
