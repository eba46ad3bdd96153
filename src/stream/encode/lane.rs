//! One encoder at work: [`Lane`], with those who are given its packets.

use std::{collections::VecDeque, ops::Range, sync::Arc};

use super::{
    control::CodecKey,
    convert::{Converter, Sound},
    options::Silence,
    packet::EncodedPacket,
    readings::add,
    sending::Sending,
    shared::Shared,
    signatures::Signature,
};
use crate::{
    data::id::ParticipantKey,
    stream::{codec::Encoder, relay::RelayMix},
};

/// Room for the bytes of a packet: 120 ms of 48 kHz stereo in 16 bits is 23,040.
const MOST_BYTES: usize = 24 * 1024;

/// How many contributing sources a packet of RTP names, at most.
const MOST_SOURCES: usize = 15;

/// The packet in hand, as a lane has it.
#[derive(Debug, Clone, Default)]
pub(super) struct Staged {
    /// Where it begins.
    pub position: u64,
    /// What is heard in it; of no use if there is none.
    pub sound: Sound,
    pub sources: Vec<ParticipantKey>,
    /// Whether nobody is heard in it.
    pub silent: bool,
}

impl Staged {
    /// Takes the mixes of a packet, piece by piece, each with the samples that are in the packet; `None`: nothing is heard.
    pub fn fill<'a>(
        &mut self,
        position: u64,
        stereo: bool,
        pieces: impl Iterator<Item = (Option<RelayMix<'a>>, &'a Range<usize>)>,
    ) {
        (self.position, self.silent) = (position, true);
        self.sound.clear();
        self.sources.clear();
        for (mix, samples) in pieces {
            self.silent &= mix.is_none_or(|mix| mix.is_silent());
            let sources = mix.map(|mix| mix.sources()).unwrap_or_default();
            let new = sources.iter().filter(|source| !self.sources.contains(source));
            let new: Vec<ParticipantKey> = new.take(MOST_SOURCES - self.sources.len()).copied().collect();
            self.sources.extend(new);
            add_samples(&mut self.sound.left, mix.map(|mix| mix.left()), samples);
            if stereo {
                add_samples(&mut self.sound.right, mix.map(|mix| mix.right()), samples);
            }
        }
    }
}

/// Adds some samples of a mix, or silence.
fn add_samples(to: &mut Vec<f32>, mix: Option<&[f32]>, samples: &Range<usize>) {
    match mix {
        Some(mix) => to.extend_from_slice(&mix[samples.clone()]),
        None => to.resize(to.len() + samples.len(), 0.0),
    }
}

/// An encoder, what it goes on from, and its listeners.
#[derive(Debug)]
pub(super) struct Lane {
    pub codec: CodecKey,
    /// Lanes have ascending numbers in the order in which they began.
    pub number: u64,
    /// `None` while it waits for one.
    pub encoder: Option<Box<dyn Encoder>>,
    converter: Converter,
    silence: Silence,
    pub listeners: Vec<ParticipantKey>,
    /// What its encoder has encoded in the last packets, the newest last.
    recent: VecDeque<Signature>,
    /// Whether another lane has the same sound, to which the listeners soon go over.
    pub lingers: bool,
    pub staged: Staged,
    /// How long nobody was heard, in ms.
    silent_ms: u32,
    sending: Sending,
    samples: Vec<f32>,
    bytes: Vec<u8>,
    shared: Arc<Shared>,
}

impl Lane {
    pub fn new(codec: CodecKey, number: u64, silence: Silence, converter: Converter, shared: Arc<Shared>) -> Self {
        Self {
            codec,
            number,
            encoder: None,
            converter,
            silence,
            listeners: Vec::new(),
            recent: VecDeque::new(),
            lingers: false,
            staged: Staged::default(),
            silent_ms: 0,
            sending: Sending::Pauses,
            samples: Vec::new(),
            bytes: vec![0; MOST_BYTES],
            shared,
        }
    }

    /// Another lane that goes on from here, for some of the listeners; with an encoder that does, if that is wanted.
    pub fn fork(&mut self, number: u64, encodes: bool) -> Self {
        let shared = Arc::clone(&self.shared);
        let mut fork = Self::new(self.codec, number, self.silence, self.converter.fork(), shared);
        (fork.silent_ms, fork.sending) = (self.silent_ms, self.sending);
        let encoder = self.encoder.as_mut().filter(|_| encodes);
        fork.encoder = encoder.and_then(|encoder| self.shared.counters.guarded(|| encoder.fork()));
        if fork.encoder.is_some() {
            fork.recent.clone_from(&self.recent);
        }
        fork
    }

