//! The memory of the audio side. All of it is made by the control side; the audio side moves it about and hands it back.

use std::sync::Arc;

use super::{
    alike::Seen,
    listener::Listener,
    overlap::{Class, SHIFTS, Shift, classes},
    plan::Group,
    program::{Sorted, Term},
    row::Entry,
    source::Source,
    subtotal::Subtotals,
};
use crate::{
    memory::{filled, room},
    meter::Meters,
    ship::Berth,
    timing::Timing,
};

/// What one participant brings along.
#[derive(Debug)]
pub(crate) struct Memory {
    pub meters: Arc<Meters>,
    /// The samples that it sends in a tick.
    pub frame: Vec<f32>,
    /// The samples that it hears in a tick, if it is the first of those who hear the same.
    pub mix: Vec<f32>,
    pub entries: Vec<Entry>,
    pub classes: Vec<Class>,
}

impl Memory {
    /// Room for a tick of samples each way. A participant who does not send, or hear, needs none for that.
    pub fn new(meters: Arc<Meters>, timing: &Timing, sends: bool, hears: bool) -> Self {
        let samples = |needed| filled(if needed { timing.tick } else { 0 }, 0.0);
        let classes = room(if hears { classes(timing) } else { 0 }, Class::default());
        Self { meters, frame: samples(sends), mix: samples(hears), entries: Vec::new(), classes }
    }
}

/// A participant's memory, and where it goes when the participant has left.
#[derive(Debug)]
pub(crate) struct Home {
    pub memory: Box<Memory>,
    pub berth: Arc<Berth<Memory>>,
}

/// Everything that lasts from tick to tick, and the scratch of one tick. Arrays by field, indexed by place.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    pub sources: Vec<Source>,
    pub listeners: Vec<Listener>,
    pub frames: Vec<Vec<f32>>,
    pub mixes: Vec<Vec<f32>>,
    pub homes: Vec<Option<Home>>,
    /// Places from here on have never been given.
    pub used: usize,

    /// The sources that are present and not silent in this tick, in the order of their places.
    pub audible: Vec<u32>,
    /// The different ways in which the presence of sources moves, where that matters; and whether any changed in this tick.
    pub shifts: Vec<Shift>,
    pub shifted: bool,
    pub shifts_left_out: u64,
    /// Who hears the same in this tick; and, by hash, where to look for them.
    pub groups: Vec<Group>,
    pub buckets: Vec<u32>,
    pub seen: Seen,
    /// Terms of the mix in hand, and of the one that it is compared with.
    pub terms: [Vec<Term>; 2],
    pub sorted: Sorted,
    pub subtotals: Subtotals,
    pub envelope: Vec<f32>,
    /// One tick of nothing.
    pub silence: Vec<f32>,
}

impl Arena {
    /// Room for `places` participants. Allocates: control side.
    pub fn new(places: usize, tick: usize) -> Self {
        let vacant = || 0..places;
        Self {
            sources: vacant().map(|_| Source::default()).collect(),
            listeners: vacant().map(|_| Listener::default()).collect(),
            frames: vacant().map(|_| Vec::new()).collect(),
            mixes: vacant().map(|_| Vec::new()).collect(),
            homes: vacant().map(|_| None).collect(),
            used: 0,
            audible: room(places, 0),
            shifts: room(SHIFTS, Shift::default()),
            shifted: false,
            shifts_left_out: 0,
            groups: room(places, Group::default()),
            buckets: filled((2 * places).next_power_of_two(), 0),
            seen: Seen::new(places),
            // A source whose exemption moves under a moving envelope is two terms.
            terms: [room(2 * places, Term::default()), room(2 * places, Term::default())],
            sorted: Sorted::new(places),
            subtotals: Subtotals::new(places, tick),
            envelope: filled(tick, 0.0),
            silence: filled(tick, 0.0),
        }
    }

    pub fn places(&self) -> usize {
        self.sources.len()
    }

    /// Moves into `larger`, which takes the old memory in exchange. Frees nothing.
    pub fn move_into(&mut self, larger: &mut Self) {
        fn swap_all<T>(old: &mut [T], new: &mut [T]) {
            old.iter_mut().zip(new).for_each(|(old, new)| std::mem::swap(old, new));
        }
        swap_all(&mut self.sources, &mut larger.sources);
        swap_all(&mut self.listeners, &mut larger.listeners);
        swap_all(&mut self.frames, &mut larger.frames);
        swap_all(&mut self.mixes, &mut larger.mixes);
        swap_all(&mut self.homes, &mut larger.homes);
        larger.used = self.used;
        std::mem::swap(self, larger);
    }

    /// Gives the memory of a participant who left back to the control side.
    pub fn vacate(&mut self, place: usize) {
        self.sources[place] = Source::default();
        if let Some(Home { mut memory, berth }) = self.homes[place].take() {
            std::mem::swap(&mut memory.frame, &mut self.frames[place]);
            std::mem::swap(&mut memory.mix, &mut self.mixes[place]);
            std::mem::swap(&mut memory.entries, &mut self.listeners[place].gains.entries);
            std::mem::swap(&mut memory.classes, &mut self.listeners[place].gains.classes);
            berth.put(memory);
            // The control side lists this berth as still out, so that it is never the last owner that is dropped here.
        }
        self.listeners[place] = Listener::default();
    }
}
