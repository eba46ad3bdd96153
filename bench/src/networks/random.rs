//! Random networks that become steady: [`Mixed`] makes them, [`trial`] tells whether the port keeps its promise.

use fastrand::Rng;

use super::{
    contest::{SentAs, Voice},
    kinds::exponential,
    room::{TICK_MS, play},
    trace::{Fate, PACKET_MS, Packet, Trace},
};
use crate::Result;

/// How long the network is steady at the end.
const STEADY_MS: f64 = 20_000.0;
/// Nothing is missing so long after it became steady, and the delay is what it needs so long after.
const WHOLE_AFTER_MS: f64 = 5000.0;
const QUICK_AFTER_MS: f64 = 10_000.0;
/// What a steady network needs: the least depth of the port, 20 ms, and 30 ms more.
const NEEDED_MS: f64 = 50.0;
/// From this likeness on a place is where a sound was: what is steady is heard as it was sent.
const SAME: f64 = 0.9;
/// In so many windows the sound must be found again, lest nothing is judged: the others are too quiet, or changed by the
/// codec. What the port says of itself is judged at each tick.
const FOUND: f64 = 0.25;
/// The most packets of a network: that many are encoded.
pub const MOST_PACKETS: usize = 4000;

/// What a network does for some seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Regime {
    Steady,
    /// Up to so many ms.
    Jitter(f64),
    /// Packets come together, every so many ms.
    Bursts(f64),
    /// Nothing comes for so many ms, now and then.
    Stalls(f64),
    /// This share is lost.
    Loss(f64),
    /// The path is slower or faster by so many ms.
    Path(f64),
    /// Nothing comes for so many ms, once.
    Freeze(f64),
    /// The sender's clock is faster by so many ppm.
    Clock(f64),
}

fn regime(random: &mut Rng) -> Regime {
    let share = random.f64();
    match random.u8(0..8) {
        0 => Regime::Steady,
        1 => Regime::Jitter(10.0 + 190.0 * share),
        2 => Regime::Bursts(40.0 + 260.0 * share),
        3 => Regime::Stalls(80.0 + 270.0 * share),
        4 => Regime::Loss(0.01 + 0.19 * share),
        5 => Regime::Path(300.0 * share - 150.0),
        6 => Regime::Freeze(200.0 + 1800.0 * share),
        _ => Regime::Clock(6000.0 * share - 3000.0),
    }
}

/// A network of mixed regimes, and then a steady one.
#[derive(Debug, Clone)]
pub struct Mixed {
    trace: Trace,
    /// From when on it is steady: all that was sent before has come.
    steady_ms: f64,
    /// What every packet then takes.
    path_ms: f64,
    told: Vec<String>,
}

impl Mixed {
    /// The network of a seed.
    pub fn new(seed: u64) -> Self {
        let mut random = Rng::with_seed(seed);
        let mut maker = Maker { random: random.fork(), packets: Vec::new(), now: 0.0, path_ms: 100.0 * random.f64() };
        let mut told = Vec::new();
        for _ in 0..random.usize(3..10) {
            let (regime, length) = (regime(&mut random), 1000.0 + 5000.0 * random.f64());
            told.push(format!("{:.1} s: {regime:.3?}", maker.now / 1000.0));
            maker.pass(regime, length);
        }
        let came = |packet: &Packet| if let Fate::Came(ms) = packet.fate { ms } else { packet.sent_ms };
        let steady_ms = maker.packets.iter().map(came).fold(maker.now, f64::max);
        told.push(format!("{:.1} s: steady", steady_ms / 1000.0));
        maker.pass(Regime::Steady, steady_ms - maker.now + STEADY_MS);
        let trace = Trace { name: seed.to_string(), packets: maker.packets };
        Self { trace, steady_ms, path_ms: maker.path_ms, told }
    }
}

struct Maker {
    random: Rng,
    packets: Vec<Packet>,
    now: f64,
    path_ms: f64,
}

impl Maker {
    /// The network is so for a time.
    fn pass(&mut self, regime: Regime, length_ms: f64) {
        let (begin, end) = (self.now, self.now + length_ms);
        let mut stall = (begin, begin);
        if let Regime::Path(change) = regime {
            self.path_ms = (self.path_ms + change).max(0.0);
        }
        let ppm = if let Regime::Clock(ppm) = regime { ppm } else { 0.0 };
        while self.now < end {
            let fate = self.fate(regime, begin, &mut stall);
            self.packets.push(Packet { sent_ms: self.now, fate });
            self.now += PACKET_MS * (1.0 - 1e-6 * ppm);
        }
    }

