//! The UDP ports of sessions: two each, an even one for RTP and the next one for RTCP ([`Pairs`]).

use std::{
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
    str::FromStr,
    sync::atomic::{AtomicU16, Ordering},
};

/// The ports that sessions may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortRange {
    /// Even.
    first: u16,
    pairs: u16,
}

impl FromStr for PortRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bounds = text.split_once('-').and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
        let expected = || "expected FIRST-LAST, two or more ports from 1024 to 65535, such as 40000-40199".to_owned();
        let (first, last): (u16, u16) = bounds.filter(|(first, _)| *first >= 1024).ok_or_else(expected)?;
        let first = first.checked_add(first % 2).ok_or_else(expected)?;
        let pairs = (u32::from(last) + 1).saturating_sub(u32::from(first)) / 2;
        if pairs == 0 { Err(expected()) } else { Ok(Self { first, pairs: pairs as u16 }) }
    }
}

/// The two sockets of a session.
#[derive(Debug)]
pub struct Pair {
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
}

/// Gives pairs out of a range, each in its turn: late packets of a session do not reach the next one.
#[derive(Debug)]
pub struct Pairs {
    ip: IpAddr,
    range: PortRange,
    next: AtomicU16,
}

impl Pairs {
    pub fn new(ip: IpAddr, range: PortRange) -> Self {
        Self { ip, range, next: AtomicU16::new(0) }
    }

    pub fn ip(&self) -> IpAddr {
        self.ip
    }

    /// Binds the next pair that no session and no other program has.
    pub fn bind(&self) -> Result<Pair, NoPair> {
        for _ in 0..self.range.pairs {
            let number = self.next.fetch_add(1, Ordering::Relaxed) % self.range.pairs;
            match self.bind_at(self.range.first + 2 * number) {
                Ok(pair) => return Ok(pair),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(cause) => return Err(NoPair::System(cause)),
            }
        }
        Err(NoPair::AllTaken { pairs: self.range.pairs })
    }

    fn bind_at(&self, port: u16) -> io::Result<Pair> {
        let bind = |port| {
            let socket = UdpSocket::bind(SocketAddr::new(self.ip, port))?;
            socket.set_nonblocking(true).map(|()| socket)
        };
        Ok(Pair { rtp: bind(port)?, rtcp: bind(port + 1)? })
    }
}

/// The server's address that a peer can reach it by: that of the interface which leads there. Nothing is sent.
pub fn address_towards(peer: IpAddr) -> io::Result<IpAddr> {
    let unspecified = SocketAddr::new(if peer.is_ipv4() { [0; 4].into() } else { [0; 16].into() }, 0);
    let socket = UdpSocket::bind(unspecified)?;
    socket.connect(SocketAddr::new(peer, 9))?;
    Ok(socket.local_addr()?.ip())
}

/// Why a session gets no ports.
#[derive(Debug, thiserror::Error)]
pub enum NoPair {
    #[error("all {pairs} pairs of ports are taken; see --rtp-ports")]
    AllTaken { pairs: u16 },
    #[error("the system gives no UDP port: {0}")]
    System(io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_whole_pairs() {
        let parsed = |text: &str| text.parse::<PortRange>().map(|range| (range.first, range.pairs)).ok();
        assert_eq!(parsed("40000-40199"), Some((40_000, 100)));
        assert_eq!(parsed("40001-40004"), Some((40_002, 1)));
        assert_eq!(parsed("65534-65535"), Some((65_534, 1)));
        for wrong in ["40000-40000", "40001-40002", "2-1", "65535-65535", "80-90", "40000", "a-b", ""] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn pairs_are_even_and_odd_and_come_to_an_end() {
        let pairs = Pairs::new([127, 0, 0, 1].into(), "47310-47313".parse().unwrap());
        let port = |socket: &UdpSocket| socket.local_addr().unwrap().port();
        let (first, second) = (pairs.bind().unwrap(), pairs.bind().unwrap());
        assert_eq!((port(&first.rtp), port(&first.rtcp), port(&second.rtp)), (47_310, 47_311, 47_312));
        assert!(matches!(pairs.bind(), Err(NoPair::AllTaken { pairs: 2 })));
        drop(first);
        assert_eq!(port(&pairs.bind().unwrap().rtp), 47_310);
    }

    #[test]
    fn the_way_to_a_peer_begins_at_an_address() {
        assert_eq!(address_towards([127, 0, 0, 1].into()).unwrap(), IpAddr::from([127, 0, 0, 1]));
    }
}
