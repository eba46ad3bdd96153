//! The decoding thread's end of a stream of packets: [`Decoding`].

use std::{collections::VecDeque, fmt};

use rtrb::Consumer;

use super::{
    codec::Decoder,
    input::{InputPort, Way},
    packet::{Kind, Packet},
    rtp::Encoded,
    waiting::{Placed, Waiting},
};

/// How many packets a pass takes from the network, and decodes or conceals, at most: so its work is bounded.
const TAKEN_A_PASS: usize = 256;
const MADE_A_PASS: usize = 12;
/// How far ahead of the play head packets are decoded, beyond two ticks: as far as a move of the head may look.
const AHEAD_MS: f64 = 60.0;
/// How many decoded packets are remembered, so that none is decoded twice.
const REMEMBERED: usize = 64;
/// Packets that are not decoded are forgotten when so many others have come.
const KEPT: u64 = 64;
/// For how many ticks nobody has heard a stream that is not decoded any more.
const UNHEARD_TICKS: u64 = 25;
/// By how much more than a packet's length packets wait, so that the next one with its copy is there.
const RECOVERY_MARGIN_MS: f64 = 4.0;

/// The packets of one stream, on the thread that decodes. Each [`pass`](Self::pass) decodes what is due.
///
/// It is for one thread at a time, any thread but the audio thread.
pub struct Decoding {
    decoder: Box<dyn Decoder>,
    coming: Consumer<Encoded>,
    waiting: Waiting,
    way: Way,
    channels: usize,
    /// How far ahead of the head is decoded, in samples.
    ahead: u64,
    /// A tick of the mixer: what is missing is concealed when it would be played in the next one.
    tick: u64,
    /// By how much more than their length packets wait for copies.
    margin: u32,
    /// Of packets that are longer, copies are not waited for.
    copied_most: u64,
    /// The longest packet that the port takes, and that a codec has.
    longest: u64,
    longest_packet: u64,
    /// How much of a pause is concealed, for the decoder to forget the sound before it; nobody hears it.
    fade: u64,
    /// The position after what was decoded or concealed last, the number of the last packet, and its length.
    next: u64,
    last: Option<(i64, u64)>,
    decoded: Vec<f32>,
    /// Where the packets began that were decoded last: what comes twice is decoded once.
    recent: VecDeque<u64>,
    /// How often everything was discarded, as far as is known here.
    discards: u64,
}

impl Decoding {
    pub(super) fn new(port: InputPort, decoder: Box<dyn Decoder>, coming: Consumer<Encoded>) -> Self {
        let format = decoder.format();
        let (stamps, way, tick, longest) = port.into_parts();
        let longest_packet = (decoder.most_samples() / decoder.channels()) as u64;
        let ahead = (AHEAD_MS * f64::from(format.rate_hz) / 1000.0) as u64 + 2 * tick;
        Self {
            decoded: vec![0.0; decoder.most_samples()],
            decoder,
            coming,
            waiting: Waiting::new(stamps),
            way,
            channels: format.channels.count(),
            ahead,
            tick,
            margin: (RECOVERY_MARGIN_MS * f64::from(format.rate_hz) / 1000.0) as u32,
            copied_most: u64::from(format.rate_hz) / 50,
            longest,
            longest_packet,
            fade: u64::from(format.rate_hz) / 25,
            next: 0,
            last: None,
            recent: VecDeque::with_capacity(REMEMBERED),
            discards: 0,
        }
    }

    /// Takes what has come and decodes what is due: once for each tick of the mixer, shortly before it. Never waits or
    /// locks. Returns how many packets it decoded or concealed.
    pub fn pass(&mut self) -> usize {
        self.discard(self.way.counters.discards.get());
        for _ in 0..TAKEN_A_PASS {
            let Ok(packet) = self.coming.pop() else { break };
            self.take(packet);
        }
        let head = self.way.counters.head.get();
        self.follow(head);
        if self.is_unheard() {
            self.pass_over(head);
            return 0;
        }
        (0..MADE_A_PASS).map_while(|_| self.make(head)).sum()
    }

    /// Whether anything more can come of it: `false` once its participant has left, or both the port is dropped and
    /// all packets are decoded.
    pub fn is_connected(&self) -> bool {
        self.way.is_connected() && (!self.coming.is_abandoned() || !self.coming.is_empty() || !self.waiting.is_empty())
    }

    /// Forgets what was discarded, if anything was since so many times.
    fn discard(&mut self, discards: u64) {
        if discards <= self.discards {
            return;
        }
        self.discards = discards;
        self.waiting.clear();
        self.recent.clear();
        self.next = 0;
        if self.last.take().is_some() {
            self.decoder.reset();
        }
    }

