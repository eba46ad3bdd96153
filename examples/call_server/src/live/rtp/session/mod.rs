//! A session with one peer: [`Session`]. Its datagrams go to the participant's port, and packets of its mix go out.
//! All of it is plain computing: the sockets are [`super::network`]'s.

#[cfg(test)]
mod tests;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use mixminus::stream::PacketPort;

use super::{
    codec::Codec,
    counters::Counters,
    figures::Figures,
    inbound::Inbound,
    outbound::{Encoded, Outbound},
    packing::Packing,
    peer::Peer,
    reporting::Reporting,
    sdp::Agreement,
};

/// How often the figures are published.
const PUBLISHED: Duration = Duration::from_millis(250);
/// How long a peer may be silent before it counts as lost: one that sends, or one that has sent reports.
const SILENCE: Duration = Duration::from_secs(30);

/// The figures of a session, as the network's thread publishes them.
#[derive(Debug, Clone, Default)]
pub struct Published(Arc<Mutex<Figures>>);

impl Published {
    pub fn read(&self) -> Figures {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn write(&self, figures: &Figures) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone_from(figures);
    }
}

/// Who sends what from where, and what is counted of it.
#[derive(Debug)]
pub struct Session {
    agreed: Agreement,
    /// Whether the first packet may come from anywhere.
    from_anywhere: bool,
    rtp: Peer,
    rtcp: Peer,
    inbound: Inbound,
    outbound: Outbound,
    packing: Packing,
    reporting: Reporting,
    figures: Figures,
    published: Published,
    counters: Arc<Counters>,
    counted: Figures,
    publishes_at: Instant,
    /// When something came from the peer, or the session began.
    seen: Instant,
    has_come: bool,
    has_said_bye: bool,
}

impl Session {
    pub fn new(agreed: Agreement, port: PacketPort, from_anywhere: bool, published: Published, now: Instant) -> Self {
        let mut session = Self {
            from_anywhere,
            rtp: Peer::new(agreed.rtp, from_anywhere, now),
            rtcp: Peer::new(agreed.rtcp, from_anywhere, now),
            inbound: Inbound::new(&agreed, port),
            outbound: Outbound::new(agreed.codec, agreed.payload_type),
            packing: Packing::new(agreed.codec, agreed.packet_ms),
            reporting: Reporting::start(now),
            figures: Figures { codec: agreed.codec.encoding_name(), ..Figures::default() },
            published,
            counters: Arc::default(),
            counted: Figures::default(),
            publishes_at: now,
            seen: now,
            has_come: false,
            has_said_bye: false,
            agreed,
        };
        session.publish(now);
        session
    }

    /// Adds all that it counts to these sums.
    pub fn counted_by(self, counters: Arc<Counters>) -> Self {
        Self { counters, ..self }
    }

    /// Another agreement, with another port if the codec is another one.
    pub fn change(&mut self, agreed: Agreement, port: Option<PacketPort>, now: Instant) {
        self.rtp.change(agreed.rtp, self.from_anywhere, now);
        self.rtcp.change(agreed.rtcp, self.from_anywhere, now);
        self.inbound.change(&agreed, port);
        self.outbound.change(agreed.codec, agreed.payload_type);
        self.packing = Packing::new(agreed.codec, agreed.packet_ms);
        self.figures.codec = agreed.codec.encoding_name();
        (self.agreed, self.seen) = (agreed, now);
        self.publish(now);
    }

    /// A datagram at the port of RTP.
    pub fn rtp(&mut self, datagram: &[u8], source: SocketAddr, now: Instant) {
        if !self.rtp.is_from(source, now) {
            self.figures.dropped.strangers += 1;
        } else if self.agreed.rtcp_mux && is_rtcp(datagram) {
            self.read_report(datagram, now);
        } else if self.inbound.take(datagram, now, &mut self.figures) {
            self.rtp.latch(source);
            (self.seen, self.has_come, self.has_said_bye) = (now, true, false);
        }
    }

