//! [`HandOver`]: publications, generations, ticks, and the end of the audio side.

use std::sync::Arc;

use loom::thread;

use super::{Owned, explore};
use crate::link::{
    hand_over::{HandOver, Reached},
    mailbox::Mailbox,
};

/// The memory of an audio side. Without any it may be freed anywhere.
#[derive(Debug, Default)]
struct Engine(Option<Box<Owned>>);

impl Engine {
    fn new() -> Self {
        Self(Some(Box::default()))
    }
}

/// What is published: a request of two levels, and a larger engine.
#[derive(Debug)]
struct Matrix {
    generation: u64,
    levels: [Owned; 2],
    larger: Mailbox<Engine>,
}

impl Matrix {
    fn new(generation: u64) -> Arc<Self> {
        let levels = [Owned::default(), Owned::default()];
        levels[0].set(generation);
        levels[1].set(100 - generation);
        Arc::new(Self { generation, levels, larger: Mailbox::new(Engine::new()) })
    }
}

type Link = HandOver<Matrix, Engine>;

/// The audio side, as the processor is.
struct Audio {
    link: Arc<Link>,
    engine: Engine,
    applied: u64,
}

impl Audio {
    fn new(link: &Arc<Link>, engine: Engine) -> Self {
        Self { link: Arc::clone(link), engine, applied: 0 }
    }

    /// A tick, as the processor makes it. Whether it applied something.
    fn tick(&mut self) -> bool {
        let newest = self.link.newest();
        let applies = newest.generation > self.applied;
        if applies {
            assert_eq!(newest.levels[0].get() + newest.levels[1].get(), 100, "a request is whole");
            if let Some(mut larger) = newest.larger.take() {
                std::mem::swap(&mut self.engine, &mut *larger);
                self.engine.0.iter().for_each(|engine| engine.set(newest.generation));
                newest.larger.put(larger);
            }
            self.applied = newest.generation;
        }
        self.link.set_mixed(self.applied);
        applies
    }
}

impl Drop for Audio {
    fn drop(&mut self) {
        self.link.leave(&mut self.engine);
    }
}

/// The newest publication is applied whole. Once its generation is mixed, the engine that was outgrown is in its mailbox;
/// once the audio side is gone, what it had is here.
///
/// Caught: the flag of `leave` set before its memory is left; that memory taken without asking for the flag.
pub fn a_publication_is_whole_and_comes_back() {
    explore(2, || {
        let link = Arc::new(Link::new(Matrix::new(0)));
        let mut audio = Audio::new(&link, Engine::new());
        let audio = thread::spawn(move || {
            audio.tick();
            audio.tick();
        });
        let first = Matrix::new(1);
        drop(link.publish(Arc::clone(&first)));
        let reclaim = |matrix: &Matrix| {
            let returned = link.mixed() >= matrix.generation;
            if returned {
                let old = matrix.larger.take().expect("an outgrown engine is in its mailbox");
                assert!(old.0.is_some());
            }
            returned
        };
        let returned = reclaim(&first);
        let left = link.take_leftover();
        assert!(left.as_ref().is_none_or(|engine| engine.0.is_some()), "what was left is the engine");
        audio.join().unwrap();
        assert!(link.gone() && (left.is_some() || link.take_leftover().is_some_and(|engine| engine.0.is_some())));
        let _ = returned || reclaim(&first);
        // What neither has is freed here, where it was made.
        drop(first);
    });
}

/// Who waits for a generation is told that it is mixed, or that it never will be, and both are final.
///
/// Caught: `mixed` asked before `gone`; `gone` or `mixed` stored or loaded relaxed.
pub fn what_is_reached_is_final() {
    explore(3, || {
        let link = Arc::new(Link::new(Matrix::new(0)));
        let mut audio = Audio::new(&link, Engine::default());
        let audio = thread::spawn(move || {
            audio.tick();
            audio.tick();
        });
        drop(link.publish(Matrix::new(1)));
        let reached = link.reached(1);
        let ticks = link.ticks();
        assert!(reached != Reached::Mixed || ticks > 0, "what is mixed was counted");
        audio.join().unwrap();
        let at_last = link.reached(1);
        match reached {
            Reached::Mixed => assert_eq!(at_last, Reached::Mixed),
            Reached::Never(_) => assert_eq!(at_last, reached),
            Reached::NotYet(_) => assert!(matches!(at_last, Reached::Mixed | Reached::Never(0))),
        }
        drop(link.take_leftover());
    });
}

/// A publication is applied by the second tick after those that `ticks` tells behind `publish`, at the latest: so late may
/// its moves begin (`Settling`).
///
/// Caught: either fence left out, or weaker than sequentially consistent.
pub fn ticks_before_a_publication_are_counted() {
    explore(3, || {
        let link = Arc::new(Link::new(Matrix::new(0)));
        let mut audio = Audio::new(&link, Engine::default());
        let audio = thread::spawn(move || (0..4_u64).find(|_| audio.tick()));
        drop(link.publish(Matrix::new(1)));
        let ticks = link.ticks();
        let applied = audio.join().unwrap();
        assert!(applied.is_none_or(|tick| tick <= ticks + 1), "applied in tick {applied:?}, published after {ticks}");
        drop(link.take_leftover());
    });
}
