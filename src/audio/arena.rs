//! The memory of the audio side. All of it is made by the control side; the audio side moves it about and hands it back.

use std::sync::Arc;

use super::{
    NONE,
    alike::Seen,
    asleep::Rest,
    dominant::Floor,
    ear::Ear,
    entry::RowMemory,
    exceptions::Exception,
    hearing::Hearing,
    listener::Listener,
    loudest::Loudest,
    overlap::{Class, SHIFTS, Shift, classes},
    panels::Panels,
    plan::Group,
    program::{Programs, Term},
    seat::{Follower, Seat},
    segments::Segments,
    source::Source,
    still::Still,
    worker::Worker,
};
use crate::{
    data::role::Role,
    data::{
        frame::Frame,
        line::Line,
        memory::{filled, room},
        sides::Side,
        talk::TalkSender,
        timing::Timing,
    },
    kernel::{Kernel, Lanes, Tile},
    meter::{Loudness, Meters},
    ship::Berth,
};

/// What one participant brings along.
#[derive(Debug)]
pub(crate) struct Memory {
    pub meters: Arc<Meters>,
    /// Of the left side, if the participant has one.
    pub line: Option<Box<dyn Line>>,
    pub row: RowMemory,
    pub classes: Vec<Class>,
    pub ear: Ear,
}

impl Memory {
    /// A participant who does not hear needs no room for its gains.
    pub fn new(meters: Arc<Meters>, timing: &Timing, role: Role) -> Self {
        let classes = room(if role.hears() { classes(timing) } else { 0 }, Class::default());
        Self { meters, line: None, row: RowMemory::default(), classes, ear: Ear::default() }
    }
}

/// A participant's memory, and where it goes when the participant has left.
#[derive(Debug)]
pub(crate) struct Home {
    pub memory: Box<Memory>,
    /// Those of the memory, which are written to in every tick.
    pub meters: Arc<Meters>,
    pub berth: Arc<Berth<Memory>>,
}

/// Everything that lasts from tick to tick, and the scratch of one tick. Arrays by field, indexed by place.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    /// Which channel it mixes.
    pub side: Side,
    pub sources: Vec<Source>,
    pub listeners: Vec<Listener>,
    pub hearings: Vec<Hearing>,
    pub homes: Vec<Option<Home>>,
    /// The places of those who have a line.
    pub lines: Vec<u32>,
    /// The position of each source among the audible, or [`NONE`]; and whether it is active.
    pub positions: Vec<u32>,
    pub active: Vec<bool>,
    /// What sources are compared by, and how it follows what they send.
    pub seats: Vec<Seat>,
    pub follower: Follower,
    pub loudest: Loudest,
    /// Which sources were told to be active; who has the floor; and where it is told, if anywhere.
    pub told: Vec<bool>,
    /// Whether each place is looked at.
    pub rests: Vec<Rest>,
    pub floor: Floor,
    pub talk: Option<TalkSender>,
    /// The signal of each source as it was sent; behind these, the same faded by its presence, where that moves.
    pub frames: Panels,
    /// Places from here on have never been given.
    pub used: usize,

    /// The sources that are present and not silent in this tick, in the order of their places; and the signal of each at its presence.
    pub audible: Vec<u32>,
    /// Those of the tick before; and a number for as long as they stay the same.
    pub audible_before: Vec<u32>,
    pub epoch: u64,
    pub signals: Vec<u32>,
    pub segments: Segments,
    /// The different ways in which the presence of sources moves, where that matters; and whether any changed in this tick.
    pub shifts: Vec<Shift>,
    pub shifted: bool,
    pub shifts_left_out: u64,
    /// Whether the plan of the tick before may hold.
    pub still: Still,
    /// Who hears the same in this tick; and, by hash, where to look for them.
    pub groups: Vec<Group>,
    pub buckets: Vec<u32>,
    pub seen: Seen,
    /// What the mixes of groups are the sums of.
    pub programs: Programs,
    /// The sources that the mix in hand has not at the gain of the rest.
    pub exceptions: Vec<Exception>,
    /// Terms of the mix in hand.
    pub terms: Vec<Term>,
    /// The samples that each group hears, a tick of tiles each; and what is measured of them.
    pub mixes: Vec<Tile>,
    pub lanes: Vec<Lanes>,
    /// The scratch of those who add up.
    pub workers: Vec<Worker>,
    /// One tick of nothing.
    pub silence: Vec<Tile>,
}

