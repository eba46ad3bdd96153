//! What a participant hears, from the audio thread to its network thread: [`Outlet`] writes ticks, [`OutputPort`] gives packets of any length. Between them is a
//! ring of samples.

use std::{fmt, sync::Arc};

use rtrb::{Consumer, Producer};

use super::{
    counters::{OutputCounters, OutputReadings},
    format::Clock,
    options::{OutputOptions, PortError},
    ring::ring,
    splice::{Both, Splice},
    steering::Steering,
};
use crate::{channels::Planes, sample::Sample};

/// The longest tick of a mixer: what it makes must fit into the ring beside the bound.
const LONGEST_TICK_MS: f64 = 120.0;
/// After this time without a pull nothing is steered.
const LONGEST_PAUSE_MS: f64 = 200.0;

/// Makes both ends of an output of a mixer that ticks so far apart. Control: allocates.
pub(crate) fn output(options: &OutputOptions, tick_ms: f64) -> Result<(OutputPort, Outlet), PortError> {
    options.check()?;
    let OutputOptions { format, depth_ms, bound_ms, smoothing_ms, clock } = *options;
    let samples = |ms: f64| (ms * f64::from(format.rate_hz) / 1000.0).round() as usize;
    let bound = samples(bound_ms).max(1);
    let channels = format.channels.count();
    let (ring_in, ring_out) = ring((bound + samples(LONGEST_TICK_MS).max(1)) * channels);
    let counters = Arc::new(OutputCounters::default());
    let smoothing = samples(smoothing_ms) as u32;
    let ahead_ms = if clock == Clock::Own { tick_ms } else { 0.0 };
    let port = OutputPort {
        channels,
        depth: samples(depth_ms),
        ahead: samples(ahead_ms),
        bound,
        ring: ring_out,
        splice: Splice::new(smoothing),
        gives: false,
        counters: Arc::clone(&counters),
    };
    let outlet = Outlet {
        channels,
        ms: 1000.0 / f64::from(format.rate_hz),
        depth_ms,
        ahead_ms,
        bound_ms,
        ring: ring_in,
        splice: Splice::risen(smoothing),
        steering: Steering::new(depth_ms),
        steers: clock == Clock::Own,
        pulled: 0,
        idle_ms: 0.0,
        counters,
    };
    Ok((port, outlet))
}

/// What a participant hears comes out here, in packets of any length.
///
/// It is for one thread at a time, any thread. It gives nothing until its depth is there, and again after an underrun. Dropping it disturbs nobody.
///
/// Packets may be taken in two ways. Where a clock of the receiver's own says when, as that of a sound card does, [`pull`](Self::pull) always fills a packet. Where
/// packets go out as soon as they are there, the mixer is the clock: take them with [`pull_whole`](Self::pull_whole), and make the port with
/// [`Clock::Mixer`] and a depth of 0.
pub struct OutputPort {
    channels: usize,
    depth: usize,
    /// What has to be there beside what is pulled at once, until the next tick.
    ahead: usize,
    bound: usize,
    ring: Consumer<f32>,
    splice: Splice,
    /// Whether the depth was there since the last underrun.
    gives: bool,
    counters: Arc<OutputCounters>,
}

impl OutputPort {
    /// Fills `out`, whose channels lie side by side, with what comes next, and tells how many frames of it are real: where there is not enough, a short tail and
    /// silence follow.
    ///
    /// Takes a time that depends on the length of `out` only: it never waits, locks, allocates or makes a system call.
    ///
    /// ```
    /// # use mixminus::stream::OutputPort;
    /// fn sound_card(port: &mut OutputPort, buffer: &mut [i16]) {
    ///     port.pull(buffer);
    /// }
    /// ```
    pub fn pull<S: Sample>(&mut self, out: &mut [S]) -> usize {
        let frames = out.len() / self.channels;
        if frames == 0 {
            return 0;
        }
        let there = self.ready(frames);
        let real = there.min(frames);
        if self.gives && real < frames {
            self.gives = false;
            self.counters.underruns.add(1);
        }
        self.give(out, real);
        real
    }

    /// Fills `out` if there is enough for all of it; takes nothing otherwise, and tells so. That is no underrun. More than the bound is never
    /// there at once.
    ///
    /// ```
    /// # use mixminus::stream::OutputPort;
    /// fn packets_of_20_ms(port: &mut OutputPort, mut send: impl FnMut(&[i16])) {
    ///     let mut packet = [0; 960];
    ///     while port.pull_whole(&mut packet) {
    ///         send(&packet);
    ///     }
    /// }
    /// ```
    pub fn pull_whole<S: Sample>(&mut self, out: &mut [S]) -> bool {
        let frames = out.len() / self.channels;
        let whole = self.ready(frames) >= frames;
        if whole && frames > 0 {
            self.give(out, frames);
        }
        whole
    }

    /// How many frames are there to be given; none before the depth is there. Never waits.
    ///
    /// ```
    /// # use mixminus::stream::OutputPort;
    /// fn has_packet(port: &OutputPort) -> bool {
    ///     port.available() >= 960
    /// }
    /// ```
    pub fn available(&self) -> usize {
        let frames = self.ring.slots() / self.channels;
        // What is more than the bound will be dropped, down to the depth.
        let frames = if frames > self.bound { self.depth.max(self.ahead) } else { frames };
        if self.gives || frames >= self.depth.max(self.ahead) { frames } else { 0 }
    }

    /// Whether the port still leads anywhere: no more once its participant has left, or the mixer is gone, and a controller has taken the memory back.
    pub fn is_connected(&self) -> bool {
        !self.ring.is_abandoned()
    }

