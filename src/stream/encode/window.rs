//! From ticks to packets: [`Window`] holds the ticks of the packet in hand, whatever the lengths of both.

use std::{collections::VecDeque, ops::Range};

use crate::stream::relay::TakenTick;

/// The part of a tick that is in a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// The number of the tick among those that are held.
    pub tick: usize,
    /// Which of its samples.
    pub samples: Range<usize>,
}

/// How the packet in hand stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    /// Ticks of it are still to come.
    Waits,
    /// All of it is there.
    Whole,
    /// Some of it was never there: a tick was dropped, or skipped.
    Torn,
}

/// The ticks that are held for packets. Packets lie end to end on the mixer's timeline, from the first tick on.
#[derive(Debug)]
pub(super) struct Window {
    packet: usize,
    tick: usize,
    /// Where the packet in hand begins; `None` before the first tick.
    start: Option<u64>,
    ticks: VecDeque<TakenTick>,
}

impl Window {
    /// `packet`: samples of a packet; `tick`: of a tick.
    pub fn new(packet: usize, tick: usize) -> Self {
        Self { packet, tick, start: None, ticks: VecDeque::new() }
    }

    /// Takes the next tick.
    pub fn push(&mut self, tick: TakenTick) {
        self.start.get_or_insert(tick.position());
        self.ticks.push_back(tick);
    }

    /// Where the packet in hand begins.
    pub fn position(&self) -> u64 {
        self.start.unwrap_or_default()
    }

    pub fn stand(&self) -> Stand {
        let positions = self.ticks.iter().map(TakenTick::position);
        stand(positions, self.position(), self.packet as u64, self.tick as u64)
    }

    /// The pieces of the packet in hand, which is whole.
    pub fn pieces(&self) -> impl Iterator<Item = Piece> + '_ {
        let (start, packet) = (self.position(), self.packet as u64);
        (0..).zip(&self.ticks).filter_map(move |(number, tick)| {
            let from = start.max(tick.position());
            let to = (start + packet).min(tick.position() + self.tick as u64);
            let samples = from.checked_sub(tick.position())? as usize..to.checked_sub(tick.position())? as usize;
            (!samples.is_empty()).then_some(Piece { tick: number, samples })
        })
    }

    /// A tick that is held.
    pub fn tick(&self, number: usize) -> &TakenTick {
        &self.ticks[number]
    }

    /// Takes the next packet in hand. How many that passes over: those of which nothing was ever there.
    pub fn advance(&mut self) -> u64 {
        let (start, packet) = (self.position() + self.packet as u64, self.packet as u64);
        let newest = self.ticks.back().map_or(start, TakenTick::position);
        let oldest = self.ticks.iter().map(TakenTick::position).find(|at| at + self.tick as u64 > start);
        let passed = oldest.unwrap_or(newest).saturating_sub(start) / packet;
        self.start = Some(start + passed * packet);
        passed
    }

    /// A tick that no packet needs any more.
    pub fn pop(&mut self) -> Option<TakenTick> {
        let over = self.ticks.front().is_some_and(|tick| tick.position() + self.tick as u64 <= self.position());
        over.then(|| self.ticks.pop_front())?
    }
}

fn stand(mut positions: impl Iterator<Item = u64>, start: u64, packet: u64, tick: u64) -> Stand {
    let end = start + packet;
    let mut there = start;
    while there < end {
        match positions.next() {
            None => return Stand::Waits,
            Some(position) if position > there => return Stand::Torn,
            Some(position) => there = there.max(position + tick),
        }
    }
    Stand::Whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stands(positions: &[u64], start: u64) -> Stand {
        stand(positions.iter().copied(), start, 960, 480)
    }

    #[test]
    fn a_packet_is_whole_once_its_last_tick_is_there() {
        assert_eq!(stands(&[], 0), Stand::Waits);
        assert_eq!(stands(&[0], 0), Stand::Waits);
        assert_eq!(stands(&[0, 480], 0), Stand::Whole);
        assert_eq!(stands(&[0, 480, 960], 480), Stand::Whole);
        assert_eq!(stand([0].into_iter(), 3840, 960, 5760), Stand::Whole, "a tick of several packets");
    }

    #[test]
    fn a_packet_is_torn_once_a_later_tick_is_there() {
        assert_eq!(stands(&[480], 0), Stand::Torn);
        assert_eq!(stands(&[0, 960], 0), Stand::Torn);
    }
}
