//! From the audio thread to a participant's network thread: [`Outlet`] writes ticks, [`OutputPort`]
//! gives packets of any length. Between them is a ring of samples.

use std::{fmt, sync::Arc};

use rtrb::Consumer;

use super::{
    format::Clock,
    options::{OutputOptions, PortError},
    outlet::Outlet,
    places::{Interleaved, Places, Planar},
    pursuit::Pursuit,
    ring::ring,
    splice::Splice,
};
use crate::data::{
    ports::{OutputCounters, OutputReadings},
    sample::Sample,
};

/// The longest tick of a mixer: its samples must fit into the ring beside the bound.
const LONGEST_TICK_MS: f64 = 120.0;

/// Makes both ends of an output of a mixer with ticks of this length. Control side: allocates.
pub(crate) fn output(options: &OutputOptions, tick_ms: f64) -> Result<(OutputPort, Outlet), PortError> {
    options.check()?;
    let OutputOptions { format, depth_ms, bound_ms, smoothing_ms, clock } = *options;
    let samples = |ms: f64| (ms * f64::from(format.rate_hz) / 1000.0).round() as usize;
    let bound = samples(bound_ms).max(1);
    let channels = format.channels.count();
    let (ring_in, ring_out) = ring((bound + samples(LONGEST_TICK_MS).max(1)) * channels);
    let counters = Arc::new(OutputCounters::default());
    let smoothing = samples(smoothing_ms) as u32;
    let ahead_ms = if clock == Clock::FreeRunning { tick_ms } else { 0.0 };
    let port = OutputPort {
        channels,
        depth: samples(depth_ms),
        ahead: samples(ahead_ms),
        own: clock == Clock::FreeRunning,
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
        pursuit: (clock == Clock::FreeRunning).then(|| Pursuit::new(depth_ms)),
        pulled: 0,
        idle_ms: 0.0,
        underruns: 0,
        counters,
    };
    Ok((port, outlet))
}

/// Gives what a participant hears, in packets of any length.
///
/// It is for one thread at a time, any thread. It gives nothing until its depth is there, and again
/// after an underrun. Dropping it disturbs nobody.
///
/// Packets may be taken in two ways. Where a clock of the receiver's own says when, like that of a
/// sound card, [`pull`](Self::pull) always fills a packet. Where packets go out as soon as they are
/// there, the mixer is the clock: take them with [`pull_whole`](Self::pull_whole), and make the
/// port with [`OutputOptions::prompt`]. A stream that is taken so is never steered.
///
/// At another rate than the mixer's the mix is converted, and samples past full scale are clipped
/// behind the conversion. Samples that the conversion leaves within full scale are not touched.
pub struct OutputPort {
    channels: usize,
    depth: usize,
    /// What has to be there beyond one pull, until the next tick.
    ahead: usize,
    /// Whether the receiver has a clock of its own.
    own: bool,
    bound: usize,
    ring: Consumer<f32>,
    splice: Splice,
    /// Whether the depth was there since the last underrun.
    gives: bool,
    counters: Arc<OutputCounters>,
}

impl OutputPort {
    /// Fills `out`, whose channels lie side by side, with the next samples, and returns how many of
    /// its frames are real: where there are not enough, a short tail and silence follow.
    ///
    /// The time that it takes depends on the length of `out` only: it never waits, locks, allocates
    /// or makes a system call.
    ///
    /// ```
    /// # use mixminus::stream::OutputPort;
    /// fn sound_card(port: &mut OutputPort, buffer: &mut [i16]) {
    ///     port.pull(buffer);
    /// }
    /// ```
    pub fn pull<S: Sample>(&mut self, out: &mut [S]) -> usize {
        let channels = self.channels;
        let (whole, rest) = out.split_at_mut(out.len() / channels * channels);
        rest.fill(S::default());
        self.pull_frames(whole.len() / channels, Interleaved { out: whole, channels })
    }

    /// The same with each channel in a slice of its own: as many frames as both have. A mono port
    /// gives the same to both.
    ///
    /// ```
    /// # use mixminus::stream::OutputPort;
    /// fn encoder_input(port: &mut OutputPort, left: &mut [f32; 960], right: &mut [f32; 960]) -> usize {
    ///     port.pull_planar(left, right)
    /// }
    /// ```
    pub fn pull_planar<S: Sample>(&mut self, left: &mut [S], right: &mut [S]) -> usize {
        let frames = left.len().min(right.len());
        self.pull_frames(frames, Planar { left, right, channels: self.channels })
    }

