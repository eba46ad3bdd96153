//! What participants cost, in BENCHMARKS.md and in a README.

use std::path::Path;

use super::{
    chart,
    cost::Cost,
    scenario::LARGE,
    table::{legend, markdown},
};
use crate::{
    Result,
    machine::{self, Machine},
    marked::{self, Section},
};

/// The section of a page.
pub const SECTION: Section = Section { name: "participants" };

/// Writes the section of BENCHMARKS.md in a directory, the chart beside it, and the table of a README.
pub fn write(directory: &Path, readme: Option<&Path>, costs: &[Cost]) -> Result<()> {
    marked::put(&directory.join(chart::FILE), &chart::svg(costs)?)?;
    SECTION.write(&directory.join("BENCHMARKS.md"), &text(costs))?;
    let large = costs.iter().filter(|cost| cost.scenario.people >= LARGE);
    readme.map_or(Ok(()), |readme| SECTION.write(readme, markdown(large, false).trim_end()))
}

fn text(costs: &[Cost]) -> String {
    let Machine { processor, compiler, .. } = Machine::this();
    let libopus: &[_] = if cfg!(feature = "libopus") { &["--features libopus"] } else { &[] };
    let command = machine::command(
        &[&["--no-default-features"], libopus].concat(),
        &["participants".into(), "--write bench --readme README.md".into()],
    );
    let goals = || costs.iter().filter_map(Cost::goal);
    let met = goals().filter(|goal| goal.met).count();
    format!(
        "## What a participant costs\n\nOn {processor}, {compiler}: {met} of {} goals met. Made by\n\n\
```sh\n{command}\n```\n\n{}\n{}\n\n![What a participant costs, step by step]({})\n\n{METHOD}",
        goals().count(),
        markdown(costs, true),
        legend(),
        chart::FILE
    )
}

const METHOD: &str = "\
A call runs in simulated time, flat out, on one thread, with real packets over the loopback. Each figure is the \
median of 7 rounds of 2 s of sound, after 2 rounds that do not count, and is processor time: work of others on the \
same machine makes it longer only through caches and shared cores (up to a quarter was seen). The calls of one size \
take turns, round by round. The sum is that of the medians; beside it is that of the cheapest round and of the \
dearest. Two runs one after the other differed by up to 6 % in the rooms of 100 and 13 % in the others. Every \
packet is counted: a run in which one is lost, or is not encoded, ends with an error.

- Talkers send speech at -26 dBFS, each at another place of the recordings. Every 2 s one of them stops and another \
one begins: so mixes split and merge, and that is in the figures. Open microphones send noise at -65 dBFS.
- *Encoder for each listener*: each listener has a codec of its own in the same `EncodeGroups`, and so an encoder of \
its own. Everything else is the same.
- *With levels*: packets have audio levels (RFC 6464), and those who are in no mix are not decoded.
- *libopus* is the original of the codec, in C, for encoders and decoders; it needs cmake.
- A packet is sent and received by a system call of its own; `sendmmsg` and `recvmmsg` would save some. On the loopback \
a send does the work of the receiving network stack, too, and a receive does less than from a network card.
- Left out: SRTP, RTCP, waking threads up (a packet that comes alone wakes its thread), and what the people's own \
programs do.

Where 60 µs are not reached with open microphones, that is the decoder: two thirds of the sum are spent in opus-rs, \
whose decoder takes 1.4 times as long as libopus'. Everything of this crate's own (in, ports, mix, relay) is an eighth of \
it. With audio levels hardly anything is decoded.";

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::participants::cost::example;

    #[test]
    fn the_page_and_the_readme_get_the_table() {
        let directory = std::env::temp_dir().join(format!("mixminus-bench-participants-{}", std::process::id()));
        fs::create_dir_all(&directory).unwrap();
        let [page, readme] = ["BENCHMARKS.md", "README.md"].map(|name| directory.join(name));
        [&page, &readme].iter().for_each(|path| marked::put(path, &SECTION.around("old")).unwrap());
        write(&directory, Some(&readme), &example::costs()).unwrap();
        let [page, readme] = [page, readme].map(|path| fs::read_to_string(path).unwrap());
        assert!(page.contains(": 1 of 2 goals met. Made by\n\n```sh\ncargo run "), "{page}");
        assert!(page.contains("| 28.0 | 27.0 to 30.0 | 714 | ≤ 60 µs | yes: 28.0 µs |\n"), "{page}");
        assert!(readme.contains("| 28.0 | 714 |\n") && !readme.contains("goal"), "{readme}");
        assert!(fs::read_to_string(directory.join(chart::FILE)).unwrap().starts_with("<svg"));
        fs::remove_dir_all(&directory).unwrap();
    }
}
