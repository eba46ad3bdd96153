//! Who lives, as zenoh's liveliness tokens tell: [`Alive`].

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use mixminus::cluster::NodeName;

/// More tokens than this are not listened to: each has a thread, and who may declare one may declare many.
const MOST: usize = 256;

/// The incarnations that live under each name.
pub(crate) type Incarnations = BTreeMap<NodeName, BTreeSet<u64>>;

/// Who lives: told by zenoh's threads, read by the driver's.
#[derive(Debug, Default)]
pub(crate) struct Alive {
    nodes: Mutex<Incarnations>,
    changed: AtomicBool,
}

impl Alive {
    /// A token was declared, or is gone. `false` if there are too many.
    pub(crate) fn tell(&self, (node, incarnation): (NodeName, u64), lives: bool) -> bool {
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        if !lives {
            if let Some(incarnations) = nodes.get_mut(&node) {
                incarnations.remove(&incarnation);
            }
            nodes.retain(|_, incarnations| !incarnations.is_empty());
        } else if nodes.values().map(BTreeSet::len).sum::<usize>() >= MOST {
            return false;
        } else {
            nodes.entry(node).or_default().insert(incarnation);
        }
        self.changed.store(true, Ordering::Release);
        true
    }

    /// Who lives, if that has changed since the last call.
    pub(crate) fn changed(&self) -> Option<Incarnations> {
        let changed = self.changed.swap(false, Ordering::Acquire);
        changed.then(|| self.nodes.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, incarnation: u64) -> (NodeName, u64) {
        (NodeName::new(name).unwrap(), incarnation)
    }

    #[test]
    fn a_name_lives_until_its_last_incarnation_is_gone() {
        let alive = Alive::default();
        assert_eq!(alive.changed(), None);
        alive.tell(of("a", 1), true);
        alive.tell(of("a", 2), true);
        assert_eq!(alive.changed().unwrap()["a"], BTreeSet::from([1, 2]));
        assert_eq!(alive.changed(), None);
        alive.tell(of("a", 2), false);
        assert_eq!(alive.changed().unwrap()["a"], BTreeSet::from([1]));
        alive.tell(of("a", 1), false);
        assert_eq!(alive.changed().unwrap(), Incarnations::new());
    }

    #[test]
    fn no_more_tokens_are_kept_than_there_is_room_for() {
        let alive = Alive::default();
        assert!((0..MOST as u64).all(|incarnation| alive.tell(of("a", incarnation), true)));
        assert!(!alive.tell(of("b", 0), true));
        alive.tell(of("a", 0), false);
        assert!(alive.tell(of("b", 0), true));
    }
}
