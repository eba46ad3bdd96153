//! The control side of a player's queue: [`Queue`] adds items and sends orders, and frees what was played. Behind a lock
//! that the audio side never takes.

use std::{
    collections::VecDeque,
    sync::{Arc, PoisonError},
};

use super::{
    clip::Clip,
    counters::PlayerCounters,
    error::PlayerError,
    item::{Item, What},
    options::MOST_FADE_MS,
    order::Order,
};
use crate::data::sync::{Mutex, MutexGuard, Producer};

/// How many orders may wait for the audio side.
pub(super) const ORDERS: usize = 64;
/// How many marks, and clips without samples, may follow on each other: so a tick passes a bounded number.
const MOST_HOLLOW: usize = 256;
/// How many flushes wait for the one who reads events.
const FLUSHES: usize = 64;

/// What the handle of a player, the reader of its events and its audio side share.
#[derive(Debug)]
pub(super) struct Queue {
    line: Mutex<Line>,
    pub counters: PlayerCounters,
}

/// A flush whose events were not read yet: the items that it may have left unheard.
#[derive(Debug)]
pub(super) struct Flush {
    /// The last item that was flushed.
    pub number: u64,
    pub items: Vec<(u64, Flushed)>,
}

/// An item that was flushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flushed {
    Clip,
    Mark(u64),
}

/// What the control side knows of the chain.
#[derive(Debug)]
pub(super) struct Line {
    figures: LineFigures,
    orders: Producer<Order>,
    /// How many orders were sent; and those flushes of which it is not known that they were taken, by their numbers, with
    /// the items that they name.
    sent: u64,
    in_flight: VecDeque<(u64, u64)>,
    /// The items that the audio side may still look at, at least one.
    kept: VecDeque<Arc<Item>>,
    /// How many samples come before the end of what was flushed.
    flushed: u64,
    /// Marks and the like behind the last clip with samples.
    hollow: usize,
    flushes: VecDeque<Flush>,
    lost_flushes: u64,
}

/// What does not change.
#[derive(Debug, Clone, Copy)]
pub(super) struct LineFigures {
    pub rate_hz: u32,
    pub bound_ms: f64,
}

impl Queue {
    pub fn new(figures: LineFigures, orders: Producer<Order>, head: Arc<Item>) -> Arc<Self> {
        let line = Line {
            figures,
            orders,
            sent: 0,
            in_flight: VecDeque::new(),
            kept: VecDeque::from([head]),
            flushed: 0,
            hollow: 0,
            flushes: VecDeque::new(),
            lost_flushes: 0,
        };
        Arc::new(Self { line: Mutex::new(line), counters: PlayerCounters::default() })
    }

    /// The line as it is. Whatever panicked while it was held was the host's: the line is whole.
    pub fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The line, to be changed; what was played is freed.
    fn open(&self) -> Result<MutexGuard<'_, Line>, PlayerError> {
        let mut line = self.line();
        line.reclaim(&self.counters);
        if line.orders.is_abandoned() { Err(PlayerError::Gone) } else { Ok(line) }
    }

    pub fn append(&self, clip: &Clip) -> Result<u64, PlayerError> {
        let mut line = self.open()?;
        line.check(clip, line.queued(&self.counters))?;
        let number = line.add(What::Clip(clip.clone()))?;
        self.counters.change();
        Ok(number)
    }

    pub fn mark(&self, mark: u64) -> Result<(), PlayerError> {
        let mut line = self.open()?;
        line.add(What::Mark(mark))?;
        self.counters.change();
        Ok(())
    }

    /// Flushes everything, and plays a clip instead if there is one. Returns its number.
    pub fn replace(&self, clip: Option<&Clip>, fade_ms: f64) -> Result<Option<u64>, PlayerError> {
        if !(0.0..=MOST_FADE_MS).contains(&fade_ms) {
            return Err(PlayerError::Fade { ms: fade_ms });
        }
        let mut line = self.open()?;
        clip.map_or(Ok(()), |clip| line.check(clip, 0))?;
        line.check_orders()?;
        let Some(to) = line.kept.back().map(Arc::clone) else { return Ok(None) };
        line.note_flush(&to);
        line.hollow = 0;
        // The clip is there before the order is seen: nothing comes between them.
        let number = clip.map(|clip| line.add(What::Clip(clip.clone()))).transpose()?;
        let fade = (fade_ms * f64::from(line.figures.rate_hz) / 1000.0).round() as u32;
        let order = (line.sent, to.number);
        line.in_flight.push_back(order);
        line.flushed = to.end();
        line.send(Order::Flush { to, fade })?;
        self.counters.change();
        Ok(number)
    }

    pub fn order(&self, order: Order) -> Result<(), PlayerError> {
        let mut line = self.open()?;
        line.check_orders()?;
        line.send(order)?;
        self.counters.change();
        Ok(())
    }

    /// How much is left, and how much counts for the bound, in ms.
    pub fn lengths_ms(&self) -> [f64; 2] {
        let line = self.line();
        [self.counters.position.get(), self.counters.base.get()].map(|from| line.ms(line.behind(from)))
    }

    /// Whether the audio side is still there.
    pub fn is_connected(&self) -> bool {
        !self.line().orders.is_abandoned()
    }
}

