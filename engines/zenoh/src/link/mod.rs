//! Two nodes that know that they reach each other: [`Link`].
//!
//! Zenoh tells that a node lives before messages reach it, and a link that breaks may lose some. So each node
//! gives the link a random token, and says it until the other echoes it: then both directions are proven. Messages are numbered
//! from there on. Where one is missing the link is over, and the next one has another token; so no message is ever missing
//! inside of a link.

use std::{
    num::NonZeroU64,
    time::{Duration, Instant},
};

use crate::header::{Header, Kind};

/// How often a node says hello.
const HELLO_EVERY: Duration = Duration::from_millis(100);

/// In how many beats a link counts as lost.
const BEATS_A_LEASE: u32 = 4;

/// What a header was to a link.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The message after it is the next one.
    Message,
    /// This is to be answered.
    Answer(Header),
    /// Nothing more is to be done.
    Nothing,
    /// It is of another link, or was here already.
    Stale,
    /// The link is over: the other node has begun another, or messages are lost.
    Broken,
}

/// One node's end of a link to another.
#[derive(Debug)]
pub(crate) struct Link {
    incarnation: u64,
    mine: NonZeroU64,
    theirs: Option<NonZeroU64>,
    up: bool,
    /// How many messages were sent, and how many have come.
    sent: u64,
    taken: u64,
    heard: Instant,
    said: Option<Instant>,
}

impl Link {
    /// A link that is not up yet; with the incarnation of this node, and a token that is new.
    pub(crate) fn new(incarnation: u64, token: NonZeroU64, now: Instant) -> Self {
        Self { incarnation, mine: token, theirs: None, up: false, sent: 0, taken: 0, heard: now, said: None }
    }

    /// The token of this end.
    pub(crate) fn token(&self) -> NonZeroU64 {
        self.mine
    }

    /// Whether each end has heard the other.
    pub(crate) fn is_up(&self) -> bool {
        self.up
    }

    /// Something has come that has no header.
    pub(crate) fn is_alive(&mut self, now: Instant) {
        self.heard = now;
    }

    /// The header of the next message.
    pub(crate) fn next(&mut self) -> Header {
        let header = self.says(Kind::Data { number: self.sent });
        self.sent += 1;
        header
    }

    /// Whether nothing has come for too long. A link that is not up is never lost.
    pub(crate) fn is_lost(&self, now: Instant, lease: Duration) -> bool {
        self.up && now.saturating_duration_since(self.heard) > lease
    }

    /// What is to be said now, without anybody having asked.
    pub(crate) fn due(&mut self, now: Instant, lease: Duration) -> Option<Header> {
        let every = if self.up { lease / BEATS_A_LEASE } else { HELLO_EVERY };
        let due = self.said.is_none_or(|said| now.saturating_duration_since(said) >= every);
        due.then(|| {
            self.said = Some(now);
            if self.up { self.beat() } else { self.hello() }
        })
    }

    /// Takes a header that came from the other node.
    pub(crate) fn hear(&mut self, header: Header, now: Instant) -> Heard {
        let echoed = header.echo == Some(self.mine);
        let known = self.theirs == Some(header.token);
        match header.kind {
            Kind::Hello { .. } if !known && self.up => Heard::Broken,
            Kind::Hello { .. } => self.greet(header.token, echoed, now),
            Kind::Data { .. } | Kind::Beat { .. } if !(known && echoed) => Heard::Stale,
            Kind::Data { number } => {
                self.rise(now);
                self.take(number)
            }
            Kind::Beat { sent } => {
                self.rise(now);
                if sent > self.taken { Heard::Broken } else { Heard::Nothing }
            }
        }
    }

    fn greet(&mut self, token: NonZeroU64, echoed: bool, now: Instant) -> Heard {
        self.theirs = Some(token);
        if echoed {
            self.rise(now);
        }
        Heard::Answer(if echoed { self.beat() } else { self.hello() })
    }

    fn rise(&mut self, now: Instant) {
        self.up = true;
        self.heard = now;
    }

    fn take(&mut self, number: u64) -> Heard {
        if number == self.taken {
            self.taken += 1;
            Heard::Message
        } else if number < self.taken {
            Heard::Stale
        } else {
            Heard::Broken
        }
    }

    fn hello(&self) -> Header {
        self.says(Kind::Hello { incarnation: self.incarnation })
    }

    fn beat(&self) -> Header {
        self.says(Kind::Beat { sent: self.sent })
    }

    fn says(&self, kind: Kind) -> Header {
        Header { token: self.mine, echo: self.theirs, kind }
    }
}

#[cfg(test)]
mod tests;
