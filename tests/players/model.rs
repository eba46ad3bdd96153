//! What a player plays, sample by sample and in f64, written from the docs of `Player` and of its methods.

use std::collections::VecDeque;

use super::PRESENT;
use mixminus::stream::Repeat;

/// At 1 kHz.
const HOLD: usize = 200;
const TAILS: usize = 4;

/// A gain that moves linearly.
#[derive(Debug, Clone, Copy)]
struct Ramp {
    start: f64,
    target: f64,
    done: usize,
    length: usize,
}

impl Ramp {
    fn rest(value: f64) -> Self {
        Self { start: value, target: value, done: 0, length: 0 }
    }

    fn value(&self) -> f64 {
        if self.done >= self.length {
            return self.target;
        }
        self.start + (self.target - self.start) * self.done as f64 / self.length as f64
    }

    fn move_to(&mut self, target: f64, length: usize) {
        if target != self.target {
            let start = self.value();
            *self = if start == target { Self::rest(target) } else { Self { start, target, done: 0, length } };
        }
    }

    fn next(&mut self) -> f64 {
        self.done += 1;
        self.value()
    }

    fn rests_at_0(&self) -> bool {
        self.target == 0.0 && self.done >= self.length
    }
}

#[derive(Debug, Clone)]
pub enum Entry {
    Clip(Vec<f32>),
    Mark(u64),
}

/// An event, with the index of its entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Started(usize),
    Finished(usize),
    Reached(u64),
    Flushed(usize, u64),
    Dropped(u64),
}

/// A place among the entries: in one of them, or before one that is not there yet.
#[derive(Debug, Clone)]
struct Place {
    at: usize,
    offset: usize,
    /// Whether that clip is its turn already.
    entered: bool,
    /// The end of what it may play.
    end: usize,
    repeat: Repeat,
    first: Option<usize>,
}

#[derive(Debug)]
pub struct Model {
    pub entries: Vec<Entry>,
    place: Place,
    tails: Vec<(Place, Ramp)>,
    level: Ramp,
    gate: Ramp,
    smoothing: usize,
    awake: bool,
    present_in: usize,
    silent: usize,
    pub position: u64,
    pub told: Vec<(Told, u64)>,
    pub ran_dry: u64,
    pub dry_samples: u64,
    playing: bool,
    dry_since: Option<u64>,
    /// Calls that wait for the end of a fade.
    calls: VecDeque<Call>,
}

#[derive(Debug, Clone, Copy)]
pub enum Call {
    /// Of the entries before an index.
    Flush(usize, usize),
    Pause(bool),
    Repeat(Repeat),
    Level(f64),
}

impl Model {
    pub fn new(smoothing: usize) -> Self {
        Self {
            entries: Vec::new(),
            place: Place { at: 0, offset: 0, entered: false, end: usize::MAX, repeat: Repeat::Off, first: None },
            tails: Vec::new(),
            level: Ramp::rest(1.0),
            gate: Ramp::rest(1.0),
            smoothing,
            awake: false,
            present_in: 0,
            silent: HOLD,
            position: 0,
            told: Vec::new(),
            ran_dry: 0,
            dry_samples: 0,
            playing: false,
            dry_since: None,
            calls: VecDeque::new(),
        }
    }

    /// How many calls were not taken yet.
    pub fn waiting(&self) -> usize {
        self.calls.len()
    }

    pub fn call(&mut self, call: Call) {
        self.calls.push_back(call);
    }

    fn take_calls(&mut self) {
        while let Some(call) = self.calls.front().copied() {
            if self.tails.len() == TAILS && matches!(call, Call::Flush(..)) {
                return;
            }
            self.calls.pop_front();
            let unheard = self.silent > 0;
            match call {
                Call::Flush(end, fade) => self.flush(end, fade),
                Call::Repeat(repeat) => self.set_repeat(repeat),
                Call::Level(level) if unheard => self.level = Ramp::rest(level),
                Call::Level(level) => self.level.move_to(level, self.smoothing),
                Call::Pause(true) if unheard => self.gate = Ramp::rest(0.0),
                Call::Pause(true) => self.gate.move_to(0.0, self.smoothing),
                Call::Pause(false) if unheard && self.place.offset == 0 => self.gate = Ramp::rest(1.0),
                Call::Pause(false) => self.gate.move_to(1.0, self.smoothing),
            }
        }
    }

    fn flush(&mut self, end: usize, fade: usize) {
        if self.place.at > end || self.place.at == end && self.place.entered {
            // It had to wait, and what it would flush was heard meanwhile.
            return;
        }
        for (entry, index) in self.entries[self.place.at..end].iter().zip(self.place.at..) {
            let told = match entry {
                Entry::Clip(_) if index == self.place.at => Told::Flushed(index, self.place.offset as u64),
                Entry::Clip(_) => Told::Flushed(index, 0),
                Entry::Mark(mark) => Told::Dropped(*mark),
            };
            self.told.push((told, self.position));
        }
        if fade > 0 && self.silent == 0 && !self.gate.rests_at_0() {
            let fall = Ramp { start: 1.0, target: 0.0, done: 0, length: fade };
            self.tails.push((Place { end, ..self.place.clone() }, fall));
        }
        self.place = Place { at: end, offset: 0, entered: false, first: None, ..self.place };
        (self.playing, self.dry_since) = (false, None);
    }

