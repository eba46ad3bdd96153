//! The engine: [`ZenohEngine`].

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    io::Read,
    num::NonZeroU64,
    sync::Arc,
    time::{Duration, Instant},
};

use mixminus::cluster::{Delivery, Engine, NodeName};
use zenoh::{Wait, bytes::ZBytes, sample::Sample};

use crate::{
    ZenohError, ZenohOptions, ZenohReadings,
    alive::{Alive, Incarnations},
    header::{self, Header},
    inbox::{Arrival, Arrivals, inbox},
    me::Me,
    node::{Fate, Node, Standing},
    outbox::Outbox,
    readings::{add, count},
    room::Place,
    session::{self, Declared},
};

/// One node of a cluster, on a zenoh session of its own.
///
/// One thread calls it: no call waits for the network, but for [`open`](Self::open), [`wait`](Self::wait) and the drop.
/// The calls allocate, and none is for the audio thread.
pub struct ZenohEngine {
    me: Me,
    nodes: BTreeMap<NodeName, Node>,
    same_name: usize,
    alive: Arc<Alive>,
    arrivals: Arrivals,
    /// Messages of the host's, in the order in which they came.
    taken: VecDeque<Taken>,
    /// Until the drop.
    published: Option<Outbox>,
    declared: Option<Declared>,
}

/// A message for the host.
struct Taken {
    from: NodeName,
    link: NonZeroU64,
    delivery: Delivery,
    payload: ZBytes,
    header: usize,
    _place: Place,
}

impl ZenohEngine {
    /// Opens a session of zenoh, and tells the cluster that this node lives. It blocks until the endpoints are listened to, and
    /// those to connect to were tried once: for what does not answer, up to zenoh's `transport/unicast/open_timeout`. Zenoh goes on
    /// trying. For any thread, one of tokio's also.
    ///
    /// # Errors
    /// [`ZenohError`].
    pub fn open(options: ZenohOptions) -> Result<Self, ZenohError> {
        session::aside(|| Self::open_here(options))
    }

    fn open_here(options: ZenohOptions) -> Result<Self, ZenohError> {
        let session = session::open(options.zenoh()?)?;
        let me = Me::new(options, session.clone())?;
        let (inbox, arrivals) = inbox(me.counters.clone());
        let (alive, published) = (Arc::<Alive>::default(), Some(me.outbox_to_all()?));
        let declared = Some(Declared::new(&session, &me, inbox, alive.clone())?);
        let (nodes, taken) = (BTreeMap::new(), VecDeque::new());
        Ok(Self { me, nodes, same_name: 0, alive, arrivals, taken, published, declared })
    }

    /// The name of this node.
    pub fn name(&self) -> &NodeName {
        &self.me.name
    }

    /// What was counted.
    pub fn readings(&self) -> ZenohReadings {
        self.me.counters.read(self.same_name)
    }

    /// Sleeps until something has come, for no longer than this. `true` if something has: a message for
    /// [`receive`](Engine::receive), or one between the engines, so that there may be none.
    pub fn wait(&mut self, no_longer: Duration) -> bool {
        self.keep_up();
        if self.taken.iter().any(|taken| self.standing(taken) == Standing::Member) {
            return true;
        }
        let arrival = self.arrivals.wait(no_longer);
        arrival.map(|arrival| self.take(arrival, Instant::now())).is_some()
    }

    /// Takes what has come from zenoh, and does what is due.
    fn keep_up(&mut self) {
        let now = Instant::now();
        if let Some(alive) = self.alive.changed() {
            self.follow(&alive);
        }
        // No more than was here when it began.
        for _ in 0..self.arrivals.len() {
            let Some(arrival) = self.arrivals.next() else { break };
            self.take(arrival, now);
        }
        for (name, node) in &mut self.nodes {
            node.keep_up(name, &self.me, now);
        }
    }

    fn follow(&mut self, alive: &Incarnations) {
        let of_mine =
            alive.get(&self.me.name).map_or(0, |mine| mine.iter().filter(|&&one| one != self.me.incarnation).count());
        self.same_name = of_mine;
        for name in alive.keys().filter(|&name| *name != self.me.name) {
            self.nodes.entry(name.clone()).or_default();
        }
        for (name, node) in &mut self.nodes {
            node.follow(alive.get(name).and_then(|incarnations| incarnations.last()).copied());
        }
        self.nodes.retain(|_, node| !node.is_gone());
    }

