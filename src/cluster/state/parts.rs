//! The parts of changes that are done at this node, whoever has begun them: checked, kept until all nodes are ready, done at one
//! tick boundary, and told of once they are in a mix.

use super::{core::State, event::ClusterEvent, place::At, waiting::Of};
use crate::{
    ControlError, ParticipantId,
    cluster::{
        NodeName,
        entry::{Entry, LONGEST_ID},
        message::{Act, Message, Seen},
    },
    control,
};

/// How many parts of one node may wait.
const MOST_WAITING: usize = 4096;

impl State {
    /// Takes what another node says of a change.
    pub(super) fn take_order(&mut self, from: &NodeName, message: Message) {
        let mut orders = Vec::new();
        match message {
            Message::Prepare { number, acts, after } => return self.prepare(from, number, acts, after),
            Message::Commit { number } => return self.commit(from, number),
            Message::Cancel { number } => return self.cancel(from, number),
            Message::Ready { number, entries } => {
                if self.changes.asks(from, number) {
                    self.take_entries(from, entries);
                }
                let deadline = self.now + self.options.mix_limit;
                self.changes.ready(from, number, deadline, &mut orders);
            }
            Message::Refused { number, reason } | Message::Failed { number, reason } => {
                self.changes.fail(from, number, &reason, &mut orders);
            }
            Message::Mixed { number } => self.changes.mixed(from, number),
            Message::Beat { .. } | Message::Ask | Message::Roster(_) | Message::Orphans(_) | Message::Settings(_) => {}
        }
        self.give(orders);
    }

    fn prepare(&mut self, from: &NodeName, number: u64, acts: Vec<Act>, after: Vec<Seen>) {
        let of = (from.clone(), number);
        let waiting = self.parts.early.keys().chain(self.parts.ready.keys()).filter(|(node, _)| node == from).count();
        if waiting >= MOST_WAITING {
            let reason = format!("{MOST_WAITING} changes of this node wait already");
            return self.answer(&of, Err(reason));
        }
        if !self.has_seen(&after) {
            // So that the answer comes before the other node gives up.
            let deadline = self.now + self.options.check_limit / 2;
            self.parts.early.insert(of, (acts, after, deadline));
            return;
        }
        self.check(of, acts);
    }

    /// The part that this node has in a change of its own. What it knows has been checked.
    pub(super) fn prepare_own(&mut self, number: u64, acts: Vec<Act>) {
        self.check((self.options.name.clone(), number), acts);
    }

    fn check(&mut self, of: Of, acts: Vec<Act>) {
        let possible = self.entries_of(&acts);
        if possible.is_ok() {
            let deadline = self.now + self.options.check_limit + self.options.mix_limit;
            self.parts.ready.insert(of.clone(), (acts, deadline));
        }
        self.answer(&of, possible);
    }

    /// The entries of those whom another node takes over; `Err` if a part is not possible.
    fn entries_of(&self, acts: &[Act]) -> Result<Vec<(String, Entry)>, String> {
        let mut entries = Vec::new();
        for act in acts {
            let id = act.whose();
            if let Act::Set(setting) = act {
                self.settings.admit(setting)?;
                continue;
            }
            let entry = self.here.get(id).ok_or_else(|| format!("no participant \"{id}\" is at this node"))?;
            match act {
                Act::Yield { .. } => entries.push((id.to_owned(), entry.clone())),
                Act::Configure(level) => {
                    let level = [level.mixer_level(|_| true)];
                    crate::config::check(&level, |id| self.is_here(id)).map_err(|faults| faults.to_string())?;
                }
                Act::Hold { music, .. } => {
                    if let Some(own) = music.iter().find(|source| *source == id) {
                        return Err(ControlError::OwnVoice { id: own.as_str().into() }.to_string());
                    }
                }
                Act::Mute { .. } | Act::Deafen { .. } | Act::Remove { .. } | Act::Resume { .. } | Act::Set(_) => {}
            }
        }
        Ok(entries)
    }

    fn answer(&mut self, of: &Of, possible: Result<Vec<(String, Entry)>, String>) {
        let (node, number) = (of.0.clone(), of.1);
        let message = match possible {
            Ok(entries) => Message::Ready { number, entries },
            Err(reason) => Message::Refused { number, reason: shorten(reason) },
        };
        self.reply(&node, message);
    }

    /// Tells the node that has begun a change, which may be this one.
    fn reply(&mut self, node: &NodeName, message: Message) {
        if *node == self.options.name { self.take_order(&node.clone(), message) } else { self.post(node, message) }
    }