    fn set_repeat(&mut self, repeat: Repeat) {
        if self.place.repeat == repeat {
            return;
        }
        self.place.repeat = repeat;
        self.place.first = (repeat == Repeat::Queue && matches!(self.entries.get(self.place.at), Some(Entry::Clip(_))))
            .then_some(self.place.at);
    }

    /// Whether a place is in a clip; it is moved past marks, and back where the queue repeats.
    fn settle(&self, place: &mut Place, told: &mut Vec<Told>) -> bool {
        loop {
            let here = self.entries.get(place.at).filter(|_| place.at < place.end);
            if here.is_some() && place.repeat == Repeat::Queue && place.first.is_none() {
                place.first = Some(place.at);
            }
            match here {
                Some(Entry::Clip(_)) => {
                    place.entered = true;
                    return true;
                }
                Some(Entry::Mark(mark)) => {
                    told.push(Told::Reached(*mark));
                    place.at += 1;
                }
                None => {
                    let Some(first) = place.first.filter(|_| place.repeat == Repeat::Queue) else { return false };
                    let end = place.end.min(self.entries.len());
                    if !self.entries[first..end].iter().any(|entry| matches!(entry, Entry::Clip(_))) {
                        return false;
                    }
                    place.at = first;
                }
            }
        }
    }

    /// The next sample of a place, if it has one.
    fn next(&self, place: &mut Place, told: &mut Vec<Told>) -> Option<f32> {
        let Some(Entry::Clip(samples)) = self.entries.get(place.at).filter(|_| place.at < place.end) else {
            return None;
        };
        if place.offset == 0 {
            told.push(Told::Started(place.at));
        }
        let sample = samples[place.offset];
        place.offset += 1;
        Some(sample)
    }

    /// Leaves a clip that is over.
    fn leave(&self, place: &mut Place, told: &mut Vec<Told>) {
        let Some(Entry::Clip(samples)) = self.entries.get(place.at) else { return };
        if place.offset == samples.len() {
            told.push(Told::Finished(place.at));
            (place.offset, place.entered) = (0, place.repeat == Repeat::Clip);
            place.at += usize::from(place.repeat != Repeat::Clip);
        }
    }

    fn tell(&mut self, told: Vec<Told>, position: u64) {
        self.told.extend(told.into_iter().map(|told| (told, position)));
    }

    pub fn tick(&mut self, samples: usize) -> Vec<f64> {
        self.take_calls();
        let stopped = self.gate.rests_at_0();
        let sounds = !stopped && (self.reach(self.position) || !self.tails.is_empty());
        if !sounds && (!self.awake || self.silent >= HOLD) {
            self.awake = false;
            self.position += samples as u64;
            return vec![0.0; samples];
        }
        if !std::mem::replace(&mut self.awake, true) {
            (self.present_in, self.silent) = (PRESENT, 0);
        }
        (0..samples).map(|_| self.sample()).collect()
    }

    fn reach(&mut self, position: u64) -> bool {
        let (mut place, mut told) = (self.place.clone(), Vec::new());
        let has_sound = self.settle(&mut place, &mut told);
        self.place = place;
        self.tell(told, position);
        has_sound
    }

    fn sample(&mut self) -> f64 {
        let position = self.position;
        self.position += 1;
        let stopped = self.gate.rests_at_0();
        if stopped || self.present_in > 0 {
            self.present_in = self.present_in.saturating_sub(1);
            self.silent += 1;
            if stopped {
                self.tails.clear();
            }
            return 0.0;
        }
        self.reach(position);
        let (mut place, mut told) = (self.place.clone(), Vec::new());
        let voice = self.next(&mut place, &mut told);
        self.tell(std::mem::take(&mut told), position);
        let mut sum = f64::from(voice.unwrap_or(0.0));
        let mut heard = voice.is_some();
        let mut tails = std::mem::take(&mut self.tails);
        for (place, fall) in &mut tails {
            self.settle(place, &mut Vec::new());
            let sample = self.next(place, &mut Vec::new());
            self.leave(place, &mut Vec::new());
            heard |= sample.is_some();
            sum += fall.next() * f64::from(sample.unwrap_or(0.0));
        }
        tails.retain(|(_, fall)| !fall.rests_at_0());
        self.tails = tails;
        self.silent = if heard { 0 } else { self.silent + 1 };
        self.count(voice.is_some(), position);
        self.leave(&mut place, &mut told);
        self.place = place;
        self.tell(told, position + 1);
        if voice.is_some() {
            self.reach(position + 1);
        }
        sum * (self.level.next() * self.gate.next())
    }

    fn count(&mut self, heard: bool, position: u64) {
        if heard {
            self.dry_samples += self.dry_since.take().map_or(0, |since| position - since);
            self.playing = true;
        } else if std::mem::take(&mut self.playing) {
            self.ran_dry += 1;
            self.dry_since = Some(position);
        }
    }
}