    fn fate(&mut self, regime: Regime, begin: f64, stall: &mut (f64, f64)) -> Fate {
        let now = self.now;
        let later = match regime {
            Regime::Steady | Regime::Path(_) | Regime::Clock(_) => 0.0,
            Regime::Jitter(most) => most * self.random.f64(),
            Regime::Bursts(every) => every - (now - begin) % every,
            Regime::Stalls(ms) => {
                if now >= stall.1 {
                    let from = now + exponential(&mut self.random, 800.0);
                    *stall = (from, from + ms);
                }
                if now >= stall.0 { stall.1 - now } else { 0.0 }
            }
            Regime::Loss(share) if self.random.f64() < share => return Fate::Lost,
            Regime::Loss(_) => 0.0,
            Regime::Freeze(ms) => (begin + ms - now).max(0.0),
        };
        Fate::Came(now + self.path_ms + later)
    }
}

/// How a network was got over.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its seed.
    pub seed: u64,
    /// What was sent.
    pub sent_as: SentAs,
    /// The longest wait from 5 s and from 10 s on, in ms.
    pub worst_ms: [f64; 2],
    /// The most that waited in the port from 10 s on when the next packet came, in ms, by the port's own word.
    pub told_ms: f64,
    /// The share of the windows from 10 s on in which the sound was found again.
    pub found: f64,
    /// What was concealed from 5 s on, in ms.
    pub missing_ms: f64,
    /// What the network did.
    pub told: String,
}

impl Outcome {
    /// Whether the promise was kept: nothing is missing from 5 s on, and the delay is what the network needs from 10 s
    /// on.
    pub fn is_kept(&self) -> bool {
        let waits = [self.worst_ms[1], self.told_ms];
        self.missing_ms == 0.0 && waits.iter().all(|ms| *ms <= NEEDED_MS) && self.found >= FOUND
    }
}

/// Sends a voice over the network of a seed.
pub fn trial(seed: u64, sent_as: SentAs, voice: &Voice) -> Result<Outcome> {
    let Mixed { trace, steady_ms, path_ms, told } = Mixed::new(seed);
    let end_ms = steady_ms + STEADY_MS - 100.0;
    let heard = play(&trace, voice.content(sent_as), [steady_ms + WHOLE_AFTER_MS, end_ms])?;
    let found = voice.delays(&heard, sent_as, &trace, steady_ms + WHOLE_AFTER_MS..end_ms);
    let late = |after: f64| {
        // The window lies around its middle.
        let begin = steady_ms + after + 200.0;
        let late = found.iter().filter(move |found| found.likeness > SAME && found.at_ms >= begin);
        late.map(|found| found.delay_ms - path_ms - PACKET_MS)
    };
    let worst = |after| late(after).fold(f64::NEG_INFINITY, f64::max);
    let windows = (STEADY_MS - QUICK_AFTER_MS) / 200.0;
    let quick = ((steady_ms + QUICK_AFTER_MS) / TICK_MS) as usize..(end_ms / TICK_MS) as usize;
    // A packet lasts for two ticks: what is left before the next one is what it did not need.
    let told_ms = heard.fills_ms[quick].windows(2).map(|pair| pair[0].min(pair[1])).fold(0.0, f64::max);
    let worst_ms = [worst(WHOLE_AFTER_MS), worst(QUICK_AFTER_MS)];
    let missing_ms = heard.ms(|readings| readings.concealed_samples);
    let found = late(QUICK_AFTER_MS).count() as f64 / windows;
    Ok(Outcome { seed, sent_as, worst_ms, told_ms, found, missing_ms, told: told.join(", ") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_steady_at_the_end_and_never_longer_than_what_is_encoded() {
        for seed in 0..200 {
            let Mixed { trace, steady_ms, path_ms, .. } = Mixed::new(seed);
            assert!(trace.packets.len() <= MOST_PACKETS, "{seed}: {}", trace.packets.len());
            let late: Vec<_> = trace.packets.iter().filter(|packet| packet.sent_ms >= steady_ms).collect();
            assert!(late.len() >= 990, "{seed}: {}", late.len());
            let is_steady = |packet: &&Packet| packet.fate == Fate::Came(packet.sent_ms + path_ms);
            assert!(late.iter().all(is_steady), "{seed}");
        }
    }

    #[test]
    fn a_seed_makes_the_same_network() {
        assert_eq!(Mixed::new(7).trace.packets, Mixed::new(7).trace.packets);
        assert_ne!(Mixed::new(7).told, Mixed::new(8).told);
    }
}
