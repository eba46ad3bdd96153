//! The thread that pulls what the participants hear, as soon as it is mixed, and passes it to the
//! listening clients and the recordings. It waits for the disk only: a client that is too slow
//! loses packets.

use std::{sync::mpsc::Receiver, thread, time::Duration};

use axum::body::Bytes;
use mixminus::stream::OutputPort;
use tokio::sync::broadcast;

use super::{PACKET_MS, Recorder, SAMPLE_RATE, worker::Stop};
use crate::error::Error;

/// How many samples a packet has.
const PACKET: usize = (SAMPLE_RATE / 1000 * PACKET_MS) as usize;
/// How often the thread looks for new samples: half a tick.
const INTERVAL: Duration = Duration::from_millis(5);

/// What one participant hears: its port, the clients that listen in, and the recording.
#[derive(Debug)]
pub struct Ear {
    id: String,
    port: OutputPort,
    listeners: broadcast::Sender<Bytes>,
    recorder: Option<Recorder>,
}

impl Ear {
    pub fn new(id: &str, port: OutputPort, listeners: broadcast::Sender<Bytes>, recorder: Option<Recorder>) -> Self {
        Self { id: id.to_owned(), port, listeners, recorder }
    }

    /// Passes on all whole packets.
    fn pull(&mut self) -> Result<(), Error> {
        let mut packet = [0; PACKET];
        while self.port.pull_whole(&mut packet) {
            if self.listeners.receiver_count() > 0 {
                // Sending fails only if the last client has left since: then nothing is lost.
                let _ = self.listeners.send(packet.iter().flat_map(|sample| sample.to_le_bytes()).collect());
            }
            self.record(&packet)?;
        }
        Ok(())
    }

    /// Passes on the rest, and completes the recording.
    fn finish(mut self) -> Result<(), Error> {
        self.pull()?;
        let mut rest = vec![0; self.port.available()];
        if self.port.pull_whole(&mut rest) {
            self.record(&rest)?;
        }
        self.recorder.map_or(Ok(()), Recorder::finish)
    }

    /// Writes to the recording. A recording that fails ends; the call goes on.
    fn record(&mut self, samples: &[i16]) -> Result<(), Error> {
        let written = self.recorder.as_mut().map_or(Ok(()), |recorder| recorder.write(samples));
        if written.is_err() {
            self.recorder = None;
        }
        written
    }
}

/// What happens to the participants while the call runs.
#[derive(Debug)]
pub enum Order {
    /// Somebody comes.
    Add(Ear),
    /// Somebody has another port: the recording and who listens in go on.
    Port { id: String, port: OutputPort },
    /// Somebody leaves.
    Remove { id: String },
}

/// Pulls until the thread is told to stop, and then what is left. Returns the first error of a
/// recording.
pub fn run(mut ears: Vec<Ear>, orders: &Receiver<Order>, stop: &Stop) -> Result<(), Error> {
    let mut outcome = Ok(());
    while !stop.is_asked_for() {
        orders.try_iter().for_each(|order| note(&mut outcome, follow(&mut ears, order)));
        ears.iter_mut().for_each(|ear| note(&mut outcome, ear.pull()));
        thread::sleep(INTERVAL);
    }
    ears.into_iter().for_each(|ear| note(&mut outcome, ear.finish()));
    outcome
}

fn follow(ears: &mut Vec<Ear>, order: Order) -> Result<(), Error> {
    let of = |ears: &[Ear], id: &str| ears.iter().position(|ear| ear.id == id);
    match order {
        Order::Add(ear) => {
            ears.push(ear);
            Ok(())
        }
        Order::Port { id, port } => of(ears, &id).map_or(Ok(()), |at| {
            let last = ears[at].pull();
            ears[at].port = port;
            last
        }),
        Order::Remove { id } => of(ears, &id).map_or(Ok(()), |at| ears.swap_remove(at).finish()),
    }
}

fn note(outcome: &mut Result<(), Error>, new: Result<(), Error>) {
    if let Err(error) = &new {
        tracing::error!("{}", error.one_line());
        if outcome.is_ok() {
            *outcome = new;
        }
    }
}
