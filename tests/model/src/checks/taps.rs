//! The rings, the clock and the state of a tap.

use std::sync::Arc;

use loom::thread;

use super::explore;
use crate::{
    data::{
        channels::{Planes, PlanesMut},
        tap::TapContent::{self, Loss, Silence, Sound},
    },
    link::tap::{TapClock, TapInlet, TapOutlet, tap_ring},
};

/// A tick of one sample, whose number is its sound.
fn tick(inlet: &mut TapInlet, clock: &TapClock, number: u64, content: TapContent) {
    if content != Sound {
        inlet.pass(number, content);
    } else if inlet.begin(number, 1) {
        inlet.write(Planes { left: &[number as f32], right: None });
    }
    clock.advance(number + 1);
}

/// What is read next. Sound is that of its tick, and all else is silent.
fn read(outlet: &mut TapOutlet) -> Option<(u64, TapContent)> {
    let mut out = [9.0];
    let read = outlet.next(PlanesMut { left: &mut out, right: None });
    if let Some((position, content)) = read {
        assert_eq!(out[0], if content == Sound { position as f32 } else { 0.0 }, "{content:?} at {position}");
    }
    read
}

fn ring(ticks: usize) -> (TapInlet, TapOutlet, Arc<TapClock>) {
    let clock = Arc::new(TapClock::default());
    let (inlet, outlet) = tap_ring(ticks, 1, 1, &clock);
    (inlet, outlet, clock)
}

/// Each tick is read once, in its order, as what it was.
///
/// Caught: the clock stored or loaded relaxed; the marks asked before the clock.
pub fn a_timeline_is_whole() {
    explore(2, || {
        let (mut inlet, mut outlet, clock) = ring(4);
        let audio = thread::spawn(move || {
            tick(&mut inlet, &clock, 0, Silence);
            tick(&mut inlet, &clock, 1, Sound);
            tick(&mut inlet, &clock, 2, Silence);
            (inlet, clock)
        });
        let mut timeline: Vec<_> = (0..3).filter_map(|_| read(&mut outlet)).collect();
        let _ends = audio.join().unwrap();
        timeline.extend(std::iter::from_fn(|| read(&mut outlet)));
        assert_eq!(timeline, [(0, Silence), (1, Sound), (2, Silence)]);
    });
}

/// Where the reader is too slow, the sound that it gets is right, and each tick without is counted.
///
/// Caught: a tick written without room for it; a loss that is not counted.
pub fn a_loss_is_counted() {
    explore(2, || {
        let (mut inlet, mut outlet, clock) = ring(2);
        let audio = thread::spawn(move || {
            (0..5).for_each(|number| tick(&mut inlet, &clock, number, Sound));
            (inlet, clock)
        });
        let mut timeline: Vec<_> = (0..2).filter_map(|_| read(&mut outlet)).collect();
        let _ends = audio.join().unwrap();
        timeline.extend(std::iter::from_fn(|| read(&mut outlet)));
        assert!(timeline.iter().map(|(position, _)| *position).eq(0..5), "{timeline:?}");
        let lost = timeline.iter().filter(|(_, content)| *content == Loss).count() as u64;
        assert_eq!(outlet.state().lost(), lost, "{timeline:?}");
    });
}

/// A tap is over only once all of it was read.
///
/// Caught: the clock asked before whether it is over; the flag stored or loaded relaxed.
pub fn what_is_over_was_read() {
    explore(3, || {
        let (mut inlet, mut outlet, clock) = ring(2);
        let audio = thread::spawn(move || {
            tick(&mut inlet, &clock, 0, Sound);
            tick(&mut inlet, &clock, 1, Sound);
            clock.stop();
            inlet
        });
        let mut count = u64::from(read(&mut outlet).is_some());
        let over = outlet.is_over();
        assert!(!over || count == 2, "over after {count} of 2 ticks");
        let _inlet = audio.join().unwrap();
        count += std::iter::from_fn(|| read(&mut outlet)).count() as u64;
        assert!(count == 2 && outlet.is_over());
    });
}

/// Whoever sees that one more reader has gone finds which: it does not look again. With two readers who go at once.
///
/// Caught: the reader counted before it says that it goes; the count added to, or loaded, relaxed.
pub fn a_reader_who_goes_is_noticed() {
    explore(2, || {
        let (mut inlet, outlet, clock) = ring(1);
        let (other_inlet, other) = tap_ring(1, 1, 1, &clock);
        let states = [Arc::clone(outlet.state()), Arc::clone(other.state())];
        let readers = [thread::spawn(move || drop(outlet)), thread::spawn(move || drop(other))];
        // The audio side goes on meanwhile.
        tick(&mut inlet, &clock, 0, Sound);
        let gone = clock.gone();
        let found = states.iter().filter(|state| state.is_gone()).count();
        assert!(found >= gone, "{gone} have gone, and {found} of them say so");
        readers.into_iter().for_each(|reader| reader.join().unwrap());
        assert_eq!((clock.gone(), states.iter().all(|state| state.is_gone())), (2, true));
        drop((inlet, other_inlet));
    });
}
