//! What a node knows and does beside its audio: [`State`], behind the lock of its handles. [`roster`] keeps who is in the
//! conference and where, [`peers`] the other nodes, [`parts`] does what other nodes, and this one, have begun.

mod parts;
mod peers;
mod roster;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::Duration,
};

pub(super) use peers::{MOST_PEERS, Peer};

use self::parts::Parts;
use super::{
    NodeName, NodeOptions,
    change::{Changes, Order},
    entry::Entry,
    message::{Change, Format, Message, Roster},
};
use crate::{Controller, ParticipantId, ParticipantKey};

/// How many events wait until they are read.
const EVENTS: usize = 10_000;

/// Something at this node that the host should know of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClusterEvent {
    /// A participant has gone over to another node: its connection here leads nowhere any more.
    Moved {
        /// Its id.
        id: ParticipantId,
        /// The node that has it now.
        to: NodeName,
    },
    /// A participant was taken out of the conference by a request at some node: its connection here leads nowhere any more.
    Removed {
        /// Its id.
        id: ParticipantId,
    },
    /// Another node has become a member, or has come back.
    NodeJoined {
        /// Its name.
        node: NodeName,
    },
    /// Nothing comes from another node any more. Its participants are missing, and leave after a while.
    NodeLost {
        /// Its name.
        node: NodeName,
    },
}

/// A participant at another node.
#[derive(Debug, Clone)]
pub(super) struct Elsewhere {
    pub entry: Entry,
    pub at: At,
    /// Its key in the mixer here, if it sends.
    pub key: Option<ParticipantKey>,
}

/// Where a participant is who is not here.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum At {
    Node(NodeName),
    /// On its way from one node to another, or its node was started anew without it. It leaves then.
    Nowhere {
        until: Duration,
    },
    /// It has left; its voice is heard until what its node sent before has been played.
    Leaving {
        node: NodeName,
        tick: u64,
        until: Duration,
    },
}

/// To whom a message goes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum To {
    All,
    Node(NodeName),
}

#[derive(Debug)]
pub(super) struct State {
    pub options: NodeOptions,
    pub controller: Controller,
    pub format: Format,
    pub now: Duration,
    /// The ticks of the mixer here when it was told last who has changed: who has left since is in none of those that follow.
    pub tick: u64,
    /// Those who are here, as the others were told; and what they are to be told next.
    pub here: BTreeMap<ParticipantId, Entry>,
    unsent: Vec<(String, Change)>,
    revision: u64,
    /// The terms of those here who came from other nodes.
    terms: HashMap<ParticipantId, u64>,
    pub elsewhere: HashMap<ParticipantId, Elsewhere>,
    /// How many listeners elsewhere want to hear each source.
    wanted: HashMap<String, u32>,
    pub peers: BTreeMap<NodeName, Peer>,
    pub changes: Changes,
    parts: Parts,
    beat: Option<Duration>,
    outbox: VecDeque<(To, Message)>,
    events: VecDeque<ClusterEvent>,
    /// Letters that were none, or came from no member.
    pub hostile: u64,
}

impl State {
    pub fn new(options: NodeOptions, controller: Controller, format: Format) -> Self {
        controller.note_touched();
        Self {
            options,
            controller,

            format,
            now: Duration::ZERO,
            tick: 0,
            here: BTreeMap::new(),
            unsent: Vec::new(),
            revision: 1,
            terms: HashMap::new(),
            elsewhere: HashMap::new(),
            wanted: HashMap::new(),
            peers: BTreeMap::new(),
            changes: Changes::default(),
            parts: Parts::default(),
            beat: None,
            outbox: VecDeque::new(),
            events: VecDeque::new(),
            hostile: 0,
        }
    }

    /// It is this time, and the mixer here is at this tick. What has changed here since is to be told.
    pub fn begin_step(&mut self, now: Duration, tick: u64) {
        self.now = self.now.max(now);
        self.tell();
        self.tick = tick;
        self.send_roster();
    }

    /// Does what is due, once all that has come is taken.
    pub fn end_step(&mut self) {
        self.watch_peers();
        self.let_go();
        self.do_parts();
        let mut orders = Vec::new();
        self.changes.expire(self.now, &mut orders);
        self.give(orders);
        self.send_roster();
    }

    /// What is to be sent.
    pub fn take_outbox(&mut self) -> Vec<(To, Message)> {
        self.outbox.drain(..).collect()
    }

    /// The oldest events that were not read yet.
    pub fn take_events(&mut self) -> Vec<ClusterEvent> {
        self.events.drain(..).collect()
    }

    fn note(&mut self, event: ClusterEvent) {
        if self.events.len() == EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    fn post(&mut self, to: &NodeName, message: Message) {
        self.outbox.push_back((To::Node(to.clone()), message));
    }

    /// Gives orders to the nodes that they are for, of which this may be one.
    pub fn give(&mut self, orders: Vec<(NodeName, Order)>) {
        for (node, order) in orders {
            let own = node == self.options.name;
            match order {
                Order::Prepare(number, acts) if own => self.prepare_own(number, acts),
                Order::Commit(number) if own => self.commit(&node, number),
                Order::Cancel(number) if own => self.cancel(&node, number),
                Order::Prepare(number, acts) => {
                    let after = self.seen();
                    self.post(&node, Message::Prepare { number, acts, after });
                }
                Order::Commit(number) => self.post(&node, Message::Commit { number }),
                Order::Cancel(number) => self.post(&node, Message::Cancel { number }),
            }
        }
    }

    /// Tells the others what has changed here.
    fn send_roster(&mut self) {
        if self.unsent.is_empty() {
            return;
        }
        let (from, changes) = (self.revision, std::mem::take(&mut self.unsent));
        self.revision += 1;
        self.outbox.push_back((To::All, Message::Roster(Roster { from, to: self.revision, changes })));
    }

    /// The whole list of those who are here.
    fn whole_roster(&self) -> Roster {
        let changes = self.here.iter().map(|(id, entry)| (id.as_str().to_owned(), Change::Here(entry.clone())));
        Roster { from: 0, to: self.revision, changes: changes.collect() }
    }
}
