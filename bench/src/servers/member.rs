//! A member at the other end of the network: it sends its packets and counts what it hears ([`Member`]).

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    time::Instant,
};

use mio::net::UdpSocket;
use rtp_types::{RtpPacket, RtpPacketBuilder};

use crate::{Result, networks::codec::PACKET};

/// A member with a socket of its own.
#[derive(Debug)]
pub struct Member {
    pub socket: UdpSocket,
    to: SocketAddr,
    payload_type: u8,
    number: u32,
    /// What was heard since the measuring began.
    pub heard: Heard,
}

/// What a member has heard.
#[derive(Debug, Default)]
pub struct Heard {
    /// Packets that have come.
    pub packets: u64,
    /// What they carried, without headers.
    pub bytes: u64,
    /// The first sequence number and how far they went from there.
    first: Option<u16>,
    farthest: i64,
    /// The packets themselves, if they are kept.
    pub kept: Option<Vec<Came>>,
}

/// A packet that has come.
#[derive(Debug)]
pub struct Came {
    pub at: Instant,
    pub payload: Vec<u8>,
}

impl Member {
    /// A socket on loopback; where its packets go is not known yet.
    pub fn new() -> io::Result<Self> {
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let socket = UdpSocket::bind(nowhere)?;
        Ok(Self { socket, to: nowhere, payload_type: 0, number: 0, heard: Heard::default() })
    }

    /// The port that the server is told.
    pub fn port(&self) -> Result<u16> {
        Ok(self.socket.local_addr()?.port())
    }

    /// From now on packets go there.
    pub fn send_to(&mut self, to: SocketAddr, payload_type: u8) {
        (self.to, self.payload_type) = (to, payload_type);
    }

    /// Sends the packet of a number, which has this payload.
    pub fn send(&mut self, ssrc: u32, number: usize, payload: &[u8], buffer: &mut Vec<u8>) -> Result<()> {
        let builder = RtpPacketBuilder::<&[u8], &[u8]>::new()
            .ssrc(ssrc)
            .payload_type(self.payload_type)
            .sequence_number(self.number as u16)
            .timestamp((number * PACKET) as u32)
            .marker_bit(self.number == 0)
            .payload(payload);
        buffer.clear();
        builder.write_into_vec(buffer).map_err(|fault| format!("a packet cannot be written: {fault:?}"))?;
        self.number = self.number.wrapping_add(1);
        match self.socket.send_to(buffer, self.to) {
            Ok(_) => Ok(()),
            // The report of a packet that nobody took before.
            Err(fault) if fault.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
            Err(fault) => Err(format!("a packet cannot be sent to {}: {fault}", self.to).into()),
        }
    }

    /// Takes a datagram that has come.
    pub fn take(&mut self, datagram: &[u8]) {
        let is_rtcp = datagram.get(1).is_some_and(|kind| (192..=223).contains(kind));
        match RtpPacket::parse(datagram) {
            Ok(packet) if !is_rtcp => self.heard.take(packet.sequence_number(), packet.payload()),
            _ => {}
        }
    }
}

impl Heard {
    /// From now on; keeps what comes if that is asked for.
    pub fn anew(keeps: bool) -> Self {
        Self { kept: keeps.then(Vec::new), ..Self::default() }
    }

    fn take(&mut self, sequence: u16, payload: &[u8]) {
        let first = *self.first.get_or_insert(sequence);
        let newest = (i64::from(first) + self.farthest) as u16;
        self.farthest = self.farthest.max(self.farthest + i64::from(sequence.wrapping_sub(newest) as i16));
        self.packets += 1;
        self.bytes += payload.len() as u64;
        if let Some(kept) = &mut self.kept {
            kept.push(Came { at: Instant::now(), payload: payload.to_vec() });
        }
    }

    /// Packets that have a number and have not come.
    pub fn lost(&self) -> u64 {
        let numbers = self.first.map_or(0, |_| self.farthest + 1);
        (numbers as u64).saturating_sub(self.packets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_is_seen_by_the_numbers() {
        let mut heard = Heard::anew(true);
        assert_eq!(heard.lost(), 0);
        for sequence in [65_534, 65_535, 1, 0, 4] {
            heard.take(sequence, &[7]);
        }
        assert_eq!((heard.packets, heard.bytes, heard.lost(), heard.kept.unwrap().len()), (5, 5, 2, 5));
    }

    #[test]
    fn a_member_hears_what_another_sends_and_no_reports() {
        let (mut anna, mut ben) = (Member::new().unwrap(), Member::new().unwrap());
        anna.send_to(ben.socket.local_addr().unwrap(), 96);
        let mut buffer = Vec::new();
        anna.send(1, 5, &[1, 2, 3], &mut buffer).unwrap();
        assert_eq!(buffer, [0x80, 0xE0, 0, 0, 0, 0, 0x12, 0xC0, 0, 0, 0, 1, 1, 2, 3]);
        ben.heard = Heard::anew(true);
        ben.take(&buffer);
        buffer[1] = 200;
        ben.take(&buffer);
        assert_eq!(ben.heard.packets, 1);
        assert_eq!(ben.heard.kept.unwrap()[0].payload, [1, 2, 3]);
    }
}
