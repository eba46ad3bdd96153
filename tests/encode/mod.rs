//! A call whose mixes are encoded by an encoder that can be looked into: what each listener hears, and what it is given.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::HashMap;

use mixminus::{
    Controller, Frame, JoinOptions, MixerConfig, ParticipantKey, Processor,
    stream::{
        CodecKey, EncodeControl, EncodeError, EncodeGroups, EncodeOptions, EncodedPacket, Encoder, Relay, RelayOptions,
        RelayWriter, Silence, StreamFormat,
    },
};

/// The samples themselves, behind what tells where the encoder stands: how it was before this packet and after it, and the
/// digests of the last packets before it, five at most.
#[derive(Debug, Clone, Default)]
pub struct Witness {
    pub past: u64,
    pub recent: Vec<u64>,
}

pub fn digest(seed: u64, samples: &[f32]) -> u64 {
    samples.iter().fold(seed, |sum, sample| (sum ^ u64::from(sample.to_bits())).wrapping_mul(0x100_0000_01B3))
}

/// How many packets encoders have in common after a merge.
pub const COMMON: usize = 5;

impl Encoder for Witness {
    fn format(&self) -> StreamFormat {
        StreamFormat::mono(8000)
    }

    fn takes(&self, frames: usize) -> bool {
        frames.is_multiple_of(80)
    }

    fn encode(&mut self, samples: &[f32], out: &mut [u8]) -> Result<usize, EncodeError> {
        let (before, mut recent) = (self.past, self.recent.clone());
        let count = recent.len() as u64;
        recent.resize(COMMON, 0);
        self.past = digest(self.past, samples);
        self.recent.push(digest(7, samples));
        if self.recent.len() > COMMON {
            self.recent.remove(0);
        }
        let head = [before, self.past, count].into_iter().chain(recent).flat_map(u64::to_le_bytes);
        let bytes = head.chain(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        Ok(out.iter_mut().zip(bytes).map(|(out, byte)| *out = byte).count())
    }

    fn fork(&mut self) -> Box<dyn Encoder> {
        Box::new(self.clone())
    }

    fn reset(&mut self) {
        *self = Self::default();
    }
}

/// One packet as a listener has got it.
#[derive(Debug, Clone, PartialEq)]
pub struct Got {
    pub position: u64,
    pub samples: Vec<f32>,
    /// Where the encoder stood before it, and after it.
    pub before: u64,
    pub after: u64,
    /// The digests of the last packets that the encoder had encoded before it.
    pub recent: Vec<u64>,
    pub resumes: bool,
    pub lost_before: u32,
}

impl Got {
    pub fn of(packet: &EncodedPacket<'_>) -> Self {
        let word = |at: usize| u64::from_le_bytes(packet.payload[8 * at..8 * at + 8].try_into().unwrap());
        Self {
            position: packet.position,
            samples: packet.payload[8 * (3 + COMMON)..]
                .chunks_exact(4)
                .map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()))
                .collect(),
            before: word(0),
            after: word(1),
            recent: (3..3 + word(2) as usize).map(word).collect(),
            resumes: packet.resumes,
            lost_before: packet.lost_before,
        }
    }
}

/// A call of some people, and what each hears by the mixes themselves.
pub struct Call {
    pub controller: Controller,
    pub processor: Processor,
    pub writer: RelayWriter,
    pub groups: EncodeGroups,
    pub control: EncodeControl,
    pub codec: CodecKey,
    pub here: Vec<ParticipantKey>,
    pub joined: usize,
    pub heard: HashMap<ParticipantKey, HashMap<u64, f32>>,
    pub got: HashMap<ParticipantKey, Vec<Got>>,
}

impl Call {
    pub fn new(tick_samples: usize, options: EncodeOptions) -> Self {
        let config = MixerConfig { sample_rate: 8000, tick_samples, ..MixerConfig::default() };
        let (controller, processor) = config.build().unwrap();
        let (writer, relay) = Relay::new(&processor, RelayOptions { ticks: 256, ..RelayOptions::default() }).unwrap();
        let groups = EncodeGroups::new(relay, options).unwrap();
        let control = groups.control();
        let codec = control.add_codec(Witness::default()).unwrap();
        let (here, heard, got) = (Vec::new(), HashMap::new(), HashMap::new());
        Self { controller, processor, writer, groups, control, codec, here, joined: 0, heard, got }
    }

