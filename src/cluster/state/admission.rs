//! Who comes to this node from another, and who goes over from here.

use super::{
    core::State,
    event::ClusterEvent,
    place::{At, Elsewhere},
};
use crate::{ParticipantId, ParticipantKey, cluster::NodeName, control::Changes};

impl State {
    /// One who is here goes over to another node. One who is here no more has gone already, or has left.
    pub fn yield_to(&mut self, id: &ParticipantId, node: &NodeName) {
        let Some(entry) = self.here.get(id).cloned() else { return };
        self.tell_gone(id, true);
        let until = self.now + self.options.leave_after;
        self.with_changes(|state, changes| {
            let entries = changes.entries_for(id.as_str());
            let _gone = changes.take_out(id.as_str());
            let key = state.take_in(changes, id, &entry);
            changes.put_entries(&entries);
            state.want(changes, None, Some(&entry));
            state.elsewhere.insert(id.clone(), Elsewhere { entry, at: At::Nowhere { until }, key });
            state.going.insert(id.clone());
        });
        self.note(ClusterEvent::Moved { id: id.clone(), to: node.clone() });
    }

    /// One who has joined here, and was not told of yet, is at another node, which has it.
    pub(super) fn give_up(&mut self, id: &ParticipantId, node: &NodeName) {
        let Some(before) = self.elsewhere.get_mut(id) else { return };
        // Whatever key it had, the mixer had let it go before it could join here.
        before.key = None;
        let entry = before.entry.clone();
        self.with_changes(|state, changes| {
            let entries = changes.entries_for(id.as_str());
            let _gone = changes.take_out(id.as_str());
            state.arrive(changes, node, id, entry);
            changes.put_entries(&entries);
            state.put_noted_groups(changes);
        });
        self.note(ClusterEvent::Moved { id: id.clone(), to: node.clone() });
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
                let _gone = changes.take_out(id.as_str());
            }
            let joined = join(changes);
            if joined.is_err() || !changes.is_here(id.as_str()) {
                // As it was, but for a moment of silence.
                let key = before.key.and_then(|_| state.take_in(changes, id, &before.entry));
                changes.put_entries(&entries);
                state.rename(id, key);
                state.put_noted_groups(changes);
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
            state.want(changes, Some(&before.entry), None);
            state.note_member(id.as_str());
            state.put_noted_groups(changes);
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
