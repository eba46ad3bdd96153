//! The results as a table for a terminal, and as JSON.

use serde_json::json;

use super::{contest::Line, options::Servers, server::Kind};
use crate::report::{table, units};

/// The columns.
pub const HEAD: [&str; 9] = [
    "members",
    "server",
    "CPU seconds\na second",
    "to call_server",
    "packets lost",
    "packets\na second",
    "kbit/s",
    "delay",
    "memory",
];
/// Which of them are figures.
pub const FIGURES: [usize; 8] = [0, 2, 3, 4, 5, 6, 7, 8];

/// The cells of a line.
pub fn cells(line: &Line) -> [String; 9] {
    let name = match line.kind {
        Kind::Mixminus => "call_server",
        Kind::MixminusOwnLevels => "call_server, levels of their own for all",
        Kind::Janus => "Janus AudioBridge",
        Kind::Asterisk => "Asterisk ConfBridge",
    };
    let delay = if line.delay_ms.is_finite() { format!("{:.0} ms", line.delay_ms) } else { "not found".into() };
    [
        line.members.to_string(),
        name.into(),
        format!("{:.3}", line.cpu),
        line.ratio.map(|ratio| format!("{ratio:.2} ×")).unwrap_or_default(),
        units::percent(line.lost),
        format!("{:.1}", line.packets_per_second),
        format!("{:.0}", line.kbit_per_second),
        delay,
        format!("{:.0} MiB", line.memory_mib),
    ]
}

/// What the columns are, and what is alike.
pub fn legend(options: &Servers) -> String {
    let times = if options.turns == 1 { "once".into() } else { format!("{} times, by turns", options.turns) };
    format!(
        "{} Every member sends and hears Opus by plain RTP on loopback, 48 kHz mono in packets of 20 ms. All encode with \
32 kbit/s, copies of the packets before for lost ones, and complexity 5, but Asterisk, whose encoder has libopus' own. \
CPU seconds: user and system, of the server's process, in a second of the conference; {} s, {times}, each server alone; \
medians. To call_server: the median of the ratios within each turn. Lost: by the numbers of the packets that members \
hear; kbit/s: what these carry, for each member. Delay: from the sending of a sound in a packet until it comes, in a \
mix; the codec's own included, jitter buffers of clients not. Memory: resident.",
        options.told(),
        options.seconds,
    )
}

/// For a terminal.
pub fn text(options: &Servers, lines: &[Line]) -> String {
    let mut table = table::of(&HEAD, &FIGURES);
    let mut before = None;
    for line in lines {
        let mut row = cells(line);
        if before.replace(line.members) == Some(line.members) {
            row[0].clear();
        }
        table.add_row(row);
    }
    format!("{table}\n\n{}\n{}", legend(options), versions(lines))
}

/// Who was measured.
pub fn versions(lines: &[Line]) -> String {
    let mut versions: Vec<_> = lines.iter().map(|line| line.version.as_str()).collect();
    versions.sort_unstable();
    versions.dedup();
    format!("Versions: {}.", versions.join("; "))
}

/// An object a line.
pub fn json(lines: &[Line]) -> String {
    let object = |line: &Line| {
        let object = json!({"members": line.members, "server": line.kind.name(), "version": line.version,
            "cpuSecondsPerSecond": line.cpu, "ratio": line.ratio, "lost": line.lost,
            "packetsPerSecond": line.packets_per_second, "kbitPerSecond": line.kbit_per_second, "delayMs": line.delay_ms, "delaysFound": line.found,
            "memoryMib": line.memory_mib});
        format!("{object}\n")
    };
    lines.iter().map(object).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::servers::contest::example;

    #[test]
    fn a_peer_is_told_beside_call_server() {
        let lines = example::lines();
        assert_eq!(
            cells(&lines[1]),
            ["16", "Janus AudioBridge", "0.400", "4.00 ×", "0 %", "50.0", "32", "61 ms", "20 MiB"].map(str::to_owned)
        );
        assert_eq!(versions(&lines), "Versions: janus 2; mixminus 1.");
        let first = json(&lines).lines().next().unwrap().to_owned();
        assert!(first.contains(r#""server":"mixminus""#) && first.contains(r#""ratio":1.0"#), "{first}");
    }
}