impl Line {
    fn ms(&self, samples: u64) -> f64 {
        1000.0 * samples as f64 / f64::from(self.figures.rate_hz)
    }

    /// How many samples were appended, in all.
    fn appended(&self) -> u64 {
        self.kept.back().map_or(0, |last| last.end())
    }

    /// How many samples that were not flushed lie behind a position of the chain.
    fn behind(&self, position: u64) -> u64 {
        self.appended() - position.max(self.flushed).min(self.appended())
    }

    fn queued(&self, counters: &PlayerCounters) -> u64 {
        self.behind(counters.base.get())
    }

    /// Whether a clip may be queued behind so many samples.
    fn check(&self, clip: &Clip, queued: u64) -> Result<(), PlayerError> {
        let LineFigures { rate_hz, bound_ms } = self.figures;
        if clip.rate_hz() != rate_hz {
            return Err(PlayerError::Rate { clip_hz: clip.rate_hz(), mixer_hz: rate_hz });
        }
        let (clip_ms, queued_ms) = (clip.duration_ms(), self.ms(queued));
        if clip_ms + queued_ms > bound_ms {
            return Err(PlayerError::Full { clip_ms, queued_ms, bound_ms });
        }
        Ok(())
    }

    fn check_orders(&self) -> Result<(), PlayerError> {
        // Only this end adds to the ring: a free place stays free.
        if self.orders.is_full() { Err(PlayerError::Busy { waiting: ORDERS }) } else { Ok(()) }
    }

    fn send(&mut self, order: Order) -> Result<(), PlayerError> {
        self.orders.push(order).map_err(|_| PlayerError::Busy { waiting: ORDERS })?;
        self.sent += 1;
        Ok(())
    }

    /// Adds an item to the chain. Returns its number.
    fn add(&mut self, what: What) -> Result<u64, PlayerError> {
        let (number, start) = self.kept.back().map_or((0, 0), |last| (last.number + 1, last.end()));
        let item = Item::new(number, start, what);
        self.hollow = if item.samples() > 0 { 0 } else { self.hollow + 1 };
        if self.hollow > MOST_HOLLOW {
            self.hollow = MOST_HOLLOW;
            return Err(PlayerError::Hollow { most: MOST_HOLLOW });
        }
        if let Some(last) = self.kept.back() {
            last.follow(Arc::clone(&item));
        }
        self.kept.push_back(item);
        Ok(number)
    }

    /// Keeps a list of what may be left unheard, for who reads events.
    fn note_flush(&mut self, to: &Item) {
        let flushed = |item: &Arc<Item>| match &item.what {
            What::Nothing => None,
            What::Clip(_) => Some((item.number, Flushed::Clip)),
            What::Mark(mark) => Some((item.number, Flushed::Mark(*mark))),
        };
        let before = self.flushes.back().map_or(0, |flush| flush.number + 1);
        let items = self.kept.iter().filter(|item| item.number >= before).filter_map(flushed).collect();
        self.flushes.push_back(Flush { number: to.number, items });
        if self.flushes.len() > FLUSHES {
            let lost = self.flushes.pop_front().map_or(0, |flush| flush.items.len());
            self.lost_flushes += lost as u64;
        }
    }

    /// The flush up to an item, for who reads of it. Those before it are forgotten: their notes were lost.
    pub fn take_flush(&mut self, number: u64) -> Option<Flush> {
        while let Some(flush) = self.flushes.pop_front() {
            if flush.number == number {
                return Some(flush);
            }
            if flush.number > number {
                self.flushes.push_front(flush);
                return None;
            }
        }
        None
    }

    pub fn lost_flushes(&self) -> u64 {
        self.lost_flushes
    }

    /// Frees what the audio side is past.
    fn reclaim(&mut self, counters: &PlayerCounters) {
        let (taken, mut done) = (counters.taken(), counters.done());
        let known = self.in_flight.partition_point(|(order, _)| *order < taken);
        self.in_flight.drain(..known);
        // An order that was not taken, or an item that it names, is still looked at.
        done = self.in_flight.iter().fold(done, |done, (_, item)| done.min(*item));
        let passed = self.kept.partition_point(|item| item.number < done);
        self.kept.drain(..passed.min(self.kept.len() - 1));
    }
}
