//! Which outboxes are open: [`Open`]. An outbox is listed for as long as something in it may be
//! sent, also after its call has ended and is forgotten.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{Delivery, Outbox};

/// The outboxes that a sender is at work for. Clones are the same list.
#[derive(Debug, Clone, Default)]
pub(super) struct Open {
    list: Arc<Mutex<List>>,
}

#[derive(Debug, Default)]
struct List {
    /// How many were ever added.
    added: u64,
    /// Each with the id of its call, the oldest first.
    outboxes: BTreeMap<u64, (String, Outbox)>,
}

/// A place on the list, until it is dropped. The sender's task holds it, so that the place goes
/// with the task, however it ends.
#[derive(Debug)]
pub(super) struct Listed {
    open: Open,
    number: u64,
}

impl Open {
    pub fn add(&self, call: String, outbox: Outbox) -> Listed {
        let mut list = self.list();
        let number = list.added;
        list.added += 1;
        list.outboxes.insert(number, (call, outbox));
        Listed { open: self.clone(), number }
    }

    /// Gives up all notifications that wait anywhere. Returns those that were given up now, each
    /// with the id of its call.
    pub fn abandon_all(&self) -> Vec<(String, Delivery)> {
        // Not under the lock: subscribers are told of each notification that is given up, and may
        // be slow.
        let outboxes: Vec<_> = self.list().outboxes.values().cloned().collect();
        let given_up = |(call, outbox): (String, Outbox)| {
            outbox.abandon().into_iter().map(move |delivery| (call.clone(), delivery)).collect::<Vec<_>>()
        };
        outboxes.into_iter().flat_map(given_up).collect()
    }

    /// A panic under the lock leaves no outbox half listed.
    fn list(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        let gone = self.open.list().outboxes.remove(&self.number);
        // Not under the lock.
        drop(gone);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{CommsNotifications, CommsOperation},
        http::{Callback, DeliveryState},
    };

    fn post(outbox: &Outbox, name: &str) {
        outbox.post(name, CommsNotifications::ended("call", &CommsOperation::new(name, None, "then")));
    }

    fn names(given_up: Vec<(String, Delivery)>) -> Vec<(String, String)> {
        assert!(given_up.iter().all(|(_, delivery)| delivery.state == DeliveryState::GivenUp));
        given_up.into_iter().map(|(call, delivery)| (call, delivery.operation)).collect()
    }

    #[test]
    fn what_is_open_is_given_up_once_and_what_is_not_never() {
        let open = Open::default();
        let new = || Outbox::new(Arc::default(), Callback::new("http://bot/", "t").unwrap());
        let (first, second, gone) = (new(), new(), new());
        let places = [("b", &first), ("a", &second), ("a", &gone)].map(|(id, it)| open.add(id.into(), it.clone()));
        for (outbox, name) in [(&first, "1"), (&first, "2"), (&second, "3"), (&gone, "4")] {
            post(outbox, name);
        }
        let [first_place, second_place, gone_place] = places;
        drop(gone_place);
        let expected = [("b", "1"), ("b", "2"), ("a", "3")].map(|(call, name)| (call.to_owned(), name.to_owned()));
        assert_eq!(names(open.abandon_all()), expected);
        post(&first, "5");
        assert_eq!(open.abandon_all(), [], "it was given up before");
        drop((first_place, second_place));
        assert!(open.list().outboxes.is_empty());
    }
}
