//! A change that several nodes make together, as the node that has begun it keeps it: [`Changes`]. Pure logic.
//!
//! A change has two rounds. First every node that has a part in it says whether that is possible; only if all of them say so is
//! it done, and each tells when its part is in a mix. So a request that one of them refuses changes nothing anywhere.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt,
    time::Duration,
};

use super::{NodeName, message::Act};

/// The number of a change: see [`Conference::change_state`](super::Conference::change_state).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChangeNumber(pub(super) u64);

impl fmt::Display for ChangeNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "change {}", self.0)
    }
}

/// How far a change has come.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeState {
    /// Some nodes have not said yet whether it is possible. Nothing has changed.
    Checking,
    /// It is possible, and being done. Some nodes have not mixed it yet.
    Running,
    /// All nodes have mixed it.
    Completed,
    /// It is not possible, or a node has not said in time whether it is. Nothing has changed.
    Refused {
        /// The node.
        node: NodeName,
        /// Why not.
        reason: String,
    },
    /// A node has not mixed it. The others may have.
    Failed {
        /// The node.
        node: NodeName,
        /// Why not.
        reason: String,
    },
}

impl ChangeState {
    /// Whether it has ended, in one way or another.
    pub fn has_ended(&self) -> bool {
        !matches!(self, Self::Checking | Self::Running)
    }
}

/// What is to be told to a node.
#[derive(Debug, PartialEq)]
pub(super) enum Order {
    Prepare(u64, Vec<Act>),
    Commit(u64),
    Cancel(u64),
}

/// One of the changes.
#[derive(Debug)]
struct Change {
    state: ChangeState,
    /// The nodes that are waited for in this round, with the others that have a part.
    waits: BTreeMap<NodeName, bool>,
    deadline: Duration,
}

/// How many that have ended are remembered.
const REMEMBERED: usize = 10_000;

/// The changes that one node has begun.
#[derive(Debug, Default)]
pub(super) struct Changes {
    newest: u64,
    all: BTreeMap<u64, Change>,
    ended: VecDeque<u64>,
    /// Those that have not ended.
    open: BTreeSet<u64>,
}

impl Changes {
    /// Begins a change, of which each of these nodes does a part. The number, and what is to be told.
    pub fn begin(
        &mut self,
        parts: BTreeMap<NodeName, Vec<Act>>,
        deadline: Duration,
        orders: &mut Vec<(NodeName, Order)>,
    ) -> ChangeNumber {
        self.newest += 1;
        let number = self.newest;
        let waits = parts.keys().map(|node| (node.clone(), true)).collect();
        self.open.insert(number);
        self.all.insert(number, Change { state: ChangeState::Checking, waits, deadline });
        if parts.is_empty() {
            self.end(number, ChangeState::Completed);
        }
        orders.extend(parts.into_iter().map(|(node, acts)| (node, Order::Prepare(number, acts))));
        ChangeNumber(number)
    }

    /// Whether a node has not said yet whether its part is possible.
    pub fn asks(&self, node: &NodeName, number: u64) -> bool {
        let asks = |change: &Change| change.state == ChangeState::Checking && change.waits.get(node) == Some(&true);
        self.all.get(&number).is_some_and(asks)
    }

    /// How many have not ended.
    pub fn running(&self) -> usize {
        self.open.len()
    }

    pub fn state(&self, number: ChangeNumber) -> Option<&ChangeState> {
        self.all.get(&number.0).map(|change| &change.state)
    }

    /// A node says that its part is possible. Once all have said so, it is to be done until `deadline`.
    pub fn ready(&mut self, node: &NodeName, number: u64, deadline: Duration, orders: &mut Vec<(NodeName, Order)>) {
        let Some(change) = self.answered(node, number, &ChangeState::Checking) else { return };
        if change.waits.values().any(|waits| *waits) {
            return;
        }
        (change.state, change.deadline) = (ChangeState::Running, deadline);
        change.waits.values_mut().for_each(|waits| *waits = true);
        orders.extend(change.waits.keys().map(|node| (node.clone(), Order::Commit(number))));
    }

    /// A node has mixed its part.
    pub fn mixed(&mut self, node: &NodeName, number: u64) {
        let change = self.answered(node, number, &ChangeState::Running);
        if change.is_some_and(|change| !change.waits.values().any(|waits| *waits)) {
            self.end(number, ChangeState::Completed);
        }
    }

    /// A node does not do its part.
    pub fn fail(&mut self, node: &NodeName, number: u64, reason: &str, orders: &mut Vec<(NodeName, Order)>) {
        let Some(change) = self.all.get_mut(&number).filter(|change| change.waits.contains_key(node)) else { return };
        let (node, reason) = (node.clone(), reason.to_owned());
        match change.state {
            ChangeState::Checking => {
                let told = change.waits.keys().filter(|told| **told != node);
                orders.extend(told.map(|told| (told.clone(), Order::Cancel(number))));
                self.end(number, ChangeState::Refused { node, reason });
            }
            ChangeState::Running => self.end(number, ChangeState::Failed { node, reason }),
            _ => {}
        }
    }

    /// A node is gone: what waits for it fails.
    pub fn lose(&mut self, node: &NodeName, reason: &str, orders: &mut Vec<(NodeName, Order)>) {
        let waits = |change: &Change| change.waits.get(node) == Some(&true);
        let lost: Vec<_> = self.open().filter(|(_, change)| waits(change)).map(|(number, _)| number).collect();
        lost.into_iter().for_each(|number| self.fail(node, number, reason, orders));
    }

