//! A network without delay or loss in the memory of this process, that counts.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use mixminus::cluster::{Delivery, Engine, NodeName};

/// The network. Clones are handles of the same.
#[derive(Debug, Clone, Default)]
pub struct Network(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    inbox: BTreeMap<NodeName, VecDeque<Message>>,
    /// Bytes of all that was sent to one node.
    sent: u64,
}

/// Who sent it, how, and what.
type Message = (NodeName, Delivery, Arc<[u8]>);

impl Network {
    /// A node comes in.
    pub fn join(&self, name: &NodeName) -> Port {
        self.inner().inbox.insert(name.clone(), VecDeque::new());
        Port { network: self.clone(), name: name.clone() }
    }

    /// Bytes of all that was sent to one node, and not published.
    pub fn sent(&self) -> u64 {
        self.inner().sent
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The end of the network at one node.
#[derive(Debug)]
pub struct Port {
    network: Network,
    name: NodeName,
}

impl Engine for Port {
    fn members(&mut self, members: &mut Vec<NodeName>) {
        members.extend(self.network.inner().inbox.keys().filter(|name| **name != self.name).cloned());
    }

    fn publish(&mut self, message: &[u8]) {
        let message: Arc<[u8]> = message.into();
        let mut inner = self.network.inner();
        for (_, inbox) in inner.inbox.iter_mut().filter(|(name, _)| **name != self.name) {
            inbox.push_back((self.name.clone(), Delivery::Published, Arc::clone(&message)));
        }
    }

    fn send(&mut self, to: &NodeName, message: &[u8]) {
        let mut inner = self.network.inner();
        inner.sent += message.len() as u64;
        if let Some(inbox) = inner.inbox.get_mut(to) {
            inbox.push_back((self.name.clone(), Delivery::Sent, message.into()));
        }
    }

    fn receive(&mut self, take: &mut dyn FnMut(&NodeName, Delivery, &[u8])) {
        let mut inner = self.network.inner();
        let come = inner.inbox.get_mut(&self.name).map(std::mem::take).unwrap_or_default();
        drop(inner);
        come.iter().for_each(|(from, delivery, message)| take(from, *delivery, message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_published_reaches_all_others_and_what_is_sent_one() {
        let network = Network::default();
        let names = ["a", "b", "c"].map(|name| NodeName::new(name).unwrap());
        let [mut a, mut b, mut c] = names.each_ref().map(|name| network.join(name));
        a.publish(&[1]);
        a.send(&names[2], &[2, 3]);
        let received = |port: &mut Port| {
            let mut all = Vec::new();
            port.receive(&mut |from, delivery, bytes| all.push((from.to_string(), delivery, bytes.to_vec())));
            all
        };
        let published = ("a".to_owned(), Delivery::Published, vec![1]);
        assert_eq!(received(&mut b), std::slice::from_ref(&published));
        assert_eq!(received(&mut c), [published, ("a".to_owned(), Delivery::Sent, vec![2, 3])]);
        assert!(received(&mut a).is_empty() && received(&mut b).is_empty());
        assert_eq!(network.sent(), 2);
    }
}
