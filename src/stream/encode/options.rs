//! What encode groups make: [`EncodeOptions`] and [`Silence`]; and what is wrong with a codec: [`CodecError`].

use crate::data::ports::StreamFormat;

/// How [`EncodeGroups`](super::EncodeGroups) make packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncodeOptions {
    /// The length of a packet in ms, whatever the length of a tick: 1 to 120; RTP has 10, 20, 40 or 60.
    pub packet_ms: u32,
    /// How many encoders there may be, those that only go on for a moment included: 1 or more. Where more mixes are
    /// heard than that, those with the most listeners are encoded, and of those with as many the ones that have been for
    /// longest. The listeners of the others get no packets meanwhile, and never those of another mix, in which they might
    /// hear themselves, or what they must not hear. [`EncodeReadings::waiting`](super::EncodeReadings::waiting) counts
    /// such mixes.
    pub most_encoders: usize,
    /// What is sent of a mix in which nobody is heard.
    pub silence: Silence,
}

impl Default for EncodeOptions {
    /// Packets of 20 ms, 1000 encoders, and [`Silence::default`].
    fn default() -> Self {
        Self { packet_ms: 20, most_encoders: 1000, silence: Silence::default() }
    }
}

/// What is sent of a mix in which nobody is heard (discontinuous transmission, DTX).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Silence {
    /// It is encoded like any sound.
    Encode,
    /// Nothing is sent, but now and then a packet of it.
    Pause {
        /// For so long it is encoded first, so that encoders and decoders come to rest.
        after_ms: u32,
        /// One packet is sent in each of these times, so that nobody takes the sender for dead.
        refresh_ms: u32,
    },
}

impl Default for Silence {
    /// A pause after 100 ms, with a packet every 400 ms, as Opus has in its own DTX.
    fn default() -> Self {
        Self::Pause { after_ms: 100, refresh_ms: 400 }
    }
}

/// Why encode groups cannot be made, or do not take a codec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodecError {
    /// The length of the packets is out of its range, or no whole number of samples.
    #[error(
        "packets of {packet_ms} ms: they have 1 to {most_ms} ms, and a whole number of samples at the mixer's {rate_hz} Hz"
    )]
    PacketMs {
        /// What was asked for.
        packet_ms: u32,
        /// The most.
        most_ms: u32,
        /// The mixer's rate.
        rate_hz: u32,
    },
    /// The relay holds too few ticks for a packet: it would never be whole.
    #[error(
        "a relay of {ticks} ticks for packets of {packet_ms} ms: with ticks this short it must hold {least} or more"
    )]
    Relay {
        /// What the relay holds.
        ticks: usize,
        /// What it must hold: the ticks of a packet, and two for the audio thread.
        least: usize,
        /// The length of the packets.
        packet_ms: u32,
    },
    /// No encoder is allowed.
    #[error("at most 0 encoders: there must be 1 or more")]
    NoEncoders,
    /// The codec has no packets of this length.
    #[error("the codec has no packets of {packet_ms} ms at {rate_hz} Hz")]
    Length {
        /// The length of the packets.
        packet_ms: u32,
        /// The codec's rate.
        rate_hz: u32,
    },
    /// Packets of the mixer's samples cannot be converted to packets of the codec's.
    #[error(
        "{packet_ms} ms at the codec's {} Hz are not made of {packet_ms} ms at the mixer's {} Hz by blocks of their own: \
         take longer packets, or rates that have more in common",
        codec.rate_hz,
        mixer.rate_hz
    )]
    Rate {
        /// What the codec takes.
        codec: StreamFormat,
        /// What the mixer makes.
        mixer: StreamFormat,
        /// The length of the packets.
        packet_ms: u32,
    },
}