    /// Fills `out` if there is enough for all of it and returns `true`; takes nothing otherwise,
    /// which is no underrun. More than the bound is never there at once.
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
        if whole {
            let channels = self.channels;
            let (out, rest) = out.split_at_mut(frames * channels);
            rest.fill(S::default());
            if frames > 0 {
                // The mixer is the clock: there is nothing to steer by.
                self.counters.portion.set(0);
                self.give(frames, frames, Interleaved { out, channels });
            }
        }
        whole
    }

    /// How many frames can be pulled at once; none before the depth is there. Never waits.
    ///
    /// ```
    /// # use mixminus::stream::OutputPort;
    /// fn has_packet(port: &OutputPort) -> bool {
    ///     port.available() >= 960
    /// }
    /// ```
    pub fn available(&self) -> usize {
        let there = self.ring.slots() / self.channels;
        match there {
            // Whatever is over the bound will be dropped, but for what is pulled then.
            _ if there >= self.bound => self.bound,
            _ if self.gives => there,
            _ if there >= self.depth => there.saturating_sub(self.ahead),
            _ => 0,
        }
    }

    /// Whether the port still leads to a mixer: `false` once its participant has left, or the mixer
    /// is gone, and a controller has taken the memory back.
    pub fn is_connected(&self) -> bool {
        !self.ring.is_abandoned()
    }

    /// What this end and the mixer have counted and measured. Never waits.
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

    /// The figures, for other readers.
    pub(crate) fn counters(&self) -> &Arc<OutputCounters> {
        &self.counters
    }

    /// With how many frames it begins to give.
    fn enough(&self, wanted: usize) -> usize {
        self.depth.max((wanted + self.ahead).min(self.bound))
    }

    /// A receiver with a clock of its own begins with just enough. If it began with all that came
    /// until its first pull, its clock would seem slow, and the port would run dry.
    fn begin(&mut self, wanted: usize) {
        let (there, enough) = (self.ring.slots() / self.channels, self.enough(wanted));
        if self.own && !self.gives && (enough + 1..=self.bound).contains(&there) {
            self.drop_oldest(there - enough);
        }
    }

    /// How many frames may be given, after too many have been dropped.
    fn ready(&mut self, wanted: usize) -> usize {
        let enough = self.enough(wanted);
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

    /// Puts `real` frames, which are there, and the tail of a gap after them, into this many
    /// places.
    fn give(&mut self, frames: usize, real: usize, mut places: impl Places) {
        if let Ok(chunk) = self.ring.read_chunk(real * self.channels) {
            let (first, second) = chunk.as_slices();
            join(&mut self.splice, self.channels, first, 0, &mut places);
            join(&mut self.splice, self.channels, second, first.len() / self.channels, &mut places);
            chunk.commit_all();
            self.counters.pulled.add(real as u64);
        }
        let mut at = real;
        while at < frames && !self.splice.is_silent() {
            places.put(at, self.splice.missing());
            at += 1;
        }
        places.silence(at);
    }

    /// Gives up to this many frames. Returns how many of them are real.
    fn pull_frames(&mut self, frames: usize, places: impl Places) -> usize {
        if frames == 0 {
            return 0;
        }
        self.begin(frames);
        let real = self.ready(frames).min(frames);
        if self.gives && real < frames {
            self.gives = false;
            self.counters.underruns.add(1);
        }
        self.counters.portion.set(if self.gives { frames as u64 } else { 0 });
        self.give(frames, real, places);
        real
    }
}

/// Puts real frames, from a place on: one by one while they are spliced, and then all at once.
fn join(splice: &mut Splice, channels: usize, samples: &[f32], mut at: usize, places: &mut impl Places) {
    let mut frames = samples.chunks_exact(channels);
    while !splice.at_rest()
        && let Some(frame) = frames.next()
    {
        places.put(at, splice.real([frame[0], frame[channels - 1]]));
        at += 1;
    }
    let start = samples.len() - channels * frames.len();
    if let Some(last) = frames.last() {
        splice.follow([last[0], last[channels - 1]]);
        places.copy(at, &samples[start..]);
    }
}

impl fmt::Debug for OutputPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutputPort").field("channels", &self.channels).field("readings", &self.readings()).finish()
    }
}
