//! The results as tables for a terminal, and as JSON.

use comfy_table::Table;
use serde_json::{Value, json};

use super::{codec::ENCODER, contest::Line, day::Day, random::Outcome};
use crate::report::{table, units};

/// The columns of a contest.
pub const HEAD: [&str; 13] = [
    "trace",
    "packets",
    "NetEq:\ndelay",
    "p95",
    "gap",
    "MOS",
    "mixminus:\ndelay",
    "p95",
    "gap",
    "recovered",
    "inserted",
    "removed",
    "",
];

/// What is not as good as NetEq: a delay or a gap that is greater by more than this, in ms.
const AS_GOOD_MS: f64 = 0.5;

/// The cells of a line.
pub fn cells(line: &Line) -> [String; 13] {
    let figures = &line.figures;
    let neteq = |of: fn(&super::stored::NetEq) -> f64| line.neteq.as_ref().map(of).map(tenths).unwrap_or_default();
    let mos = line.neteq.and_then(|neteq| neteq.mos);
    [
        line.trace.clone(),
        line.sent_as.name().into(),
        neteq(|neteq| neteq.mean_ms),
        neteq(|neteq| neteq.p95_ms),
        neteq(|neteq| neteq.gap_ms),
        mos.map(|mos| format!("{mos:.2}")).unwrap_or_default(),
        tenths(figures.mean_ms),
        tenths(figures.p95_ms),
        tenths(figures.gap_ms),
        if figures.recovered_ms > 0.0 { tenths(figures.recovered_ms) } else { String::new() },
        tenths(figures.inserted_ms),
        tenths(figures.removed_ms),
        behind(line).into(),
    ]
}

/// In what NetEq did better.
fn behind(line: &Line) -> &'static str {
    let Some(neteq) = line.neteq else { return "" };
    let later = line.figures.mean_ms > neteq.mean_ms + AS_GOOD_MS;
    let gap = line.figures.gap_ms > neteq.gap_ms + AS_GOOD_MS;
    match (later, gap) {
        (true, true) => "NetEq is quicker, with less gap",
        (true, false) => "NetEq is quicker",
        (false, true) => "NetEq has less gap",
        (false, false) => "",
    }
}

fn tenths(value: f64) -> String {
    if value.is_finite() { format!("{value:.1}") } else { String::new() }
}

/// What the columns are.
pub fn legend() -> String {
    format!(
        "All in ms. Delay: from a sound's capture until it is heard, without the codec's own, by correlation. Gap and \
recovered: a minute, from 0.5 s on. Opus: 32 kbit/s with copies, by {ENCODER}. NetEq is stored: it was recorded in real \
time with libopus and other speech; beside samples without copies, where that was recorded. Packets that an encoder \
takes for quiet carry no copies: what can be recovered depends on the speech, so gaps under loss are alike only roughly."
    )
}

