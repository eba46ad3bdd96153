//! Who is in the conference, and where. Each node tells of those who are at it; where two nodes have the same id, the newer
//! term counts, and of equal terms the lesser name.

use std::time::Duration;

use super::{
    core::State,
    event::ClusterEvent,
    place::{At, Elsewhere},
};
use crate::{
    ControlError, ParticipantId, ParticipantKey,
    cluster::{
        NodeName,
        entry::{Config, Entry},
        message::{Change, Roster},
        readings::LinkHealth,
    },
    control::{Changes, Known},
};

/// How long one who has left is waited for whose last ticks have not been played.
const LEAVING: Duration = Duration::from_secs(1);

/// Lets in a source that is at another node.
fn join_from_there(
    changes: &mut Changes<'_>,
    id: &ParticipantId,
    entry: &Entry,
) -> Result<ParticipantKey, ControlError> {
    changes.join_elsewhere(id, entry.route.routing(), entry.always_wanted)
}

/// Whether the first of two nodes that have the same id has it.
fn counts(first: (u64, &NodeName), second: (u64, &NodeName)) -> bool {
    first.0 > second.0 || first.0 == second.0 && first.1 < second.1
}

impl State {
    /// Whether somebody is in the conference.
    pub fn is_here(&self, id: &str) -> bool {
        let leaving = |elsewhere: &Elsewhere| matches!(elsewhere.at, At::Leaving { .. });
        self.here.contains_key(id) || self.elsewhere.get(id).is_some_and(|elsewhere| !leaving(elsewhere))
    }

    /// Takes what has changed in the mixer here, for the others.
    pub fn tell(&mut self) {
        for (id, known) in self.controller.take_touched() {
            match known {
                Some(known) => self.tell_of(id, &known),
                None => self.tell_gone(&id, false),
            }
        }
    }

    fn tell_of(&mut self, id: ParticipantId, known: &Known) {
        let term = self.terms.get(&id).copied().unwrap_or(1);
        if let Some(Elsewhere { entry, at: At::Node(node), .. }) = self.elsewhere.get(&id) {
            let (other, node) = (entry.term, node.clone());
            if counts((other, &node), (term, &self.options.name)) {
                return self.yield_to(&id, Some(node));
            }
        }
        self.stop_knowing(&id);
        let entry = Entry::of(known, term);
        if self.here.get(&id) != Some(&entry) {
            self.unsent.push((id.as_str().to_owned(), Change::Here(entry.clone())));
            self.here.insert(id, entry);
        }
    }

    fn tell_gone(&mut self, id: &ParticipantId, moves: bool) {
        if self.here.remove(id).is_some() {
            self.terms.remove(id);
            self.unsent.push((id.as_str().to_owned(), Change::Gone { moves, tick: self.tick }));
        }
    }

    /// Nothing is known of one elsewhere any more: it is here.
    fn stop_knowing(&mut self, id: &ParticipantId) {
        if let Some(before) = self.elsewhere.remove(id) {
            self.stop_naming(&before);
            self.with_changes(|state, changes| state.want(changes, Some(&before.entry.config), None));
        }
    }

    /// Its samples are not named by their node any more.
    fn stop_naming(&mut self, elsewhere: &Elsewhere) {
        let (At::Node(node) | At::Leaving { node, .. }) = &elsewhere.at else { return };
        if let Some(peer) = self.peers.get_mut(node) {
            peer.keys.remove(&elsewhere.entry.place);
        }
    }

