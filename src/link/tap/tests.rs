use super::*;
use crate::data::{
    channels::{Planes, PlanesMut},
    tap::TapContent::{self, *},
};

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
