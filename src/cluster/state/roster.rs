//! Who is in the conference, and where. Each node tells of those who are at it; where two nodes have the same id, the newer
//! term counts, and of equal terms the lesser name.

use std::time::Duration;

use super::{
    arrivals::counts,
    core::State,
    place::{At, Elsewhere},
};
use crate::{
    ParticipantId,
    cluster::{
        NodeName,
        entry::{Entry, LONGEST_ID},
        message::{Change, Roster},
    },
    control::{Changes, Known},
};

/// How many participants of one node there may be.
const MOST_AT_A_NODE: usize = 1 << 18;
/// How long those are waited for whom their node does not name any more.
const MOVING: Duration = Duration::from_secs(2);

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
                return match self.here.contains_key(&id) {
                    true => self.yield_to(&id, &node),
                    false => self.give_up(&id, &node),
                };
            }
        }
        self.stop_knowing(&id);
        let entry = Entry::of(known, term);
        if id.as_str().len() > LONGEST_ID {
            return;
        }
        // It has left and come again since.
        if self.here.get(&id).is_some_and(|before| before.place != entry.place) {
            self.tell_gone(&id, false);
        }
        if !self.here.contains_key(&id) {
            self.note_member(id.as_str());
        }
        if self.here.get(&id) != Some(&entry) {
            self.unsent.push((id.as_str().to_owned(), Change::Here(entry.clone())));
            self.here.insert(id, entry);
        }
    }

    pub(super) fn tell_gone(&mut self, id: &ParticipantId, moves: bool) {
        if self.here.remove(id).is_some() {
            self.terms.remove(id);
            if moves {
                self.note_member(id.as_str())
            } else {
                self.drop_member(id)
            }
            self.unsent.push((id.as_str().to_owned(), Change::Gone { moves, tick: self.tick }));
            self.look_again(id);
        }
    }

    /// Nothing is known of one elsewhere any more: it is here.
    fn stop_knowing(&mut self, id: &ParticipantId) {
        if let Some(before) = self.elsewhere.remove(id) {
            self.stop_naming(&before);
            self.with_changes(|state, changes| state.want(changes, Some(&before.entry), None));
        }
    }

    /// Makes changes in the mixer, which are in force together.
    pub(super) fn with_changes<T>(&mut self, make: impl FnOnce(&mut Self, &mut Changes<'_>) -> T) -> T {
        let controller = self.controller.clone();
        controller.change(|changes| make(self, changes)).0
    }

    /// Takes the list of a node, or what has changed in it.
    pub fn take_roster(&mut self, node: &NodeName, roster: Roster) {
        let Some(peer) = self.peers.get_mut(node) else { return };
        let Roster { from, to, more, changes: mut told } = roster;
        if from == 0 {
            if peer.list.len() + told.len() > MOST_AT_A_NODE {
                peer.counts.malformed += 1;
                peer.list.clear();
                return;
            }
            peer.list.append(&mut told);
            if more {
                return;
            }
            told = std::mem::take(&mut peer.list);
        } else if from != peer.revision {
            if to != peer.revision {
                self.ask(node);
            }
            return;
        }
        self.with_changes(|state, changes| {
            if from == 0 {
                state.miss(node, &told);
            }
            for (id, change) in told {
                let id = ParticipantId::from(id);
                match change {
                    Change::Here(entry) => state.arrive(changes, node, &id, entry),
                    Change::Gone { moves, tick } => state.depart(&id, node, moves, tick),
                }
            }
            state.put_noted_groups(changes);
        });
        self.note_revision(node, to);
    }

    /// Those whom this node takes over are as their node has told last.
    pub(super) fn take_entries(&mut self, node: &NodeName, entries: Vec<(String, Entry)>) {
        if !entries.is_empty() {
            self.with_changes(|state, changes| {
                entries.into_iter().for_each(|(id, entry)| state.arrive(changes, node, &id.into(), entry));
                state.put_noted_groups(changes);
            });
        }
    }

    /// Those whom the whole list of their node does not name have left.
    fn miss(&mut self, node: &NodeName, told: &[(String, Change)]) {
        let named: std::collections::HashSet<&str> = told.iter().map(|(id, _)| id.as_str()).collect();
        let missing: Vec<_> = self.at(node).filter(|id| !named.contains(id.as_str())).cloned().collect();
        // They may have gone over to another node, which has not told of them yet.
        missing.iter().for_each(|id| self.depart_for(id, node, MOVING));
    }
}
