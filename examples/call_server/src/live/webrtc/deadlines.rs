//! Which connection wants to be woken when: [`Deadlines`].

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    time::Instant,
};

use super::super::leg::ConnectionId;

/// The deadlines of all connections. One that moves later, as most do with each packet, costs nothing: the connection
/// is woken at the earlier time and says the later one.
#[derive(Debug, Default)]
pub struct Deadlines {
    heap: BinaryHeap<Reverse<(Instant, ConnectionId)>>,
    /// The one entry of each connection that counts; others are left behind by deadlines that moved earlier.
    next: HashMap<ConnectionId, Instant>,
}

impl Deadlines {
    /// Takes note of when a connection wants to be woken.
    pub fn set(&mut self, connection: ConnectionId, deadline: Instant) {
        if self.next.get(&connection).is_none_or(|next| deadline < *next) {
            self.next.insert(connection, deadline);
            self.heap.push(Reverse((deadline, connection)));
        }
    }

    /// Forgets a connection.
    pub fn remove(&mut self, connection: ConnectionId) {
        self.next.remove(&connection);
    }

    /// The time of the first deadline, or an earlier one.
    pub fn first(&self) -> Option<Instant> {
        self.heap.peek().map(|Reverse((deadline, _))| *deadline)
    }

    /// Takes out a connection that is due.
    pub fn pop(&mut self, now: Instant) -> Option<ConnectionId> {
        while self.first().is_some_and(|deadline| deadline <= now) {
            let Reverse((deadline, connection)) = self.heap.pop()?;
            if self.next.get(&connection) == Some(&deadline) {
                self.next.remove(&connection);
                return Some(connection);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn who_is_due_comes_out_in_order_and_once() {
        let (mut deadlines, now) = (Deadlines::default(), Instant::now());
        let (anna, ben, cleo) = (ConnectionId::from_u128(1), ConnectionId::from_u128(2), ConnectionId::from_u128(3));
        let at = |ms| now + Duration::from_millis(ms);
        deadlines.set(anna, at(30));
        deadlines.set(ben, at(20));
        deadlines.set(cleo, at(10));
        deadlines.set(anna, at(15));
        deadlines.remove(cleo);
        assert_eq!(deadlines.pop(at(9)), None);
        assert_eq!([20, 20, 100].map(|ms| deadlines.pop(at(ms))), [Some(anna), Some(ben), None]);
        assert_eq!(deadlines.first(), None);
    }

    #[test]
    fn deadlines_that_move_leave_nothing_behind() {
        let (mut deadlines, now) = (Deadlines::default(), Instant::now());
        let (anna, at) = (ConnectionId::from_u128(1), |ms| now + Duration::from_millis(ms));
        let mut most = 0;
        for round in 0..1000 {
            (0..10).for_each(|packet| deadlines.set(anna, at(20 * round + 100 + packet)));
            deadlines.set(anna, at(20 * round + 5));
            assert_eq!(deadlines.pop(at(20 * round + 10)), Some(anna));
            most = most.max(deadlines.heap.len());
        }
        assert!(most <= 10, "{most}");
    }
}
