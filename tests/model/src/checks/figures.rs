//! Figures that one thread writes and others read, and the ring of talk events.

use std::sync::Arc;

use loom::thread;

use super::explore;
use crate::{
    data::{
        id::ParticipantKey,
        ports::Figure,
        sync::{
            AtomicU64,
            Ordering::{Acquire, Release},
        },
        talk::{self, TalkEventKind},
    },
    link::readings::{Missing, MixerMeters},
};

/// A figure, and the key of the dominant speaker, are whole: what one reads was written so, and never goes back.
///
/// Caught: a figure written in two steps.
pub fn figures_are_whole() {
    explore(3, || {
        let (figure, meters) = (Arc::new(Figure::default()), Arc::new(MixerMeters::of(1)));
        let writer = thread::spawn({
            let (figure, meters) = (Arc::clone(&figure), Arc::clone(&meters));
            move || {
                for n in 1..3 {
                    figure.add(10);
                    meters.set_dominant(Some(ParticipantKey { mixer: 1, slot: n, stay: n }));
                }
            }
        });
        let (first, second) = (figure.get(), figure.get());
        let dominant = meters.read(0).dominant;
        writer.join().unwrap();
        assert!(first <= second && [0, 10, 20].contains(&first) && [0, 10, 20].contains(&second));
        assert!(dominant.is_none_or(|key| key.slot == key.stay));
        assert_eq!(figure.get(), 20);
    });
}

/// The count of missing frames of a source, which goes on by itself while nobody writes to it: it never goes back, neither
/// when the source becomes idle nor when it comes back.
///
/// Caught: the count not looked at again behind the number of ticks; its store or its first load relaxed.
pub fn counts_never_go_back() {
    explore(3, || {
        let (missing, ticks) = (Arc::new(Missing::default()), Arc::new(AtomicU64::new(0)));
        let audio = thread::spawn({
            let (missing, ticks) = (Arc::clone(&missing), Arc::clone(&ticks));
            move || {
                // Four ticks: none has a frame but the last; in the second it becomes idle.
                let written = [Some((1, None)), Some((2, Some(2))), None, Some((3, None))];
                for (number, written) in (0..).zip(written) {
                    if let Some((count, goes_on)) = written {
                        missing.set(count, goes_on);
                    }
                    ticks.store(number + 1, Release);
                }
            }
        });
        let read = || missing.get(|| ticks.load(Acquire));
        let (first, second) = (read(), read());
        assert!(first <= second && second <= 3, "{second} after {first}");
        audio.join().unwrap();
        assert_eq!(read(), 3);
    });
}

/// Each event is read in its order, or counted as lost; none is lost to nobody.
///
/// Caught: events counted as lost though nobody reads them.
pub fn talk_events_are_told_or_counted() {
    explore(3, || {
        let (mut sender, mut reader) = talk::ring(2).expect("there is room");
        let audio = thread::spawn(move || {
            let nobody = TalkEventKind::Dominant { key: None };
            let lost = (0..4).map(|at| sender.tell(nobody, at)).filter(|lost| *lost).count();
            (lost, sender)
        });
        let mut read: Vec<u64> = (0..2).filter_map(|_| reader.try_next()).map(|event| event.at_sample).collect();
        let (lost, mut sender) = audio.join().unwrap();
        read.extend(reader.by_ref().map(|event| event.at_sample));
        assert_eq!(read.len() + lost, 4, "{read:?}");
        assert!(read.is_sorted());
        drop(reader);
        assert!(!(0..4).any(|at| sender.tell(TalkEventKind::Dominant { key: None }, at)));
    });
}
