//! Where a peer is, and whose packets are its own: [`Peer`], one for RTP and one for RTCP.
//!
//! A peer's packets come from the address of its offer, and most come from the port, too. Many telephones are behind a
//! NAT which gives them another one: so what is sent goes to where the packets come from (symmetric RTP, RFC 4961).

use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

/// How long after an offer the first packet may come from anywhere, where that is allowed.
const ANYWHERE: Duration = Duration::from_secs(10);

/// How long nothing may have come for another port of the same address to be the peer's: a NAT has given it a new one.
const REBOUND: Duration = Duration::from_secs(5);

/// The address of a peer, as agreed and as seen.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    agreed: SocketAddr,
    /// Where its packets are expected from until some have come.
    ip: IpAddr,
    latched: Option<SocketAddr>,
    /// When something came from there; `None` since another offer.
    seen: Option<Instant>,
    anywhere_until: Option<Instant>,
}

impl Peer {
    /// The peer of an offer. `from_anywhere` takes the first packet from any address for a while: the peer's address
    /// is that behind its NAT.
    pub fn new(agreed: SocketAddr, from_anywhere: bool, now: Instant) -> Self {
        let anywhere_until = from_anywhere.then(|| now + ANYWHERE);
        Self { agreed, ip: agreed.ip(), latched: None, seen: None, anywhere_until }
    }

    /// Whether a packet from there may be the peer's.
    pub fn is_from(&self, source: SocketAddr, now: Instant) -> bool {
        let may_be_anywhere = self.latched.is_none() && self.anywhere_until.is_some_and(|until| now < until);
        may_be_anywhere || self.is_known(source, now)
    }

    /// Whether a packet comes from where the peer is known to be, whatever else may be taken as its first one.
    pub fn is_known(&self, source: SocketAddr, now: Instant) -> bool {
        let may_move = self.seen.is_none_or(|seen| now.saturating_duration_since(seen) >= REBOUND);
        match self.latched {
            Some(latched) => source == latched || (may_move && source.ip() == latched.ip()),
            None => source.ip() == self.ip,
        }
    }

    /// Only packets from there are the peer's from now on: one of them was valid.
    pub fn latch(&mut self, source: SocketAddr, now: Instant) {
        (self.latched, self.seen) = (Some(source), Some(now));
    }

    /// Whether that is where its packets are known to come from.
    pub fn is_latched_to(&self, source: SocketAddr) -> bool {
        self.latched == Some(source)
    }

    /// Its packets come from this address, as those of the peer's other port do. What came from another one was not the
    /// peer's.
    pub fn stay_at(&mut self, ip: IpAddr) {
        self.ip = ip;
        self.latched = self.latched.filter(|latched| latched.ip() == ip);
    }

    /// Where packets for the peer go; nowhere while its address is not known.
    pub fn destination(&self) -> Option<SocketAddr> {
        self.latched.or(Some(self.agreed).filter(|agreed| !agreed.ip().is_unspecified() && agreed.port() != 0))
    }

    /// The peer of a new offer. What was seen of it goes on if it is said to be where it was, but it may send from
    /// another port.
    pub fn change(&mut self, agreed: SocketAddr, from_anywhere: bool, now: Instant) {
        if agreed == self.agreed {
            self.seen = None;
        } else {
            *self = Self::new(agreed, from_anywhere, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_agreed_address_may_send_from_any_port_until_one_is_known() {
        let now = Instant::now();
        let mut peer = Peer::new(address("192.0.2.1:4000"), false, now);
        assert_eq!(peer.destination(), Some(address("192.0.2.1:4000")));
        let (behind_nat, other) = (address("192.0.2.1:61000"), address("192.0.2.2:4000"));
        assert!(peer.is_from(behind_nat, now) && !peer.is_from(other, now));
        peer.latch(behind_nat, now);
        assert_eq!(peer.destination(), Some(behind_nat));
        assert!(peer.is_from(behind_nat, now) && !peer.is_from(address("192.0.2.1:4000"), now));
    }

    #[test]
    fn the_first_packet_may_come_from_anywhere_for_a_while_if_that_is_allowed() {
        let now = Instant::now();
        let peer = Peer::new(address("10.0.0.1:4000"), true, now);
        assert!(peer.is_from(address("192.0.2.2:4000"), now));
        assert!(!peer.is_from(address("192.0.2.2:4000"), now + ANYWHERE));
        assert!(peer.is_from(address("10.0.0.1:4002"), now + ANYWHERE));
    }

    #[test]
    fn a_new_offer_with_the_same_address_keeps_what_is_known_and_another_one_begins_anew() {
        let now = Instant::now();
        let mut peer = Peer::new(address("192.0.2.1:4000"), false, now);
        peer.latch(address("192.0.2.1:61000"), now);
        peer.change(address("192.0.2.1:4000"), false, now);
        assert_eq!(peer.destination(), Some(address("192.0.2.1:61000")));
        assert!(peer.is_known(address("192.0.2.1:62000"), now), "from another port");
        peer.change(address("192.0.2.3:4000"), false, now);
        assert_eq!(peer.destination(), Some(address("192.0.2.3:4000")));
        peer.change(address("0.0.0.0:4000"), false, now);
        assert_eq!(peer.destination(), None);
    }
    #[test]
    fn another_port_of_the_same_address_is_the_peer_s_after_a_silence() {
        let now = Instant::now();
        let mut peer = Peer::new(address("192.0.2.1:4000"), true, now);
        peer.latch(address("192.0.2.1:61000"), now);
        let (moved, other) = (address("192.0.2.1:62000"), address("192.0.2.2:62000"));
        assert!(!peer.is_from(moved, now + REBOUND / 2));
        assert!(peer.is_from(moved, now + REBOUND) && !peer.is_from(other, now + REBOUND));
    }

    #[test]
    fn a_peer_that_stays_elsewhere_was_not_where_others_sent_from() {
        let now = Instant::now();
        let mut peer = Peer::new(address("10.0.0.1:4001"), false, now);
        peer.latch(address("10.0.0.1:4001"), now);
        peer.stay_at(address("192.0.2.1:0").ip());
        assert!(!peer.is_known(address("10.0.0.1:4001"), now) && peer.is_known(address("192.0.2.1:61001"), now));
    }
}
