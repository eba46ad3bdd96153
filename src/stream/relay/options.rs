//! How large a relay is: [`RelayOptions`]; and what is wrong with them: [`RelayError`].

/// How much a [`Relay`](super::Relay) holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelayOptions {
    /// How many ticks it holds until they are read: 2 to 1024. The reader may be late by so many ticks before any is
    /// dropped.
    pub ticks: usize,
    /// How many different mixes a tick has room for at first. The room grows as the call does.
    pub mixes: usize,
    /// How many listeners a tick has room for at first.
    pub listeners: usize,
    /// How many of the sources that are heard in it are named for each mix: 0 to 15, as many as an RTP packet names
    /// as its contributing sources. The audio thread looks each up in each mix.
    pub sources: usize,
}

impl Default for RelayOptions {
    /// 32 ticks, 16 mixes, 128 listeners, and no sources.
    fn default() -> Self {
        Self { ticks: 32, mixes: 16, listeners: 128, sources: 0 }
    }
}

/// Why there is no relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RelayError {
    /// The number of ticks is out of its range.
    #[error("a relay of {ticks} ticks: it holds between {least} and {most}")]
    Ticks {
        /// What was asked for.
        ticks: usize,
        /// The fewest.
        least: usize,
        /// The most.
        most: usize,
    },
    /// Too many sources are wanted.
    #[error("{sources} sources for each mix: a packet of RTP names up to {most}")]
    Sources {
        /// What was asked for.
        sources: usize,
        /// The most.
        most: usize,
    },
    /// The room at first is past what any mixer has.
    #[error("room for {asked} mixes or listeners at first: up to {most} are laid out in advance")]
    Room {
        /// What was asked for.
        asked: usize,
        /// The most.
        most: usize,
    },
}

impl RelayOptions {
    const TICKS: [usize; 2] = [2, 1024];
    const MOST_SOURCES: usize = 15;
    const MOST_ROOM: usize = 1 << 16;

    pub(super) fn check(&self) -> Result<(), RelayError> {
        let [least, most] = Self::TICKS;
        if !(least..=most).contains(&self.ticks) {
            return Err(RelayError::Ticks { ticks: self.ticks, least, most });
        }
        if self.sources > Self::MOST_SOURCES {
            return Err(RelayError::Sources { sources: self.sources, most: Self::MOST_SOURCES });
        }
        let asked = self.mixes.max(self.listeners);
        if asked > Self::MOST_ROOM { Err(RelayError::Room { asked, most: Self::MOST_ROOM }) } else { Ok(()) }
    }
}
