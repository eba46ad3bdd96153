//! The audio side of a player: [`Playback`] takes orders, plays the chain of items, and tells what was heard. Nothing in
//! it locks, allocates, frees or waits, but for its constructor.

use std::sync::Arc;

use rtrb::{Consumer, Producer};

use super::{
    cursor::Cursor,
    fading::{Gains, Tail},
    item::Item,
    log::Log,
    note::{Heard, Note},
    order::{Order, Repeat},
    output::Output,
    queue::Queue,
};
use crate::{
    data::{
        channels::Planes,
        connection::{Connection, Told},
        figures::Figures,
        timing::Timing,
    },
    stream::measure::mean_square,
};

/// How long it goes on with silence behind the last sound before it counts as one who sends nothing.
pub(super) const HOLD_MS: f64 = 200.0;
/// How many flushes may fade out at the same time. Orders behind one more wait until one of these is over.
pub(super) const TAILS: usize = 4;

/// The audio side of a player.
#[derive(Debug)]
pub(super) struct Playback {
    orders: Consumer<Order>,
    taken: u64,
    /// The changes that it knows of: without others, one that sends nothing has nothing to do.
    known: u64,
    pub(super) voice: Cursor,
    pub(super) tails: Vec<Tail>,
    pub(super) gains: Gains,
    /// How many samples of its own time have passed: those in which it was stopped, or not present yet, are not counted.
    pub(super) now: u64,
    timing: Timing,
    pub(super) output: Output,
    /// Samples until it is present in the mixes, once it has something to play; `None` while it sends nothing.
    present_in: Option<usize>,
    /// How long it takes to become present: the mixer's smoothing time.
    to_present: usize,
    /// For how many samples nothing was heard, since it was not present.
    silent: usize,
    hold: usize,
    /// Silence is told to be as loud as this where the sound around it is, so that it stays present in a pause.
    floor: f64,
    loud: bool,
    dryness: Dryness,
    log: Log,
    /// Keeps the items alive, and with them the clips.
    queue: Arc<Queue>,
}

/// Whether anything is left to be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dryness {
    /// It did not run dry: nothing was played yet, or it was flushed.
    Fresh,
    Playing,
    /// Since this position.
    Dry(u64),
}

impl Playback {
    /// Control side: allocates. `smoothing` is that of the player, in samples.
    pub fn new(
        figures: &Figures,
        smoothing: u32,
        head: Arc<Item>,
        orders: Consumer<Order>,
        notes: Producer<Note>,
        queue: Arc<Queue>,
    ) -> Self {
        let timing = Timing { smoothing, ..figures.timing };
        let hold = timing.samples(HOLD_MS).ceil() as usize;
        Self {
            orders,
            taken: 0,
            known: 0,
            voice: Cursor::behind(head, Repeat::Off),
            tails: Vec::with_capacity(TAILS),
            gains: Gains::new(timing),
            now: 0,
            timing,
            output: Output::new(figures.channels, timing.tick),
            present_in: None,
            to_present: figures.timing.smoothing as usize,
            silent: hold,
            hold,
            floor: figures.floor,
            loud: true,
            dryness: Dryness::Fresh,
            log: Log::new(notes),
            queue,
        }
    }

    /// Takes the orders that have come; each needs a moment.
    fn take_orders(&mut self, position: u64) {
        for _ in 0..self.orders.slots() {
            if self.tails.len() == TAILS && matches!(self.orders.peek(), Ok(Order::Flush { .. })) {
                return;
            }
            let Ok(order) = self.orders.pop() else { return };
            let unheard = self.silent > 0;
            match order {
                Order::Nothing => {}
                Order::Flush { to, fade } => self.flush(to, fade, position),
                Order::Paused(paused) => {
                    let at_once = unheard && (paused || !self.voice.is_inside());
                    self.gains.set_paused(paused, self.now, at_once);
                }
                Order::Repeat(repeat) => self.voice.set_repeat(repeat),
                Order::Level(level) => self.gains.set_level(level, self.now, unheard),
            }
            self.taken += 1;
        }
    }

    /// What is heard becomes a tail; what follows begins behind `to`.
    fn flush(&mut self, to: Arc<Item>, fade: u32, position: u64) {
        let (number, repeat) = (to.number, self.voice.repeat());
        if self.voice.is_past(number) {
            return self.log.tell(Heard::Flushed { from: number + 1, samples: 0 }, number, position);
        }
        let (from, samples) = self.voice.unheard();
        self.log.tell(Heard::Flushed { from, samples: samples as u64 }, number, position);
        let flushed = std::mem::replace(&mut self.voice, Cursor::behind(to, repeat));
        if fade > 0 && self.silent == 0 && !self.gains.is_stopped(self.now) {
            self.tails.push(Tail::new(flushed.until(number), self.now, fade, self.timing));
        }
        self.dryness = Dryness::Fresh;
    }