    /// A part is done. Who has left meanwhile is passed over, as if it had left right after it.
    pub(super) fn commit(&mut self, from: &NodeName, number: u64) {
        let of = (from.clone(), number);
        if self.parts.done.iter().any(|(done, _)| *done == of) {
            return;
        }
        let Some((acts, _)) = self.parts.ready.remove(&of) else {
            let reason = "it does not know the change any more".into();
            return self.reply(from, Message::Failed { number, reason });
        };
        let (yields, acts): (Vec<_>, Vec<_>) = acts.into_iter().partition(|act| matches!(act, Act::Yield { .. }));
        // One who is here no more has gone over already, or has left.
        yields.iter().for_each(|act| self.yield_to(&ParticipantId::from(act.whose()), from));
        self.take_settings(acts.iter().filter_map(Act::setting).collect());
        let controller = self.controller.clone();
        let (removed, generation) = controller.change(|changes| do_acts(changes, &acts));
        removed.into_iter().for_each(|id| self.note(ClusterEvent::Removed { id }));
        self.tell();
        self.parts.done.push((of, generation));
    }

    pub(super) fn cancel(&mut self, from: &NodeName, number: u64) {
        let of = (from.clone(), number);
        self.parts.early.remove(&of);
        self.parts.ready.remove(&of);
    }

    /// What a node has begun before it was started anew is given up.
    pub(super) fn abandon(&mut self, node: &NodeName) {
        self.parts.early.retain(|of, _| of.0 != *node);
        self.parts.ready.retain(|of, _| of.0 != *node);
        self.parts.done.retain(|(of, _)| of.0 != *node);
    }

    /// Checks what can be checked by now, tells what is mixed, and gives up what nobody has asked for in time.
    pub(super) fn do_parts(&mut self) {
        let now = self.now;
        let early = std::mem::take(&mut self.parts.early);
        for (of, (acts, after, deadline)) in early {
            // Of whom it has not heard by the deadline, the check says so.
            if now >= deadline || self.has_seen(&after) {
                self.check(of, acts);
            } else {
                self.parts.early.insert(of, (acts, after, deadline));
            }
        }
        self.parts.ready.retain(|_, (_, deadline)| now < *deadline);
        let (mixed, gone) = (self.controller.mixed(), self.controller.processor_gone());
        let done = std::mem::take(&mut self.parts.done);
        for (of, generation) in done {
            let number = of.1;
            if generation <= mixed {
                self.reply(&of.0, Message::Mixed { number });
            } else if gone {
                self.reply(&of.0, Message::Failed { number, reason: "it mixes no more".into() });
            } else {
                self.parts.done.push((of, generation));
            }
        }
    }

    /// The node of a participant, if it is at one.
    pub fn node_of(&self, id: &str) -> Option<&NodeName> {
        if self.here.contains_key(id) {
            return Some(&self.options.name);
        }
        match &self.elsewhere.get(id)?.at {
            At::Node(node) => Some(node),
            At::Nowhere { .. } | At::Leaving { .. } => None,
        }
    }
}

/// A reason that fits into a message.
fn shorten(mut reason: String) -> String {
    let end = (0..=LONGEST_ID.min(reason.len())).rev().find(|end| reason.is_char_boundary(*end));
    reason.truncate(end.unwrap_or_default());
    reason
}

/// Does a part, as far as those are here whom it is of. Who has been removed.
fn do_acts(changes: &mut control::Changes<'_>, acts: &[Act]) -> Vec<ParticipantId> {
    let mut removed = Vec::new();
    for act in acts {
        let id = act.whose();
        if !changes.is_here(id) || changes.is_elsewhere(id) {
            continue;
        }
        let done = match act {
            Act::Configure(level) => {
                let level = level.mixer_level(|source| changes.is_here(source));
                changes.configure(&[level]).is_ok()
            }
            Act::Hold { music, .. } => {
                let music: Vec<_> = music.iter().map(String::as_str).filter(|id| changes.is_here(id)).collect();
                changes.hold(id, &music).is_ok()
            }
            Act::Resume { .. } => !matches!(changes.resume(id), Err(ControlError::Unknown { .. })),
            Act::Mute { muted, .. } => changes.set_muted(id, *muted).is_ok(),
            Act::Deafen { deafened, .. } => changes.set_deafened(id, *deafened).is_ok(),
            Act::Remove { .. } => {
                removed.push(ParticipantId::from(id));
                changes.leave(id).is_ok()
            }
            Act::Yield { .. } | Act::Set(_) => true,
        };
        debug_assert!(done, "{act:?} was checked");
    }
    removed
}