    /// What has taken too long fails, by the name of a node that it waits for.
    pub fn expire(&mut self, now: Duration, orders: &mut Vec<(NodeName, Order)>) {
        let late = self.open().filter(|(_, change)| change.deadline <= now);
        let late: Vec<_> = late.filter_map(|(number, change)| Some((number, change.waited_for()?))).collect();
        for (number, node) in late {
            self.fail(&node, number, "it has not answered in time", orders);
        }
    }

    /// The change, if a node that is waited for in this round has answered now.
    fn answered(&mut self, node: &NodeName, number: u64, round: &ChangeState) -> Option<&mut Change> {
        let change = self.all.get_mut(&number)?;
        let waited = change.state == *round && change.waits.get_mut(node).is_some_and(std::mem::take);
        waited.then_some(change)
    }

    fn open(&self) -> impl Iterator<Item = (u64, &Change)> {
        self.open.iter().filter_map(|number| Some((*number, self.all.get(number)?)))
    }

    fn end(&mut self, number: u64, state: ChangeState) {
        if let Some(change) = self.all.get_mut(&number) {
            change.state = state;
            self.open.remove(&number);
            self.ended.push_back(number);
        }
        if self.ended.len() > REMEMBERED
            && let Some(oldest) = self.ended.pop_front()
        {
            self.all.remove(&oldest);
        }
    }
}

impl Change {
    fn waited_for(&self) -> Option<NodeName> {
        self.waits.iter().find(|(_, waits)| **waits).map(|(node, _)| node.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATER: Duration = Duration::from_secs(9);

    fn node(name: &str) -> NodeName {
        NodeName::new(name).unwrap()
    }

    fn begin(changes: &mut Changes) -> (u64, Vec<(NodeName, Order)>) {
        let parts = BTreeMap::from([(node("a"), Vec::new()), (node("b"), Vec::new())]);
        let mut orders = Vec::new();
        let ChangeNumber(number) = changes.begin(parts, Duration::from_secs(1), &mut orders);
        assert_eq!(orders, ["a", "b"].map(|name| (node(name), Order::Prepare(number, Vec::new()))));
        (number, Vec::new())
    }

    #[test]
    fn it_is_done_once_all_are_ready_and_completed_once_all_have_mixed() {
        let mut changes = Changes::default();
        let (number, mut orders) = begin(&mut changes);
        for _ in 0..2 {
            changes.ready(&node("a"), number, LATER, &mut orders);
        }
        changes.mixed(&node("a"), number);
        assert_eq!(
            (changes.state(ChangeNumber(number)), orders.len()),
            (Some(&ChangeState::Checking), 0),
            "twice is once"
        );
        changes.ready(&node("b"), number, LATER, &mut orders);
        assert_eq!(orders, ["a", "b"].map(|name| (node(name), Order::Commit(number))));
        changes.mixed(&node("b"), number);
        assert_eq!(changes.state(ChangeNumber(number)), Some(&ChangeState::Running));
        changes.mixed(&node("a"), number);
        assert_eq!((changes.state(ChangeNumber(number)), changes.running()), (Some(&ChangeState::Completed), 0));
    }

    #[test]
    fn what_nobody_has_a_part_in_is_completed_at_once() {
        let (mut changes, mut orders) = (Changes::default(), Vec::new());
        let number = changes.begin(BTreeMap::new(), LATER, &mut orders);
        assert_eq!((changes.state(number), changes.running()), (Some(&ChangeState::Completed), 0));
    }

    #[test]
    fn what_one_refuses_nobody_does() {
        let mut changes = Changes::default();
        let (number, mut orders) = begin(&mut changes);
        changes.ready(&node("a"), number, LATER, &mut orders);
        changes.fail(&node("b"), number, "no", &mut orders);
        assert_eq!(orders, [(node("a"), Order::Cancel(number))]);
        let refused = ChangeState::Refused { node: node("b"), reason: "no".into() };
        assert_eq!(changes.state(ChangeNumber(number)), Some(&refused));
        changes.fail(&node("c"), number, "who?", &mut orders);
        changes.ready(&node("b"), number, LATER, &mut orders);
        assert_eq!((changes.state(ChangeNumber(number)), orders.len()), (Some(&refused), 1));
    }

    #[test]
    fn who_does_not_answer_or_is_gone_is_named() {
        let mut changes = Changes::default();
        let (number, mut orders) = begin(&mut changes);
        changes.ready(&node("a"), number, LATER, &mut orders);
        changes.expire(Duration::from_secs(1), &mut orders);
        assert!(
            matches!(changes.state(ChangeNumber(number)), Some(ChangeState::Refused { node, .. }) if node.as_str() == "b")
        );
        let (number, mut orders) = begin(&mut changes);
        for name in ["a", "b"] {
            changes.ready(&node(name), number, LATER, &mut orders);
        }
        changes.mixed(&node("b"), number);
        changes.lose(&node("b"), "gone", &mut orders);
        assert_eq!(changes.state(ChangeNumber(number)), Some(&ChangeState::Running), "its part is mixed");
        changes.lose(&node("a"), "gone", &mut orders);
        let failed = ChangeState::Failed { node: node("a"), reason: "gone".into() };
        assert_eq!(changes.state(ChangeNumber(number)), Some(&failed));
    }
}
