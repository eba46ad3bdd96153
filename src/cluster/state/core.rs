//! [`State`] itself, its step, and what it gives and takes from others.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    time::Duration,
};

use super::{
    event::ClusterEvent,
    peer::Peer,
    place::{Elsewhere, To},
    waiting::Parts,
};
use crate::{
    Controller, ParticipantId,
    cluster::{
        NodeName, NodeOptions,
        change::{Changes, Order},
        entry::Entry,
        message::{Change, Format, Message, Roster},
        settings::Settings,
    },
};

/// How many events wait until they are read.
const EVENTS: usize = 10_000;
/// How many participants a message tells of at most.
const IN_A_PART: usize = 1000;

/// What a node knows and does beside its audio.
#[derive(Debug)]
pub(in crate::cluster) struct State {
    pub options: NodeOptions,
    pub controller: Controller,
    pub incarnation: u64,
    pub format: Format,
    pub now: Duration,
    /// The ticks of the mixer here when it was told last who has changed: who has left since is in none of those that follow.
    pub tick: u64,
    /// Those who are here, as the others were told; and what they are to be told next.
    pub here: BTreeMap<ParticipantId, Entry>,
    pub(super) unsent: Vec<(String, Change)>,
    pub(super) revision: u64,
    /// The terms of those here who came from other nodes.
    pub(super) terms: HashMap<ParticipantId, u64>,
    pub elsewhere: HashMap<ParticipantId, Elsewhere>,
    /// Those of them who are at no node, or may be.
    pub(super) going: BTreeSet<ParticipantId>,
    /// Nodes that say that they have somebody whom another has.
    pub(super) refused: HashMap<ParticipantId, NodeName>,
    /// How many listeners elsewhere want to hear each source.
    pub(super) wanted: HashMap<String, u32>,
    /// What is set for the whole conference; the groups that are to be put in force again, and whom they have wanted elsewhere.
    pub settings: Settings,
    pub(super) regroup: BTreeSet<String>,
    pub(super) group_wants: HashMap<String, Vec<String>>,
    pub peers: BTreeMap<NodeName, Peer>,
    pub changes: Changes,
    pub(super) parts: Parts,
    pub(super) beat: Option<Duration>,
    pub(super) outbox: VecDeque<(To, Message)>,
    events: VecDeque<ClusterEvent>,
    /// Letters that were none, or came from no member.
    pub hostile: u64,
}

impl State {
    pub fn new(options: NodeOptions, controller: Controller, format: Format, incarnation: u64) -> Self {
        controller.note_touched();
        Self {
            options,
            controller,
            incarnation,
            format,
            now: Duration::ZERO,
            tick: 0,
            here: BTreeMap::new(),
            unsent: Vec::new(),
            revision: 1,
            terms: HashMap::new(),
            elsewhere: HashMap::new(),
            going: BTreeSet::new(),
            refused: HashMap::new(),
            wanted: HashMap::new(),
            settings: Settings::default(),
            regroup: BTreeSet::new(),
            group_wants: HashMap::new(),
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
        self.put_groups();
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

    pub(super) fn note(&mut self, event: ClusterEvent) {
        if self.events.len() == EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    pub(super) fn post(&mut self, to: &NodeName, message: Message) {
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
                    // Who has just joined here is told of before they are named.
                    self.send_roster();
                    let after = self.seen(&acts);
                    self.post(&node, Message::Prepare { number, acts, after });
                }
                Order::Commit(number) => self.post(&node, Message::Commit { number }),
                Order::Cancel(number) => self.post(&node, Message::Cancel { number }),
            }
        }
    }

    /// Tells the others what has changed here.
    pub(super) fn send_roster(&mut self) {
        if self.unsent.is_empty() {
            return;
        }
        let (from, changes) = (self.revision, std::mem::take(&mut self.unsent));
        self.revision += 1;
        let roster = Roster { from, to: self.revision, more: false, changes };
        self.outbox.push_back((To::All, Message::Roster(roster)));
    }

    /// The whole list of those who are here, in parts.
    pub(super) fn whole_roster(&self) -> Vec<Roster> {
        let all = self.here.iter().map(|(id, entry)| (id.as_str().to_owned(), Change::Here(entry.clone())));
        let all: Vec<_> = all.collect();
        let parts = all.len().div_ceil(IN_A_PART).max(1);
        let part = |n: usize| {
            let changes = all.iter().skip(n * IN_A_PART).take(IN_A_PART).cloned().collect();
            Roster { from: 0, to: self.revision, more: n + 1 < parts, changes }
        };
        (0..parts).map(part).collect()
    }
}
