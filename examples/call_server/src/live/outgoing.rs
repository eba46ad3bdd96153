//! The way of encoded packets from the threads that encode to the network thread: [`Outgoing`]. It never waits: what
//! finds no room is dropped and counted.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use mixminus::{ParticipantKey, stream::EncodedPacket};
use tokio::sync::mpsc::{self, Receiver, Sender, error::TrySendError};

/// How many packets wait for the network thread: two seconds of ten mixes, in packets of 20 ms.
const WAITING: usize = 1000;
/// The clock of Opus in RTP (RFC 7587).
const CLOCK_HZ: u32 = 48_000;

/// An encoded packet for those who hear the same mix.
#[derive(Debug, Clone)]
pub struct Packet {
    pub listeners: Box<[ParticipantKey]>,
    /// Who is heard in it, by the numbers of [`contributor`].
    pub contributors: Box<[u32]>,
    /// Where it starts, by the clock of Opus in RTP.
    pub timestamp: u32,
    pub payload: Arc<[u8]>,
    /// Whether it is the first one after a pause.
    pub marker: bool,
    /// How many packets before it could not be made: their numbers are left out.
    pub lost_before: u32,
}

/// The number by which packets name a participant as one who is heard in them (CSRC, RFC 3550).
pub fn contributor(key: ParticipantKey) -> u32 {
    // 0 would be as if there were none.
    key.index() as u32 + 1
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
    pub fn send(&self, packet: &EncodedPacket<'_>) {
        self.pass_on(Packet {
            listeners: packet.listeners.into(),
            contributors: packet.sources.iter().copied().map(contributor).collect(),
            timestamp: packet.timestamp(CLOCK_HZ),
            payload: packet.payload.into(),
            marker: packet.resumes,
            lost_before: packet.lost_before,
        });
    }

    fn pass_on(&self, packet: Packet) {
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
        let packet = |timestamp| Packet {
            listeners: [].into(),
            contributors: [].into(),
            timestamp,
            payload: [1, 2].into(),
            marker: false,
            lost_before: 0,
        };
        (0..WAITING as u32 + 7).for_each(|timestamp| outgoing.pass_on(packet(timestamp)));
        assert_eq!(outgoing.dropped(), 7);
        assert_eq!(coming.try_recv().map(|packet| packet.timestamp), Ok(0));
    }
}
