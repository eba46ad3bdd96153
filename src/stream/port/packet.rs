//! A packet of a stream, as the audio thread takes it: [`Packet`]. Pure data.

/// What is known of some samples of a stream, from the least to the most. What is known better replaces what is
/// known worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Kind {
    /// Their packet has come, and is not decoded yet.
    #[default]
    Noted,
    /// A decoder's stand-in, or the host's.
    Concealed,
    /// A copy of them that came with the next packet.
    Recovered,
    /// The sender's.
    Real,
}

/// A packet of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Packet {
    /// The position of its first sample.
    pub start: u64,
    pub frames: u32,
    pub kind: Kind,
    /// Whether it tells of an arrival. A packet that is noted first and decoded later tells it once, when it is noted.
    pub arrives: bool,
    /// How long packets of this stream should wait at least, in samples: a lost one may be recovered from the next one.
    pub least_wait: u32,
    /// The activity flag.
    pub active: bool,
    /// The level that the sender told (RFC 6464), in dB under full scale.
    pub level: Option<u8>,
    /// How often everything had been discarded when it was pushed: what was pushed before the last time is not heard.
    pub discards: u64,
    /// Whether the sender sent nothing between the packet before it and this one: what is not there is not missing.
    pub paused: bool,
}

impl Packet {
    pub fn end(&self) -> u64 {
        self.start + u64::from(self.frames)
    }

    /// Whether its samples lie in the ring of samples.
    pub fn has_samples(&self) -> bool {
        self.kind != Kind::Noted
    }
}
