//! Packets on their way from a sender through a network to one who listens, in simulated time.

use std::f64::consts::TAU;

use mixminus::{
    Channels, Controller, Frame, Processor,
    stream::{
        DecodeError, Decoder, Decoders, InputOptions, InputPort, InputReadings, OutputOptions, OutputPort, PacketPort,
        PortOptions, RtpPacket, Stamp, StreamFormat,
    },
};

use super::{drain, join, listen, mixer, tick};

/// A tick of the mixer, which has the rate of the stream.
pub const TICK_MS: u64 = 10;

/// As what the sound goes to the mixer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Samples,
    Packets,
}

pub const WAYS: [Way; 2] = [Way::Samples, Way::Packets];

/// A packet, and when it comes.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    pub at_ms: f64,
    /// The first sample of its sound.
    pub from: u64,
    pub frames: u64,
    pub timestamp: u32,
    pub sequence: u16,
}

/// Packets that come as soon as they are complete.
pub fn packets(rate_hz: u32, length_ms: u64, until_ms: u64) -> Vec<Sent> {
    let frames = u64::from(rate_hz) * length_ms / 1000;
    let packet = |number: u64| Sent {
        at_ms: ((number + 1) * length_ms) as f64,
        from: number * frames,
        frames,
        timestamp: (number * frames) as u32,
        sequence: number as u16,
    };
    (0..until_ms / length_ms).map(packet).collect()
}

/// The voice at a sample: no piece of it is like another for ten seconds. A whole number of the steps of 16 bits.
pub fn voice(at: u64, rate_hz: u32) -> f32 {
    let wave = |hz: f64| (at as f64 * hz * TAU / f64::from(rate_hz)).sin();
    ((0.3 * wave(200.0) + 0.2 * wave(31.7)) * 32_768.0).round() as f32 / 32_768.0
}

/// The voice as the payload of a packet, for [`L16`].
pub fn payload(rate_hz: u32, from: u64, frames: u64) -> Vec<u8> {
    l16(&(from..from + frames).map(|at| voice(at, rate_hz)).collect::<Vec<_>>())
}

fn l16(sound: &[f32]) -> Vec<u8> {
    sound.iter().flat_map(|sample| ((sample * 32_768.0) as i16).to_be_bytes()).collect()
}

/// Samples of 16 bits, and nothing that stands in for them.
#[derive(Debug)]
pub struct L16(pub u32);

impl Decoder for L16 {
    fn format(&self) -> StreamFormat {
        StreamFormat::mono(self.0)
    }

    fn frames(&self, payload: &[u8]) -> Option<usize> {
        payload.len().is_multiple_of(2).then_some(payload.len() / 2)
    }

    fn decode(&mut self, payload: &[u8], out: &mut [f32]) -> Result<usize, DecodeError> {
        let frames = self.frames_in_room(payload, out)?;
        for (sample, bytes) in out.iter_mut().zip(payload.chunks_exact(2)) {
            *sample = f32::from(i16::from_be_bytes([bytes[0], bytes[1]])) / 32_768.0;
        }
        Ok(frames)
    }

    fn conceal(&mut self, _out: &mut [f32]) -> bool {
        false
    }

    fn recover(&mut self, _next: &[u8], _out: &mut [f32]) -> bool {
        false
    }

    fn reset(&mut self) {}
}

/// Where packets are pushed.
pub enum Entry {
    Samples(InputPort),
    Packets(PacketPort),
}

/// Makes the payload of a packet.
pub type Encode = Box<dyn FnMut(&[f32]) -> Vec<u8>>;

/// A call of one who sends and one who listens.
pub struct Path {
    /// What is sent, at a sample and a rate: [`voice`].
    pub sound: fn(u64, u32) -> f32,
    /// For [`L16`].
    pub encode: Encode,
    pub controller: Controller,
    pub processor: Processor,
    pub entry: Entry,
    pub decoders: Decoders,
    output: OutputPort,
    rate_hz: u32,
    /// What the listener has heard.
    pub heard: Vec<f32>,
    /// What has not come yet, the first last.
    coming: Vec<Sent>,
    now_ms: u64,
}

impl Path {
    pub fn new(way: Way, input: InputOptions) -> Self {
        match way {
            Way::Samples => Self::with(input, None::<L16>),
            Way::Packets => Self::with(input, Some(L16(input.format.rate_hz))),
        }
    }

