//! The report as a page: BENCHMARKS.md.

use std::fmt::Write as _;

use super::{
    Report, Run,
    cells::{FIGURES, HEAD, cells},
};
use crate::{charts::Chart, cluster, marked::Section, networks, participants, servers};

/// Some rooms in a few words. It is written by hand, from the tables.
const ROOMS: Section = Section { name: "rooms" };

/// How the figures are measured.
const METHOD: &str = "\
Every room is 48 kHz mono in ticks of 10 ms (480 samples), on one core. The time of mixminus is that of a \
whole tick through its public API: taking up the published changes, sending every talker's frame, mixing, \
and every distinct mix's samples, with limiter, meters and energy detectors on, unless the name of a \
contender says otherwise. Of the peers only the mixing is timed, and their memory is theirs alone.

N is the number of participants. A ratio is to the time of the yardstick that was measured beside. All \
contenders of a case are measured side by side: each for about a millisecond after a warm-up of half a \
millisecond (at least one call each), then the next, back and forth, for many rounds. A time is the median \
of the rounds. A ratio is the median of the ratios within each round, so it may differ a little from the \
quotient of the two times. Machines are shared: other runs will have other times and much the same ratios.

Each table is measured with one instruction set (`--kernel avx512`, `avx2` or `portable`; without it the \
fastest of the machine). `MixerConfig::instruction_set` makes the mixer use it, and the peak of the core is \
that of the same one.

- *gemm* and *matrixmultiply* multiply the same gains by the same frames, on one thread. gemm uses the \
kernels of the table's instruction set. It would choose the fastest of the machine itself, so its inner \
function is called with these kernels instead. matrixmultiply always chooses by itself: up to AVX2 as it is \
built here, AVX-512 if this benchmark is built with `--features matrixmultiply-avx512`. Its lines say so \
where that is not the instruction set of the table, and it is left out where it would use a faster one.
- *gain for every pair* is a plain loop of multiplications and additions, the shape of Jamulus and PipeWire. \
*sum minus own* is one sum in i32 from which each own voice is subtracted, i16 in and out, the shape of \
Janus and FreeSWITCH. The loops, and *writing the mixes once*, are plain Rust for the baseline of the target \
with every instruction set. None of these has moves, limiter, meters or detectors.
- *peak of the core* is the time that the products of the mix would take at the rate of independent \
multiply-adds in registers, measured in the same rounds: fused ones with AVX2 and AVX-512, a multiplication \
and an addition with the portable kernel. GFLOP/s count two operations for each product that a mix needs, N \
× (N - 1) × 480 in a tick.
- *worst_tick* times single ticks, of which each happens once: the tick that takes up a request in which \
every row changes, which was published before; the tick after it; the tick in which a ducker begins to \
speak; the one in which it ends. Before each, half a millisecond of multiply-adds in registers keeps the \
core's vector units awake. The duckers begin and end by the host's word (`Detector::Host`), so that it is \
known in which tick. The rows are those of *four_talkers*: all different, or of 16 kinds.
- In *dense_moving* every row changes before every measured tick, which takes up the rows and moves every \
gain through all of it. *taken up* is the second of two such ticks: the rows are there already, and the \
gains go on moving.
- *rustpbx-media* is its `ConferenceAudioMixer`, whose loop only its own timer drives. On a single-threaded \
runtime with a clock that jumps to the next timer, it is timed from the first frame sent to the last mix \
received, so the work of the runtime, some microseconds, is part of it. It mixes 20 ms at a time, so it is \
told 24 kHz: the same 480 samples. *rsiprtp* is its `ConferenceMixer`, which takes up to 15 sources.
- Talkers send noise at -31 dBFS. Where more than 25 talk the level is lower, so that the sum stays below \
full scale and the limiters, which are on, change nothing.
- *threads* needs a second core that is idle: on a machine whose two cores are threads of one, or busy, it \
shows less.
- In *swaps* each round is a block of ticks, and the time is the quantile of the block.
- In *choices* N is the number that the note names, and the line is that of the largest jump: how many times \
as long a tick takes as with one less, divided by the growth of its work, or how many times as short. Where \
the mixer changes to another way to make a mix at the wrong size, the time jumps.

Two builds of the benchmark are compared by

```sh
cargo run --release --manifest-path bench/Cargo.toml -- --beside PATH_OF_THE_OTHER_BUILD
```

which runs both by turns, case by case, and prints both medians and the ratio of every line.

The first build of the crate, without features and with nothing built before, takes about 30 s of processor \
time (55 s with `--release`); how long that is depends on the cores. It was measured once, on the machine of \
the tables, by

