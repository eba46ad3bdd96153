//! The keys under which the messages of a cluster travel.
//!
//! ```text
//! mixminus/CLUSTER/tick/NODE              what NODE publishes
//! mixminus/CLUSTER/to/NODE/FROM           what FROM sends to NODE
//! mixminus/CLUSTER/node/NODE/INCARNATION  the liveliness token of NODE
//! ```

use mixminus::cluster::NodeName;

/// The keys of one cluster.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    /// With a slash at its end.
    prefix: String,
}

impl Keys {
    /// `None` if that is no name of a cluster.
    pub(crate) fn new(cluster: &str) -> Option<Self> {
        NodeName::new(cluster).ok().map(|cluster| Self { prefix: format!("mixminus/{cluster}/") })
    }

    /// What a node publishes.
    pub(crate) fn tick(&self, node: &str) -> String {
        format!("{}tick/{node}", self.prefix)
    }

    /// What a node sends to another.
    pub(crate) fn to(&self, node: &NodeName, from: &str) -> String {
        format!("{}to/{node}/{from}", self.prefix)
    }

    /// A node's liveliness token.
    pub(crate) fn token(&self, node: &NodeName, incarnation: u64) -> String {
        format!("{}node/{node}/{incarnation:016x}", self.prefix)
    }

    /// All liveliness tokens.
    pub(crate) fn tokens(&self) -> String {
        format!("{}node/*/*", self.prefix)
    }

    /// Who has published under a key.
    pub(crate) fn published_by(&self, key: &str) -> Option<NodeName> {
        NodeName::new(key.strip_prefix(&self.prefix)?.strip_prefix("tick/")?).ok()
    }

    /// Who has sent under a key, to this node.
    pub(crate) fn sent_by(&self, key: &str, to: &NodeName) -> Option<NodeName> {
        let (node, from) = key.strip_prefix(&self.prefix)?.strip_prefix("to/")?.split_once('/')?;
        (node == to.as_str()).then(|| NodeName::new(from).ok())?
    }

    /// Whose token a key is, and of which incarnation.
    pub(crate) fn token_of(&self, key: &str) -> Option<(NodeName, u64)> {
        let (node, incarnation) = key.strip_prefix(&self.prefix)?.strip_prefix("node/")?.split_once('/')?;
        Some((NodeName::new(node).ok()?, u64::from_str_radix(incarnation, 16).ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str) -> NodeName {
        NodeName::new(name).unwrap()
    }

    #[test]
    fn keys_are_read_as_they_are_written() {
        let keys = Keys::new("studio").unwrap();
        assert_eq!(keys.tick("fra-1"), "mixminus/studio/tick/fra-1");
        assert_eq!(keys.published_by("mixminus/studio/tick/fra-1"), Some(name("fra-1")));
        assert_eq!(keys.to(&name("a"), "b"), "mixminus/studio/to/a/b");
        assert_eq!(keys.sent_by("mixminus/studio/to/a/b", &name("a")), Some(name("b")));
        assert_eq!(keys.token(&name("a"), 31), "mixminus/studio/node/a/000000000000001f");
        assert_eq!(keys.token_of("mixminus/studio/node/a/000000000000001f"), Some((name("a"), 31)));
    }

    #[test]
    fn strange_keys_are_nobodys() {
        let keys = Keys::new("studio").unwrap();
        assert_eq!(keys.published_by("mixminus/studio/tick/*"), None, "a put may have a wildcard");
        assert_eq!(keys.published_by("mixminus/studio/tick/a/b"), None);
        assert_eq!(keys.published_by("mixminus/other/tick/a"), None);
        assert_eq!(keys.sent_by("mixminus/studio/to/b/a", &name("a")), None, "to another");
        assert_eq!(keys.sent_by("mixminus/studio/to/*/b", &name("a")), None);
        assert_eq!(keys.sent_by("mixminus/studio/to/a/**", &name("a")), None);
        assert_eq!(keys.token_of("mixminus/studio/node/a"), None);
        assert_eq!(keys.token_of("mixminus/studio/node/a/now"), None);
    }

    #[test]
    fn a_cluster_is_named_like_a_node() {
        assert!(Keys::new("a/b").is_none());
        assert!(Keys::new("").is_none());
    }
}
