//! From a participant's network thread to the audio thread: [`InputPort`] pushes packets, [`Inlet`]
//! plays them. Between them are two rings, a [`Way`]: one of samples, one of [`Packet`]s, which say
//! where the samples belong.

use std::{fmt, sync::Arc};

use rtrb::Producer;

use super::{
    fill::{fill, spoilt},
    format::Clock,
    inlet::Inlet,
    options::{InputOptions, PortError},
    packet::{Kind, Packet},
    playout::{Playout, PlayoutFigures},
    ring::ring,
    stamp::{Stamp, Stamps},
};
use crate::data::{
    channels::Channels,
    frame::Frame,
    ports::{InputCounters, InputReadings, StreamFormat},
};

/// How much may wait beyond the greatest wait before the oldest is dropped, where a slow path suddenly becomes faster.
const SURPLUS_MS: f64 = 250.0;
/// The longest packet of any codec.
const LONGEST_PACKET_MS: f64 = 120.0;
/// The ring of packets has room for packets as short as this.
const SHORTEST_PACKET: usize = 16;

/// Makes both ends of an input, for a mixer with ticks of this length. Control side: allocates.
pub(crate) fn input(options: &InputOptions, tick_ms: f64) -> Result<(InputPort, Inlet), PortError> {
    options.check()?;
    let InputOptions { format, depth, clock, smoothing_ms, .. } = *options;
    let samples = |ms: f64| (ms * f64::from(format.rate_hz) / 1000.0).round() as usize;
    let bound = samples(depth.most_ms + SURPLUS_MS).max(1);
    let longest = samples(depth.most_ms.max(LONGEST_PACKET_MS)).max(1);
    let ring_frames = bound + longest;
    let (to_samples, samples_in) = ring(ring_frames * format.channels.count());
    // If packets are shorter, this ring is full before the samples' ring: then packets are refused
    // for want of room.
    let (to_packets, packets_in) = ring(ring_frames / SHORTEST_PACKET + 64);
    let counters = Arc::new(InputCounters::default());
    let way = Way { samples: to_samples, packets: to_packets, counters: Arc::clone(&counters) };
    let stamps = Stamps::new(format.rate_hz, options.rtp_clock_hz.unwrap_or(format.rate_hz));
    let tick = samples(tick_ms).max(1) as u64;
    let port = InputPort { channels: format.channels, longest, rate_hz: format.rate_hz, tick, stamps, way };
    // On the average a packet waits for half a tick before it is seen. One that just misses its tick is seen a tick later.
    let wait_ms = |ms: f64| (ms - tick_ms / 2.0).max(0.0);
    let least_wait_ms = if clock == Clock::FreeRunning { tick_ms } else { 0.0 };
    let most_ms = wait_ms(depth.most_ms).max(least_wait_ms);
    let least_ms = wait_ms(depth.least_ms).max(tick_ms).min(most_ms);
    let figures = PlayoutFigures {
        rate_hz: format.rate_hz,
        channels: format.channels,
        least: samples(least_ms),
        most: samples(most_ms),
        bound,
        longest_packet: longest,
        smoothing: samples(smoothing_ms) as u32,
        slips: clock == Clock::FreeRunning,
    };
    let inlet = Inlet {
        channels: format.channels.count(),
        ms: 1000.0 / f64::from(format.rate_hz),
        samples: samples_in,
        packets: packets_in,
        playout: Playout::new(figures),
        wait_ms: least_ms,
        discards: 0,
        counters,
    };
    Ok((port, inlet))
}

/// The way to the audio thread.
pub(super) struct Way {
    samples: Producer<f32>,
    packets: Producer<Packet>,
    pub counters: Arc<InputCounters>,
}

impl Way {
    /// Whether the other end is still there.
    pub fn is_connected(&self) -> bool {
        !self.samples.is_abandoned()
    }

    /// Sends a packet without samples. `false` if there is no room.
    pub fn note(&mut self, packet: Packet) -> bool {
        self.packets.push(packet).is_ok()
    }

    /// Whether there is room for one more packet of so many samples, of all channels.
    fn has_room(&mut self, samples: usize) -> bool {
        // Only this end adds to the rings: a free slot stays free.
        self.samples.slots() >= samples && !self.packets.is_full()
    }

    /// Sends a packet with its samples, `samples` of all channels. `false` if there is no room.
    pub fn send(&mut self, packet: Packet, samples: usize, fill: impl FnOnce((&mut [f32], &mut [f32]))) -> bool {
        if !self.has_room(samples) {
            return false;
        }
        let Ok(mut chunk) = self.samples.write_chunk(samples) else { return false };
        fill(chunk.as_mut_slices());
        // The samples are in their ring before the packet is in its own: a reader of the packet
        // finds them.
        chunk.commit_all();
        self.packets.push(packet).is_ok()
    }
}

/// Takes what a participant sends: packets as they come from the network, of any length, late,
/// twice, in any order.
///
/// It is for one thread at a time, any thread. Dropping it is a gap in the stream, and nothing
/// more.
pub struct InputPort {
    channels: Channels,
    /// Frames of the longest packet.
    longest: usize,
    rate_hz: u32,
    /// Frames of a tick of the mixer, at the port's rate.
    tick: u64,
    stamps: Stamps,
    way: Way,
}

