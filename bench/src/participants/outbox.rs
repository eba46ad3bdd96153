//! Packets on their way from the thread that encodes to the network: [`Outbox`].

use std::ops::Range;

use mixminus::stream::EncodedPacket;

use super::{network::Network, rtp::Outgoing};
use crate::Result;

/// The RTP clock of Opus (RFC 7587).
const CLOCK_HZ: u32 = 48_000;

/// Encoded packets with their listeners.
#[derive(Debug, Default)]
pub struct Outbox {
    packets: Vec<Packet>,
    payloads: Vec<u8>,
    /// Those of the packets, one after the other.
    listeners: Vec<usize>,
}

#[derive(Debug)]
struct Packet {
    payload: Range<usize>,
    listeners: Range<usize>,
    timestamp: u32,
    begins: bool,
}

impl Outbox {
    /// Takes a packet, as a queue to the network threads does.
    pub fn take(&mut self, packet: &EncodedPacket<'_>) {
        let (payload, listener) = (self.payloads.len(), self.listeners.len());
        self.payloads.extend_from_slice(packet.payload);
        self.listeners.extend(packet.listeners.iter().map(|listener| listener.index()));
        self.packets.push(Packet {
            payload: payload..self.payloads.len(),
            listeners: listener..self.listeners.len(),
            timestamp: packet.timestamp(CLOCK_HZ),
            begins: packet.resumes,
        });
    }

    /// Sends each packet to all of its listeners. How many packets went to the network.
    pub fn send(&mut self, streams: &mut [Outgoing], network: &Network) -> Result<u64> {
        let (sent, mut bytes) = (self.listeners.len() as u64, [0; 1500]);
        for packet in &self.packets {
            let payload = &self.payloads[packet.payload.clone()];
            for person in &self.listeners[packet.listeners.clone()] {
                let length = streams[*person].write(packet.timestamp, packet.begins, None, payload, &mut bytes)?;
                network.send_to(*person, &bytes[..length])?;
            }
        }
        self.packets.clear();
        self.payloads.clear();
        self.listeners.clear();
        Ok(sent)
    }
}