    /// Packets for a decoder, or samples.
    pub fn with(input: InputOptions, decoder: Option<impl Decoder + 'static>) -> Self {
        let rate_hz = input.format.rate_hz;
        let (controller, processor) = mixer(rate_hz, Channels::Mono);
        let port = join(&controller, "sender", PortOptions { input: Some(input), output: None }).input.unwrap();
        let output = listen(&controller, OutputOptions::prompt(StreamFormat::mono(rate_hz)));
        let mut decoders = Decoders::default();
        let entry = match decoder {
            None => Entry::Samples(port),
            Some(decoder) => {
                let (port, decoding) = port.decode_with(decoder).unwrap();
                decoders.add(decoding);
                Entry::Packets(port)
            }
        };
        let (heard, coming) = (Vec::new(), Vec::new());
        let encode: Encode = Box::new(l16);
        Self { sound: voice, encode, controller, processor, entry, decoders, output, rate_hz, heard, coming, now_ms: 0 }
    }

    /// Packets are on their way.
    pub fn send(mut self, sent: Vec<Sent>) -> Self {
        self.coming.extend(sent);
        self.coming.sort_by(|a, b| a.at_ms.total_cmp(&b.at_ms));
        self.coming.reverse();
        self
    }

    /// Time passes, in which packets come.
    pub fn run(&mut self, until_ms: u64) -> InputReadings {
        while self.now_ms < until_ms {
            while let Some(packet) = self.coming.pop_if(|packet| packet.at_ms <= self.now_ms as f64) {
                self.push(packet);
            }
            self.tick();
        }
        self.readings()
    }

    pub fn tick(&mut self) {
        self.decoders.pass();
        tick(&mut self.processor);
        drain(&mut self.output, 1, &mut self.heard);
        self.now_ms += TICK_MS;
    }

    fn push(&mut self, Sent { from, frames, timestamp, sequence, .. }: Sent) {
        let sound: Vec<f32> = (from..from + frames).map(|at| (self.sound)(at, self.rate_hz)).collect();
        match &mut self.entry {
            Entry::Samples(port) => port.push(Frame::mono(&sound), Stamp::Rtp(timestamp)).unwrap(),
            Entry::Packets(port) => {
                let payload = (self.encode)(&sound);
                port.push(RtpPacket { payload: &payload, sequence, timestamp, level: None }).unwrap();
            }
        }
    }

    /// The encoded stream's port.
    pub fn packets(&mut self) -> &mut PacketPort {
        let Entry::Packets(port) = &mut self.entry else { panic!("it takes samples") };
        port
    }

    pub fn readings(&self) -> InputReadings {
        self.controller.port_readings("sender").unwrap().input.unwrap()
    }

    pub fn samples(&self, ms: u64) -> usize {
        (u64::from(self.rate_hz) * ms / 1000) as usize
    }

    /// What was heard from one time to another.
    pub fn between(&self, from_ms: u64, to_ms: u64) -> &[f32] {
        &self.heard[self.samples(from_ms)..self.samples(to_ms)]
    }

    /// How long after it was spoken, up to `most_ms`, the voice was heard at a time, bit for bit for 10 ms. `shift` is by
    /// how many samples the sound is ahead of the time.
    pub fn delay_ms(&self, at_ms: u64, most_ms: u64, shift: i64) -> Option<f64> {
        let heard = self.between(at_ms, at_ms + 10);
        let at = (self.samples(at_ms) as u64).checked_add_signed(shift)?;
        let is = |delay: &u64| {
            let from = at - delay;
            heard.iter().zip(from..).all(|(heard, at)| *heard == voice(at, self.rate_hz))
        };
        let delay = (0..=at.min(self.samples(most_ms) as u64)).find(is)?;
        Some(1000.0 * delay as f64 / f64::from(self.rate_hz))
    }
}

/// By how many samples, up to `most` and to the next whole `step`, `heard` is later than what was `sent`, as far as they
/// are alike. `sent` begins `most` samples before it.
pub fn lag(heard: &[f32], sent: impl Fn(usize) -> f32, most: usize, step: usize) -> usize {
    let sent: Vec<f32> = (0..most + heard.len()).map(sent).collect();
    let likeness = |lag: &usize| {
        let pairs = heard.iter().zip(&sent[most - lag..]);
        pairs.map(|(heard, sent)| f64::from(heard - sent).powi(2)).sum::<f64>()
    };
    (0..=most).step_by(step).min_by(|a, b| likeness(a).total_cmp(&likeness(b))).unwrap_or_default()
}

/// The RMS of some samples.
pub fn rms(samples: &[f32]) -> f64 {
    (samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len() as f64).sqrt()
}

/// The RMS of the voice.
pub fn voice_rms() -> f64 {
    (0.3_f64.powi(2) / 2.0 + 0.2_f64.powi(2) / 2.0).sqrt()
}