    /// Makes changes in the mixer, which are in force together.
    fn with_changes<T>(&mut self, make: impl FnOnce(&mut Self, &mut Changes<'_>) -> T) -> T {
        let controller = self.controller.clone();
        controller.change(|changes| make(self, changes)).0
    }

    /// One who is here goes over to another node: to one that has it already, or that will.
    pub fn yield_to(&mut self, id: &ParticipantId, node: Option<NodeName>) {
        let Some(entry) = self.here.get(id).cloned() else {
            // It was not told of yet.
            let node = node.and_then(|node| Some((node, self.elsewhere.get(id)?.clone())));
            if let Some((node, elsewhere)) = node {
                self.with_changes(|state, changes| {
                    let entries = changes.entries_for(id.as_str());
                    let _gone = changes.leave(id.as_str());
                    state.arrive(changes, &node, id, elsewhere.entry);
                    changes.put_entries(&entries);
                });
                self.note(ClusterEvent::Moved { id: id.clone(), to: node });
            }
            return;
        };
        self.tell_gone(id, true);
        let until = self.now + self.options.leave_after;
        self.with_changes(|state, changes| {
            let entries = changes.entries_for(id.as_str());
            let _gone = changes.leave(id.as_str());
            let key = if entry.sends { join_from_there(changes, id, &entry).ok() } else { None };
            changes.put_entries(&entries);
            state.want(changes, None, Some(&entry.config));
            state.elsewhere.insert(id.clone(), Elsewhere { entry, at: At::Nowhere { until }, key });
        });
        if let Some(to) = node {
            self.note(ClusterEvent::Moved { id: id.clone(), to });
        }
    }

    /// Takes the list of a node, or what has changed in it.
    pub fn take_roster(&mut self, node: &NodeName, roster: Roster) {
        let Some(peer) = self.peers.get(node).filter(|peer| peer.health != LinkHealth::OtherFormat) else { return };
        let Roster { from, to, changes: told } = roster;
        if from != 0 && from != peer.revision {
            if to != peer.revision {
                self.ask(node);
            }
            return;
        }
        self.with_changes(|state, changes| {
            if from == 0 {
                state.miss(changes, node, &told);
            }
            for (id, change) in told {
                let id = ParticipantId::from(id);
                match change {
                    Change::Here(entry) => state.arrive(changes, node, &id, entry),
                    Change::Gone { moves, tick } => state.depart(&id, node, moves, tick),
                }
            }
        });
        self.note_revision(node, to);
    }

    /// Those whom this node takes over are as their node has told last.
    pub(super) fn take_entries(&mut self, node: &NodeName, entries: Vec<(String, Entry)>) {
        if !entries.is_empty() {
            self.with_changes(|state, changes| {
                entries.into_iter().for_each(|(id, entry)| state.arrive(changes, node, &id.into(), entry));
            });
        }
    }

    /// Those whom the whole list of their node does not name have left.
    fn miss(&mut self, changes: &mut Changes<'_>, node: &NodeName, told: &[(String, Change)]) {
        let named: std::collections::HashSet<&str> = told.iter().map(|(id, _)| id.as_str()).collect();
        let missing: Vec<_> = self.at(node).filter(|id| !named.contains(id.as_str())).cloned().collect();
        missing.iter().for_each(|id| self.forget(changes, id));
    }

    /// Somebody is at another node.
    fn arrive(&mut self, changes: &mut Changes<'_>, node: &NodeName, id: &ParticipantId, entry: Entry) {
        let mut kept = Vec::new();
        if let Some(own) = self.here.get(id) {
            if !counts((entry.term, node), (own.term, &self.options.name)) {
                return;
            }
            // The other one has it: here it is no more than a source that sends from there.
            kept = changes.entries_for(id.as_str());
            let _gone = changes.leave(id.as_str());
            self.tell_gone(id, true);
            self.note(ClusterEvent::Moved { id: id.clone(), to: node.clone() });
        }
        let before = self.elsewhere.remove(id);
        if let Some(Elsewhere { entry: old, at: At::Node(other), .. }) = &before
            && other != node
            && !counts((entry.term, node), (old.term, other))
        {
            self.elsewhere.extend(before.map(|before| (id.clone(), before)));
            return;
        }
        let key = before.as_ref().and_then(|before| self.go_on(changes, node, id, before, &entry));
        let key = key.or_else(|| {
            let joined = entry.sends.then(|| join_from_there(changes, id, &entry));
            joined.and_then(Result::ok)
        });
        changes.put_entries(&kept);
        self.want(changes, before.as_ref().map(|before| &before.entry.config), Some(&entry.config));
        if let (Some(key), Some(peer)) = (key, self.peers.get_mut(node)) {
            peer.keys.insert(entry.place, key);
        }
        if self.wanted.contains_key(id.as_str()) {
            changes.want_elsewhere(id.as_str(), true);
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
            At::Node(_) | At::Nowhere { .. } => true,
            At::Leaving { .. } => false,
        };
        if !same_stay || !entry.sends {
            if before.key.is_some() {
                let _gone = changes.leave(id.as_str());
            }
            return None;
        }
        if before.entry.route != entry.route {
            let _gone = changes.set_routing(id.as_str(), entry.route.routing());
        }
        before.key
    }

    /// Somebody is not at another node any more.
    fn depart(&mut self, id: &ParticipantId, from: &NodeName, moves: bool, tick: u64) {
        let (now, leave_after) = (self.now, self.options.leave_after);
        let there = |elsewhere: &&mut Elsewhere| elsewhere.at == At::Node(from.clone());
        let Some(elsewhere) = self.elsewhere.get_mut(id).filter(there) else { return };
        elsewhere.at = if moves {
            At::Nowhere { until: now + leave_after }
        } else {
            At::Leaving { node: from.clone(), tick, until: now + LEAVING }
        };
    }

    /// Those leave whose time has come.
    pub(super) fn let_go(&mut self) {
        let now = self.now;
        let is_over = |elsewhere: &Elsewhere| match &elsewhere.at {
            At::Node(_) => false,
            At::Nowhere { until } => now >= *until,
            At::Leaving { node, tick, until } => {
                now >= *until || self.peers.get(node).is_none_or(|peer| peer.played >= *tick)
            }
        };
        let over: Vec<_> =
            self.elsewhere.iter().filter(|(_, elsewhere)| is_over(elsewhere)).map(|(id, _)| id.clone()).collect();
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
    fn forget(&mut self, changes: &mut Changes<'_>, id: &ParticipantId) {
        let Some(before) = self.elsewhere.remove(id) else { return };
        self.stop_naming(&before);
        if before.key.is_some() && changes.is_elsewhere(id.as_str()) {
            let _gone = changes.leave(id.as_str());
        }
        self.want(changes, Some(&before.entry.config), None);
    }

    /// A listener elsewhere has another configuration: other sources are to be heard however loud others are.
    fn want(&mut self, changes: &mut Changes<'_>, before: Option<&Config>, now: Option<&Config>) {
        if before == now {
            return;
        }
        for source in now.into_iter().flat_map(Config::wanted) {
            let count = self.wanted.entry(source.to_owned()).or_default();
            *count += 1;
            if *count == 1 {
                changes.want_elsewhere(source, true);
            }
        }
        for source in before.into_iter().flat_map(Config::wanted) {
            let Some(count) = self.wanted.get_mut(source) else { continue };
            *count -= 1;
            if *count == 0 {
                self.wanted.remove(source);
                changes.want_elsewhere(source, false);
            }
        }
    }

    /// Somebody joins here, by `join`, who may have been elsewhere: then with the configuration that it had, and those of others
    /// that list it stay. `Err` changes nothing.
    pub fn admit<T, E>(
        &mut self,
        id: &ParticipantId,
        join: impl FnOnce(&mut Changes<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let before = self.elsewhere.get(id).cloned();
        let Some(before) = before else { return self.with_changes(|_, changes| join(changes)) };
        let leaving = matches!(before.at, At::Leaving { .. });
        self.with_changes(|state, changes| {
            let entries = if leaving { Vec::new() } else { changes.entries_for(id.as_str()) };
            if before.key.is_some() {
                let _gone = changes.leave(id.as_str());
            }
            let joined = join(changes);
            if joined.is_err() {
                // As it was, but for a moment of silence.
                let key = before.key.and_then(|_| join_from_there(changes, id, &before.entry).ok());
                changes.put_entries(&entries);
                state.rename(id, key);
                return joined;
            }
            changes.put_entries(&entries);
            if !leaving {
                changes.put_configuration(id, &before.entry.config.listener_config());
                let muted = before.entry.muted.then(|| changes.set_muted(id.as_str(), true));
                let deafened = before.entry.deafened.then(|| changes.set_deafened(id.as_str(), true));
                debug_assert!(muted.is_none_or(|done| done.is_ok()) && deafened.is_none_or(|done| done.is_ok()));
                state.terms.insert(id.clone(), before.entry.term + 1);
            }
            if state.wanted.contains_key(id.as_str()) {
                changes.want_elsewhere(id.as_str(), true);
            }
            state.stop_naming(&before);
            state.elsewhere.remove(id);
            state.want(changes, Some(&before.entry.config), None);
            joined
        })
    }

    /// One elsewhere has another key here.
    fn rename(&mut self, id: &ParticipantId, key: Option<ParticipantKey>) {
        let Some(elsewhere) = self.elsewhere.get_mut(id) else { return };
        elsewhere.key = key;
        if let (At::Node(node), Some(key)) = (&elsewhere.at, key)
            && let Some(peer) = self.peers.get_mut(node)
        {
            peer.keys.insert(elsewhere.entry.place, key);
        }
    }
}
