//! What is measured: a [`Scenario`] is a conference, who talks in it, and on how many machines it is.

use super::options::Cluster;
use crate::participants::Others;

/// So many ticks later one of the talkers stops, and another one begins.
pub const TURN: usize = 50;
/// The most people for whom everything is measured; more with the fewest sources alone.
const MOST_WITH_ALL: usize = 1000;

/// A conference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scenario {
    /// Everybody in it; everybody listens.
    pub people: usize,
    /// `MixerConfig::loudest`, and how many talk at a time.
    pub loudest: usize,
    /// What the others send.
    pub others: Others,
    /// On how many nodes it is; `None` for one machine that is no node.
    pub nodes: Option<usize>,
}

impl Scenario {
    /// How many mixers there are.
    pub fn mixers(&self) -> usize {
        self.nodes.unwrap_or(1)
    }

    /// Those who are at a node: of neighbours each is at another one.
    pub fn people_at(&self, node: usize) -> impl Iterator<Item = usize> + use<> {
        (node..self.people).step_by(self.mixers())
    }

    /// Whether a person talks in a tick.
    pub fn talks(&self, person: usize, tick: usize) -> bool {
        let turn = tick / TURN % self.people;
        (person + self.people - turn) % self.people < self.loudest
    }

    /// Whether somebody sends a frame in a tick.
    pub fn sends(&self, person: usize, tick: usize) -> bool {
        self.others == Others::Noise || self.talks(person, tick)
    }
}

/// What was asked for. Conferences that differ in the number of their machines alone are next to each other, one machine first.
pub fn asked_for(options: &Cluster) -> Vec<Scenario> {
    let Cluster { people, nodes, loudest, .. } = options;
    let people = or(people.iter().map(|people| *people as usize), &[100, 1000, 10_000]);
    let nodes = or(nodes.iter().map(|nodes| usize::from(*nodes)), &[1, 2, 4, 8]);
    let counts = or(loudest.iter().map(|loudest| usize::from(*loudest)), &[3, 8]);
    let machines: Vec<_> = std::iter::once(None).chain(nodes.into_iter().map(Some)).collect();
    let mut all = Vec::new();
    for people in people {
        let shown = if people > MOST_WITH_ALL { 1 } else { counts.len() };
        for loudest in counts.iter().copied().take(shown) {
            for others in [Others::Nothing, Others::Noise] {
                all.extend(machines.iter().map(|nodes| Scenario { people, loudest, others, nodes: *nodes }));
            }
        }
    }
    all
}

/// What was asked for, or else something.
fn or(asked: impl Iterator<Item = usize>, usual: &[usize]) -> Vec<usize> {
    let asked: Vec<_> = asked.collect();
    if asked.is_empty() { usual.to_vec() } else { asked }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_at_one_node_and_talkers_who_follow_each_other_are_at_different_ones() {
        let room = Scenario { people: 7, loudest: 2, others: Others::Nothing, nodes: Some(3) };
        let mut all: Vec<_> = (0..3).flat_map(|node| room.people_at(node)).collect();
        assert_eq!(room.people_at(1).collect::<Vec<_>>(), [1, 4]);
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2, 3, 4, 5, 6]);
        let talkers = |tick| (0..7).filter(|person| room.talks(*person, tick)).collect::<Vec<_>>();
        assert_eq!([0, TURN - 1, TURN, 6 * TURN].map(talkers), [[0, 1], [0, 1], [1, 2], [0, 6]]);
        assert!(!room.sends(5, 0) && Scenario { others: Others::Noise, ..room }.sends(5, 0));
    }

    #[test]
    fn one_machine_is_before_those_that_are_compared_with_it() {
        let none = Cluster { people: vec![], nodes: vec![], loudest: vec![], quick: true, json: false, write: None };
        let all = asked_for(&none);
        assert_eq!(all.len(), 5 * (2 * 4 + 2));
        assert!(all.chunks(5).all(|alike| alike[0].nodes.is_none() && alike[4].nodes == Some(8)));
        let some = asked_for(&Cluster { people: vec![20], nodes: vec![2], loudest: vec![3], ..none });
        assert_eq!(some.iter().map(|room| room.nodes).collect::<Vec<_>>(), [None, Some(2), None, Some(2)]);
    }
}
