//! The way of encoded packets from the threads that encode to the network thread: [`Outgoing`]. It never waits: what
//! finds no room is dropped and counted.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use mixminus::ParticipantKey;
use tokio::sync::mpsc::{self, Receiver, Sender, error::TrySendError};

/// How many packets wait for the network thread: two seconds of ten mixes, in packets of 20 ms.
const WAITING: usize = 1000;

/// An encoded packet for those who hear the same mix.
#[derive(Debug, Clone)]
pub struct Packet {
    pub listeners: Box<[ParticipantKey]>,
    /// Where it starts, in samples of the mixer.
    pub position: u64,
    pub payload: Arc<[u8]>,
    /// Whether it is the first one after a pause.
    pub marker: bool,
}

/// Takes the packets; for any thread that may allocate.
#[derive(Debug, Clone)]
pub struct Outgoing {
    packets: Sender<Packet>,
    dropped: Arc<AtomicU64>,
}

impl Outgoing {
    /// The way, and its end at the network thread.
    pub fn new() -> (Self, Receiver<Packet>) {
        let (packets, coming) = mpsc::channel(WAITING);
        (Self { packets, dropped: Arc::default() }, coming)
    }

    /// Passes on a packet to its listeners.
    pub fn send(&self, listeners: &[ParticipantKey], position: u64, payload: &Arc<[u8]>, marker: bool) {
        let packet = Packet { listeners: listeners.into(), position, payload: Arc::clone(payload), marker };
        if let Err(TrySendError::Full(_)) = self.packets.try_send(packet) {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many packets found no room.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_thread_that_does_not_keep_up_costs_packets_and_no_time() {
        let (outgoing, mut coming) = Outgoing::new();
        let payload: Arc<[u8]> = [1, 2].into();
        for position in 0..WAITING as u64 + 7 {
            outgoing.send(&[], position, &payload, false);
        }
        assert_eq!(outgoing.dropped(), 7);
        assert_eq!(coming.try_recv().map(|packet| (packet.position, packet.payload)), Ok((0, payload)));
    }
}