impl Arena {
    /// Room for `places` participants, and for `workers` who add up at the same time. Allocates: control side.
    pub fn new(side: Side, places: usize, workers: usize, timing: &Timing) -> Self {
        let (panels, vacant) = (Tile::count(timing.tick), || 0..places);
        Self {
            side,
            sources: vacant().map(|_| Source::default()).collect(),
            listeners: vacant().map(|_| Listener::default()).collect(),
            hearings: filled(places, Hearing::default()),
            homes: vacant().map(|_| None).collect(),
            lines: room(places, 0),
            positions: filled(places, NONE),
            active: filled(places, false),
            seats: filled(places, Seat::default()),
            follower: Follower::new(timing),
            loudest: Loudest::default(),
            told: filled(places, false),
            rests: filled(places, Rest::Awake),
            floor: Floor::default(),
            talk: None,
            frames: Panels::new(2 * places, panels),
            used: 0,
            audible: room(places, 0),
            audible_before: room(places, 0),
            epoch: 0,
            signals: room(places, 0),
            segments: Segments::default(),
            shifts: room(SHIFTS, Shift::default()),
            shifted: false,
            shifts_left_out: 0,
            still: Still::default(),
            groups: room(places, Group::default()),
            buckets: filled((2 * places).next_power_of_two(), 0),
            seen: Seen::new(places),
            programs: Programs::new(places),
            exceptions: room(places, Exception::default()),
            // A source whose exemption moves under a moving envelope is two terms.
            terms: room(2 * places, Term::default()),
            mixes: filled(places * panels, Tile::SILENCE),
            lanes: filled(places, Lanes::NOTHING),
            workers: (0..workers).map(|_| Worker::new(places, panels)).collect(),
            silence: filled(panels, Tile::SILENCE),
        }
    }

    pub fn places(&self) -> usize {
        self.sources.len()
    }

    /// Takes a frame's samples of its side. Whoever sends is awake.
    #[inline]
    pub fn accept(&mut self, slot: usize, frame: &Frame<'_>, kernel: Kernel) -> Result<Loudness, usize> {
        self.wake(slot);
        self.sources[slot].accept(frame, self.side, &mut self.frames, slot, kernel)
    }

    /// The samples that a group hears.
    #[inline]
    pub fn mix(&self, group: usize) -> &[Tile] {
        let panels = self.silence.len();
        match self.groups.get(group) {
            Some(found) if !found.silent() => &self.mixes[group * panels..][..panels],
            _ => &self.silence,
        }
    }

    /// Moves into `larger`, which takes the old memory in exchange. Frees nothing. Between ticks there is nothing in the frames and mixes.
    pub fn move_into(&mut self, larger: &mut Self) {
        fn swap_all<T>(old: &mut [T], new: &mut [T]) {
            old.iter_mut().zip(new).for_each(|(old, new)| std::mem::swap(old, new));
        }
        swap_all(&mut self.sources, &mut larger.sources);
        swap_all(&mut self.listeners, &mut larger.listeners);
        swap_all(&mut self.hearings, &mut larger.hearings);
        swap_all(&mut self.homes, &mut larger.homes);
        larger.lines.extend_from_slice(&self.lines);
        swap_all(&mut self.seats, &mut larger.seats);
        swap_all(&mut self.told, &mut larger.told);
        swap_all(&mut self.rests, &mut larger.rests);
        std::mem::swap(&mut self.talk, &mut larger.talk);
        (larger.floor, larger.loudest) = (self.floor, self.loudest);
        // Numbers that are past all that were given: what is known of earlier ones is known of other memory.
        (larger.used, larger.epoch) = (self.used, self.epoch + 1);
        std::mem::swap(self, larger);
    }

    /// Gives the memory of a participant who left back to the control side.
    pub fn vacate(&mut self, place: usize) {
        (self.positions[place], self.active[place], self.seats[place]) = (NONE, false, Seat::default());
        self.still.changed = true;
        if let Some(Home { mut memory, meters, berth }) = self.homes[place].take() {
            self.listeners[place].gains.swap_memory(&mut memory.row);
            std::mem::swap(&mut memory.classes, &mut self.listeners[place].gains.classes);
            self.lines.retain(|line| *line != place as u32);
            std::mem::swap(&mut memory.ear, &mut self.sources[place].ear);
            // The memory has them, too: it is never the last owner that is dropped here.
            drop(meters);
            berth.put(memory);
            // The control side lists this berth as still out, so that it is never the last owner that is dropped here.
        }
        self.sources[place] = Source::default();
        self.rests[place] = Rest::Awake;
        (self.listeners[place], self.hearings[place]) = (Listener::default(), Hearing::default());
    }
}