    /// Plays a tick. Whether it sends anything.
    fn play(&mut self, position: u64) -> bool {
        if !self.gains.is_stopped(self.now) {
            self.voice.settle(&mut self.log.at(position));
        }
        let has_sound = self.voice.available() > 0 || !self.tails.is_empty();
        let sounds = has_sound && !self.gains.is_stopped(self.now);
        match self.present_in {
            None if !sounds => return false,
            Some(_) if !sounds && self.silent >= self.hold => {
                self.present_in = None;
                return false;
            }
            None => {
                (self.present_in, self.silent) = (Some(self.to_present), 0);
                self.look_ahead();
            }
            Some(_) => {}
        }
        self.output.begin();
        let (mut at, tick) = (0, self.output.samples());
        while at < tick {
            at += self.play_run(at, tick - at, position + at as u64);
        }
        true
    }

    /// Whether the sound that is about to begin is over the floor: then it becomes present before.
    fn look_ahead(&mut self) {
        let Some((clip, offset)) = self.voice.clip() else { return };
        let whole = offset..clip.samples().min(offset + self.output.samples());
        let Planes { left, right } = clip.planes();
        let ahead = Planes { left: &left[whole.clone()], right: right.map(|right| &right[whole]) };
        let square = mean_square(ahead) * self.gains.at_rest(self.now).unwrap_or(1.0).powi(2);
        self.loud = square == 0.0 || square >= self.floor;
    }

    /// How loud a tick is told to be.
    fn tell_loudness(&mut self, square: f64) -> f64 {
        if square > 0.0 {
            self.loud = square >= self.floor;
            return square;
        }
        if self.loud { self.floor } else { 0.0 }
    }

    /// Plays as many samples as nothing changes in, `most` at most, and returns how many.
    fn play_run(&mut self, at: usize, most: usize, position: u64) -> usize {
        if self.gains.is_stopped(self.now) {
            // What was flushed does not come back when it goes on.
            self.tails.clear();
            self.present_in = self.present_in.map(|left| left.saturating_sub(most));
            return self.be_silent(at, most);
        }
        if let Some(left) = self.present_in.filter(|left| *left > 0) {
            let run = left.min(most);
            self.present_in = Some(left - run);
            return self.be_silent(at, run);
        }
        self.voice.settle(&mut self.log.at(position));
        self.tails.iter_mut().for_each(|tail| tail.cursor.settle(&mut |_, _| {}));
        let cursors = std::iter::once(&self.voice).chain(self.tails.iter().map(|tail| &tail.cursor));
        let ends = cursors.map(Cursor::available).filter(|samples| *samples > 0).chain(self.gains.until_stop(self.now));
        let fades = self.tails.iter().map(|tail| tail.left(self.now));
        let run = ends.chain(fades).fold(most, usize::min);
        let heard = self.render(at, run);
        self.silent = if heard { 0 } else { self.silent + run };
        self.go_on(run, position);
        run
    }

    fn be_silent(&mut self, at: usize, run: usize) -> usize {
        self.output.silence(at..at + run);
        self.silent += run;
        run
    }

    /// A run was played.
    fn go_on(&mut self, run: usize, position: u64) {
        let after = position + run as u64;
        if self.voice.available() > 0 {
            if let Dryness::Dry(since) = self.dryness {
                self.queue.counters.dry.add(position.saturating_sub(since));
            }
            self.dryness = Dryness::Playing;
            self.voice.play(run, &mut self.log.at(position));
            self.queue.counters.played.add(run as u64);
            // What ends here is told here, whatever follows.
            self.voice.settle(&mut self.log.at(after));
        } else if self.dryness == Dryness::Playing {
            self.dryness = Dryness::Dry(position);
            self.queue.counters.ran_dry.add(1);
        }
        for tail in &mut self.tails {
            let played = run.min(tail.cursor.available());
            tail.cursor.play(played, &mut |_, _| {});
        }
        self.now += run as u64;
        let now = self.now;
        self.tails.retain(|tail| tail.left(now) > 0);
    }

    /// Tells the control side how far it has come.
    fn publish(&self) {
        let counters = &self.queue.counters;
        let (position, base) = self.voice.position();
        counters.position.set(position);
        counters.base.set(base);
        counters.lost_events.set(self.log.lost());
        let oldest = self.tails.iter().map(|tail| tail.cursor.oldest()).fold(self.voice.oldest(), u64::min);
        counters.pass(oldest, self.taken);
    }
}

impl Connection for Playback {
    fn advance(&mut self, position: u64) -> Option<Told> {
        let known = std::mem::replace(&mut self.known, self.queue.counters.changes());
        if known == self.known && self.present_in.is_none() && self.tails.is_empty() {
            return None;
        }
        self.take_orders(position);
        let sends = self.play(position);
        self.publish();
        sends.then(|| {
            let measured = self.output.end();
            let silent = measured.mean_square == 0.0;
            Told {
                mean_square: self.tell_loudness(measured.mean_square),
                active: !silent,
                anti_phase: measured.anti_phase,
            }
        })
    }

    fn read(&mut self) -> Planes<'_> {
        self.output.planes()
    }

    /// Nothing that is queued has come: it goes on where it is.
    fn discard(&mut self) {}

    /// It hears nothing.
    fn write(&mut self, _: Planes<'_>) {}
}
