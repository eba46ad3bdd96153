//! Another node, as this one sees it: [`Node`].

use std::{num::NonZeroU64, time::Instant};

use mixminus::cluster::NodeName;

use crate::{
    header::{Header, Kind},
    link::{Heard, Link},
    me::Me,
    outbox::Outbox,
    readings::count,
};

/// What a message is to this node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The host's, come over the link of that token.
    Taken(NonZeroU64),
    /// Between the two engines.
    Engine,
    /// Of a node that is no member yet, or of a link that is over.
    Early,
    /// Nobody's in this cluster.
    Stranger,
}

/// Where a message that was taken stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The host knows its sender as a member.
    Member,
    /// The host will be told of its sender.
    NotTold,
    /// Its sender has left since.
    Left,
}

/// Another node. The host is told who is a member when it asks; what a link's end or beginning changes, it sees then. So a link
/// begins no sooner than the host was told that the one before is over.
#[derive(Debug, Default)]
pub(crate) struct Node {
    /// That lives.
    incarnation: Option<u64>,
    link: Option<Link>,
    outbox: Option<Outbox>,
    /// The link of which the host knows.
    told: Option<NonZeroU64>,
}

impl Node {
    /// Another incarnation lives, or none.
    pub(crate) fn follow(&mut self, newest: Option<u64>) {
        if self.incarnation != newest {
            self.incarnation = newest;
            self.end();
        }
        if newest.is_none() {
            self.outbox = None;
        }
    }

    /// Whether there is nothing more to tell of it.
    pub(crate) fn is_gone(&self) -> bool {
        self.incarnation.is_none() && self.told.is_none()
    }

    /// Begins a link where there is none, says what is due, ends what is lost.
    pub(crate) fn keep_up(&mut self, name: &NodeName, me: &Me, now: Instant) {
        if self.incarnation.is_some() && self.link.is_none() && self.told.is_none() {
            self.begin(name, me, now);
        }
        if self.link.as_ref().is_some_and(|link| link.is_lost(now, me.lease)) {
            self.fail(me);
        }
        if let Some(header) = self.link.as_mut().and_then(|link| link.due(now, me.lease)) {
            self.say(header);
        }
    }

    fn begin(&mut self, name: &NodeName, me: &Me, now: Instant) {
        if self.outbox.is_none() {
            // Without a thread, again at the next call.
            self.outbox = me.outbox_to(name).ok();
        }
        if self.outbox.is_some() {
            self.link = Some(Link::new(me.incarnation, me.token(), now));
        }
    }

    /// It has published something.
    pub(crate) fn published(&mut self, now: Instant) -> Fate {
        match &mut self.link {
            Some(link) if link.is_up() => {
                link.is_alive(now);
                Fate::Taken(link.token())
            }
            _ => Fate::Early,
        }
    }

    /// It has sent something.
    pub(crate) fn sent(&mut self, header: Header, me: &Me, now: Instant) -> Fate {
        let of_another = matches!(header.kind, Kind::Hello { incarnation } if Some(incarnation) != self.incarnation);
        let Some(link) = self.link.as_mut().filter(|_| !of_another) else { return Fate::Early };
        match link.hear(header, now) {
            Heard::Message => return Fate::Taken(link.token()),
            Heard::Stale => return Fate::Early,
            Heard::Answer(answer) => self.say(answer),
            Heard::Broken => self.fail(me),
            Heard::Nothing => {}
        }
        Fate::Engine
    }

    /// Sends a message of the host's; `false` if it can not be kept for the network.
    pub(crate) fn send(&mut self, message: &[u8], me: &Me) -> bool {
        let header = self.link.as_mut().filter(|link| link.is_up()).map(Link::next);
        let left = header.zip(self.outbox.as_ref()).map(|(header, outbox)| outbox.leave(header.before(message)));
        if left == Some(false) {
            // One that is missing ends the link.
            self.fail(me);
        }
        left == Some(true)
    }

    /// Whether it is a member, of which the host is told by this.
    pub(crate) fn tell(&mut self) -> bool {
        self.told = self.link.as_ref().filter(|link| link.is_up()).map(Link::token);
        self.told.is_some()
    }

    /// Where a message stands that came over the link of this token.
    pub(crate) fn standing(&self, token: NonZeroU64) -> Standing {
        if self.told == Some(token) {
            Standing::Member
        } else if self.link.as_ref().is_some_and(|link| link.token() == token) {
            Standing::NotTold
        } else {
            Standing::Left
        }
    }

    /// Where the messages to it wait.
    pub(crate) fn into_outbox(self) -> Option<Outbox> {
        self.outbox
    }

    fn say(&self, header: Header) {
        if let Some(outbox) = &self.outbox {
            // Without room: there will be a next time.
            let _left = outbox.leave(header.before(&[]));
        }
    }

    fn fail(&mut self, me: &Me) {
        count(&me.counters.breaks);
        self.end();
    }

    fn end(&mut self) {
        self.link = None;
        if let Some(outbox) = &self.outbox {
            outbox.clear();
        }
    }
}