/// A contest, for a terminal.
pub fn text(lines: &[Line]) -> String {
    let mut table = table::of(&HEAD, &[2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    let mut before = None;
    for line in lines {
        let mut row = cells(line);
        if before.replace(&line.trace) == Some(&line.trace) {
            row[0].clear();
        }
        table.add_row(row);
    }
    format!("{table}\n\n{}", legend())
}

fn objects(objects: impl Iterator<Item = Value>) -> String {
    objects.map(|object| format!("{object}\n")).collect()
}

/// A contest, an object a line.
pub fn json(lines: &[Line]) -> String {
    objects(lines.iter().map(|line| {
        let figures = &line.figures;
        let neteq = line.neteq.map(|neteq| {
            json!({"meanMs": neteq.mean_ms, "p95Ms": neteq.p95_ms, "gapMsPerMinute": neteq.gap_ms,
                "insertedMs": neteq.inserted_ms, "removedMs": neteq.removed_ms, "mos": neteq.mos})
        });
        json!({"trace": line.trace, "packets": line.sent_as.name(), "netEq": neteq, "meanMs": figures.mean_ms,
            "p95Ms": figures.p95_ms, "gapMsPerMinute": figures.gap_ms, "recoveredMsPerMinute": figures.recovered_ms,
            "insertedMs": figures.inserted_ms, "removedMs": figures.removed_ms})
    }))
}

/// Random networks: those in which the promise was not kept, and the worst of all.
pub fn outcomes(outcomes: &[Outcome]) -> String {
    let broken: Vec<_> = outcomes.iter().filter(|outcome| !outcome.is_kept()).collect();
    let mut table = table::of(
        &[
            "seed",
            "packets",
            "worst wait\nafter 5 s",
            "after 10 s",
            "by its\nown word",
            "found",
            "missing",
            "the network",
        ],
        &[0, 2, 3, 4, 5, 6],
    );
    for outcome in &broken {
        let [soon, late] = outcome.worst_ms.map(tenths);
        let missing = tenths(outcome.missing_ms);
        let seed = outcome.seed.to_string();
        let (told, found) = (tenths(outcome.told_ms), units::percent(outcome.found));
        table.add_row([seed, outcome.sent_as.name().into(), soon, late, told, found, missing, outcome.told.clone()]);
    }
    let worst = |at: usize| outcomes.iter().map(|outcome| outcome.worst_ms[at]).fold(f64::NEG_INFINITY, f64::max);
    let missing = outcomes.iter().filter(|outcome| outcome.missing_ms > 0.0).count();
    let sum = format!(
        "{} of {} kept. {missing} with something missing from 5 s on. The longest wait: {} ms after 5 s, {} ms after 10 s ({} ms by the port's own word; the sound found in {} of a network's windows at least).",
        outcomes.len() - broken.len(),
        outcomes.len(),
        tenths(worst(0)),
        tenths(worst(1)),
        tenths(outcomes.iter().map(|outcome| outcome.told_ms).fold(0.0, f64::max)),
        units::percent(outcomes.iter().map(|outcome| outcome.found).fold(1.0, f64::min)),
    );
    if broken.is_empty() { sum } else { format!("{}\n\n{sum}", fitted(table)) }
}

fn fitted(mut table: Table) -> Table {
    table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic);
    table
}

/// Random networks, an object a line.
pub fn outcomes_json(outcomes: &[Outcome]) -> String {
    objects(outcomes.iter().map(|outcome| {
        json!({"seed": outcome.seed, "packets": outcome.sent_as.name(), "waitMsAfter5s": outcome.worst_ms[0],
            "waitMsAfter10s": outcome.worst_ms[1], "toldMsAfter10s": outcome.told_ms, "found": outcome.found, "missingMs": outcome.missing_ms, "kept": outcome.is_kept(),
            "network": outcome.told})
    }))
}

/// Days, for a terminal.
pub fn days(days: &[Day]) -> String {
    let head = ["clock", "rate", "gap", "since", "delay,\nfirst minute", "last minute", "inserted", "removed"];
    let mut table = table::of(&head, &[0, 1, 2, 3, 4, 5, 6, 7]);
    for day in days {
        table.add_row([
            format!("{:+} ppm", day.ppm),
            format!("{} kHz", day.rate_hz / 1000),
            tenths(day.gap_ms),
            day.first_gap_hour.map(|hour| format!("{hour:.2} h")).unwrap_or_default(),
            tenths(day.delay_ms[0]),
            tenths(day.delay_ms[1]),
            tenths(day.moved_ms[0]),
            tenths(day.moved_ms[1]),
        ]);
    }
    format!("{table}\n\nA day of packets of 20 ms with 10 ms of jitter, in simulated time; all in ms.")
}

/// Days, an object a line.
pub fn days_json(days: &[Day]) -> String {
    objects(days.iter().map(|day| {
        json!({"ppm": day.ppm, "rateHz": day.rate_hz, "gapMs": day.gap_ms, "firstGapHour": day.first_gap_hour,
            "firstMinuteMs": day.delay_ms[0], "lastMinuteMs": day.delay_ms[1], "insertedMs": day.moved_ms[0],
            "removedMs": day.moved_ms[1]})
    }))
}
