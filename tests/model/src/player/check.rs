//! The queue of a player, and an audio side that walks along it: nothing is missed, and nothing is freed there.

use std::sync::Arc;

use loom::thread;

use super::{
    clip::Clip,
    cursor::Cursor,
    item::{Item, What},
    note::Heard,
    order::{Order, Repeat},
    queue::{LineFigures, Queue},
};
use crate::{checks::explore, data::sync::Consumer, link::ring::ring};

/// The audio side: it takes what has come, as `Playback` does, and plays so many samples a tick.
struct Audio {
    queue: Arc<Queue>,
    orders: Consumer<Order>,
    taken: u64,
    known: u64,
    voice: Cursor,
    /// The clips that have ended.
    ended: Vec<u64>,
}

impl Audio {
    fn tick(&mut self, samples: usize) {
        let known = std::mem::replace(&mut self.known, self.queue.counters.changes());
        if known == self.known && self.taken > 0 {
            return;
        }
        while let Ok(order) = self.orders.pop() {
            if let Order::Flush { to, .. } = order {
                self.voice = Cursor::behind(to, Repeat::Off);
            }
            self.taken += 1;
        }
        let ended = &mut self.ended;
        let mut tell = |heard, number| {
            if heard == Heard::Finished {
                ended.push(number);
            }
        };
        self.voice.settle(&mut tell);
        self.voice.play(samples.min(self.voice.available()), &mut tell);
        self.voice.settle(&mut tell);
        self.queue.counters.pass(self.voice.oldest(), self.taken);
    }
}

fn player() -> (Arc<Queue>, Audio) {
    let head = Item::new(0, 0, What::Nothing);
    let (orders_in, orders) = ring(super::queue::ORDERS);
    let queue = Queue::new(LineFigures { rate_hz: 1000, bound_ms: 1e6 }, orders_in, Arc::clone(&head));
    let voice = Cursor::behind(head, Repeat::Off);
    let audio = Audio { queue: Arc::clone(&queue), orders, taken: 0, known: 0, voice, ended: Vec::new() };
    (queue, audio)
}

/// Whatever was appended before a tick is played in it, and an order is taken, though a tick without changes looks at
/// nothing.
///
/// Caught: `change` before what has changed; its store or load relaxed.
pub fn a_player_misses_nothing() {
    explore(3, || {
        let (queue, mut audio) = player();
        let audio = thread::spawn(move || {
            audio.tick(1);
            audio.tick(1);
            audio
        });
        queue.order(Order::Paused(false)).unwrap();
        queue.append(&Clip::new(1)).unwrap();
        let mut audio = audio.join().unwrap();
        audio.tick(1);
        assert_eq!((audio.taken, &audio.ended[..]), (1, &[1][..]));
        // Its memory goes back, as it does with a participant who has left.
        drop(audio);
    });
}

/// Items, clips and orders are freed by those who call, though the audio side walks on meanwhile.
///
/// Caught: what a flush names freed before the flush was taken.
pub fn a_player_frees_nothing() {
    explore(2, || {
        let (queue, mut audio) = player();
        queue.append(&Clip::new(1)).unwrap();
        queue.append(&Clip::new(2)).unwrap();
        let audio = thread::spawn(move || {
            audio.tick(1);
            audio.tick(2);
            audio
        });
        queue.replace(Some(&Clip::new(2)), 0.0).unwrap();
        queue.append(&Clip::new(1)).unwrap();
        let mut audio = audio.join().unwrap();
        queue.append(&Clip::new(1)).unwrap();
        queue.order(Order::Nothing).unwrap();
        // The audio side goes on, on its own thread.
        let audio = thread::spawn(move || {
            (0..4).for_each(|_| {
                audio.queue.counters.change();
                audio.tick(2);
            });
            audio
        });
        let audio = audio.join().unwrap();
        assert_eq!(audio.ended.last(), Some(&5));
        drop(audio);
    });
}