    fn take(&mut self, Arrival { sample, delivery, place }: Arrival, now: Instant) {
        let read = match delivery {
            Delivery::Published => self.me.keys.published_by(sample.key_expr()).map(|from| (from, None)),
            Delivery::Sent => self.sent_by(&sample).map(|(from, header, length)| (from, Some((header, length)))),
        };
        let Some((from, header)) = read else { return count(&self.me.counters.strangers) };
        let fate = match (self.nodes.get_mut(&from), header) {
            (None, _) => Fate::Stranger,
            (Some(node), None) => node.published(now),
            (Some(node), Some((header, _))) => node.sent(header, &self.me, now),
        };
        match fate {
            Fate::Stranger => count(&self.me.counters.strangers),
            Fate::Early => count(&self.me.counters.early),
            Fate::Engine => {}
            Fate::Taken(link) => {
                let (payload, header) = (sample.payload().clone(), header.map_or(0, |(_, length)| length));
                self.taken.push_back(Taken { from, link, delivery, payload, header, _place: place });
            }
        }
    }

    fn sent_by(&self, sample: &Sample) -> Option<(NodeName, Header, usize)> {
        let from = self.me.keys.sent_by(sample.key_expr(), &self.me.name)?;
        let mut beginning = [0; header::LONGEST];
        let length = sample.payload().reader().read(&mut beginning).ok()?;
        let (header, length) = Header::read(&beginning[..length])?;
        Some((from, header, length))
    }

    fn standing(&self, taken: &Taken) -> Standing {
        self.nodes.get(&taken.from).map_or(Standing::Left, |node| node.standing(taken.link))
    }
}

impl Engine for ZenohEngine {
    fn members(&mut self, members: &mut Vec<NodeName>) {
        self.keep_up();
        members.extend(self.nodes.iter_mut().filter_map(|(name, node)| node.tell().then(|| name.clone())));
        self.nodes.retain(|_, node| !node.is_gone());
    }

    fn publish(&mut self, message: &[u8]) {
        let counters = &self.me.counters;
        let Some(outbox) = self.published.as_ref().filter(|_| !self.nodes.is_empty()) else { return };
        count(&counters.published);
        add(&counters.bytes_sent, message.len());
        if !outbox.leave(message.to_vec()) {
            count(&counters.dropped);
            // It is worth more than one that waits.
            let _left = outbox.drop_oldest() && outbox.leave(message.to_vec());
        }
    }

    fn send(&mut self, to: &NodeName, message: &[u8]) {
        let counters = &self.me.counters;
        if self.nodes.get_mut(to).is_some_and(|node| node.send(message, &self.me)) {
            count(&counters.sent);
            add(&counters.bytes_sent, message.len());
        } else {
            count(&counters.dropped);
        }
    }

    fn receive(&mut self, take: &mut dyn FnMut(&NodeName, Delivery, &[u8])) {
        self.keep_up();
        for _ in 0..self.taken.len() {
            let Some(taken) = self.taken.pop_front() else { break };
            match self.standing(&taken) {
                Standing::Member => {
                    let bytes = taken.payload.to_bytes();
                    let message = &bytes[taken.header..];
                    count(&self.me.counters.received);
                    add(&self.me.counters.bytes_received, message.len());
                    take(&taken.from, taken.delivery, message);
                }
                Standing::NotTold => self.taken.push_back(taken),
                Standing::Left => count(&self.me.counters.dropped),
            }
        }
    }
}

impl Drop for ZenohEngine {
    /// Lets zenoh have what was sent, and closes the session. It waits for that, but no longer than [`ZenohOptions::lease`]: where
    /// the network is too slow, it is done behind.
    fn drop(&mut self) {
        let nodes = std::mem::take(&mut self.nodes).into_values().filter_map(Node::into_outbox);
        let outboxes: Vec<_> = nodes.chain(self.published.take()).collect();
        let (declared, session) = (self.declared.take(), self.me.leave());
        session::within(self.me.lease, move || {
            outboxes.into_iter().for_each(Outbox::finish);
            // An error says that it was closed before.
            let _closed = session.map(|session| session.close().wait());
            drop(declared);
        });
    }
}

impl fmt::Debug for ZenohEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { me, nodes, .. } = self;
        let nodes: Vec<_> = nodes.keys().collect();
        f.debug_struct("ZenohEngine").field("name", &me.name).field("nodes", &nodes).finish_non_exhaustive()
    }
}
