//! How much may wait: [`Room`].

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

/// Room for messages that wait: in a queue, and wherever they go from there until they are dropped.
#[derive(Debug, Clone)]
pub(crate) struct Room(Arc<Used>);

#[derive(Debug)]
struct Used {
    messages: AtomicUsize,
    bytes: AtomicUsize,
    most: Most,
}

/// Bounds of what may wait.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Most {
    pub(crate) messages: usize,
    pub(crate) bytes: usize,
}

/// The place that a message takes, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    room: Room,
    bytes: usize,
}

impl Room {
    pub(crate) fn new(most: Most) -> Self {
        Self(Arc::new(Used { messages: AtomicUsize::new(0), bytes: AtomicUsize::new(0), most }))
    }

    /// A place for a message, if it would be in no more than one `part`-th of the room. Any thread.
    pub(crate) fn place(&self, bytes: usize, part: usize) -> Option<Place> {
        let Self(used) = self;
        let messages = used.messages.fetch_add(1, Relaxed) + 1;
        let total = used.bytes.fetch_add(bytes, Relaxed) + bytes;
        let place = Place { room: self.clone(), bytes };
        (messages <= used.most.messages / part && total <= used.most.bytes / part).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Room(used) = &self.room;
        used.messages.fetch_sub(1, Relaxed);
        used.bytes.fetch_sub(self.bytes, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_for_so_many() {
        let room = Room::new(Most { messages: 4, bytes: 100 });
        let places: Vec<_> = (0..4).map(|_| room.place(1, 1).unwrap()).collect();
        assert!(room.place(1, 1).is_none());
        drop(places);
        assert!(room.place(1, 1).is_some());
    }

    #[test]
    fn there_is_room_for_so_many_bytes() {
        let room = Room::new(Most { messages: 4, bytes: 100 });
        assert!(room.place(101, 1).is_none());
        let _half = room.place(50, 2).unwrap();
        assert!(room.place(1, 2).is_none(), "in no more than a half");
        assert!(room.place(50, 1).is_some());
    }
}