    /// Its encoder, for another lane: it waits for one from now on.
    pub fn take_encoder(&mut self) -> Option<Box<dyn Encoder>> {
        self.recent.clear();
        self.encoder.take()
    }

    /// Notes what it encodes next; `most` packets are remembered.
    pub fn note(&mut self, sound: Signature, most: usize) {
        self.recent.push_back(sound);
        if self.recent.len() > most {
            self.recent.pop_front();
        }
    }

    /// How many of the last packets were of the same sound as another lane's.
    pub fn in_common(&self, other: &Self) -> usize {
        self.recent.iter().rev().zip(other.recent.iter().rev()).take_while(|(own, others)| own == others).count()
    }

    /// Encodes the packet in hand, and gives it to `sink`. On any thread. If either panics, that is counted, and the lane
    /// gets a new encoder.
    pub fn work(&mut self, sink: &mut dyn FnMut(&EncodedPacket<'_>)) {
        let shared = Arc::clone(&self.shared);
        if shared.counters.guarded(|| self.try_to_work(sink)).is_none() {
            drop(self.take_encoder());
            self.lose(1);
        }
    }

    fn try_to_work(&mut self, sink: &mut dyn FnMut(&EncodedPacket<'_>)) {
        self.silent_ms = match self.staged.silent {
            true => self.silent_ms.saturating_add(self.shared.options.packet_ms),
            false => 0,
        };
        let course = self.course();
        if course == Course::Pause {
            self.pause();
        } else {
            match self.encode() {
                Some(0) => self.sending = Sending::Pauses,
                Some(bytes) => self.give(bytes, course == Course::Refresh, sink),
                None => self.lose(1),
            }
        }
    }

    /// What becomes of the packet in hand. A pause is refreshed by the packets that pass a multiple of the time for that.
    fn course(&self) -> Course {
        let Silence::Pause { after_ms, refresh_ms } = self.silence else { return Course::Sound };
        let packet_ms = self.shared.options.packet_ms;
        let refresh_ms = refresh_ms.max(packet_ms);
        match self.silent_ms.saturating_sub(after_ms) {
            0 => Course::Sound,
            paused_ms if paused_ms / refresh_ms == paused_ms.saturating_sub(packet_ms) / refresh_ms => Course::Pause,
            _ => Course::Refresh,
        }
    }

    fn pause(&mut self) {
        add(&self.shared.counters.silent_packets, 1);
        if self.sending != Sending::Pauses {
            // What the filter remembers of the last sound must not be heard before the next one.
            self.converter.convert(&self.staged.sound, &mut self.samples);
        }
        self.sending = Sending::Pauses;
    }

    /// `None` if there is no packet.
    fn encode(&mut self) -> Option<usize> {
        self.converter.convert(&self.staged.sound, &mut self.samples);
        self.encoder.as_mut()?.encode(&self.samples, &mut self.bytes).ok()
    }

    fn give(&mut self, bytes: usize, in_pause: bool, sink: &mut dyn FnMut(&EncodedPacket<'_>)) {
        let counters = &self.shared.counters;
        add(&counters.packets, 1);
        add(&counters.saved_encodes, self.listeners.len().saturating_sub(1) as u64);
        let (resumes, lost_before) = self.sending.send(in_pause);
        sink(&EncodedPacket {
            codec: self.codec,
            position: self.staged.position,
            samples: self.shared.packet,
            rate_hz: self.shared.mixer.rate_hz,
            payload: &self.bytes[..bytes],
            listeners: &self.listeners,
            sources: &self.staged.sources,
            resumes,
            lost_before,
        });
    }

    /// There are no packets for a time, although there should be so many.
    pub fn lose(&mut self, packets: u64) {
        add(&self.shared.counters.lost_packets, packets);
        self.sending.lose(packets, 1000 / self.shared.options.packet_ms.max(1));
    }
}

/// What becomes of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Course {
    /// It is sent.
    Sound,
    /// It is not, as nobody is heard.
    Pause,
    /// Nobody is heard, but it is sent so that nobody takes the sender for dead.
    Refresh,
}