    pub fn join(&mut self, people: usize) {
        for _ in 0..people {
            let key = self.controller.join(format!("p{}", self.joined), JoinOptions::default()).unwrap();
            self.joined += 1;
            self.control.listen(key, self.codec);
            self.here.push(key);
        }
    }

    pub fn leave(&mut self, number: usize) {
        if !self.here.is_empty() {
            let key = self.here.remove(number % self.here.len());
            let id = self.controller.snapshot().participants.iter().find(|one| one.key == key).unwrap().id.clone();
            self.controller.leave(id.as_str()).unwrap();
            self.control.leave(key);
        }
    }

    /// A tick in which those at `talkers` send a level of their own; then the packets that are there.
    pub fn tick(&mut self, talkers: &[usize]) {
        let mut audio = self.processor.enter();
        let count = audio.tick_samples();
        let mut tick = audio.tick();
        for number in talkers.iter().filter(|number| **number < self.here.len()) {
            let samples: Vec<f32> = (0..count).map(|n| 0.01 * (*number as f32 + 1.0) + 1e-4 * n as f32).collect();
            tick.send(self.here[*number], Frame::mono(&samples)).unwrap();
        }
        let mixes = tick.mix();
        for (listener, mix) in self.here.iter().filter_map(|key| Some((*key, mixes.get(*key)?))) {
            let samples = (mixes.position()..).zip(mix.samples().iter().copied());
            self.heard.entry(listener).or_default().extend(samples);
        }
        self.writer.write(&mixes);
        self.pass();
    }

    pub fn pass(&mut self) {
        let got = &mut self.got;
        self.groups.pass(|packet| {
            for listener in packet.listeners {
                got.entry(*listener).or_default().push(Got::of(packet));
            }
        });
    }

    /// What a listener has heard in a packet, silence where it has heard nothing.
    pub fn truth(&self, listener: ParticipantKey, position: u64, samples: usize) -> Vec<f32> {
        let heard = &self.heard[&listener];
        (position..position + samples as u64).map(|at| heard.get(&at).copied().unwrap_or(0.0)).collect()
    }
}

pub const OPTIONS: EncodeOptions = EncodeOptions { packet_ms: 20, most_encoders: 1000, silence: Silence::Encode };

pub fn assert_packets_are_what_was_heard(call: &Call, packet: usize) {
    for (listener, got) in &call.got {
        for one in got {
            assert_eq!(one.samples, call.truth(*listener, one.position, packet), "{listener} at {}", one.position);
        }
        assert!(got.windows(2).all(|pair| pair[1].position == pair[0].position + packet as u64));
    }
}

pub fn assert_decoders_hear_on(call: &Call) {
    for (listener, got) in &call.got {
        for (number, one) in got.iter().enumerate() {
            let Some(next) = got.get(number + 1) else { continue };
            // One who has not been here for as long has got all that a decoder of its own remembers.
            let last: Vec<u64> = got[..=number].iter().rev().take(COMMON).map(|one| digest(7, &one.samples)).collect();
            let in_common = next.recent.len() >= last.len() && next.recent.iter().rev().zip(&last).all(|(a, b)| a == b);
            assert!(next.before == one.after || in_common, "{listener} went over at {} to a stranger", next.position);
        }
    }
}

pub fn assert_all_was_given(call: &Call, packet: usize) {
    for (listener, heard) in &call.heard {
        let end = call.got.values().flatten().map(|one| one.position + packet as u64).max().unwrap_or(0);
        let packets: Vec<u64> = call.got.get(listener).into_iter().flatten().map(|one| one.position).collect();
        // One who has left is given no packet of which it has heard a part only, nor any that was not made yet.
        let left = !call.here.contains(listener);
        let end = if left { heard.keys().max().map_or(0, |last| last.saturating_sub(packet as u64)) } else { end };
        let positions = heard.keys().map(|at| at - at % packet as u64).filter(|at| at + packet as u64 <= end);
        for position in positions {
            assert!(packets.contains(&position), "{listener} has no packet at {position}");
        }
    }
}