    /// A packet has come.
    fn take(&mut self, packet: Encoded) {
        self.discard(packet.discards);
        if packet.payload.is_empty() {
            return self.waiting.skip(packet.sequence);
        }
        let Some(frames) = self.decoder.frames(&packet.payload).filter(|frames| *frames > 0) else {
            return self.way.counters.refused.add(1);
        };
        if packet.discards < self.discards {
            return self.way.counters.discarded_packed.add(frames as u64);
        }
        let (start, placed) = self.waiting.place(packet, frames);
        let end = start + placed.frames;
        self.way.counters.packets.add(1);
        self.way.counters.samples.add(placed.frames);
        let copied = self.decoder.recovers() && placed.frames <= self.copied_most;
        let least_wait = if copied { placed.frames as u32 + self.margin } else { 0 };
        let paused = self.waiting.follows_a_pause(start, &placed);
        let packet = packet_of(start, &placed, Kind::Noted);
        if !self.way.note(Packet { least_wait, paused, discards: self.discards, ..packet }) {
            return self.way.counters.full.add(1);
        }
        let (head, passed) = (self.way.counters.head.get(), start < self.next && self.next - start <= self.longest);
        if passed && end > head {
            // Something else stands in for it. It is not too late.
            if !self.recent.contains(&start) {
                self.decode(start, &placed);
            }
        } else {
            // What is behind the head is late, or the head will go there.
            self.waiting.insert(start, placed);
        }
    }

    /// If the play head has gone elsewhere, decoding goes there.
    fn follow(&mut self, head: u64) {
        self.waiting.forget_old(KEPT);
        let Some((first, _)) = self.waiting.first(head) else { return };
        // No further ahead than it is ever decoded, and no further behind than anything may be missing.
        let ahead = self.next > head + self.ahead + 2 * self.longest_packet;
        let behind = self.next + 2 * self.longest < head.min(first);
        if self.next == 0 || head > 0 && (ahead || behind) {
            if self.last.take().is_some() {
                self.decoder.reset();
            }
            self.next = first;
        }
        self.next = self.next.max(head);
    }

    /// Whether nobody hears the stream, and the sender's own word on its level is enough.
    fn is_unheard(&self) -> bool {
        let told = self.waiting.first(self.next).is_none_or(|(_, packet)| packet.level.is_some());
        self.way.counters.unheard.get() > UNHEARD_TICKS && told
    }

    fn pass_over(&mut self, head: u64) {
        while let Some((start, packet)) = self.waiting.first(self.next)
            && start < head + self.tick
        {
            (self.next, self.last) = (start + packet.frames, Some((packet.number, packet.frames)));
            self.waiting.take(start);
        }
    }

    /// Makes the next piece, if it is due and can be made; returns how many packets that was: none if it only passed over
    /// a pause.
    fn make(&mut self, head: u64) -> Option<usize> {
        if self.next > head + self.ahead && head > 0 {
            return None;
        }
        let (start, packet) = self.waiting.first(self.next)?;
        if start <= self.next {
            let packet = self.waiting.take(start)?;
            self.last = Some((packet.number, packet.frames));
            self.next = start + packet.frames;
            self.decode(start, &packet);
            return Some(1);
        }
        let (number, gap) = (packet.number, start - self.next);
        let lost = self.last.map_or(0, |(last, frames)| gap.min(frames * self.waiting.missing(last, number)));
        if lost < gap {
            // The sender paused, and what is lost came behind the pause. What the decoder knows of the sound before it
            // fades meanwhile.
            let faded = (gap - lost).min(self.fade) as usize * self.channels;
            self.decoder.conceal(&mut self.decoded[..faded]);
            self.next = start - lost;
            return Some(0);
        }
        if self.next > head + self.tick {
            // It may still come.
            return None;
        }
        self.stand_in(start);
        Some(1)
    }

    /// Makes what stands in for a packet that was lost before the one that begins at `start`.
    fn stand_in(&mut self, start: u64) {
        let (Some((_, next)), Some((_, frames))) = (self.waiting.first(self.next), self.last) else { return };
        let length = (start - self.next).min(frames);
        let out = &mut self.decoded[..length as usize * self.channels];
        let copied = self.next + length == start && self.decoder.recover(&next.payload, out);
        if copied || self.decoder.conceal(out) {
            let kind = if copied { Kind::Recovered } else { Kind::Concealed };
            let packet = Packet { start: self.next, frames: length as u32, kind, ..Packet::default() };
            self.send(packet);
        }
        self.next += length;
    }

    fn decode(&mut self, start: u64, placed: &Placed) {
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back(start);
        match self.decoder.decode(&placed.payload, &mut self.decoded) {
            Ok(frames) => {
                let packet = packet_of(start, placed, Kind::Real);
                self.send(Packet { frames: frames as u32, arrives: false, ..packet });
            }
            Err(_) => self.way.counters.refused.add(1),
        }
    }

    fn send(&mut self, packet: Packet) {
        let packet = Packet { discards: self.discards, ..packet };
        let samples = &self.decoded[..packet.frames as usize * self.channels];
        // Past full scale by a codec's rounding is no fault; what is no number is.
        let sound = samples.iter().all(|sample| sample.is_finite());
        let sent = sound
            && self.way.send(packet, samples.len(), |(first, second)| {
                let (to_first, to_second) = samples.split_at(first.len());
                first.copy_from_slice(to_first);
                second.copy_from_slice(to_second);
            });
        self.way.counters.full.add(u64::from(!sent));
    }
}

fn packet_of(start: u64, placed: &Placed, kind: Kind) -> Packet {
    Packet {
        start,
        frames: placed.frames as u32,
        kind,
        arrives: true,
        least_wait: 0,
        paused: false,
        discards: 0,
        active: placed.level.is_some_and(|level| level.voice),
        level: placed.level.map(|level| level.dbov),
    }
}

impl fmt::Debug for Decoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoding").field("decoder", &self.decoder).field("readings", &self.way.counters.read()).finish()
    }
}
