//! From the driver's thread to zenoh: [`Outbox`], a queue and a thread. Zenoh lets its callers wait where the network is too slow.

use std::{io, sync::Arc, thread};

use crossbeam_channel::{Receiver, Sender, unbounded};
use zenoh::{
    Session, Wait,
    bytes::ZBytes,
    pubsub::Publisher,
    qos::{CongestionControl, Priority, Reliability},
    sample::Locality,
};

use crate::{
    readings::{Counters, count},
    room::{Most, Place, Room},
};

/// What is sent to one node waits for the network: up to this much.
const SENT: Most = Most { messages: 16_384, bytes: 64 << 20 };

/// What is published is worth nothing later: the newest few.
const PUBLISHED: Most = Most { messages: 4, bytes: 64 << 20 };

/// How zenoh carries messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carriage {
    /// At once, before all others, at best.
    Published,
    /// All of them, in order.
    Sent,
}

/// A queue of messages under one key, and the thread that gives them to zenoh.
#[derive(Debug)]
pub(crate) struct Outbox {
    queue: Sender<Waiting>,
    waiting: Receiver<Waiting>,
    room: Room,
    thread: thread::JoinHandle<()>,
}

type Waiting = (Vec<u8>, Place);

impl Outbox {
    /// Starts the thread.
    pub(crate) fn start(
        session: &Session,
        key: String,
        carriage: Carriage,
        counters: Arc<Counters>,
    ) -> io::Result<Self> {
        let (queue, waiting) = unbounded();
        let (session, messages) = (session.clone(), waiting.clone());
        let name = if carriage == Carriage::Published { "mixminus-tick" } else { "mixminus-send" };
        let work = move || match declare(&session, key, carriage) {
            Ok(publisher) => give(&publisher, &messages, &counters),
            // Only to a session that is closed.
            Err(_) => messages.iter().for_each(|_| count(&counters.dropped)),
        };
        let thread = thread::Builder::new().name(name.to_owned()).spawn(work)?;
        let room = Room::new(if carriage == Carriage::Published { PUBLISHED } else { SENT });
        Ok(Self { queue, waiting, room, thread })
    }

    /// Leaves a message; `false` if there is no room. Waits for nobody.
    pub(crate) fn leave(&self, message: Vec<u8>) -> bool {
        let place = self.room.place(message.len(), 1);
        place.is_some_and(|place| self.queue.send((message, place)).is_ok())
    }

    /// Drops the message that has waited longest; `false` if none waits.
    pub(crate) fn drop_oldest(&self) -> bool {
        self.waiting.try_recv().is_ok()
    }

    /// Drops what waits.
    pub(crate) fn clear(&self) {
        while self.drop_oldest() {}
    }

    /// Waits until zenoh has what was left.
    pub(crate) fn finish(self) {
        drop(self.queue);
        // A panic was told when it happened.
        let _panicked = self.thread.join();
    }
}

fn declare(session: &Session, key: String, carriage: Carriage) -> zenoh::Result<Publisher<'static>> {
    let publisher = session.declare_publisher(key).allowed_destination(Locality::Remote);
    match carriage {
        Carriage::Published => publisher
            .express(true)
            .priority(Priority::RealTime)
            .congestion_control(CongestionControl::Drop)
            .reliability(Reliability::BestEffort),
        Carriage::Sent => publisher
            .priority(Priority::InteractiveHigh)
            .congestion_control(CongestionControl::Block)
            .reliability(Reliability::Reliable),
    }
    .wait()
}

fn give(publisher: &Publisher<'_>, messages: &Receiver<Waiting>, counters: &Counters) {
    for (message, place) in messages {
        if publisher.put(ZBytes::from(message)).wait().is_err() {
            count(&counters.dropped);
        }
        drop(place);
    }
}
