//! Who is at other nodes: how they come, go on and go.

use std::time::Duration;

use super::{
    core::State,
    event::ClusterEvent,
    place::{At, Elsewhere},
};
use crate::{
    ParticipantId, ParticipantKey,
    cluster::{NodeName, entry::Entry},
    control::Changes,
};

/// How long one who has left is waited for whose last ticks have not been played.
const LEAVING: Duration = Duration::from_secs(1);

/// Whether the first of two nodes that have the same id has it.
pub(super) fn counts(first: (u64, &NodeName), second: (u64, &NodeName)) -> bool {
    first.0 > second.0 || first.0 == second.0 && first.1 < second.1
}

impl State {
    /// Somebody is at another node.
    pub(super) fn arrive(&mut self, changes: &mut Changes<'_>, node: &NodeName, id: &ParticipantId, entry: Entry) {
        let mut kept = Vec::new();
        if let Some(own) = self.here.get(id) {
            if !counts((entry.term, node), (own.term, &self.options.name)) {
                self.refused.insert(id.clone(), node.clone());
                return;
            }
            // The other one has it: here it is no more than a source that sends from there.
            kept = changes.entries_for(id.as_str());
            let _gone = changes.take_out(id.as_str());
            self.tell_gone(id, true);
            self.note(ClusterEvent::Moved { id: id.clone(), to: node.clone() });
        }
        let before = self.elsewhere.remove(id);
        if let Some(Elsewhere { entry: old, at: At::Node(other), .. }) = &before
            && other != node
            && !counts((entry.term, node), (old.term, other))
        {
            self.elsewhere.extend(before.map(|before| (id.clone(), before)));
            self.refused.insert(id.clone(), node.clone());
            return;
        }
        let key = before.as_ref().and_then(|before| self.go_on(changes, node, id, before, &entry));
        let key = key.or_else(|| self.take_in(changes, id, &entry));
        changes.put_entries(&kept);
        self.want(changes, before.as_ref().map(|before| &before.entry), Some(&entry));
        if let (Some(key), Some(peer)) = (key, self.peers.get_mut(node)) {
            peer.keys.insert(entry.place, key);
        }
        if self.wanted.contains_key(id.as_str()) {
            changes.want_elsewhere(id.as_str(), true);
        }
        if before.is_none_or(|before| before.key != key) {
            self.note_member(id.as_str());
        }
        self.elsewhere.insert(id.clone(), Elsewhere { entry, at: At::Node(node.clone()), key });
    }

    /// The key with which one goes on who was known before; `None` if it is another stay, or none.
    fn go_on(
        &mut self,
        changes: &mut Changes<'_>,
        node: &NodeName,
        id: &ParticipantId,
        before: &Elsewhere,
        entry: &Entry,
    ) -> Option<ParticipantKey> {
        self.stop_naming(before);
        let same_stay = match &before.at {
            At::Node(other) if other == node => before.entry.place == entry.place,
            At::Node(_) => true,
            // One who goes over has a greater term: this one has left, which was not heard, and is new.
            At::Nowhere { .. } => entry.term >= before.entry.term,
            At::Leaving { .. } => false,
        };
        if !same_stay {
            self.drop_member(id);
        }
        if !same_stay || !entry.sends {
            if before.key.is_some() {
                let _gone = changes.take_out(id.as_str());
            }
            return None;
        }
        if before.entry.route != entry.route {
            let _gone = changes.reroute(id.as_str(), entry.route.routing());
        }
        before.key
    }

    /// Somebody is not at another node any more.
    pub(super) fn depart(&mut self, id: &ParticipantId, from: &NodeName, moves: bool, tick: u64) {
        if moves {
            return self.depart_for(id, from, self.options.leave_after);
        }
        let at = At::Leaving { node: from.clone(), tick, until: self.now + LEAVING };
        if self.put_at(id, from, at) {
            self.drop_member(id);
        }
    }

    /// Somebody is not at another node any more, and may turn up at another one for so long.
    pub(super) fn depart_for(&mut self, id: &ParticipantId, from: &NodeName, wait: Duration) {
        self.put_at(id, from, At::Nowhere { until: self.now + wait });
    }

    fn put_at(&mut self, id: &ParticipantId, from: &NodeName, at: At) -> bool {
        let there = |elsewhere: &&mut Elsewhere| elsewhere.at == At::Node(from.clone());
        let Some(elsewhere) = self.elsewhere.get_mut(id).filter(there) else { return false };
        let place = elsewhere.entry.place;
        let nowhere = matches!(at, At::Nowhere { .. });
        elsewhere.at = at;
        if let Some(peer) = self.peers.get_mut(from).filter(|_| nowhere) {
            peer.keys.remove(&place);
        }
        self.going.insert(id.clone());
        self.look_again(id);
        true
    }

