//! Every server with every number of members, by turns: [`contest`].

use std::time::{Duration, Instant};

use super::{delay::delays_ms, member::Member, options::Servers, server::Kind, sound::Streams, traffic::Traffic};
use crate::{
    Result, progress,
    stats::{median, median_ratio},
};

/// How long a server may come to rest before it is measured.
const WARM_UP: Duration = Duration::from_secs(8);

/// What a server costs, and what its members hear.
#[derive(Debug, Clone)]
pub struct Line {
    pub members: u16,
    pub kind: Kind,
    pub version: String,
    /// Seconds of processor time for a second of the conference.
    pub cpu: f64,
    /// How many times that of call_server in the same turn; `None` if that was not measured.
    pub ratio: Option<f64>,
    pub memory_mib: f64,
    /// What part of the packets to the members is lost, by their numbers: 0 to 1.
    pub lost: f64,
    /// Packets that each member gets in a second.
    pub packets_per_second: f64,
    /// What they carry, in kbit/s for each member.
    pub kbit_per_second: f64,
    /// From a sound's sending until it is received; NaN if none was found again.
    pub delay_ms: f64,
    /// Of those that were looked for, the part that was found.
    pub found: f64,
}

/// The figures of one turn.
#[derive(Debug, Clone, Copy)]
struct Turn {
    cpu: f64,
    memory_mib: f64,
    lost: f64,
    packets_per_second: f64,
    kbit_per_second: f64,
    delay_ms: f64,
    found: f64,
}

/// Measures all that was asked for.
pub fn contest(options: &Servers) -> Result<Vec<Line>> {
    let kinds = Kind::asked_for(options)?;
    let streams = Streams::new(options.talk, options.others)?;
    let cases: Vec<_> = options.members.iter().flat_map(|members| kinds.iter().map(|kind| (*members, *kind))).collect();
    let mut turns = vec![Vec::new(); cases.len()];
    let bar = progress::counting("servers", u64::from(options.turns) * cases.len() as u64);
    for _ in 0..options.turns {
        for ((members, kind), turns) in cases.iter().zip(&mut turns) {
            let turn = turn(*kind, options, (*members).into(), &streams);
            turns.push(turn.map_err(|fault| format!("{} with {members} members: {fault}", kind.name()))?);
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    let yardstick = |members: u16| cases.iter().position(|case| *case == (members, Kind::Mixminus));
    let line = |((members, kind), own): (&(u16, Kind), &Vec<Turn>)| {
        let ours = yardstick(*members).map(|at| turns[at].as_slice());
        Line::of(*members, *kind, kind.version(options), own, ours)
    };
    Ok(cases.iter().zip(&turns).map(line).collect())
}

/// Starts a server, has everybody join, lets it come to rest, and measures.
fn turn(kind: Kind, options: &Servers, members: usize, streams: &Streams) -> Result<Turn> {
    let mut server = kind.start(options, members)?;
    let mut all = (0..members).map(|_| Member::new()).collect::<Result<Vec<_>, _>>()?;
    for (number, member) in all.iter_mut().enumerate() {
        let to = server.join(number, member.port()?)?;
        member.send_to(to, server.payload_type());
    }
    server.joined(members)?;
    let mut traffic = Traffic::new(all, streams)?;
    traffic.run(WARM_UP)?;
    traffic.measure();
    let (begun, before) = (Instant::now(), server.process().cpu_seconds()?);
    traffic.run(Duration::from_secs(options.seconds.into()))?;
    let (seconds, used) = (begun.elapsed().as_secs_f64(), server.process().cpu_seconds()? - before);
    let memory_mib = server.process().memory_mib()?;
    drop(server);
    let heard = || traffic.members.iter().map(|member| &member.heard);
    let (came, lost) = heard().fold((0, 0), |sum, heard| (sum.0 + heard.packets, sum.1 + heard.lost()));
    let kept: Vec<_> = heard().filter_map(|heard| heard.kept.as_ref()).collect();
    let delays = kept.iter().map(|kept| delays_ms(kept, &traffic.sweeps)).collect::<Result<Vec<_>>>()?.concat();
    Ok(Turn {
        cpu: used / seconds,
        memory_mib,
        lost: lost as f64 / (came + lost).max(1) as f64,
        packets_per_second: came as f64 / members as f64 / seconds,
        kbit_per_second: heard().map(|heard| heard.bytes).sum::<u64>() as f64 * 0.008 / members as f64 / seconds,
        delay_ms: median(&delays),
        found: delays.len() as f64 / (kept.len() * traffic.sweeps.len()).max(1) as f64,
    })
}

impl Line {
    /// The medians of some turns, beside those of call_server.
    fn of(members: u16, kind: Kind, version: String, turns: &[Turn], ours: Option<&[Turn]>) -> Self {
        let all = |turns: &[Turn], of: fn(&Turn) -> f64| turns.iter().map(of).collect::<Vec<_>>();
        let middle = |of| median(&all(turns, of));
        let cpu = |turns| all(turns, |turn| turn.cpu);
        Self {
            members,
            kind,
            version,
            cpu: middle(|turn| turn.cpu),
            ratio: ours.map(|ours| median_ratio(&cpu(turns), &cpu(ours))),
            memory_mib: middle(|turn| turn.memory_mib),
            lost: middle(|turn| turn.lost),
            packets_per_second: middle(|turn| turn.packets_per_second),
            kbit_per_second: middle(|turn| turn.kbit_per_second),
            delay_ms: middle(|turn| turn.delay_ms),
            found: middle(|turn| turn.found),
        }
    }
}

#[cfg(test)]
pub mod example {
    //! Lines to test with.

    use super::*;

    /// Ours and one of a peer, which costs four times as much.
    pub fn lines() -> Vec<Line> {
        let turn = |cpu| Turn {
            cpu,
            memory_mib: 20.0,
            lost: 0.0,
            packets_per_second: 50.0,
            kbit_per_second: 32.0,
            delay_ms: 61.0,
            found: 1.0,
        };
        let (ours, peer) = ([turn(0.1)], [turn(0.4)]);
        vec![
            Line::of(16, Kind::Mixminus, "mixminus 1".into(), &ours, Some(&ours)),
            Line::of(16, Kind::Janus, "janus 2".into(), &peer, Some(&ours)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_the_medians_and_the_ratio_of_the_turns() {
        let turn = |cpu| Turn {
            cpu,
            memory_mib: 1.0,
            lost: 0.0,
            packets_per_second: 50.0,
            kbit_per_second: 32.0,
            delay_ms: 5.0,
            found: 1.0,
        };
        // The machine was slower in the second turn, for both.
        let (ours, peer) = ([1.0, 3.0, 1.0].map(turn), [2.0, 6.0, 4.0].map(turn));
        let line = Line::of(64, Kind::Janus, String::new(), &peer, Some(&ours));
        assert_eq!((line.cpu, line.ratio), (4.0, Some(2.0)));
    }
}
