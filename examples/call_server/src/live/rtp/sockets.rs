//! The UDP ports of sessions: two each, an even one for RTP and the next one for RTCP ([`Pairs`]).

use std::{
    io,
    net::{IpAddr, SocketAddr, UdpSocket},
    ops::RangeInclusive,
    sync::atomic::{AtomicU16, Ordering},
};

/// The ports that sessions use if no others are asked for: below those that systems give to programs.
const USUAL: RangeInclusive<u16> = 16_384..=32_767;

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
    /// The even ports.
    first: u16,
    pairs: u16,
    next: AtomicU16,
}

impl Pairs {
    /// Pairs of a range, or of the usual one.
    pub fn new(ip: IpAddr, range: Option<RangeInclusive<u16>>) -> Self {
        let range = range.unwrap_or(USUAL);
        let first = u32::from(*range.start()).next_multiple_of(2);
        let pairs = ((u32::from(*range.end()) + 1).saturating_sub(first) / 2) as u16;
        // Those of an earlier run may get packets still.
        let next = AtomicU16::new(fastrand::u16(..pairs.max(1)));
        Self { ip, first: first as u16, pairs, next }
    }

    pub fn ip(&self) -> IpAddr {
        self.ip
    }

    /// Binds the next pair that no session and no other program has.
    pub fn bind(&self) -> Result<Pair, NoPair> {
        for _ in 0..self.pairs {
            let number = u32::from(self.next.fetch_add(1, Ordering::Relaxed)) % u32::from(self.pairs);
            match self.bind_at(self.first + 2 * number as u16) {
                Ok(pair) => return Ok(pair),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(cause) => return Err(NoPair::System(cause)),
            }
        }
        Err(NoPair::AllTaken { pairs: self.pairs })
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

    fn pairs(range: RangeInclusive<u16>) -> Pairs {
        Pairs::new([127, 0, 0, 1].into(), Some(range))
    }

    #[test]
    fn a_range_has_whole_pairs() {
        let counted = |range: RangeInclusive<u16>| (pairs(range.clone()).first, pairs(range).pairs);
        assert_eq!(counted(40_000..=40_199), (40_000, 100));
        assert_eq!(counted(40_001..=40_004), (40_002, 1));
        assert_eq!(counted(65_534..=65_535), (65_534, 1));
        assert!([40_000..=40_000, 40_001..=40_002, 65_535..=65_535].map(|none| counted(none).1) == [0; 3]);
        assert!(matches!(pairs(7..=7).bind(), Err(NoPair::AllTaken { pairs: 0 })));
    }

    #[test]
    fn pairs_are_even_and_odd_and_come_to_an_end() {
        let pairs = pairs(47_310..=47_313);
        let ports = |pair: &Pair| [&pair.rtp, &pair.rtcp].map(|socket| socket.local_addr().unwrap().port());
        let (first, second) = (pairs.bind().unwrap(), pairs.bind().unwrap());
        let mut both = [ports(&first), ports(&second)];
        both.sort_unstable();
        assert_eq!(both, [[47_310, 47_311], [47_312, 47_313]]);
        assert!(matches!(pairs.bind(), Err(NoPair::AllTaken { pairs: 2 })));
        let free = ports(&first);
        drop(first);
        assert_eq!(ports(&pairs.bind().unwrap()), free);
    }

    #[test]
    fn the_way_to_a_peer_begins_at_an_address() {
        assert_eq!(address_towards([127, 0, 0, 1].into()).unwrap(), IpAddr::from([127, 0, 0, 1]));
    }
}
