//! The other nodes: who is there, who is lost, and what their letters say.

use std::{collections::BTreeSet, time::Duration};

use super::{
    core::State,
    event::ClusterEvent,
    peer::{MOST_PEERS, Peer},
    place::{At, To},
};
use crate::{
    ParticipantId,
    cluster::{
        NodeName,
        message::{Act, Letter, Message, Seen},
        readings::{LinkCounts, LinkHealth},
    },
};

/// How often a node says that it is there.
const BEAT: Duration = Duration::from_millis(250);
/// How often a node asks for the same at most.
const PATIENCE: Duration = Duration::from_millis(300);

impl State {
    /// These are the other members.
    pub fn take_members(&mut self, members: &[NodeName]) {
        for name in members {
            if self.peers.contains_key(name) || *name == self.options.name || self.peers.len() == MOST_PEERS {
                continue;
            }
            self.peers.insert(name.clone(), Peer::new(self.now));
            self.post(name, Message::Ask);
        }
        let gone = |name: &NodeName, peer: &Peer| !members.contains(name) && peer.lost_since.is_none();
        let gone: Vec<_> =
            self.peers.iter().filter(|(name, peer)| gone(name, peer)).map(|(name, _)| name.clone()).collect();
        gone.iter().for_each(|name| self.lose(name));
    }

