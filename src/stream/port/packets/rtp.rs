//! A packet as the network has it: [`RtpPacket`] and [`AudioLevel`], and as it waits for the thread that decodes:
//! [`Encoded`]. Pure data.

/// A packet as it came: the fields of its RTP header (RFC 3550) that tell its place, and what it carries.
///
/// ```
/// use mixminus::stream::{AudioLevel, RtpPacket};
/// let packet = RtpPacket { payload: &[0x78], sequence: 65_535, timestamp: 4_294_967_040, level: None };
/// let told = RtpPacket { level: Some(AudioLevel { dbov: 38, voice: true }), ..packet };
/// # let _ = told;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RtpPacket<'a> {
    /// What is decoded. Empty for a packet that carries nothing, as senders make them to probe a network: it is no
    /// sound, and its number is not missing.
    pub payload: &'a [u8],
    /// It grows by one with each packet, and wraps.
    pub sequence: u16,
    /// Of the first sample, in ticks of [`InputOptions::rtp_clock_hz`](crate::stream::InputOptions::rtp_clock_hz); it
    /// wraps.
    pub timestamp: u32,
    /// What the sender says of its sound, if it does.
    pub level: Option<AudioLevel>,
}

/// The header extension of RFC 6464: what the sender of a packet says of its sound. With it in every packet, a stream
/// that nobody hears is not decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AudioLevel {
    /// How far its RMS lies under full scale, in dB: 0 to 127, and 127 for silence.
    pub dbov: u8,
    /// Whether the sender believes that it is a voice.
    pub voice: bool,
}

/// A packet on its way to the thread that decodes.
#[derive(Debug)]
pub(super) struct Encoded {
    pub payload: Box<[u8]>,
    pub sequence: u16,
    pub timestamp: u32,
    pub level: Option<AudioLevel>,
    /// How often everything had been discarded when it came.
    pub discards: u64,
}
