//! A sender in simulated time: cuts a recording into packets, passes them through the network, and
//! pushes those that arrive into an input port, tick by tick.

use std::sync::Arc;

use mixminus::stream::{InputPort, InputReadings, Stamp};

use crate::{
    network::{Dice, Network, PACKET_MS},
    settings::Settings,
    voice::{Voice, framed},
};

/// Times with a smaller difference are equal: a time that is exact in milliseconds can be inexact
/// in f64.
const SAME_MS: f64 = 1e-6;

/// A participant who sends through a port, from its first packet on.
#[derive(Debug)]
pub struct Sender {
    voice: Voice,
    port: InputPort,
    path: Option<Path>,
    /// Packets that were sent and have not arrived yet.
    under_way: Vec<UnderWay>,
    /// How many packets were sent, and how long one is.
    sent: usize,
    packet_ms: f64,
    packet: Vec<f32>,
}

/// The path of one participant's packets through a bad network.
#[derive(Debug)]
struct Path {
    network: Arc<Network>,
    dice: Dice,
    /// When the first packet is sent: in the middle of a tick, so that a fast and a slow clock have
    /// the same effect.
    first_ms: f64,
}

#[derive(Debug)]
struct UnderWay {
    arrives_ms: f64,
    number: usize,
}

impl Sender {
    /// A sender in a call with these settings. `member` and `since` select its random numbers, so
    /// that each stay has others.
    pub fn new(voice: Voice, port: InputPort, settings: &Settings, member: usize, since: usize) -> Self {
        let path = settings.network.clone().map(|network| Path {
            dice: Dice::new(network.seed, member, since),
            network,
            first_ms: settings.tick_ms / 2.0,
        });
        // Without a network the packets of a tick come as evenly as ticks do.
        let fits = path.is_some() || (PACKET_MS / settings.tick_ms).fract() < SAME_MS;
        let packet_ms = if fits { PACKET_MS } else { settings.tick_ms };
        Self { voice, port, path, under_way: Vec::new(), sent: 0, packet_ms, packet: Vec::new() }
    }

    /// Pushes the packets that arrive before `time_ms`, counted from the first packet. After the
    /// recording's end they are silence: the participant is still in the call.
    pub fn push_until(&mut self, time_ms: f64) {
        let time_ms = time_ms - SAME_MS;
        while self.sends_at_ms() < time_ms {
            self.send();
        }
        let (mut here, away) =
            std::mem::take(&mut self.under_way).into_iter().partition(|packet| packet.arrives_ms < time_ms);
        self.under_way = away;
        here.sort_by(|a: &UnderWay, b| a.arrives_ms.total_cmp(&b.arrives_ms));
        here.iter().for_each(|packet| self.push(packet.number));
    }

    /// How many packets were sent, lost ones included.
    pub fn sent(&self) -> usize {
        self.sent
    }

    /// The readings of the port.
    pub fn readings(&self) -> InputReadings {
        self.port.readings()
    }

    /// When the next packet is sent, in the mixer's time.
    fn sends_at_ms(&self) -> f64 {
        let nominal_ms = self.sent as f64 * self.packet_ms;
        self.path.as_ref().map_or(nominal_ms, |path| path.first_ms + nominal_ms / path.network.speed())
    }

    fn send(&mut self) {
        let (sent_ms, number) = (self.sends_at_ms(), self.sent);
        self.sent += 1;
        let delay_ms = self.path.as_mut().map_or(Some(0.0), Path::delay_ms);
        self.under_way.extend(delay_ms.map(|delay_ms| UnderWay { arrives_ms: sent_ms + delay_ms, number }));
    }

    fn push(&mut self, number: usize) {
        let format = self.voice.format();
        // At some rates this is no whole number of samples: then some packets are one sample longer.
        let start = |number: usize| {
            (number as f64 * self.packet_ms * f64::from(format.rate_hz) / 1000.0 + SAME_MS).floor() as usize
        };
        let first = start(number);
        self.voice.copy(first, start(number + 1) - first, &mut self.packet);
        // The port counts the packets that it refuses, and the report shows them. RTP timestamps wrap.
        let _ = self.port.push(framed(&self.packet, format), Stamp::Rtp(first as u32));
    }
}

impl Path {
    /// The delay of the next packet; `None` if it is lost. Both cases draw the same random numbers.
    fn delay_ms(&mut self) -> Option<f64> {
        let (luck, slowness) = (self.dice.throw(), self.dice.throw());
        (100.0 * luck >= self.network.drop_percent).then_some(slowness * self.network.jitter_ms)
    }
}