impl InputPort {
    /// Hands a packet to the mixer. A mono packet is heard on both sides of a stereo port; a mono
    /// port takes the mean of a stereo packet. The packet's [`active`](Frame::active) flag goes
    /// along with its samples.
    ///
    /// The time that it takes depends on the length of the packet only: it never waits, locks,
    /// allocates or makes a system call.
    ///
    /// At another rate than the mixer's the stream is converted, and samples past full scale are clipped behind the
    /// conversion. Samples that the conversion leaves within full scale are not touched.
    ///
    /// ```
    /// # use mixminus::{Frame, stream::{InputPort, PushError, Stamp}};
    /// fn on_packet(port: &mut InputPort, decoded: &[i16], timestamp: u32) -> Result<(), PushError> {
    ///     port.push(Frame::mono(decoded), Stamp::Rtp(timestamp))
    /// }
    /// ```
    ///
    /// # Errors
    /// [`PushError`] says why nothing of the packet was taken. It is counted, and the next packet
    /// may well be taken.
    pub fn push(&mut self, frame: Frame<'_>, stamp: Stamp) -> Result<(), PushError> {
        self.take(&frame, stamp, Kind::Real)
    }

    /// Hands over what stands in for a packet that has not come: what a decoder of the host's made of a loss. It is
    /// counted as concealed, and does not count as an arrival. If the packet itself comes before it is played, it
    /// replaces this.
    ///
    /// # Errors
    /// As of [`push`](Self::push).
    pub fn push_concealed(&mut self, frame: Frame<'_>, stamp: Stamp) -> Result<(), PushError> {
        self.take(&frame, stamp, Kind::Concealed)
    }

    fn take(&mut self, frame: &Frame<'_>, stamp: Stamp, kind: Kind) -> Result<(), PushError> {
        let frames = self.check(frame).inspect_err(|_| self.way.counters.refused.add(1))?;
        if frames == 0 {
            return Ok(());
        }
        if !self.is_connected() {
            self.way.counters.refused.add(1);
            return Err(PushError::Gone);
        }
        let samples = frames * self.channels.count();
        if !self.way.has_room(samples) {
            self.way.counters.full.add(1);
            return Err(PushError::Full);
        }
        let start = self.stamps.place(stamp, frames as u32);
        let packet = Packet {
            start,
            frames: frames as u32,
            kind,
            arrives: kind == Kind::Real,
            least_wait: 0,
            paused: false,
            discards: self.way.counters.discards.get(),
            active: frame.active,
            level: None,
        };
        let channels = self.channels;
        if !self.way.send(packet, samples, |to| fill(frame, channels, to)) {
            return Err(PushError::Full);
        }
        self.way.counters.packets.add(1);
        self.way.counters.samples.add(frames as u64);
        Ok(())
    }

    /// Whether the port still leads to a mixer: `false` once its participant has left, or the mixer
    /// is gone, and a controller has taken the memory back.
    pub fn is_connected(&self) -> bool {
        self.way.is_connected()
    }

    /// What this end and the mixer have counted and measured. Never waits.
    ///
    /// ```
    /// # use mixminus::stream::InputPort;
    /// fn delay_ms(port: &InputPort) -> f64 {
    ///     port.readings().wait_ms
    /// }
    /// ```
    pub fn readings(&self) -> InputReadings {
        self.way.counters.read()
    }

    /// The rate and the channels of what it takes.
    pub fn format(&self) -> StreamFormat {
        StreamFormat { rate_hz: self.rate_hz, channels: self.channels }
    }

    /// For a stream whose packets are decoded: what unwraps its stamps, its way to the audio thread, the frames of a
    /// tick and those of the longest packet.
    pub(super) fn into_parts(self) -> (Stamps, Way, u64, u64) {
        (self.stamps, self.way, self.tick, self.longest as u64)
    }

    /// The figures, for other readers.
    pub(crate) fn counters(&self) -> &Arc<InputCounters> {
        &self.way.counters
    }

    /// How many frames a packet has, if it may be taken.
    fn check(&self, frame: &Frame<'_>) -> Result<usize, PushError> {
        let frames = frame.len().map_err(|(left, right)| PushError::Uneven { left, right })?;
        if frames > self.longest {
            return Err(PushError::TooLong { frames, most: self.longest });
        }
        spoilt(frame).map_or(Ok(frames), |index| Err(PushError::NotFinite { index }))
    }
}

impl fmt::Debug for InputPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InputPort").field("channels", &self.channels).field("readings", &self.readings()).finish()
    }
}

/// Why nothing of a packet was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PushError {
    /// The participant has left, or the mixer is gone: nothing will be taken any more.
    #[error("the port leads nowhere any more: its participant has left, or the mixer is gone")]
    Gone,
    /// There is no room: the mixer does not tick, or more came between two ticks than may wait. Counted as an overrun.
    #[error("there is no room: the mixer does not tick, or more came at once than may wait")]
    Full,
    /// It is longer than 120 ms, and longer than the greatest wait of the port.
    #[error("a packet of {frames} samples is longer than the port takes: {most} samples, its greatest depth or 120 ms")]
    TooLong {
        /// Its samples of each channel.
        frames: usize,
        /// The most.
        most: usize,
    },
    /// Its channels have different lengths.
    #[error("the packet has {left} samples on the left and {right} on the right")]
    Uneven {
        /// Samples of the left channel.
        left: usize,
        /// Samples of the right channel.
        right: usize,
    },
    /// A sample is NaN, infinite or past ±1e6 (+120 dBFS).
    #[error("sample {index} of the packet is NaN, infinite or past ±1e6")]
    NotFinite {
        /// The place of the first such sample in its channel.
        index: usize,
    },
}
