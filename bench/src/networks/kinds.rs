//! Networks of the same kinds as the stored ones, made anew from a seed: [`made`].

use fastrand::Rng;

use super::trace::{Fate, PACKET_MS, Packet, Trace};

/// Packets of a trace: a minute.
const PACKETS: usize = 3000;

/// A trace of every kind.
pub fn made(seed: u64) -> Vec<Trace> {
    let mut traces = vec![trace("clean", 0.0, came)];
    for most in [30.0, 80.0, 120.0, 200.0] {
        let mut random = random(seed, 1);
        traces.push(trace(&format!("jitter{most}"), 0.0, |sent| came(sent + most * random.f64())));
    }
    traces.push(trace("slower65", 0.0, |sent| came(sent + if sent >= 5000.0 { 65.0 } else { 0.0 })));
    for burst in [100.0, 200.0, 300.0] {
        traces.push(trace(&format!("burst{burst}"), 0.0, |sent| came(((sent / burst).floor() + 1.0) * burst)));
    }
    traces.extend([wifi(seed), mobile(seed)]);
    for percent in [1, 5, 10] {
        let mut random = random(seed, 4);
        let lost = f64::from(percent) / 100.0;
        let fate = |sent: f64| if random.f64() < lost { Fate::Lost } else { came(sent) };
        traces.push(trace(&format!("loss{percent}"), 0.0, fate));
    }
    for ppm in [100.0, -100.0, 300.0, -300.0, -2000.0, 3000.0] {
        let mut random = random(seed, 5);
        traces.push(trace(&format!("drift{ppm:+}"), ppm, |sent| came(sent + 10.0 * random.f64())));
    }
    traces
}

fn random(seed: u64, kind: u64) -> Rng {
    Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ kind)
}

/// Times are told to a tenth of a millisecond.
fn came(ms: f64) -> Fate {
    Fate::Came((ms * 10.0).round() / 10.0)
}

/// A trace whose sender's clock is faster by some ppm.
fn trace(name: &str, ppm: f64, mut fate: impl FnMut(f64) -> Fate) -> Trace {
    let packet = |number: usize| {
        let sent_ms = PACKET_MS * number as f64 * (1.0 - 1e-6 * ppm);
        Packet { sent_ms, fate: fate(sent_ms) }
    };
    Trace { name: name.into(), packets: (0..PACKETS).map(packet).collect() }
}

/// A trace in which nothing overtakes.
fn in_order(name: &str, mut delay: impl FnMut(f64) -> f64) -> Trace {
    let mut last = 0.0_f64;
    let fate = |sent: f64| {
        last = last.max(sent + delay(sent));
        came(last)
    };
    trace(name, 0.0, fate)
}

/// An exponential distribution.
pub fn exponential(random: &mut Rng, mean: f64) -> f64 {
    -mean * (1.0 - random.f64()).ln()
}

/// Quick, but for stalls of 100 to 250 ms every two seconds or so.
fn wifi(seed: u64) -> Trace {
    let mut random = random(seed, 2);
    let mut stall = (1000.0, 1000.0 + 100.0 + 150.0 * random.f64());
    in_order("wifi", |sent| {
        if sent >= stall.1 {
            let begin = stall.0 + 300.0 + exponential(&mut random, 2000.0);
            stall = (begin, begin + 100.0 + 150.0 * random.f64());
        }
        if sent >= stall.0 && sent < stall.1 { stall.1 - sent + random.f64() } else { 2.0 + 3.0 * random.f64() }
    })
}

/// A path of 30 to 105 ms that changes every two seconds, and a change of cells, 400 ms long, every twenty.
fn mobile(seed: u64) -> Trace {
    let mut random = random(seed, 3);
    let (mut level, mut goal) = (50.0, 50.0);
    in_order("mobile4g", |sent| {
        if sent % 2000.0 == 0.0 {
            goal = 30.0 + 75.0 * random.f64();
        }
        level += (goal - level) * 0.02;
        let delay = level + exponential(&mut random, 5.0);
        let into = sent % 20_000.0 - 10_000.0;
        let handover = if (0.0..400.0).contains(&into) { 440.0 - into } else { 30.0 };
        delay.max(handover)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_makes_the_same_traces_and_another_one_others() {
        let traces = |seed| made(seed).into_iter().map(|trace| (trace.name, trace.packets)).collect::<Vec<_>>();
        assert_eq!(traces(1), traces(1));
        assert_ne!(traces(1), traces(2));
        assert!(traces(1).iter().all(|(_, packets)| packets.len() == PACKETS));
    }

    #[test]
    fn nothing_overtakes_in_wifi_and_in_mobile_networks() {
        for trace in [wifi(1), mobile(1)] {
            let order: Vec<_> = trace.arrivals().iter().map(|(_, number)| *number).collect();
            assert!(order.is_sorted(), "{}", trace.name);
            assert!(trace.arrivals().iter().any(|(ms, number)| ms - trace.packets[*number].sent_ms > 90.0));
        }
    }
}
