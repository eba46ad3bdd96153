//! From a participant's network thread to the audio thread: [`InputPort`] pushes packets, [`Inlet`]
//! plays them. Between them are two rings: one of samples, one of packets' positions.

use std::{fmt, sync::Arc};

use rtrb::Producer;

use super::{
    fill::{fill, spoilt},
    format::Clock,
    head::HeadFigures,
    inlet::Inlet,
    jitter::Jitter,
    options::{InputOptions, PortError},
    packet::Packet,
    ring::ring,
    stamp::{Stamp, Stamps},
    steering::Steering,
};
use crate::data::{
    channels::Channels,
    frame::Frame,
    ports::{InputCounters, InputReadings},
};

/// What may come at once beyond the bound, after a stall: the ring has room for it. More than the
/// longest tick of a mixer.
const BURST_MS: f64 = 500.0;
/// The ring of packets has room for packets as short as this.
const SHORTEST_PACKET: usize = 16;

/// Makes both ends of an input. Control side: allocates.
pub(crate) fn input(options: &InputOptions) -> Result<(InputPort, Inlet), PortError> {
    options.check()?;
    let InputOptions { format, depth_ms, bound_ms, .. } = *options;
    let samples = |ms: f64| (ms * f64::from(format.rate_hz) / 1000.0).round() as usize;
    let bound = samples(bound_ms).max(1);
    let frames = bound + samples(BURST_MS);
    let (to_samples, samples_in) = ring(frames * format.channels.count());
    // If packets are shorter, this ring is full before the samples' ring: then packets are refused
    // for want of room.
    let (to_packets, packets_in) = ring(frames / SHORTEST_PACKET + 64);
    let counters = Arc::new(InputCounters::default());
    let port = InputPort {
        channels: format.channels,
        longest: bound,
        stamps: Stamps::new(format.rate_hz, options.rtp_clock_hz.unwrap_or(format.rate_hz)),
        samples: to_samples,
        packets: to_packets,
        counters: Arc::clone(&counters),
    };
    let figures = HeadFigures::new(format.rate_hz, samples(depth_ms) as u64, bound as u64);
    let inlet = Inlet {
        channels: format.channels.count(),
        ms: 1000.0 / f64::from(format.rate_hz),
        depth_ms,
        bound_ms,
        wait_ms: depth_ms,
        samples: samples_in,
        packets: packets_in,
        jitter: Jitter::new(format.rate_hz, figures, samples(options.smoothing_ms) as u32, format.channels),
        steering: Steering::new(depth_ms),
        steers: options.clock == Clock::Own,
        counters,
    };
    Ok((port, inlet))
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
    stamps: Stamps,
    samples: Producer<f32>,
    packets: Producer<Packet>,
    counters: Arc<InputCounters>,
}

impl InputPort {
    /// Hands a packet to the mixer. A mono packet is heard on both sides of a stereo port; a mono
    /// port takes the mean of a stereo packet. The packet's [`active`](Frame::active) flag goes
    /// along with its samples.
    ///
    /// The time that it takes depends on the length of the packet only: it never waits, locks,
    /// allocates or makes a system call.
    ///
    /// At another rate than the mixer's, or by a clock of its own, the stream is converted, and
    /// samples past full scale are clipped behind the conversion. Samples that the conversion
    /// leaves within full scale are not touched.
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
        let frames = self.check(&frame).inspect_err(|_| self.counters.refused.add(1))?;
        if frames == 0 {
            return Ok(());
        }
        if !self.is_connected() {
            self.counters.refused.add(1);
            return Err(PushError::Gone);
        }
        let Ok(mut chunk) = self.samples.write_chunk(frames * self.channels.count()) else {
            self.counters.full.add(1);
            return Err(PushError::Full);
        };
        // Only this end adds to the ring: a free slot stays free.
        if self.packets.is_full() {
            self.counters.full.add(1);
            return Err(PushError::Full);
        }
        fill(&frame, self.channels, chunk.as_mut_slices());
        chunk.commit_all();
        let frames = frames as u32;
        let start = self.stamps.place(stamp, frames);
        // The samples are in their ring before the packet is in its own: a reader of the packet
        // finds them.
        let packet = Packet { start, frames, active: frame.active, stamped: stamp.tells_gaps() };
        self.packets.push(packet).map_err(|_| PushError::Full)?;
        self.counters.packets.add(1);
        self.counters.samples.add(u64::from(frames));
        Ok(())
    }

    /// Whether the port still leads to a mixer: `false` once its participant has left, or the mixer
    /// is gone, and a controller has taken the memory back.
    pub fn is_connected(&self) -> bool {
        !self.samples.is_abandoned()
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
        self.counters.read()
    }

    /// The figures, for other readers.
    pub(crate) fn counters(&self) -> &Arc<InputCounters> {
        &self.counters
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
    /// The mixer does not tick, or the bound and half a second more came at once. Counted as an
    /// overrun.
    #[error("there is no room: the mixer does not tick, or half a second more came at once than the bound of the port")]
    Full,
    /// It is longer than the bound of the port.
    #[error("a packet of {frames} samples is longer than the bound of the port, {most} samples")]
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
