//! The traces that WebRTC's NetEq was recorded on, and what it did with them: `bench/networks`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::trace::{Fate, PACKET_MS, Packet, Trace};
use crate::Result;

const TRACES: &str = include_str!("../../networks/traces.txt");
const NETEQ: &str = include_str!("../../networks/neteq.json");

/// What NetEq did with a trace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NetEq {
    /// From a sound's capture until it was heard, without the delay of the codec: the mean.
    pub mean_ms: f64,
    /// And 95 % of the time at most.
    pub p95_ms: f64,
    /// What it concealed, in ms a minute.
    pub gap_ms: f64,
    /// What it stretched by.
    pub inserted_ms: f64,
    /// What it shortened by.
    pub removed_ms: f64,
    /// A score from 1 to 5 of how it sounded, by a model.
    pub mos: Option<f64>,
}

/// The stored traces.
pub fn traces() -> Result<Vec<Trace>> {
    TRACES.split("> ").skip(1).map(|text| trace(text).ok_or("the stored traces are spoilt".into())).collect()
}

/// A name, a clock in ppm, and how much later than sent each packet came, in tenths of a ms; L if it was lost, D if it
/// was not sent; `*N` if N are alike.
fn trace(text: &str) -> Option<Trace> {
    let (head, body) = text.split_once('\n')?;
    let (name, ppm) = head.split_once(' ')?;
    let ppm: f64 = ppm.parse().ok()?;
    let mut packets = Vec::new();
    for token in body.split_whitespace() {
        let (what, times) = token.split_once('*').unwrap_or((token, "1"));
        for _ in 0..times.parse().ok()? {
            packets.push(packet(packets.len(), ppm, what)?);
        }
    }
    Some(Trace { name: name.into(), packets })
}

fn packet(number: usize, ppm: f64, what: &str) -> Option<Packet> {
    let sent_ms = (PACKET_MS * number as f64 * (1.0 - 1e-6 * ppm) * 1000.0).round() / 1000.0;
    let fate = match what {
        "L" => Fate::Lost,
        "D" => Fate::Unsent,
        later => Fate::Came(((sent_ms * 10.0).round() + later.parse::<f64>().ok()?) / 10.0),
    };
    Some(Packet { sent_ms, fate })
}

/// What NetEq did, by the names of the traces; `-nofec` behind a name: with packets without copies of others.
pub fn neteq() -> Result<BTreeMap<String, NetEq>> {
    let all: BTreeMap<String, Value> = serde_json::from_str(NETEQ)?;
    let figures = |(name, told): (String, Value)| {
        let figure = |key: &str| told[key].as_f64().ok_or_else(|| format!("{name} has no {key}"));
        let found = NetEq {
            mean_ms: figure("mean_ms")?,
            p95_ms: figure("p95_ms")?,
            gap_ms: figure("gap_ms_per_min")?,
            inserted_ms: figure("inserted_ms")?,
            removed_ms: figure("removed_ms")?,
            mos: told["mos"].as_f64(),
        };
        Ok((name, found))
    };
    all.into_iter().map(figures).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stored_trace_is_a_minute_that_neteq_was_recorded_on() {
        let (traces, neteq) = (traces().unwrap(), neteq().unwrap());
        assert_eq!(traces.len(), 21);
        for trace in &traces {
            assert_eq!(trace.packets.len(), 3000, "{}", trace.name);
            assert!(neteq.contains_key(&trace.name), "{}", trace.name);
        }
        assert_eq!(neteq["clean"].mean_ms, 53.6);
    }

    #[test]
    fn times_are_those_that_were_stored() {
        let trace = trace("slow -2000\n0 45*2 L D").unwrap();
        assert_eq!(trace.packets[1], Packet { sent_ms: 20.04, fate: Fate::Came(24.5) });
        assert_eq!(trace.packets[2], Packet { sent_ms: 40.08, fate: Fate::Came(44.6) });
        assert_eq!([trace.packets[3].fate, trace.packets[4].fate], [Fate::Lost, Fate::Unsent]);
    }
}
