//! All members at once, in real time: [`Traffic`].

use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token};

use super::{
    member::{Heard, Member},
    sound::{Streams, TALKERS},
};
use crate::Result;

/// Every member sends once in this time, each at a moment of its own.
const PERIOD: Duration = Duration::from_millis(20);
/// Longer datagrams are no packets of a conference.
const LONGEST: usize = 2048;

/// The members with their sockets.
#[derive(Debug)]
pub struct Traffic<'a> {
    poll: Poll,
    pub members: Vec<Member>,
    streams: &'a Streams,
    begun: Instant,
    /// How many turns to send there were, of all members.
    turns: u32,
    /// When the sweeps began that were sent since the measuring began.
    pub sweeps: Vec<Instant>,
    written: Vec<u8>,
}

impl<'a> Traffic<'a> {
    /// Members that have not sent yet.
    pub fn new(mut members: Vec<Member>, streams: &'a Streams) -> Result<Self> {
        let poll = Poll::new()?;
        for (number, member) in members.iter_mut().enumerate() {
            poll.registry().register(&mut member.socket, Token(number), Interest::READABLE)?;
        }
        let (begun, sweeps, written) = (Instant::now(), Vec::new(), Vec::new());
        Ok(Self { poll, members, streams, begun, turns: 0, sweeps, written })
    }

    /// From now on what is heard counts. What the first talker and two others hear is kept.
    pub fn measure(&mut self) {
        for (number, member) in self.members.iter_mut().enumerate() {
            member.heard = Heard::anew((1..=TALKERS).contains(&number));
        }
        self.sweeps.clear();
    }

    /// Sends and receives for so long.
    pub fn run(&mut self, time: Duration) -> Result<()> {
        let end = Instant::now() + time;
        let mut events = Events::with_capacity(256);
        loop {
            let now = Instant::now();
            if now >= end {
                return Ok(());
            }
            self.send_due(now)?;
            let pause = self.due().saturating_duration_since(Instant::now());
            match self.poll.poll(&mut events, Some(pause)) {
                Err(fault) if fault.kind() != std::io::ErrorKind::Interrupted => return Err(fault.into()),
                _ => events.iter().for_each(|event| receive(&mut self.members[event.token().0])),
            }
        }
    }

    /// When the next member sends.
    fn due(&self) -> Instant {
        self.begun + PERIOD * self.turns / self.members.len() as u32
    }

    fn send_due(&mut self, now: Instant) -> Result<()> {
        while self.due() <= now {
            let (number, member) = (self.turns as usize / self.members.len(), self.turns as usize % self.members.len());
            self.turns += 1;
            if Streams::begins_sweep(member, number) {
                self.sweeps.push(Instant::now());
            }
            if let Some(payload) = self.streams.packet(member, number) {
                let ssrc = 0x1000 + member as u32;
                self.members[member].send(ssrc, number, payload, &mut self.written)?;
            }
        }
        Ok(())
    }
}

/// Takes all that has come. Reports of packets that nobody took are no harm.
fn receive(member: &mut Member) {
    let mut received = [0; LONGEST];
    loop {
        match member.socket.recv(&mut received) {
            Ok(length) => member.take(&received[..length]),
            Err(fault) if fault.kind() == std::io::ErrorKind::WouldBlock => return,
            Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::servers::options::{Others, Talk};

    #[test]
    fn every_member_sends_fifty_packets_a_second() {
        let streams = Streams::new(Talk::InTurns, Others::Noise).unwrap();
        let mut members: Vec<_> = (0..4).map(|_| Member::new().unwrap()).collect();
        let addresses: Vec<_> = members.iter().map(|member| member.socket.local_addr().unwrap()).collect();
        // In a ring.
        members.iter_mut().zip(addresses.iter().cycle().skip(1)).for_each(|(member, to)| member.send_to(*to, 96));
        let mut traffic = Traffic::new(members, &streams).unwrap();
        traffic.measure();
        traffic.run(Duration::from_secs(1)).unwrap();
        assert_eq!(traffic.sweeps.len(), 1);
        for (number, member) in traffic.members.iter().enumerate() {
            assert!((45..=51).contains(&member.heard.packets), "{number}: {}", member.heard.packets);
            assert_eq!((member.heard.lost(), member.heard.kept.is_some()), (0, number > 0));
        }
    }
}
