//! The sockets of a call on the loopback: the server's, one from which everybody sends, and those at which people
//! listen.

use std::{
    io::{self, ErrorKind::WouldBlock},
    net::{Ipv4Addr, SocketAddr, UdpSocket},
};

use crate::Result;

/// How many people listen at a socket: so many packets have room in it.
const AT_A_SOCKET: usize = 64;

/// The sockets of a call.
#[derive(Debug)]
pub struct Network {
    server: UdpSocket,
    server_address: SocketAddr,
    senders: UdpSocket,
    ears: Vec<(UdpSocket, SocketAddr)>,
}

impl Network {
    /// The sockets for so many people.
    pub fn new(people: usize) -> Result<Self> {
        let (server, server_address) = socket()?;
        let (senders, _) = socket()?;
        let ears = (0..people.div_ceil(AT_A_SOCKET)).map(|_| socket()).collect::<io::Result<_>>()?;
        Ok(Self { server, server_address, senders, ears })
    }

    /// A person sends a packet to the server.
    pub fn send_to_server(&self, packet: &[u8]) -> Result<()> {
        self.senders.send_to(packet, self.server_address)?;
        Ok(())
    }

    /// The next packet that the server has received; `None` if there is none.
    pub fn receive<'a>(&self, bytes: &'a mut [u8]) -> Result<Option<&'a [u8]>> {
        match self.server.recv_from(bytes) {
            Ok((length, _)) => Ok(Some(&bytes[..length])),
            Err(fault) if fault.kind() == WouldBlock => Ok(None),
            Err(fault) => Err(fault.into()),
        }
    }

    /// The server sends a packet to a person.
    pub fn send_to(&self, person: usize, packet: &[u8]) -> Result<()> {
        self.server.send_to(packet, self.ears[person / AT_A_SOCKET].1)?;
        Ok(())
    }

    /// People take what has come for them. How many packets that was.
    pub fn hear(&self) -> Result<u64> {
        let (mut heard, mut bytes) = (0, [0; 2048]);
        for (socket, _) in &self.ears {
            loop {
                match socket.recv(&mut bytes) {
                    Ok(_) => heard += 1,
                    Err(fault) if fault.kind() == WouldBlock => break,
                    Err(fault) => return Err(fault.into()),
                }
            }
        }
        Ok(heard)
    }
}

fn socket() -> io::Result<(UdpSocket, SocketAddr)> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    socket.set_nonblocking(true)?;
    let address = socket.local_addr()?;
    Ok((socket, address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_go_both_ways() {
        let network = Network::new(AT_A_SOCKET + 1).unwrap();
        let mut bytes = [0; 16];
        assert_eq!(network.receive(&mut bytes).unwrap(), None);
        network.send_to_server(&[1, 2]).unwrap();
        assert_eq!(network.receive(&mut bytes).unwrap(), Some(&[1, 2][..]));
        network.send_to(0, &[3]).unwrap();
        network.send_to(AT_A_SOCKET, &[4]).unwrap();
        assert_eq!((network.hear().unwrap(), network.hear().unwrap()), (2, 0));
    }
}
