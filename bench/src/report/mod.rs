//! What a run found out, for people and for machines.

mod cells;
pub mod files;
pub mod json;
mod markdown;
pub mod table;
pub mod units;

use crate::{line::Line, machine::Machine};

/// A whole run.
#[derive(Debug, Clone)]
pub struct Report {
    /// Where it ran.
    pub machine: Machine,
    /// Whether it was only a look.
    pub quick: bool,
    /// What it found.
    pub lines: Vec<Line>,
}

impl Report {
    /// How many goals there are, and how many of them are met.
    pub fn goals(&self) -> (usize, usize) {
        let goals = || self.lines.iter().flat_map(|line| &line.goals);
        (goals().count(), goals().filter(|goal| goal.met).count())
    }

    /// One sentence on where it ran.
    pub fn where_it_ran(&self) -> String {
        let Machine { processor, cores, compiler, .. } = &self.machine;
        let plural = if *cores == 1 { "" } else { "s" };
        let quick = if self.quick { ", --quick: a look only" } else { "" };
        format!("{processor}, {cores} core{plural}, {compiler}{quick}")
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

    /// Two contenders: one with a goal that is met and one that is not, the other with neither goal nor ratio.
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
        Report { machine, quick: false, lines: vec![ours, line(peer)] }
    }
}
