//! The thread that pulls what the participants hear, as soon as it is mixed, and passes it to the
//! listening clients. It waits for nobody: a client that is too slow loses packets.

use std::{sync::mpsc::Receiver, thread, time::Duration};

use axum::body::Bytes;
use mixminus::stream::OutputPort;
use tokio::sync::broadcast;

use super::{PACKET_MS, SAMPLE_RATE, worker::Stop};

/// How many samples a packet has.
const PACKET: usize = (SAMPLE_RATE / 1000 * PACKET_MS) as usize;
/// How often the thread looks for new samples: half a tick.
const INTERVAL: Duration = Duration::from_millis(5);

/// What one participant hears: its port, and the clients that listen in.
#[derive(Debug)]
pub struct Ear {
    id: String,
    port: OutputPort,
    listeners: broadcast::Sender<Bytes>,
}

impl Ear {
    pub fn new(id: &str, port: OutputPort, listeners: broadcast::Sender<Bytes>) -> Self {
        Self { id: id.to_owned(), port, listeners }
    }

    /// Passes on all whole packets.
    fn pull(&mut self) {
        let mut packet = [0; PACKET];
        while self.port.pull_whole(&mut packet) {
            if self.listeners.receiver_count() > 0 {
                // Sending fails only if the last client has left since: then nothing is lost.
                let _ = self.listeners.send(packet.iter().flat_map(|sample| sample.to_le_bytes()).collect());
            }
        }
    }
}

/// What happens to the participants while the call runs.
#[derive(Debug)]
pub enum Order {
    /// Somebody comes.
    Add(Ear),
    /// Somebody has another port: who listens in goes on.
    Port { id: String, port: OutputPort },
    /// Somebody leaves.
    Remove { id: String },
}

/// Pulls until the thread is told to stop, and then what is left.
pub fn run(mut ears: Vec<Ear>, orders: &Receiver<Order>, stop: &Stop) {
    while !stop.is_asked_for() {
        orders.try_iter().for_each(|order| follow(&mut ears, order));
        ears.iter_mut().for_each(Ear::pull);
        thread::sleep(INTERVAL);
    }
    ears.iter_mut().for_each(Ear::pull);
}

fn follow(ears: &mut Vec<Ear>, order: Order) {
    let of = |ears: &[Ear], id: &str| ears.iter().position(|ear| ear.id == id);
    match order {
        Order::Add(ear) => ears.push(ear),
        Order::Port { id, port } => {
            if let Some(at) = of(ears, &id) {
                ears[at].pull();
                ears[at].port = port;
            }
        }
        Order::Remove { id } => {
            if let Some(at) = of(ears, &id) {
                ears.swap_remove(at).pull();
            }
        }
    }
}
