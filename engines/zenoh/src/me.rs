//! This node, as the others see it: [`Me`].

use std::{
    io,
    num::NonZeroU64,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use mixminus::cluster::NodeName;
use zenoh::Session;

use crate::{
    ZenohError, ZenohOptions,
    keys::Keys,
    outbox::{Carriage, Outbox},
    readings::Counters,
};

/// What is this node's, and the same for all others.
#[derive(Debug)]
pub(crate) struct Me {
    pub(crate) name: NodeName,
    /// When it was opened, in microseconds: where two nodes have one name, the later one has it.
    pub(crate) incarnation: u64,
    pub(crate) lease: Duration,
    pub(crate) keys: Keys,
    pub(crate) counters: Arc<Counters>,
    /// Until it is closed.
    session: Option<Session>,
}

impl Me {
    pub(crate) fn new(options: ZenohOptions, session: Session) -> Result<Self, ZenohError> {
        let ZenohOptions { cluster, node: name, lease, .. } = options;
        let keys = Keys::new(&cluster).ok_or(ZenohError::ClusterName { name: cluster })?;
        let opened = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let incarnation = opened.as_micros().try_into().unwrap_or(u64::MAX);
        Ok(Self { name, incarnation, lease, keys, counters: Arc::default(), session: Some(session) })
    }

    /// A token of a new link.
    pub(crate) fn token(&self) -> NonZeroU64 {
        NonZeroU64::new(fastrand::u64(1..)).unwrap_or(NonZeroU64::MIN)
    }

    /// Where messages to all others wait.
    pub(crate) fn outbox_to_all(&self) -> io::Result<Outbox> {
        self.outbox(self.keys.tick(self.name.as_str()), Carriage::Published)
    }

    /// Where messages to one other wait.
    pub(crate) fn outbox_to(&self, node: &NodeName) -> io::Result<Outbox> {
        self.outbox(self.keys.to(node, self.name.as_str()), Carriage::Sent)
    }

    fn outbox(&self, key: String, carriage: Carriage) -> io::Result<Outbox> {
        let session = self.session.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        Outbox::start(session, key, carriage, self.counters.clone())
    }

    /// The session, to be closed.
    pub(crate) fn leave(&mut self) -> Option<Session> {
        self.session.take()
    }
}
