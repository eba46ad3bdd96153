//! What the audio thread and the reader of a tap have in common: a ring of samples, a ring of marks, and a clock.
//!
//! Both ends know the timeline in whole ticks. A [`Mark`] says what the tap has from a position on, until the next one;
//! where that is sound, each tick of it is in the ring of samples. So ticks without sound cost nothing here, however
//! many there are. The [`TapClock`] says how far the timeline has come: it is moved on after the rings were written to.
//!
//! Nothing waits. Where a ring has no room the tap has a loss, from one mark to the next. One place for a mark is always
//! kept for that, so that no loss goes unmarked. A loss ends once half of the ring is free, so that a reader that is a
//! little too slow gets long pieces and not every other tick.

use std::sync::{
    Arc,
    atomic::{
        AtomicBool, AtomicU8, AtomicU64, AtomicUsize,
        Ordering::{Acquire, Relaxed, Release},
    },
};

use rtrb::{Consumer, Producer};

use super::ring::ring;
use crate::data::{
    channels::{Planes, PlanesMut},
    tap::TapContent,
};

/// How far the timeline of a mixer has come: what all of its taps have in common.
#[derive(Debug, Default)]
pub(crate) struct TapClock {
    /// The end of the last tick that was mixed.
    end: AtomicU64,
    /// Whether there will be no more: the processor is gone.
    over: AtomicBool,
    /// How many readers have gone.
    gone: AtomicUsize,
}

impl TapClock {
    /// Audio: all taps have what the timeline has up to here.
    pub fn advance(&self, end: u64) {
        self.end.store(end, Release);
    }

    /// Audio: there will be no more.
    pub fn stop(&self) {
        self.over.store(true, Release);
    }

    /// Control: how many readers have gone so far.
    pub fn gone(&self) -> usize {
        self.gone.load(Acquire)
    }
}

/// What a tap has from a position on.
#[derive(Debug, Clone, Copy)]
struct Mark {
    position: u64,
    content: TapContent,
}

impl Default for Mark {
    fn default() -> Self {
        Self { position: 0, content: TapContent::Silence }
    }
}

const READS: u8 = 0;
const PAUSES: u8 = 1;
const GONE: u8 = 2;

/// What the two ends of a tap, and the control side, tell each other.
#[derive(Debug, Default)]
pub(crate) struct TapState {
    /// What the reader does.
    reader: AtomicU8,
    /// Ticks that were lost.
    lost: AtomicU64,
}

impl TapState {
    pub fn lost(&self) -> u64 {
        self.lost.load(Relaxed)
    }

    /// Whether the reader is gone.
    pub fn is_gone(&self) -> bool {
        self.reader.load(Acquire) == GONE
    }
}

/// A place for the mark of a loss.
const KEPT: usize = 1;
/// How many marks there is room for: as often may what a tap has change until it is read, and not just in as many ticks as it
/// holds of sound. 4 kB.
const MARKS: usize = 256;

/// Makes the two ends of a tap that holds so many ticks. Control side: allocates.
pub(crate) fn tap_ring(ticks: usize, tick: usize, channels: usize, clock: &Arc<TapClock>) -> (TapInlet, TapOutlet) {
    let (samples_in, samples_out) = ring(ticks * tick * channels);
    // A tick has one mark at most, but for a first one after a skip.
    let (marks_in, marks_out) = ring(2 * ticks + MARKS);
    let state = Arc::new(TapState::default());
    let inlet = TapInlet { samples: samples_in, marks: marks_in, state: Arc::clone(&state), last: None, tick };
    let clock = Arc::clone(clock);
    (inlet, TapOutlet { samples: samples_out, marks: marks_out, state, clock, at: None, tick })
}

/// The audio thread's end of a tap.
#[derive(Debug)]
pub(crate) struct TapInlet {
    samples: Producer<f32>,
    marks: Producer<Mark>,
    state: Arc<TapState>,
    /// What it had in the last tick; `None` before the first.
    last: Option<TapContent>,
    /// Samples of a tick, in each channel.
    tick: usize,
}

impl TapInlet {
    pub fn state(&self) -> &Arc<TapState> {
        &self.state
    }

    /// Begins a tick with sound at a position. Whether its samples are to be [written](Self::write). Real time.
    pub fn begin(&mut self, position: u64, channels: usize) -> bool {
        if self.state.reader.load(Relaxed) != READS {
            self.pass(position, TapContent::Sound);
            return false;
        }
        let lossy = self.last == Some(TapContent::Loss);
        let least = if lossy { self.samples.buffer().capacity() / 2 } else { 0 };
        let room = self.samples.slots() >= least.max(self.tick * channels);
        let content = if room { TapContent::Sound } else { TapContent::Loss };
        self.mark(position, content) == TapContent::Sound
    }