```sh
time CARGO_TARGET_DIR=$(mktemp -d) cargo build
```
";

/// Why some goals are not met.
const LIMITS: &str = "\
- *dense*: the other crates multiply, and no more. A tick takes up frames, measures, limits and reports \
levels as well, a tenth of its time where 128 talk; and no f32 sum is longer than 32 products, so that each \
product is rounded at most 67 times whatever the number of sources (4e-6 of the magnitudes). With the 16 \
registers of AVX2, eight sums are made side by side, as many as hide the latency of a multiply-add and no \
more; gemm makes twelve.
- *worst_tick*: a tick at rest is planned like the one before, and only mixes. In one in which a ducker begins \
or ends, every different row is planned anew, and its mix has a curve: that takes as much again as mixing it. \
Rows that are taken up lie in memory that another core has just written; 0.2 µs a row would be two accesses to \
it, and a row has a slot, a row, a mailbox and a list of pairs.
- *mix_minus*: sum minus own reads two bytes of a sample twice and writes two. Here a frame is read, kept, \
read twice, and a mix of f32 is written: that is three times the traffic, and at 10,000 all of it goes \
beyond the caches. In return nothing is subtracted.
- *four_talkers*: writing the mixes is half of a tick at rest. While they are ducked, sources and envelope \
are multiplied separately, and each mix is made by a call of its own.
- *peers* with 15: half of a tick is sums, a quarter taking i16 in and giving it out, the rest some 60 ns \
for each participant.
";

/// The page. Of the page before, the sections stay that this command does not write.
pub fn text(report: &Report, charts: &[Chart], before: &str) -> String {
    let kept = |section: Section| Some(section.of(before)).filter(|text| !text.is_empty());
    let mut page = String::from("# Benchmarks\n\n");
    let (goals, met) = report.goals();
    // Writing into a String does not fail.
    for section in [participants::SECTION, servers::SECTION, cluster::SECTION] {
        kept(section).into_iter().for_each(|text| page += &format!("{text}\n"));
    }
    let _ = write!(page, "## The mixer alone\n\nOn {}: {met} of {goals} goals met. Made by\n\n", report.where_it_ran());
    let _ = write!(page, "```sh\n{}\n```\n\n", report.machine.command);
    kept(ROOMS).into_iter().for_each(|text| page += &format!("{text}\n"));
    for run in &report.runs {
        let (goals, met) = run.goals();
        let _ = write!(page, "### {}: {met} of {goals} goals met\n\n{}\n", run.kernel, table(run));
    }
    for chart in charts {
        let _ = write!(page, "![{}]({})\n\n", chart.title, chart.file);
    }
    let _ = write!(page, "### Method\n\n{METHOD}\n### Why some goals are not met\n\n{LIMITS}");
    kept(networks::SECTION).into_iter().for_each(|text| page += &format!("\n{text}"));
    page
}

fn table(run: &Run) -> String {
    let rule: Vec<_> = (0..HEAD.len()).map(|column| if FIGURES.contains(&column) { "---:" } else { "---" }).collect();
    let mut rows = vec![row(&HEAD), row(&rule)];
    rows.extend(run.lines.iter().map(|line| row(&cells(line, "<br>"))));
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
        let table = table(&example::report().runs[0]);
        assert_eq!(table.lines().count(), 4);
        assert!(table.lines().all(|row| row.matches('|').count() == HEAD.len() + 1), "{table}");
    }

    #[test]
    fn the_page_tells_where_and_how_and_keeps_what_others_write() {
        let sections = [participants::SECTION, servers::SECTION, cluster::SECTION, ROOMS, networks::SECTION];
        let before = sections.map(|section| section.around(section.name)).concat();
        let page = text(&example::report(), &[], &format!("# Old\n{before}"));
        let begin = "# Benchmarks\n\n<!-- participants -->\nparticipants\n<!-- /participants -->\n\n<!-- servers -->\nservers\n<!-- /servers -->\n\n<!-- cluster -->\ncluster\n<!-- /cluster -->\n\n## The mixer alone\n\nOn Example 9, \
             2 cores, rustc 1.0.0: 1 of 2 goals met. Made by\n\n```sh\ncargo run\n```\n\n<!-- rooms -->\n";
        assert!(page.starts_with(begin), "{page}");
        for part in ["\n\n### AVX2: 1 of 2 goals met\n\n| case | N |", "\n\n### Method\n", "### Why some goals"] {
            assert!(page.contains(part), "{page}");
        }
        assert!(page.ends_with("\n\n<!-- networks -->\nnetworks\n<!-- /networks -->\n"), "{page}");
    }
}
