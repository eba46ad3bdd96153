//! The results of a run, for people and for machines.

mod cells;
pub mod files;
pub mod json;
mod markdown;
pub mod marked;
pub mod table;
pub mod units;

use mixminus::InstructionSet;

use crate::{line::Line, machine::Machine};

/// All results.
#[derive(Debug, Clone)]
pub struct Report {
    /// The machine that it ran on.
    pub machine: Machine,
    /// Whether it was a quick look.
    pub quick: bool,
    /// One run for each instruction set.
    pub runs: Vec<Run>,
}

/// The results with one instruction set.
#[derive(Debug, Clone)]
pub struct Run {
    /// The instruction set.
    pub kernel: InstructionSet,
    /// A line for each contender.
    pub lines: Vec<Line>,
}

impl Report {
    /// How many goals there are, and how many of them are met.
    pub fn goals(&self) -> (usize, usize) {
        self.runs.iter().map(Run::goals).fold((0, 0), |sum, run| (sum.0 + run.0, sum.1 + run.1))
    }

    /// The machine and the compiler, in one sentence.
    pub fn where_it_ran(&self) -> String {
        let Machine { processor, cores, compiler, .. } = &self.machine;
        let plural = if *cores == 1 { "" } else { "s" };
        let quick = if self.quick { ", --quick: a look only" } else { "" };
        format!("{processor}, {cores} core{plural}, {compiler}{quick}")
    }
}

impl Run {
    /// How many goals there are, and how many of them are met.
    pub fn goals(&self) -> (usize, usize) {
        let goals = || self.lines.iter().flat_map(|line| &line.goals);
        (goals().count(), goals().filter(|goal| goal.met).count())
    }
}

#[cfg(test)]
pub mod example {
    //! A report to test with.

    use super::*;
    use crate::{
        contender::{Key, OURS},
        line::Goal,
        rounds::Measured,
    };

    /// Two contenders: one with a goal that is met and one that is not, the other with neither goal
    /// nor ratio.
    pub fn report() -> Report {
        let (ours, peer) = (Key::new(OURS, 1000), Key::new("a peer", 1000));
        let mut measured = Measured::default();
        measured.record(ours, 0.0002);
        measured.record(peer, 0.0001);
        let line = |key| Line::tick("dense", key, &measured).unwrap().of_pairs(4, 1000);
        let ours = line(ours)
            .beside(peer, &measured)
            .unwrap()
            .noting("a note")
            .goal(Goal::at_most(1.5, "a peer", 2.0))
            .goal(Goal::under(1.0, 0.0002));
        let machine =
            Machine { processor: "Example 9".into(), cores: 2, compiler: "rustc 1.0.0", command: "cargo run".into() };
        let run = Run { kernel: InstructionSet::Avx2, lines: vec![ours, line(peer)] };
        Report { machine, quick: false, runs: vec![run] }
    }
}