    /// What has been counted and measured, by this end and by the mixer. Never waits.
    ///
    /// ```
    /// # use mixminus::stream::OutputPort;
    /// fn is_well(port: &OutputPort) -> bool {
    ///     port.readings().underruns == 0
    /// }
    /// ```
    pub fn readings(&self) -> OutputReadings {
        self.counters.read()
    }

    /// The figures, for others to read.
    pub(crate) fn counters(&self) -> &Arc<OutputCounters> {
        &self.counters
    }

    /// How many frames may be given, after what is too much has been dropped.
    fn ready(&mut self, wanted: usize) -> usize {
        let enough = self.depth.max((wanted + self.ahead).min(self.bound));
        let mut there = self.ring.slots() / self.channels;
        if there > self.bound {
            self.drop_oldest(there - enough);
            self.counters.overruns.add(1);
            there = enough;
        }
        self.gives |= there >= enough;
        if self.gives { there } else { 0 }
    }

    fn drop_oldest(&mut self, frames: usize) {
        if let Ok(chunk) = self.ring.read_chunk(frames * self.channels) {
            chunk.commit_all();
            self.splice.cut();
            self.counters.dropped.add(frames as u64);
        }
    }

    /// Writes `real` frames, which are there, and what follows where nothing is.
    fn give<S: Sample>(&mut self, out: &mut [S], real: usize) {
        let frames = out.len() / self.channels;
        self.counters.portion.set(if self.gives { frames as u64 } else { 0 });
        let (mut out, rest) = out.split_at_mut(frames * self.channels);
        rest.fill(S::default());
        if let Ok(chunk) = self.ring.read_chunk(real * self.channels) {
            let (first, second) = chunk.as_slices();
            for piece in [first, second] {
                let (now, later) = out.split_at_mut(piece.len());
                for (out, frame) in now.chunks_exact_mut(self.channels).zip(piece.chunks_exact(self.channels)) {
                    put(out, self.splice.real([frame[0], frame[self.channels - 1]]));
                }
                out = later;
            }
            chunk.commit_all();
            self.counters.pulled.add(real as u64);
        }
        out.chunks_exact_mut(self.channels).for_each(|out| put(out, self.splice.missing()));
    }
}

fn put<S: Sample>(out: &mut [S], frame: Both) {
    out.iter_mut().zip(frame).for_each(|(out, sample)| *out = S::from_f32(sample));
}

impl fmt::Debug for OutputPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutputPort").field("channels", &self.channels).field("readings", &self.readings()).finish()
    }
}

/// The audio thread's end of an output.
///
/// Whichever end of the ring is dropped second frees its memory: this end must go back to the control side to be dropped there.
pub(crate) struct Outlet {
    channels: usize,
    /// Of one sample.
    ms: f64,
    depth_ms: f64,
    /// What has to be there beside what is pulled at once, until the next tick.
    ahead_ms: f64,
    bound_ms: f64,
    ring: Producer<f32>,
    splice: Splice,
    steering: Steering,
    steers: bool,
    /// What had been pulled when that was last looked at, and how long that has not changed.
    pulled: u64,
    idle_ms: f64,
    counters: Arc<OutputCounters>,
}

impl Outlet {
    /// Adds what a tick has made, in the port's channels. If there is no room for all of it, it is dropped and counted, and what comes next is joined to what
    /// came before. Audio: never waits, allocates, or frees.
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
        let splice = &mut self.splice;
        match (self.channels == 2).then_some(right.unwrap_or(left)) {
            None if splice.at_rest() => {
                let added = self.ring.push_entire_slice(left).is_ok();
                if let Some(last) = left.last().filter(|_| added) {
                    splice.follow([*last, 0.0]);
                }
                added
            }
            None => match self.ring.write_chunk_uninit(left.len()) {
                Ok(chunk) => {
                    chunk.fill_from_iter(left.iter().map(|sample| splice.real([*sample, 0.0])[0])) == left.len()
                }
                Err(_) => false,
            },
            Some(right) => match self.ring.write_chunk_uninit(2 * left.len()) {
                Ok(chunk) => {
                    let frames = left.iter().zip(right).flat_map(|(left, right)| splice.real([*left, *right]));
                    chunk.fill_from_iter(frames) == 2 * left.len()
                }
                Err(_) => false,
            },
        }
    }

    /// How many frames are there to be pulled.
    pub fn fill(&self) -> usize {
        (self.ring.buffer().capacity() - self.ring.slots()) / self.channels
    }

    /// By how much more than nominal is to be made from now on, in ppm: -1500 to 1500; 0 for a receiver with the mixer's clock.
    pub fn steering_ppm(&self) -> f64 {
        if self.steers { -self.steering.ppm() } else { 0.0 }
    }

    fn steer(&mut self, time_ms: f64) {
        let fill_ms = self.fill() as f64 * self.ms;
        let portion_ms = self.counters.portion.get() as f64 * self.ms;
        let pulled = self.counters.pulled.get();
        self.idle_ms = if pulled == self.pulled { self.idle_ms + time_ms } else { 0.0 };
        self.pulled = pulled;
        if portion_ms == 0.0 || fill_ms > self.bound_ms || self.idle_ms > LONGEST_PAUSE_MS.max(2.0 * portion_ms) {
            // It is primed anew, or nobody pulls.
            self.steering.restart();
        } else {
            self.steering.set_target(self.depth_ms.max(portion_ms + self.ahead_ms));
            self.steering.steer(fill_ms, time_ms);
        }
        self.counters.fill_ms.set_f64(fill_ms);
        self.counters.drift_ppm.set_f64(if self.steers { -self.steering.drift_ppm() } else { 0.0 });
    }
}

impl fmt::Debug for Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlet").field("fill", &self.fill()).field("steering", &self.steering).finish_non_exhaustive()
    }
}
