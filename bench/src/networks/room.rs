//! A sender and a listener in simulated time: [`Room`], and a whole trace in it: [`play`].

use mixminus::{
    Controller, Frame, JoinOptions, MixerConfig, ParticipantKey, Processor,
    stream::{
        Decoders, InputOptions, InputPort, InputReadings, Opus, PacketPort, PortOptions, RtpPacket, Stamp, StreamFormat,
    },
};

use super::{codec::PACKET, speech::thinned, trace::Trace};
use crate::Result;

/// The mixer ticks every 10 ms.
pub const TICK_MS: f64 = 10.0;

/// What is sent, at 48 kHz.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// Packets of samples.
    Samples(&'a [f32]),
    /// Packets of Opus.
    Opus(&'a [Vec<u8>]),
}

/// A mixer with a sender and a listener.
pub struct Room {
    processor: Processor,
    listener: ParticipantKey,
    port: Port,
    decoders: Decoders,
    _controller: Controller,
}

enum Port {
    Samples(InputPort),
    Packets(PacketPort),
}

impl Room {
    /// A room whose sender has the mixer's rate.
    pub fn new(rate_hz: u32, coded: bool) -> Result<Self> {
        let tick_samples = rate_hz as usize / 100;
        let config =
            MixerConfig { limiter: None, floor: None, sample_rate: rate_hz, tick_samples, ..MixerConfig::default() };
        let (controller, processor) = config.build()?;
        let input = Some(InputOptions::new(StreamFormat::mono(rate_hz)));
        let ports = PortOptions { input, output: None };
        let ports = controller.join_with_ports("sender", JoinOptions::default(), ports)?;
        let input = ports.input.ok_or("the sender has no port")?;
        let listener = controller.join("listener", JoinOptions::default())?;
        let mut decoders = Decoders::default();
        let port = if coded {
            let (port, decoding) = input.decode_with(Opus::mono()?)?;
            decoders.add(decoding);
            Port::Packets(port)
        } else {
            Port::Samples(input)
        };
        Ok(Self { processor, listener, port, decoders, _controller: controller })
    }

    /// A packet of samples comes. What is refused is counted by the port.
    pub fn take_samples(&mut self, samples: &[f32], timestamp: u32) {
        if let Port::Samples(port) = &mut self.port {
            let _ = port.push(Frame::mono(samples), Stamp::Rtp(timestamp));
        }
    }

    /// An encoded packet comes. What is refused is counted by the port.
    pub fn take_packet(&mut self, payload: &[u8], sequence: u16, timestamp: u32) {
        if let Port::Packets(port) = &mut self.port {
            let _ = port.push(RtpPacket { payload, sequence, timestamp, level: None });
        }
    }

    /// The next tick: what the listener hears.
    pub fn tick(&mut self, hear: impl FnOnce(&[f32])) {
        self.decoders.pass();
        let mut audio = self.processor.enter();
        if let Some(mix) = audio.tick().mix().get(self.listener) {
            hear(mix.samples());
        }
    }

    /// The figures of the port.
    pub fn readings(&self) -> InputReadings {
        match &self.port {
            Port::Samples(port) => port.readings(),
            Port::Packets(port) => port.readings(),
        }
    }
}

impl std::fmt::Debug for Room {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Room").field("readings", &self.readings()).finish_non_exhaustive()
    }
}

/// What was heard of a trace.
#[derive(Debug)]
pub struct Heard {
    /// At 8 kHz, from the time 0 on.
    pub samples: Vec<f32>,
    /// How much waited in the port before each tick, in ms.
    pub fills_ms: Vec<f64>,
    /// The figures of the port between the two times that were asked for: what had been counted by then.
    pub between: [InputReadings; 2],
}

impl Heard {
    /// How much of something, in ms, there was between the two times.
    pub fn ms(&self, of: fn(&InputReadings) -> u64) -> f64 {
        let [before, after] = &self.between;
        (of(after) - of(before)) as f64 / 48.0
    }
}

/// Sends a content over a network. The times are in ms.
pub fn play(trace: &Trace, content: Content<'_>, between: [f64; 2]) -> Result<Heard> {
    let mut room = Room::new(48_000, matches!(content, Content::Opus(_)))?;
    let (arrivals, sequence) = (trace.arrivals(), trace.sequence());
    let mut arrivals = arrivals.iter().peekable();
    let ticks = between.map(|ms| (ms / TICK_MS) as usize);
    let mut heard = Heard { samples: Vec::new(), fills_ms: Vec::new(), between: [room.readings(), room.readings()] };
    for tick in 0..ticks[1] + 60 {
        while let Some((_, number)) = arrivals.next_if(|(ms, _)| *ms <= TICK_MS * tick as f64) {
            let timestamp = (number * PACKET) as u32;
            match content {
                Content::Samples(samples) => {
                    room.take_samples(
                        samples.get(number * PACKET..(number + 1) * PACKET).unwrap_or_default(),
                        timestamp,
                    );
                }
                Content::Opus(packets) => {
                    let payload = packets.get(*number).map(Vec::as_slice).unwrap_or_default();
                    room.take_packet(payload, sequence[*number], timestamp);
                }
            }
        }
        heard.fills_ms.push(room.readings().fill_ms);
        for (at, readings) in ticks.iter().zip(&mut heard.between) {
            if *at == tick {
                *readings = room.readings();
            }
        }
        room.tick(|samples| heard.samples.extend(thinned(samples, 6)));
    }
    Ok(heard)
}