    /// Something has come from a node.
    pub fn hear(&mut self, node: &NodeName) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(node) else { return };
        peer.heard = now;
        if peer.lost_since.take().is_some() {
            peer.health = LinkHealth::Joining;
        }
    }

    /// Takes the letter of a member.
    pub fn take_letter(&mut self, from: &NodeName, bytes: &[u8]) {
        let letter = Letter::read(bytes);
        let (Some(Letter { incarnation, message }), true) = (letter, self.peers.contains_key(from)) else {
            self.hostile += 1;
            if let Some(peer) = self.peers.get_mut(from) {
                peer.counts.malformed += 1;
            }
            return;
        };
        self.hear(from);
        if self.peers.get(from).is_some_and(|peer| peer.incarnation != incarnation) {
            self.restart(from, incarnation);
        }
        let other_format = self.peers.get(from).is_some_and(|peer| peer.health == LinkHealth::OtherFormat);
        if other_format && !matches!(message, Message::Beat { .. }) {
            return;
        }
        match message {
            Message::Beat { revision, settings, format } => {
                self.take_beat(from, revision, format == self.format);
                if settings != self.settings.digest() {
                    self.send_settings(from);
                }
            }
            Message::Ask => self.answer_ask(from),
            Message::Orphans(orphans) => self.take_orphans(orphans),
            Message::Settings(settings) => self.take_settings(settings),
            Message::Roster(roster) => self.take_roster(from, roster),
            message => self.take_order(from, message),
        }
    }

    /// Another one is running under the name of a node.
    fn restart(&mut self, node: &NodeName, incarnation: u64) {
        let Some(peer) = self.peers.get_mut(node) else { return };
        let first = peer.incarnation == 0;
        let counts = LinkCounts { restarts: peer.counts.restarts + u64::from(!first), ..peer.counts };
        *peer = Peer { incarnation, counts, ..Peer::new(self.now) };
        if !first {
            self.leave_behind(node);
            self.abandon(node);
            self.lose_parts(node, "it was started anew");
        }
        self.ask(node);
    }

    /// Tells a node all that it has to know; not as often as it may ask.
    fn answer_ask(&mut self, node: &NodeName) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(node) else { return };
        if peer.answered.is_some_and(|answered| now < answered + PATIENCE / 2) {
            return;
        }
        peer.answered = Some(now);
        // Its revision is that of the list, which comes last.
        self.send_settings(node);
        let orphans = self.orphans();
        if !orphans.is_empty() {
            self.post(node, Message::Orphans(orphans));
        }
        for part in self.whole_roster() {
            self.post(node, Message::Roster(part));
        }
    }

    fn take_beat(&mut self, node: &NodeName, revision: u64, same_format: bool) {
        let Some(peer) = self.peers.get_mut(node) else { return };
        if !same_format {
            (peer.health, peer.revision) = (LinkHealth::OtherFormat, 0);
            self.forget_all_at(node);
        } else if revision != 0 && peer.revision == revision {
            self.note_revision(node, revision);
        } else {
            self.ask(node);
        }
    }

    /// Asks a node for its list of participants.
    pub(super) fn ask(&mut self, node: &NodeName) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(node) else { return };
        if peer.asked.is_none_or(|asked| now >= asked + PATIENCE) {
            peer.asked = Some(now);
            self.post(node, Message::Ask);
        }
    }

    /// The list of a node is known up to here.
    pub(super) fn note_revision(&mut self, node: &NodeName, revision: u64) {
        let Some(peer) = self.peers.get_mut(node) else { return };
        peer.revision = revision;
        if peer.health == LinkHealth::Joining {
            peer.health = LinkHealth::Up;
            self.note(ClusterEvent::NodeJoined { node: node.clone() });
        }
    }

    /// Says that this node is there, and looks who is not.
    pub(super) fn watch_peers(&mut self) {
        if self.beat.is_none_or(|beat| self.now >= beat + BEAT) {
            self.beat = Some(self.now);
            let (revision, settings, format) = (self.revision, self.settings.digest(), self.format);
            self.outbox.push_back((To::All, Message::Beat { revision, settings, format }));
        }
        let (now, limits) = (self.now, (self.options.silent_after, self.options.leave_after));
        let silent = |peer: &Peer| peer.lost_since.is_none() && peer.silence(now) > limits.0;
        let over = |peer: &Peer| peer.lost_since.is_some_and(|since| now >= since + limits.1);
        let named = |is: &dyn Fn(&Peer) -> bool| -> Vec<NodeName> {
            self.peers.iter().filter(|(_, peer)| is(peer)).map(|(name, _)| name.clone()).collect()
        };
        let (silent, over) = (named(&silent), named(&over));
        silent.iter().for_each(|node| self.lose(node));
        for node in over {
            self.forget_all_at(&node);
            self.peers.remove(&node);
        }
    }

    /// Nothing comes from a node any more.
    fn lose(&mut self, node: &NodeName) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(node) else { return };
        (peer.lost_since, peer.asked) = (Some(now), None);
        let was_up = std::mem::replace(&mut peer.health, LinkHealth::Lost) == LinkHealth::Up;
        peer.counts.losses += u64::from(was_up);
        if was_up {
            self.note(ClusterEvent::NodeLost { node: node.clone() });
        }
        self.lose_parts(node, "it is not reachable");
    }

    /// Changes that wait for a node fail.
    fn lose_parts(&mut self, node: &NodeName, reason: &str) {
        let mut orders = Vec::new();
        self.changes.lose(node, reason, &mut orders);
        self.give(orders);
    }

    /// The participants of a node are nowhere from now on, until they turn up somewhere.
    pub(super) fn leave_behind(&mut self, node: &NodeName) {
        let until = self.now + self.options.leave_after;
        let there = At::Node(node.clone());
        for (id, elsewhere) in self.elsewhere.iter_mut().filter(|(_, elsewhere)| elsewhere.at == there) {
            elsewhere.at = At::Nowhere { until };
            self.going.insert(id.clone());
        }
    }

    /// How much this node knows of the nodes of those whom acts name, itself among them.
    pub(super) fn seen(&self, acts: &[Act]) -> Vec<Seen> {
        let nodes: BTreeSet<_> = acts.iter().flat_map(Act::names).filter_map(|id| self.node_of(id)).collect();
        let seen = |node: &NodeName| {
            let (incarnation, revision) = match self.peers.get(node) {
                Some(peer) => (peer.incarnation, peer.revision),
                None => (self.incarnation, self.revision),
            };
            Seen { node: node.as_str().to_owned(), incarnation, revision }
        };
        nodes.into_iter().map(seen).collect()
    }

    /// Whether this node knows as much, as far as it can: of a node that it does not reach it will not know more.
    pub(super) fn has_seen(&self, seen: &[Seen]) -> bool {
        seen.iter().all(|seen| match self.peers.get(seen.node.as_str()) {
            Some(peer) if peer.health == LinkHealth::Lost => true,
            Some(peer) => peer.incarnation == seen.incarnation && peer.revision >= seen.revision,
            None => true,
        })
    }

    /// Whether a node can be asked for anything.
    pub fn reaches(&self, node: &NodeName) -> bool {
        let up = |peer: &Peer| peer.health == LinkHealth::Up;
        *node == self.options.name || self.peers.get(node).is_some_and(up)
    }

    /// Those who are at a node.
    pub fn at(&self, node: &NodeName) -> impl Iterator<Item = &ParticipantId> {
        let there = At::Node(node.clone());
        self.elsewhere.iter().filter(move |(_, elsewhere)| elsewhere.at == there).map(|(id, _)| id)
    }
}