    /// A tick goes by without sound. Real time.
    #[inline]
    pub fn pass(&mut self, position: u64, content: TapContent) {
        match self.state.reader.load(Relaxed) {
            READS => drop(self.mark(position, content)),
            PAUSES => drop(self.mark(position, TapContent::Pause)),
            _ => {}
        }
    }

    /// Whether the last tick was lost.
    pub fn loses(&self) -> bool {
        self.last == Some(TapContent::Loss) && !self.state.is_gone()
    }

    /// The timeline goes on after ticks that were not mixed, which begin here. Where nobody is there, or the tap is
    /// paused, that goes on.
    pub fn skip(&mut self, from: u64) {
        let heard = [TapContent::Sound, TapContent::Silence, TapContent::Loss].map(Some);
        if heard.contains(&self.last) && !self.state.is_gone() {
            self.mark(from, TapContent::Skip);
        }
    }

    /// Marks what there is from a position on, if that is not what there was. What it is: without room for the mark it
    /// is a loss.
    #[inline]
    fn mark(&mut self, position: u64, mut content: TapContent) -> TapContent {
        if self.last != Some(content) {
            if self.marks.slots() <= KEPT {
                content = TapContent::Loss;
            }
            if self.last != Some(content) && self.marks.push(Mark { position, content }).is_ok() {
                self.last = Some(content);
            }
        }
        if content == TapContent::Loss {
            self.state.lost.fetch_add(1, Relaxed);
        }
        content
    }

    /// Writes the samples of the tick in hand, in all channels, for which there is [room](Self::begin).
    pub fn write(&mut self, planes: Planes<'_>) {
        for plane in [Some(planes.left), planes.right].into_iter().flatten() {
            let written = self.samples.push_entire_slice(plane);
            debug_assert!(written.is_ok(), "there is room for a tick");
        }
    }
}

/// The reader's end of a tap.
#[derive(Debug)]
pub(crate) struct TapOutlet {
    samples: Consumer<f32>,
    marks: Consumer<Mark>,
    state: Arc<TapState>,
    clock: Arc<TapClock>,
    /// The position that is read next, and what is there; `None` before the first mark.
    at: Option<Mark>,
    tick: usize,
}

impl TapOutlet {
    /// The next tick: its position, and what it has; its samples go to `out`, or silence. `None` if it is not mixed yet.
    pub fn next(&mut self, mut out: PlanesMut<'_>) -> Option<(u64, TapContent)> {
        // First the clock: all marks before the end are there.
        let end = self.clock.end.load(Acquire);
        while let Ok(mark) = self.marks.peek().copied()
            && self.at.is_none_or(|at| mark.position <= at.position)
        {
            self.at = Some(mark);
            let _taken = self.marks.pop();
        }
        let Mark { position, content } = self.at.filter(|at| at.position < end)?;
        let sound = content == TapContent::Sound;
        for plane in [Some(&mut *out.left), out.right.as_deref_mut()].into_iter().flatten() {
            if !(sound && self.samples.pop_entire_slice(plane).is_ok()) {
                plane.fill(0.0);
            }
        }
        self.at = Some(Mark { position: position + self.tick as u64, content });
        Some((position, content))
    }

    /// The position that is read next; `None` before anything was there.
    pub fn position(&self) -> Option<u64> {
        self.at.map(|at| at.position)
    }

    /// Whether all was read, and there will be no more.
    pub fn is_over(&self) -> bool {
        let over = self.clock.over.load(Acquire);
        let end = self.clock.end.load(Acquire);
        over && self.at.map_or(self.marks.is_empty(), |at| at.position >= end)
    }

    /// Has the audio thread pause from its next tick on, or go on.
    pub fn set_paused(&self, paused: bool) {
        self.state.reader.store(if paused { PAUSES } else { READS }, Relaxed);
    }

    pub fn is_paused(&self) -> bool {
        self.state.reader.load(Relaxed) == PAUSES
    }

    pub fn state(&self) -> &Arc<TapState> {
        &self.state
    }
}

impl Drop for TapOutlet {
    fn drop(&mut self) {
        self.state.reader.store(GONE, Release);
        self.clock.gone.fetch_add(1, Release);
    }
}

#[cfg(test)]
mod tests {
    use super::{TapContent::*, *};

    const TICK: usize = 2;

    /// A mono tap of ticks of two samples.
    struct Line {
        inlet: TapInlet,
        outlet: TapOutlet,
        clock: Arc<TapClock>,
        now: u64,
    }

    impl Line {
        fn of(ticks: usize) -> Self {
            let clock = Arc::new(TapClock::default());
            let (inlet, outlet) = tap_ring(ticks, TICK, 1, &clock);
            Self { inlet, outlet, clock, now: 0 }
        }

        /// A tick of this level, or of something else.
        fn tick(&mut self, content: TapContent, level: f32) {
            if content != Sound {
                self.inlet.pass(self.now, content);
            } else if self.inlet.begin(self.now, 1) {
                self.inlet.write(Planes { left: &[level; TICK], right: None });
            }
            self.now += TICK as u64;
            self.clock.advance(self.now);
        }

