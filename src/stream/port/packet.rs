//! A packet of a stream: [`Packet`], what becomes of it ([`Fate`]), and how it moves the play head
//! ([`Move`]). Pure data.

/// A packet of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Packet {
    /// The position of its first sample.
    pub start: u64,
    pub frames: u32,
    /// The activity flag.
    pub active: bool,
    /// Whether its position tells of gaps. A packet without a stamp follows on the packet before,
    /// however long ago that was.
    pub stamped: bool,
}

impl Packet {
    pub fn end(&self) -> u64 {
        self.start + u64::from(self.frames)
    }
}

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is played, or a part of it.
    Used,
    /// The head is past all of it.
    Late,
    /// Its position is far from all others, and no other packet confirms it.
    Stray,
}

/// How the head moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Move {
    /// A stream begins, or a stream without stamps goes on after it ran dry.
    Began,
    /// To another time of the stream: nothing in the buffer is of use.
    Resynced,
    /// Ahead: samples before the head are dropped.
    Skipped,
}
