//! What carries the messages of a node to the others: [`Engine`]. Transports are crates of their own.

use std::{borrow::Borrow, fmt, sync::Arc};

/// The name of a node: one that nobody else in the cluster has, of 1 to 64 of the characters `a-z`, `A-Z`, `0-9`, `-`, `_` and `.`.
///
/// ```
/// use mixminus::cluster::NodeName;
/// assert_eq!(NodeName::new("fra-1")?.as_str(), "fra-1");
/// assert_eq!(NodeName::new("fra/1").unwrap_err().to_string(), "\"fra/1\" is no name of a node: 1 to 64 of a-z, A-Z, 0-9, - _ .");
/// # Ok::<(), mixminus::cluster::NodeNameError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeName(Arc<str>);

/// The longest name, in bytes.
const LONGEST: usize = 64;

impl NodeName {
    /// Checks a name.
    ///
    /// # Errors
    /// [`NodeNameError`].
    pub fn new(name: &str) -> Result<Self, NodeNameError> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if (1..=LONGEST).contains(&name.len()) && name.bytes().all(fits) {
            Ok(Self(name.into()))
        } else {
            Err(NodeNameError { name: name.chars().take(LONGEST + 1).collect() })
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for NodeName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// A text that is no name of a node.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name:?} is no name of a node: 1 to 64 of a-z, A-Z, 0-9, - _ .")]
pub struct NodeNameError {
    /// The text, or its beginning.
    pub name: String,
}

/// How a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Published to all, once a tick: it may have overtaken others, and others may be lost.
    Published,
    /// Sent to this node alone: all that a node sends to another come, once and in their order, for as long as both are members. Of
    /// another process under the same name nothing comes before the last of the one before.
    Sent,
}

/// What carries the messages of one node to the other nodes of its cluster, and tells who these are.
///
/// A [`NodeDriver`](super::NodeDriver) calls it, on one thread. No call may wait for the network: what can not be sent is kept
/// or dropped. It has nothing to understand: a message is bytes, from one node to others. Who may be a member at all is its to
/// say, by certificates or passwords; what comes from anybody else it does not deliver.
///
/// A message that is published has up to 64 KiB in all but the largest rooms; one that is sent may have a few megabytes.
pub trait Engine: Send + fmt::Debug {
    /// Puts the names of the other members into `members`, which is empty; in any order.
    fn members(&mut self, members: &mut Vec<NodeName>);

    /// Sends a message to all other members, at once: it is worth nothing a few milliseconds later, and what is lost is not
    /// sent again.
    fn publish(&mut self, message: &[u8]);

    /// Sends a message to one member, reliably and in order. One to who is no member may be dropped.
    fn send(&mut self, to: &NodeName, message: &[u8]);

    /// Gives each message that has come to `take`, with who sent it, in the order in which they came.
    fn receive(&mut self, take: &mut dyn FnMut(&NodeName, Delivery, &[u8]));
}
