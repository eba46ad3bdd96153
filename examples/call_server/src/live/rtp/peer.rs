//! Where a peer is, and whose packets are its own: [`Peer`], one for RTP and one for RTCP.
//!
//! A peer's packets come from the address of its offer, and most come from the port, too. Many telephones are behind a
//! NAT which gives them another one: so what is sent goes to where the packets come from (symmetric RTP, RFC 4961).

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// How long after an offer the first packet may come from anywhere, where that is allowed.
const ANYWHERE: Duration = Duration::from_secs(10);

/// The address of a peer, as agreed and as seen.
#[derive(Debug, Clone, Copy)]
pub struct Peer {
    agreed: SocketAddr,
    latched: Option<SocketAddr>,
    anywhere_until: Option<Instant>,
}

impl Peer {
    /// The peer of an offer. `from_anywhere` takes the first packet from any address for a while: the peer's address
    /// is that behind its NAT.
    pub fn new(agreed: SocketAddr, from_anywhere: bool, now: Instant) -> Self {
        Self { agreed, latched: None, anywhere_until: from_anywhere.then(|| now + ANYWHERE) }
    }

    /// Whether a packet from there may be the peer's.
    pub fn is_from(&self, source: SocketAddr, now: Instant) -> bool {
        match self.latched {
            Some(latched) => source == latched,
            None => source.ip() == self.agreed.ip() || self.anywhere_until.is_some_and(|until| now < until),
        }
    }

    /// Only packets from there are the peer's from now on: one of them was valid.
    pub fn latch(&mut self, source: SocketAddr) {
        self.latched = Some(source);
    }

    /// Where its packets are known to come from.
    pub fn latched(&self) -> Option<SocketAddr> {
        self.latched
    }

    /// Where packets for the peer go; nowhere while its address is not known.
    pub fn destination(&self) -> Option<SocketAddr> {
        self.latched.or(Some(self.agreed).filter(|agreed| !agreed.ip().is_unspecified() && agreed.port() != 0))
    }

    /// The peer of a new offer. What was seen of it goes on if it is said to be where it was.
    pub fn change(&mut self, agreed: SocketAddr, from_anywhere: bool, now: Instant) {
        if agreed != self.agreed {
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
        peer.latch(behind_nat);
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
    fn a_new_offer_with_the_same_address_changes_nothing_and_another_one_begins_anew() {
        let now = Instant::now();
        let mut peer = Peer::new(address("192.0.2.1:4000"), false, now);
        peer.latch(address("192.0.2.1:61000"));
        peer.change(address("192.0.2.1:4000"), false, now);
        assert_eq!(peer.destination(), Some(address("192.0.2.1:61000")));
        peer.change(address("192.0.2.3:4000"), false, now);
        assert_eq!(peer.destination(), Some(address("192.0.2.3:4000")));
        peer.change(address("0.0.0.0:4000"), false, now);
        assert_eq!(peer.destination(), None);
    }
}
