//! The report as a page of its own: BENCHMARKS.md.

use std::fmt::Write as _;

use super::{
    Report,
    cells::{FIGURES, HEAD, cells},
};
use crate::charts::Chart;

/// How the figures come about.
const METHOD: &str = "\
Every room is 48 kHz mono in ticks of 10 ms (480 samples), on one core. What is timed of mixminus is a whole tick through its public API: \
taking up what was published, sending every talker's frame, mixing, and every distinct mix's samples, with limiter, meters and energy \
detectors on, unless a contender's name says otherwise. Of the peers only the mixing is timed, and their memory is theirs alone.

N is the number of participants; a ratio is to the time of the yardstick that was measured beside. All contenders of a case are measured side by side: each for about a millisecond after half of one that is not timed (at least one call each), then the \
next, back and forth, for many rounds. A time is the median of the rounds; a ratio is the median of the ratios within each round, so it \
may differ a little from the quotient of the two times. Machines are shared: the ratios keep, the times are those of one run.

- *gemm* (with its AVX-512 kernels) and *matrixmultiply* multiply the same gains by the same frames, on one thread; *gain for every pair* is a \
plain loop of multiplications and additions, the shape of Jamulus and PipeWire; *sum minus own* is one sum in i32 from which each own voice is \
taken, i16 in and out, the shape of Janus and FreeSWITCH. The loops are plain Rust for the target's baseline. None of these has moves, limiter, \
meters or detectors.
- *peak of the core* is the time that the products of the mix would take at the rate of independent fused multiply-adds in registers, \
measured in the same rounds. GFLOP/s count two operations for each product that a mix needs, N × (N - 1) × 480 in a tick.
- *rustpbx-media* is its `ConferenceAudioMixer`, whose loop only its own timer drives: on a single-threaded runtime with a clock that jumps to \
the next timer, it is timed from the first frame sent to the last mix received, making the runtime's own work, some microseconds, part of \
it. It mixes 20 ms at a time, so it is told 24 kHz: the same 480 samples. *rsiprtp* is its `ConferenceMixer`, which takes up to 15 sources.
- In *dense_moving* every listener is configured anew before every measured tick, which takes up the rows and moves every gain through all \
of it; in between, half a millisecond of multiply-adds in registers keeps the core's widest units awake. *taken up* is the second of two such ticks, the rows already there, its gains moving on through it.
- Talkers send noise at -31 dBFS; where more than 25 talk, less, so that it adds up to less than full scale and the limiters, which are on, have nothing to do.
- *threads* needs a second core that is idle: on a machine whose two cores are threads of one, or busy, it cannot show more.
- In *swaps* each round is a block of ticks, and the time is the quantile of the block.
- In *choices* N is what the note says, and the line is that of the step that is felt most: how many times as long a tick takes as with one less, divided by what its \
work has grown by, or how many times as short. Where one way to make a mix takes over from another at the wrong place, a step is felt.
";

/// Why some goals are not met.
const LIMITS: &str = "\
- *dense*: the other crates multiply, and no more. A tick takes up frames, measures, limits and tells levels as well, a tenth of its time where 128 talk; and adds up in \
short chains and pairs of them, so that the error stays under 1e-6 of the magnitudes for any number of sources.
- *dense_moving*: a gain that moves takes, beside the three multiply-adds of a tile of 48 samples, another one and two additions: a third more arithmetic where additions have \
units of their own, twice as much where they have not. The chains are shorter, for the line of a gain brings roundings of its own. *moving* reads the new rows of all listeners for the first time.
- *mix_minus*: sum minus own reads two bytes of a sample twice and writes two. Here a frame is read, kept, read twice, and a mix of f32 is written: that is three times the \
traffic, and at 10,000 all of it goes beyond the caches. What is bought with it is that nothing is subtracted.
- *four_talkers*: writing the mixes is half of a tick at rest. While they are ducked, sources and envelope are multiplied apart, and each mix is made by a call of its own.
- *peers* with 15: half of a tick is sums, a quarter taking i16 in and giving it out, the rest some 60 ns for each participant.
";

/// The page.
pub fn text(report: &Report, charts: &[Chart]) -> String {
    let mut page = String::from("# Benchmarks\n\n");
    let (goals, met) = report.goals();
    // Writing into a String does not fail.
    let _ = write!(page, "On {}: {met} of {goals} goals met. Made by\n\n", report.where_it_ran());
    let _ = write!(page, "```sh\n{}\n```\n\n", report.machine.command);
    page.push_str(&table(report));
    for chart in charts {
        let _ = write!(page, "\n![{}]({})\n", chart.title, chart.file);
    }
    let _ = write!(page, "\n## Method\n\n{METHOD}\n## What the goals that are not met wait for\n\n{LIMITS}");
    page
}

fn table(report: &Report) -> String {
    let rule: Vec<_> = (0..HEAD.len()).map(|column| if FIGURES.contains(&column) { "---:" } else { "---" }).collect();
    let mut rows = vec![row(&HEAD), row(&rule)];
    rows.extend(report.lines.iter().map(|line| row(&cells(line, "<br>"))));
    rows.concat()
}

fn row(cells: &[impl AsRef<str>]) -> String {
    let cells: Vec<_> = cells.iter().map(|cell| cell.as_ref().replace('\n', " ").replace('|', "\\|")).collect();
    format!("| {} |\n", cells.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::example;

    #[test]
    fn every_row_of_the_table_has_every_column() {
        let table = table(&example::report());
        assert_eq!(table.lines().count(), 4);
        assert!(table.lines().all(|row| row.matches('|').count() == HEAD.len() + 1), "{table}");
    }

    #[test]
    fn the_page_tells_where_and_how() {
        let page = text(&example::report(), &[]);
        for part in [
            "On Example 9, 2 cores, rustc 1.0.0: 1 of 2 goals met",
            "```sh\ncargo run\n```",
            "## Method",
            "## What the goals",
        ] {
            assert!(page.contains(part), "{page}");
        }
    }
}
