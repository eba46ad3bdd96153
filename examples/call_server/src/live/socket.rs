//! The UDP socket of people's sound: a port that is free, and the address that people send to.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    ops::RangeInclusive,
};

use crate::error::Error;

/// Where sockets are bound, and what they are called outside.
#[derive(Debug, Clone)]
pub struct Binding {
    /// The address of `--listen`.
    pub ip: IpAddr,
    /// The ports to choose from; `None` for any.
    pub ports: Option<RangeInclusive<u16>>,
    /// The address of `--public-ip`.
    pub public_ip: Option<IpAddr>,
}

impl Binding {
    /// Binds the first port that is free.
    pub fn bind(&self) -> Result<UdpSocket, Error> {
        let bind = |port| UdpSocket::bind((self.ip, port));
        let mut ports = self.ports.clone().unwrap_or(0..=0);
        let mut bound = Err(io::ErrorKind::AddrNotAvailable.into());
        while bound.is_err() {
            let Some(port) = ports.next() else { break };
            bound = bind(port);
        }
        bound.map_err(|cause| Error::Udp { address: self.ip.to_string(), cause })
    }

    /// The address by which people reach a port. The unspecified address is none: the host's own stands for it.
    pub fn public(&self, port: u16) -> SocketAddr {
        let ip = self.public_ip.unwrap_or(match self.ip {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        });
        SocketAddr::new(ip, port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(ports: Option<RangeInclusive<u16>>, public_ip: Option<IpAddr>) -> Binding {
        Binding { ip: Ipv4Addr::LOCALHOST.into(), ports, public_ip }
    }

    #[test]
    fn the_first_port_that_is_free_is_taken() {
        let first = binding(None, None).bind().unwrap();
        let port = first.local_addr().unwrap().port();
        assert!(matches!(binding(Some(port..=port), None).bind(), Err(Error::Udp { .. })));
        if port < u16::MAX {
            let other = binding(Some(port..=u16::MAX), None).bind().unwrap();
            assert!(other.local_addr().unwrap().port() > port);
        }
    }

    #[test]
    fn people_are_told_an_address_that_leads_here() {
        assert_eq!(binding(None, None).public(7), "127.0.0.1:7".parse().unwrap());
        let anywhere = Binding { ip: Ipv4Addr::UNSPECIFIED.into(), ..binding(None, None) };
        assert_eq!(anywhere.public(7), "127.0.0.1:7".parse().unwrap());
        let behind_a_nat = Binding { public_ip: "192.0.2.1".parse().ok(), ..anywhere };
        assert_eq!(behind_a_nat.public(7), "192.0.2.1:7".parse().unwrap());
    }
}
