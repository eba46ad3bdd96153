//! The thread that encodes what the peers hear, an encoder for each: [`Hearing`].

use std::{
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use axum::body::Bytes;
use mixminus::ParticipantKey;
use tokio::sync::broadcast::{self, error::TryRecvError};

use super::{codec::Codec, encoder::Encoder, network::Sender, outbound::Encoded};
use crate::{
    error::Error,
    room::{PACKET_MS, SAMPLE_RATE, Worker},
};

/// How often the thread looks for new samples.
const INTERVAL: Duration = Duration::from_millis(5);
/// The samples of a packet of [`Ears`](crate::room::Ears).
const HEARD: usize = (SAMPLE_RATE / 1000 * PACKET_MS) as usize;

/// What one peer hears, in packets as agreed.
#[derive(Debug)]
pub struct Ear {
    pub listener: ParticipantKey,
    pub codec: Codec,
    pub packet_ms: u32,
    /// 16 bit samples at the mixer's rate.
    pub heard: broadcast::Receiver<Bytes>,
}

/// The thread, and the way to it.
#[derive(Debug)]
pub struct Hearing {
    ears: mpsc::Sender<Ear>,
    thread: Mutex<Option<Worker<()>>>,
}

impl Hearing {
    pub fn start(network: Sender) -> Result<Self, Error> {
        let (ears, coming) = mpsc::channel::<Ear>();
        let thread = Worker::start("rtp encoder", move |stop| {
            let mut encoding: Vec<Encoding> = Vec::new();
            while !stop.is_asked_for() {
                for ear in coming.try_iter() {
                    // What was agreed before is over.
                    encoding.retain(|other| other.ear.listener != ear.listener);
                    encoding.extend(Encoding::begin(ear));
                }
                encoding.retain_mut(|one| one.pass(&network));
                thread::sleep(INTERVAL);
            }
        })?;
        Ok(Self { ears, thread: Mutex::new(Some(thread)) })
    }

    /// Encodes for a peer from now on, instead of what it heard before, until its participant has left.
    pub fn add(&self, ear: Ear) {
        // The thread is gone only if it has panicked, which stopping tells.
        let _ = self.ears.send(ear);
    }

    /// Ends the thread; once more does nothing.
    pub fn stop(&self) -> Result<(), Error> {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        thread.map_or(Ok(()), Worker::stop)
    }
}

/// An encoder at work.
#[derive(Debug)]
struct Encoding {
    ear: Ear,
    listeners: Arc<[ParticipantKey]>,
    encoder: Encoder,
    /// Samples that fill no packet yet, at the mixer's rate.
    waiting: Vec<i16>,
    /// Of the first of them, in samples of the mixer since this encoder began.
    position: u64,
    /// Whether the next packet is the first one, or the first after a gap.
    is_first: bool,
}

impl Encoding {
    fn begin(ear: Ear) -> Option<Self> {
        let encoder = Encoder::new(ear.codec);
        if let Err(error) = &encoder {
            tracing::error!(error, "a peer hears nothing");
        }
        let listeners = [ear.listener].into();
        Some(Self { encoder: encoder.ok()?, listeners, ear, waiting: Vec::new(), position: 0, is_first: true })
    }

    /// Encodes all that is there; returns whether more may come.
    fn pass(&mut self, network: &Sender) -> bool {
        loop {
            match self.ear.heard.try_recv() {
                Ok(bytes) => self.take(&bytes, network),
                Err(TryRecvError::Lagged(lost)) => self.skip(lost),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Closed) => return false,
            }
        }
    }

    /// This thread was late: packets are lost.
    fn skip(&mut self, lost: u64) {
        self.position += self.waiting.len() as u64 + lost * HEARD as u64;
        self.waiting.clear();
        self.is_first = true;
    }

    fn take(&mut self, bytes: &[u8], network: &Sender) {
        self.waiting.extend(bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])));
        let length = (SAMPLE_RATE / 1000 * self.ear.packet_ms) as usize;
        while self.waiting.len() >= length {
            let payload = self.encoder.encode(&self.waiting[..length]);
            self.waiting.drain(..length);
            let Ear { codec, .. } = self.ear;
            let packet =
                Encoded { codec, payload, position: self.position, is_first: self.is_first, sources: [].into() };
            network.send(Arc::clone(&self.listeners), packet);
            self.position += length as u64;
            self.is_first = false;
        }
    }
}