    /// Those leave whose time has come.
    pub(super) fn let_go(&mut self) {
        let now = self.now;
        let peers = &self.peers;
        let is_over = |elsewhere: &Elsewhere| match &elsewhere.at {
            At::Node(_) => false,
            At::Nowhere { until } => now >= *until,
            At::Leaving { node, tick, until } => {
                now >= *until || peers.get(node).is_none_or(|peer| peer.played >= *tick)
            }
        };
        let Self { going, elsewhere, .. } = self;
        let at_a_node = |id: &ParticipantId| elsewhere.get(id).is_none_or(|of| matches!(of.at, At::Node(_)));
        going.retain(|id| !at_a_node(id));
        let over = going.iter().filter(|id| elsewhere.get(*id).is_some_and(is_over));
        let over: Vec<_> = over.cloned().collect();
        self.forget_all(&over);
    }

    /// Everybody leaves who is at a node.
    pub(super) fn forget_all_at(&mut self, node: &NodeName) {
        let there: Vec<_> = self.at(node).cloned().collect();
        self.forget_all(&there);
    }

    fn forget_all(&mut self, ids: &[ParticipantId]) {
        if !ids.is_empty() {
            self.with_changes(|state, changes| ids.iter().for_each(|id| state.forget(changes, id)));
        }
    }

    /// Somebody elsewhere leaves the conference.
    pub(super) fn forget(&mut self, changes: &mut Changes<'_>, id: &ParticipantId) {
        let Some(before) = self.elsewhere.remove(id) else { return };
        self.stop_naming(&before);
        if before.key.is_some() && changes.is_elsewhere(id.as_str()) {
            let _gone = changes.take_out(id.as_str());
        }
        self.want(changes, Some(&before.entry), None);
        // It stays in its groups: it may come back with its node.
        self.note_member(id.as_str());
        self.look_again(id);
    }

    /// Nobody has an id any more, or not the one who had it: another node that says that it has it is asked again.
    pub(super) fn look_again(&mut self, id: &ParticipantId) {
        let Some(node) = self.refused.remove(id) else { return };
        if let Some(peer) = self.peers.get_mut(&node) {
            (peer.revision, peer.asked) = (0, None);
            self.ask(&node);
        }
    }

    /// Those who are at no node, for a node that may not have heard of them; each with how long it is waited for still.
    pub(super) fn orphans(&self) -> Vec<(String, Entry, Duration)> {
        let orphan = |id: &ParticipantId| match self.elsewhere.get(id)? {
            Elsewhere { entry, at: At::Nowhere { until }, .. } => {
                Some((id.as_str().to_owned(), entry.clone(), until.saturating_sub(self.now)))
            }
            _ => None,
        };
        self.going.iter().filter_map(orphan).collect()
    }

    /// Lets in a source that is at another node, or at none: as it is wanted, with the groups that it is in.
    pub(super) fn take_in(
        &mut self,
        changes: &mut Changes<'_>,
        id: &ParticipantId,
        entry: &Entry,
    ) -> Option<ParticipantKey> {
        self.note_member(id.as_str());
        let joined = entry.sends.then(|| changes.join_elsewhere(id, entry.route.routing(), entry.always_wanted));
        if self.wanted.contains_key(id.as_str()) {
            changes.want_elsewhere(id.as_str(), true);
        }
        joined.and_then(Result::ok)
    }

    /// Takes those in who are at no node.
    pub(super) fn take_orphans(&mut self, orphans: Vec<(String, Entry, Duration)>) {
        let most = self.options.leave_after;
        self.with_changes(|state, changes| {
            for (id, entry, left) in orphans {
                let id = ParticipantId::from(id);
                if state.here.contains_key(&id) || state.elsewhere.contains_key(&id) {
                    continue;
                }
                let key = state.take_in(changes, &id, &entry);
                state.want(changes, None, Some(&entry));
                state.going.insert(id.clone());
                let at = At::Nowhere { until: state.now + left.min(most) };
                state.elsewhere.insert(id, Elsewhere { entry, at, key });
            }
            state.put_noted_groups(changes);
        });
    }

    /// Its samples are not named by their node any more.
    pub(super) fn stop_naming(&mut self, elsewhere: &Elsewhere) {
        let (At::Node(node) | At::Leaving { node, .. }) = &elsewhere.at else { return };
        if let Some(peer) = self.peers.get_mut(node) {
            peer.keys.remove(&elsewhere.entry.place);
        }
    }
}
