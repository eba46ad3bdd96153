//! A call at work in simulated time, on one thread: [`Call`].

use fastrand::Rng;

use super::{
    PACKET, PACKET_MS, network::Network, rtp::Outgoing, scenario::Scenario, server::Server, sound::Sound, step::Times,
};
use crate::Result;

/// How long a turn is, in packets: 2 s.
pub const TURN: usize = 100;
/// How many packets come at once. In life they come one by one; so many have room in a socket.
const AT_ONCE: usize = 32;

/// A call with its people and its server.
#[derive(Debug)]
pub struct Call {
    scenario: Scenario,
    people: Vec<Person>,
    network: Network,
    server: Server,
    /// In packets, from the beginning of the call.
    time: usize,
}

/// A person as a sender.
#[derive(Debug)]
struct Person {
    stream: Outgoing,
    sends: bool,
}

/// What a call did in some time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Work {
    /// The processor time of each step, in seconds.
    pub times: Times,
    /// The mean number of encoders.
    pub encoders: f64,
    /// How many packets people sent.
    pub sent: u64,
    /// How many packets people heard.
    pub heard: u64,
}

impl Call {
    /// A call before its first packet.
    pub fn new(scenario: Scenario) -> Result<Self> {
        let mut rng = Rng::with_seed(1);
        let people: Vec<_> = (0..scenario.people)
            .map(|number| Person { stream: Outgoing::of(number, &mut rng), sends: false })
            .collect();
        let mut server = Server::new(&scenario)?;
        server.admit(people.iter().map(|person| person.stream.ssrc), &scenario)?;
        Ok(Self { people, network: Network::new(scenario.people)?, server, scenario, time: 0 })
    }

    /// What the call is.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The call goes on for so many packets of everybody.
    pub fn run(&mut self, packets: usize, sound: &Sound) -> Result<Work> {
        let mut work = Work::default();
        for _ in 0..packets {
            work.sent += self.packet_in(sound)?;
            for _ in 0..PACKET_MS / self.scenario.tick_ms {
                self.server.tick();
                let owed = self.server.send(&self.network)?;
                work.heard += all_came(owed, self.network.hear()?)?;
            }
            work.encoders += self.server.encoders() as f64 / packets as f64;
            self.time += 1;
        }
        self.server.check().map_err(|fault| format!("{:?}: {fault}", self.scenario))?;
        Ok(Work { times: self.server.take_times(), ..work })
    }

    /// Everybody who does so sends a packet, and the server takes it. How many packets that were.
    fn packet_in(&mut self, sound: &Sound) -> Result<u64> {
        let mut all = 0;
        for first in (0..self.people.len()).step_by(AT_ONCE) {
            let mut sent = 0;
            for person in first..self.people.len().min(first + AT_ONCE) {
                sent += u64::from(self.speak(person, sound)?);
            }
            all += all_came(sent, self.server.receive(&self.network)?)?;
        }
        Ok(all)
    }

    /// A person sends a packet, if it does so now. That is not the server's work, and is not timed.
    fn speak(&mut self, number: usize, sound: &Sound) -> Result<bool> {
        let (turn, person) = (self.time / TURN, &mut self.people[number]);
        let sent_before = std::mem::replace(&mut person.sends, self.scenario.sends(number, turn));
        if !person.sends {
            return Ok(false);
        }
        let packet = sound.packet(number, self.time, self.scenario.talks(number, turn));
        let level = self.scenario.levels.then_some(packet.level);
        let (timestamp, mut bytes) = ((self.time * PACKET) as u32, [0; 1500]);
        let length = person.stream.write(timestamp, !sent_before, level, &packet.payload, &mut bytes)?;
        self.network.send_to_server(&bytes[..length])?;
        Ok(true)
    }
}

/// How many came, if that is all that were sent.
fn all_came(sent: u64, came: u64) -> Result<u64> {
    if sent == came {
        Ok(came)
    } else {
        Err(format!("{came} of {sent} packets came through the loopback: its sockets have too little room").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::participants::{
        options::Talking,
        scenario::{self, Encoders, Others},
    };

    fn work(room: Scenario) -> Work {
        let (sound, mut call) = (Sound::new().unwrap(), Call::new(room).unwrap());
        call.run(TURN, &sound).unwrap();
        call.run(TURN, &sound).unwrap()
    }

    #[test]
    fn everybody_hears_and_mixes_share_encoders() {
        for room in scenario::of(6, Talking::Some(3)) {
            let work = work(room);
            assert_eq!(work.heard, 600, "{room:?}");
            let sent = if room.others == Others::Nothing { 300 } else { 600 };
            assert_eq!(work.sent, sent, "{room:?}");
            let encoders = if room.encoders == Encoders::Mix { 2.0..5.0 } else { 5.99..6.01 };
            assert!(encoders.contains(&work.encoders), "{} in {room:?}", work.encoders);
        }
    }

    #[test]
    fn where_all_talk_and_are_heard_each_has_a_mix() {
        let work = work(scenario::of(5, Talking::All)[0]);
        assert!((4.99..5.01).contains(&work.encoders) && work.heard == 500, "{work:?}");
    }
}
