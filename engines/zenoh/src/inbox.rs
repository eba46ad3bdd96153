//! From zenoh's threads to the driver's: [`Inbox`].

use std::{sync::Arc, time::Duration};

use crossbeam_channel::{Receiver, Sender, unbounded};
use mixminus::cluster::Delivery;
use zenoh::sample::{Sample, SampleKind};

use crate::{
    readings::{Counters, count},
    room::{Most, Place, Room},
};

/// What may wait for the driver's thread: a second of a large room's tick messages, or the state of a few nodes.
const MOST: Most = Most { messages: 32_768, bytes: 128 << 20 };

/// What is published has a quarter of the room: members that flood it do not keep out what is sent.
const PUBLISHED_PART: usize = 4;

/// A message as zenoh gave it.
#[derive(Debug)]
pub(crate) struct Arrival {
    pub(crate) sample: Sample,
    pub(crate) delivery: Delivery,
    pub(crate) place: Place,
}

/// Where zenoh's threads leave messages.
#[derive(Debug, Clone)]
pub(crate) struct Inbox {
    queue: Sender<Arrival>,
    room: Room,
    counters: Arc<Counters>,
}

/// Where the driver's thread takes them.
#[derive(Debug)]
pub(crate) struct Arrivals(Receiver<Arrival>);

/// A queue between the two.
pub(crate) fn inbox(counters: Arc<Counters>) -> (Inbox, Arrivals) {
    let (queue, arrivals) = unbounded();
    (Inbox { queue, room: Room::new(MOST), counters }, Arrivals(arrivals))
}

impl Inbox {
    /// Leaves a message, if there is room. Waits for nobody.
    pub(crate) fn leave(&self, sample: Sample, delivery: Delivery) {
        if sample.kind() != SampleKind::Put {
            return count(&self.counters.strangers);
        }
        let part = if delivery == Delivery::Published { PUBLISHED_PART } else { 1 };
        let place = self.room.place(sample.payload().len(), part);
        if place.is_none_or(|place| self.queue.send(Arrival { sample, delivery, place }).is_err()) {
            count(&self.counters.dropped);
        }
    }
}

impl Arrivals {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The next one, if there is one.
    pub(crate) fn next(&self) -> Option<Arrival> {
        self.0.try_recv().ok()
    }

    /// The next one; waits so long for it.
    pub(crate) fn wait(&self, no_longer: Duration) -> Option<Arrival> {
        self.0.recv_timeout(no_longer).ok()
    }
}