        fn read(&mut self) -> Vec<(u64, TapContent, f32)> {
            let mut out = [9.0; TICK];
            std::iter::from_fn(|| {
                let (position, content) = self.outlet.next(PlanesMut { left: &mut out, right: None })?;
                Some((position, content, out[1]))
            })
            .collect()
        }
    }

    #[test]
    fn each_tick_is_read_once_with_its_position() {
        let mut line = Line::of(4);
        assert_eq!((line.read(), line.outlet.position()), (vec![], None));
        line.now = 10;
        [(Sound, 1.0), (Sound, 2.0), (Silence, 0.0), (Absence, 0.0)]
            .iter()
            .for_each(|(what, level)| line.tick(*what, *level));
        let read = vec![(10, Sound, 1.0), (12, Sound, 2.0), (14, Silence, 0.0), (16, Absence, 0.0)];
        assert_eq!((line.read(), line.outlet.position()), (read, Some(18)));
        assert_eq!(line.read(), []);
    }

    #[test]
    fn what_has_no_sound_needs_no_room() {
        let mut line = Line::of(2);
        (0..1000).for_each(|_| line.tick(Silence, 0.0));
        line.tick(Sound, 1.0);
        let read = line.read();
        assert!(read.len() == 1001 && read[1000] == (2000, Sound, 1.0));
        assert_eq!(line.outlet.state().lost(), 0);
    }

    #[test]
    fn a_loss_is_marked_and_counted_and_ends_once_half_of_the_ring_is_free() {
        let mut line = Line::of(4);
        (1..=6).for_each(|level| line.tick(Sound, level as f32));
        line.tick(Silence, 0.0);
        line.tick(Sound, 8.0);
        let mut out = [0.0; TICK];
        line.outlet.next(PlanesMut { left: &mut out, right: None }).unwrap();
        line.tick(Sound, 9.0);
        line.outlet.next(PlanesMut { left: &mut out, right: None }).unwrap();
        line.tick(Sound, 10.0);
        let lost = [(8, Loss, 0.0), (10, Loss, 0.0), (12, Silence, 0.0), (14, Loss, 0.0), (16, Loss, 0.0)];
        assert_eq!(line.read(), [&[(4, Sound, 3.0), (6, Sound, 4.0)][..], &lost, &[(18, Sound, 10.0)]].concat());
        assert_eq!(line.outlet.state().lost(), 4);
    }

    #[test]
    fn a_loss_of_marks_is_a_loss() {
        let mut line = Line::of(2);
        let most = 2 * 2 + MARKS - KEPT;
        (0..most + 10).for_each(|number| line.tick([Silence, Absence][number % 2], 0.0));
        let read = line.read();
        let lost = read.iter().filter(|(_, content, _)| *content == Loss).count();
        assert_eq!((read.len(), lost, read[most - 1].1, read[most].1), (most + 10, 10, Silence, Loss));
        line.tick(Silence, 0.0);
        assert_eq!(line.read(), [(2 * (most as u64 + 10), Silence, 0.0)]);
    }

    #[test]
    fn skipped_ticks_and_pauses_are_there() {
        let mut line = Line::of(4);
        line.tick(Sound, 1.0);
        line.inlet.skip(2);
        line.now = 6;
        line.tick(Sound, 2.0);
        line.outlet.set_paused(true);
        line.tick(Sound, 3.0);
        line.inlet.skip(10);
        line.now = 12;
        line.tick(Sound, 4.0);
        line.outlet.set_paused(false);
        line.tick(Sound, 5.0);
        let read: Vec<_> = line.read().into_iter().map(|(_, content, level)| (content, level)).collect();
        let pause = [(Pause, 0.0); 3];
        let before = [(Sound, 1.0), (Skip, 0.0), (Skip, 0.0), (Sound, 2.0)];
        assert_eq!(read, [&before[..], &pause, &[(Sound, 5.0)]].concat());
    }

    #[test]
    fn it_is_over_once_all_was_read_and_the_processor_is_gone() {
        let mut line = Line::of(4);
        line.tick(Sound, 1.0);
        line.clock.stop();
        assert!(!line.outlet.is_over());
        line.read();
        assert!(line.outlet.is_over());
        let nothing = Line::of(4);
        nothing.clock.stop();
        assert!(nothing.outlet.is_over());
    }

    #[test]
    fn a_reader_that_is_gone_is_seen() {
        let Line { mut inlet, outlet, clock, .. } = Line::of(1);
        let state = Arc::clone(outlet.state());
        assert!(inlet.begin(0, 1) && !state.is_gone());
        drop(outlet);
        assert_eq!((inlet.begin(2, 1), state.is_gone(), clock.gone()), (false, true, 1));
    }
}