    /// A datagram at the port of RTCP.
    pub fn rtcp(&mut self, datagram: &[u8], source: SocketAddr, now: Instant) {
        let is_with_rtp = self.rtp.latched().is_none_or(|rtp| rtp.ip() == source.ip());
        if !is_with_rtp || !self.rtcp.is_from(source, now) {
            self.figures.dropped.strangers += 1;
        } else if self.read_report(datagram, now) {
            self.rtcp.latch(source);
        }
    }

    /// Whether it is a report.
    fn read_report(&mut self, datagram: &[u8], now: Instant) -> bool {
        let Ok(told) = self.reporting.read(datagram, &self.outbound, &mut self.figures, now) else {
            self.figures.dropped.malformed += 1;
            return false;
        };
        (self.seen, self.has_come) = (now, true);
        self.has_said_bye |= told.bye;
        true
    }

    /// Gives a packet of the mix as packets for the peer, and where they go; nothing for a peer that does not hear.
    pub fn send(&mut self, packet: &Encoded, buffer: &mut Vec<u8>, mut give: impl FnMut(&[u8], SocketAddr) -> bool) {
        let Some(destination) = self.rtp.destination().filter(|_| self.agreed.peer_hears) else { return };
        // A packet that was encoded before the codec changed.
        if packet.codec != self.agreed.codec {
            return;
        }
        let Self { packing, outbound, figures, .. } = self;
        outbound.leave_out(packet.lost_before);
        packing.pack(packet, |payload, position, is_first| {
            outbound.write(payload, position, is_first, &packet.sources, buffer);
            figures.sent.packets += 1;
            figures.sent.bytes += payload.len() as u64;
            figures.dropped.unsent += u64::from(!give(buffer, destination));
        });
    }

    /// Does what is due; returns a report to be sent, and where, if one is.
    pub fn pass_time(&mut self, now: Instant) -> Option<(Vec<u8>, SocketAddr)> {
        if now >= self.publishes_at {
            self.inbound.expire(now, &mut self.figures);
            self.publish(now);
        }
        let is_due = self.reporting.is_due(now);
        is_due.then(|| self.report(now, false)).flatten()
    }

    /// A report, or the last one, which says goodbye.
    pub fn report(&mut self, now: Instant, bye: bool) -> Option<(Vec<u8>, SocketAddr)> {
        let report = self.reporting.write(self.inbound.reception_mut(), &mut self.outbound, bye, now);
        self.publish(now);
        let peer = if self.agreed.rtcp_mux { &self.rtp } else { &self.rtcp };
        peer.destination().map(|destination| (report, destination))
    }

    /// Whether the peer is there, as far as is known: `None` while one that should send has not yet.
    pub fn is_alive(&self, now: Instant) -> Option<bool> {
        let is_silent = now.saturating_duration_since(self.seen) > SILENCE;
        match (self.has_come, self.agreed.peer_sends) {
            // A peer that only hears need not say anything.
            (false, false) => Some(true),
            (false, true) => is_silent.then_some(false),
            (true, _) => Some(!is_silent && !self.has_said_bye),
        }
    }

    /// The codec by which the peer hears, if it does.
    pub fn hears(&self) -> Option<Codec> {
        self.agreed.peer_hears.then_some(self.agreed.codec)
    }

    /// Whether RTCP of the session comes to the port of RTP.
    pub fn rtcp_mux(&self) -> bool {
        self.agreed.rtcp_mux
    }

    fn publish(&mut self, now: Instant) {
        self.inbound.figures(&mut self.figures);
        self.published.write(&self.figures);
        self.counters.add(&self.counted, &self.figures);
        self.counted.clone_from(&self.figures);
        self.publishes_at = now + PUBLISHED;
    }
}

/// Tells RTCP from RTP at one port (RFC 5761, section 4).
fn is_rtcp(datagram: &[u8]) -> bool {
    datagram.get(1).is_some_and(|kind| (192..224).contains(kind))
}
