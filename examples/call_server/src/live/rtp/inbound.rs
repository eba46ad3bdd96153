//! The stream from a peer: its packets go to the participant's port ([`Inbound`]).

use std::time::Instant;

use mixminus::stream::{PacketPort, RtpPacket};

use super::{events::Keys, figures::Figures, reception::Reception, sdp::Agreement};

/// What a peer sends.
#[derive(Debug)]
pub struct Inbound {
    port: PacketPort,
    payload_type: u8,
    clock_hz: u32,
    events: Option<(u8, Keys)>,
    is_sending: bool,
    /// The source that is heard.
    reception: Option<Reception>,
    /// Another source, and the number of its next packet: it is heard from that one on.
    next: Option<(u32, u16)>,
}

impl Inbound {
    pub fn new(agreed: &Agreement, port: PacketPort) -> Self {
        Self {
            port,
            payload_type: agreed.payload_type,
            clock_hz: agreed.codec.clock_hz(),
            events: agreed.events.map(|(payload_type, clock_hz)| (payload_type, Keys::new(clock_hz))),
            is_sending: agreed.peer_sends,
            reception: None,
            next: None,
        }
    }

    /// Another agreement. What is known of the stream goes on, unless the port is another one.
    pub fn change(&mut self, agreed: &Agreement, port: Option<PacketPort>) {
        if let Some(port) = port {
            *self = Self::new(agreed, port);
            return;
        }
        let kept =
            self.events.take().filter(|(payload_type, _)| agreed.events.map(|(of, _)| of) == Some(*payload_type));
        let made = || agreed.events.map(|(payload_type, clock_hz)| (payload_type, Keys::new(clock_hz)));
        self.events = kept.or_else(made);
        (self.payload_type, self.is_sending) = (agreed.payload_type, agreed.peer_sends);
    }

    /// Takes a datagram of the peer. Returns whether it is RTP as agreed, also if it is not used.
    pub fn take(&mut self, datagram: &[u8], now: Instant, figures: &mut Figures) -> bool {
        let Ok(packet) = rtp_types::RtpPacket::parse(datagram) else {
            figures.dropped.malformed += 1;
            return false;
        };
        let is_audio = packet.payload_type() == self.payload_type;
        let is_event = self.events.as_ref().is_some_and(|(payload_type, _)| packet.payload_type() == *payload_type);
        if !is_audio && !is_event {
            figures.dropped.other_payloads += 1;
            // Its number is not missing.
            self.push(&packet, &[], now, figures);
            return false;
        }
        if !self.is_sending {
            figures.dropped.on_hold += 1;
            return true;
        }
        figures.received.packets += 1;
        figures.received.bytes += packet.payload().len() as u64;
        if is_event {
            self.press(&packet, now, figures);
        } else if self.is_heard(&packet, now) {
            self.push(&packet, packet.payload(), now, figures);
        }
        true
    }

    /// Takes a packet of an event. It is no sound, and its number is not missing.
    fn press(&mut self, packet: &rtp_types::RtpPacket<'_>, now: Instant, figures: &mut Figures) {
        let keys = self.events.as_mut();
        if let Some(key) = keys.and_then(|(_, keys)| keys.take(packet.payload(), packet.timestamp(), now)) {
            press(key, figures);
        }
        self.push(packet, &[], now, figures);
    }

    /// Whether a packet's source is heard. Another one is from its second packet on (RFC 3550, appendix A.1): one packet
    /// out of a call before does no harm.
    fn is_heard(&mut self, packet: &rtp_types::RtpPacket<'_>, now: Instant) -> bool {
        let (ssrc, sequence) = (packet.ssrc(), packet.sequence_number());
        if self.reception.as_ref().is_some_and(|reception| reception.ssrc == ssrc) {
            return true;
        }
        if self.reception.is_some() && self.next != Some((ssrc, sequence)) {
            self.next = Some((ssrc, sequence.wrapping_add(1)));
            return false;
        }
        self.next = None;
        self.reception = Some(Reception::begin(ssrc, sequence, self.clock_hz, now));
        true
    }

    /// Hands over a packet of the source that is heard; an empty payload for what is no sound.
    fn push(&mut self, packet: &rtp_types::RtpPacket<'_>, payload: &[u8], now: Instant, figures: &mut Figures) {
        let (sequence, timestamp) = (packet.sequence_number(), packet.timestamp());
        let Some(reception) = self.reception.as_mut().filter(|reception| reception.ssrc == packet.ssrc()) else {
            return;
        };
        reception.packet(sequence, (!payload.is_empty()).then_some(timestamp), now);
        if self.port.push(RtpPacket { payload, sequence, timestamp, level: None }).is_err() {
            figures.dropped.refused += 1;
        }
    }

    /// Ends a key whose packets have stopped.
    pub fn expire(&mut self, now: Instant, figures: &mut Figures) {
        if let Some(key) = self.events.as_mut().and_then(|(_, keys)| keys.expire(now)) {
            press(key, figures);
        }
    }

    /// Sets what the figures tell of the source.
    pub fn figures(&self, figures: &mut Figures) {
        if let Some(reception) = &self.reception {
            let received = reception.figures();
            figures.received.lost = received.lost;
            figures.received.jitter_ms = reception.jitter_ms();
            figures.received.loss_percent = f64::from(reception.told_fraction()) / 2.56;
        }
    }

    pub fn reception_mut(&mut self) -> Option<&mut Reception> {
        self.reception.as_mut()
    }
}

fn press(key: super::events::Key, figures: &mut Figures) {
    tracing::info!(digit = %key.digit, ms = key.duration_ms, "a key was pressed");
    figures.press(key.digit);
}
