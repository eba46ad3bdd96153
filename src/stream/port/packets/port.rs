//! The network thread's end of a stream of encoded packets: [`PacketPort`].

use std::{fmt, sync::Arc};

use rtrb::{Producer, RingBuffer};

use super::{
    codec::Decoder,
    decoding::Decoding,
    input::InputPort,
    rtp::{Encoded, RtpPacket},
};
use crate::data::ports::{InputCounters, InputReadings, StreamFormat};

/// Packets that may wait for the thread that decodes: more than a second of packets of 2.5 ms, the shortest in use.
const ROOM: usize = 512;
/// The longest payload: more than any network takes in one piece.
const LONGEST: usize = 4096;

/// Takes the packets of a participant as they come from the network: late, twice, or in any order.
///
/// It is for one thread at a time, any thread but the audio thread: it allocates the memory of each payload. Dropping
/// it is a gap in the stream, and nothing more.
pub struct PacketPort {
    packets: Producer<Encoded>,
    counters: Arc<InputCounters>,
}

impl InputPort {
    /// Makes the port one of encoded packets: [`PacketPort`] is for the thread that receives them, [`Decoding`] for a
    /// thread that decodes ([`Runner::decode`](crate::stream::Runner::decode), or one of the host's).
    ///
    /// ```
    /// use mixminus::{JoinOptions, MixerConfig, stream::{Decoders, G711, InputOptions, PortOptions, RtpPacket, StreamFormat}};
    ///
    /// let (controller, mut processor) = MixerConfig::default().build()?;
    /// let input = InputOptions::new(StreamFormat::mono(8000));
    /// let ports = PortOptions { input: Some(input), output: None };
    /// let Some(port) = controller.join_with_ports("anna", JoinOptions::default(), ports)?.input else { unreachable!() };
    /// let (mut packets, decoding) = port.decode_with(G711::mu_law())?;
    /// let mut decoders = Decoders::default();
    /// decoders.add(decoding);
    ///
    /// // The network thread.
    /// packets.push(RtpPacket { payload: &[0xFF; 160], sequence: 1, timestamp: 0, level: None })?;
    /// // The thread that decodes, before each tick.
    /// decoders.pass();
    /// // The audio thread.
    /// processor.enter().tick().mix();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`DecoderError`] if the decoder gives another format than the port takes.
    pub fn decode_with(self, decoder: impl Decoder + 'static) -> Result<(PacketPort, Decoding), DecoderError> {
        let (port, given) = (self.format(), decoder.format());
        if port != given {
            return Err(DecoderError { port, given });
        }
        let (packets, coming) = RingBuffer::new(ROOM);
        let counters = Arc::clone(self.counters());
        Ok((PacketPort { packets, counters }, Decoding::new(self, Box::new(decoder), coming)))
    }
}

impl PacketPort {
    /// Hands over a packet. It never waits or locks; it allocates the memory of the payload.
    ///
    /// ```
    /// # use mixminus::stream::{PacketError, PacketPort, RtpPacket};
    /// fn on_packet(port: &mut PacketPort, payload: &[u8], sequence: u16, timestamp: u32) -> Result<(), PacketError> {
    ///     port.push(RtpPacket { payload, sequence, timestamp, level: None })
    /// }
    /// ```
    ///
    /// # Errors
    /// [`PacketError`] says why the packet was not taken. It is counted, and the next packet may well be taken.
    pub fn push(&mut self, packet: RtpPacket<'_>) -> Result<(), PacketError> {
        let RtpPacket { payload, sequence, timestamp, level } = packet;
        let refused = if payload.len() > LONGEST {
            Some(PacketError::TooLong { bytes: payload.len(), most: LONGEST })
        } else if !self.is_connected() {
            Some(PacketError::Gone)
        } else {
            None
        };
        if let Some(error) = refused {
            self.counters.refused.add(1);
            return Err(error);
        }
        let discards = self.counters.discards.get();
        self.packets.push(Encoded { payload: payload.into(), sequence, timestamp, level, discards }).map_err(|_| {
            self.counters.full.add(1);
            PacketError::Full
        })
    }

    /// Whether the port still leads to a [`Decoding`]: `false` once its participant has left, or it was dropped.
    pub fn is_connected(&self) -> bool {
        !self.packets.is_abandoned()
    }

    /// What this port, its [`Decoding`] and the mixer have counted and measured. Never waits.
    pub fn readings(&self) -> InputReadings {
        self.counters.read()
    }
}

impl fmt::Debug for PacketPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PacketPort").field("readings", &self.readings()).finish_non_exhaustive()
    }
}

/// A decoder that does not fit a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the decoder gives {given:?}, and the port was made for {port:?}: make the port with the decoder's format")]
pub struct DecoderError {
    /// What the port takes.
    pub port: StreamFormat,
    /// What the decoder gives.
    pub given: StreamFormat,
}

/// Why a packet was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PacketError {
    /// The participant has left, or nobody decodes the stream: nothing will be taken any more.
    #[error("the port leads nowhere any more: its participant has left, or its decoding was dropped")]
    Gone,
    /// The thread that decodes does not run, or does not keep up. Counted as an overrun.
    #[error("there is no room: the thread that decodes does not run, or {ROOM} packets came at once")]
    Full,
    /// No codec has such a payload.
    #[error("a payload of {bytes} bytes is longer than {most}")]
    TooLong {
        /// Its bytes.
        bytes: usize,
        /// The most.
        most: usize,
    },
}
