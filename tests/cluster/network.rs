//! A network in simulated time: messages come after a delay, or not at all.
#![allow(dead_code, reason = "each test file uses its part")]

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use mixminus::cluster::{Delivery, Engine, NodeName};

/// The network of a test. Clones are handles of the same.
#[derive(Debug, Clone, Default)]
pub struct Network(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    now: Duration,
    members: BTreeSet<NodeName>,
    cut: BTreeSet<(NodeName, NodeName)>,
    inbox: BTreeMap<NodeName, VecDeque<Message>>,
    delay: Duration,
    /// Of a published message: how much longer it takes than `delay`, by its number; `None` if it is lost.
    fate: Option<fn(u64) -> Option<Duration>>,
    published: u64,
    /// Whether each message comes twice.
    twice: bool,
    /// What was posted, newest last.
    posted: VecDeque<(NodeName, Message)>,
    /// Of whose messages to whom which bytes are changed.
    damage: Option<Damage>,
}

/// From whom, to whom, which messages, and which bytes of them.
type Damage = (NodeName, NodeName, Delivery, Vec<(usize, u8)>);

/// How many messages are remembered.
const REMEMBERED: usize = 500;

#[derive(Debug, Clone)]
struct Message {
    from: NodeName,
    delivery: Delivery,
    due: Duration,
    bytes: Vec<u8>,
}

impl Network {
    /// Every message takes 5 ms: less than a tick.
    pub fn new() -> Self {
        let network = Self::default();
        network.inner().delay = Duration::from_millis(5);
        network
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// How long messages take.
    pub fn set_delay(&self, delay: Duration) {
        self.inner().delay = delay;
    }

    /// What becomes of published messages, by their numbers.
    pub fn set_fate(&self, fate: fn(u64) -> Option<Duration>) {
        self.inner().fate = Some(fate);
    }

    pub fn set_now(&self, now: Duration) {
        self.inner().now = now;
    }

    /// A node comes in.
    pub fn join(&self, name: &NodeName) -> Port {
        let mut inner = self.inner();
        inner.members.insert(name.clone());
        inner.inbox.insert(name.clone(), VecDeque::new());
        Port { network: self.clone(), name: name.clone() }
    }

    /// A node is no member any more, and what it has not taken is lost.
    pub fn leave(&self, name: &NodeName) {
        let mut inner = self.inner();
        inner.members.remove(name);
        inner.inbox.remove(name);
    }

    /// Nothing gets from one of these nodes to the other, or everything again. Both stay members.
    pub fn cut(&self, a: &NodeName, b: &NodeName, cut: bool) {
        let mut inner = self.inner();
        for pair in [(a.clone(), b.clone()), (b.clone(), a.clone())] {
            if cut {
                inner.cut.insert(pair);
            } else {
                inner.cut.remove(&pair);
            }
        }
    }

    /// Each message comes twice, or once again.
    pub fn set_twice(&self, twice: bool) {
        self.inner().twice = twice;
    }

    /// All messages that are older than this, of those that are remembered, come again.
    pub fn replay(&self, age: Duration) {
        let mut inner = self.inner();
        let now = inner.now;
        let published = |message: &&(NodeName, Message)| message.1.delivery == Delivery::Published;
        let old = inner.posted.iter().filter(published).filter(|(_, message)| message.due + age <= now);
        for (to, message) in old.cloned().collect::<Vec<_>>() {
            inner.inbox.get_mut(&to).unwrap().push_back(message);
        }
    }

    /// These bytes of each message from one node to another are changed from now on; none of no message if there are none.
    pub fn damage(&self, from: &NodeName, to: &NodeName, delivery: Delivery, bytes: &[(usize, u8)]) {
        let damage = (from.clone(), to.clone(), delivery, bytes.to_vec());
        self.inner().damage = Some(damage).filter(|_| !bytes.is_empty());
    }

    /// Puts a message into the inbox of a node, whoever it is from.
    pub fn forge(&self, from: &NodeName, to: &NodeName, delivery: Delivery, bytes: &[u8]) {
        let mut inner = self.inner();
        let due = inner.now;
        let message = Message { from: from.clone(), delivery, due, bytes: bytes.to_vec() };
        inner.inbox.get_mut(to).unwrap().push_back(message);
    }
}

impl Inner {
    fn post(&mut self, from: &NodeName, to: &NodeName, delivery: Delivery, late: Duration, bytes: &[u8]) {
        if self.cut.contains(&(from.clone(), to.clone())) {
            return;
        }
        let due = self.now + self.delay + late;
        let mut message = Message { from: from.clone(), delivery, due, bytes: bytes.to_vec() };
        if let Some((source, target, of, changes)) = &self.damage
            && (source, target, *of) == (from, to, delivery)
        {
            changes.iter().for_each(|(at, by)| message.bytes[at % bytes.len()] ^= by);
        }
        self.posted.push_back((to.clone(), message.clone()));
        if self.posted.len() > REMEMBERED {
            self.posted.pop_front();
        }
        let twice = self.twice && delivery == Delivery::Published;
        if let Some(inbox) = self.inbox.get_mut(to) {
            inbox.extend(std::iter::repeat_n(message, 1 + usize::from(twice)));
        }
    }
}

/// The end of the network at one node.
#[derive(Debug)]
pub struct Port {
    network: Network,
    pub name: NodeName,
}

impl Engine for Port {
    fn members(&mut self, members: &mut Vec<NodeName>) {
        members.extend(self.network.inner().members.iter().filter(|name| **name != self.name).cloned());
    }

    fn publish(&mut self, message: &[u8]) {
        let mut inner = self.network.inner();
        for to in inner.members.clone().iter().filter(|to| **to != self.name) {
            inner.published += 1;
            let late = inner.fate.map_or(Some(Duration::ZERO), |fate| fate(inner.published));
            if let Some(late) = late {
                inner.post(&self.name, to, Delivery::Published, late, message);
            }
        }
    }

    fn send(&mut self, to: &NodeName, message: &[u8]) {
        self.network.inner().post(&self.name, to, Delivery::Sent, Duration::ZERO, message);
    }

    fn receive(&mut self, take: &mut dyn FnMut(&NodeName, Delivery, &[u8])) {
        let mut inner = self.network.inner();
        let now = inner.now;
        let Some(inbox) = inner.inbox.get_mut(&self.name) else { return };
        let (due, later): (VecDeque<_>, VecDeque<_>) = inbox.drain(..).partition(|message| message.due <= now);
        *inbox = later;
        drop(inner);
        due.iter().for_each(|message| take(&message.from, message.delivery, &message.bytes));
    }
}
