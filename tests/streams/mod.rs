//! Participants with ports, in simulated time.
#![allow(dead_code, reason = "each test file uses its part")]

pub mod path;

use std::f64::consts::TAU;

use mixminus::{
    Channels, Controller, Frame, JoinOptions, MixerConfig, Processor,
    stream::{InputOptions, InputPort, OutputOptions, OutputPort, PortOptions, Ports, Stamp},
};

pub fn mixer(sample_rate: u32, channels: Channels) -> (Controller, Processor) {
    let tick_samples = sample_rate as usize / 100;
    MixerConfig { sample_rate, tick_samples, channels, limiter: None, ..MixerConfig::default() }.build().unwrap()
}

pub fn join(controller: &Controller, id: &str, ports: PortOptions) -> Ports {
    controller.join_with_ports(id, JoinOptions::default(), ports).unwrap()
}

pub fn listen(controller: &Controller, output: OutputOptions) -> OutputPort {
    let ports = PortOptions { output: Some(output), ..PortOptions::default() };
    join(controller, "listener", ports).output.unwrap()
}

/// A sender of packets of 20 ms, or of 40 ms at rates at which 20 ms are no whole number of samples.
/// Its clock runs at its own speed.
pub struct Sender {
    pub port: InputPort,
    pub rate_hz: f64,
    pub channels: usize,
    pub position: u32,
    /// Samples of a packet, and how many more the sender's clock counts until the next one.
    pub frames: u32,
    pub due: f64,
    pub speed: f64,
}

impl Sender {
    pub fn new(controller: &Controller, input: InputOptions) -> Self {
        let ports = PortOptions { input: Some(input), ..PortOptions::default() };
        let port = join(controller, "sender", ports).input.unwrap();
        let (rate_hz, channels) = (input.format.rate_hz, input.format.channels.count());
        let frames = if rate_hz.is_multiple_of(50) { rate_hz / 50 } else { rate_hz / 25 };
        Self { port, rate_hz: f64::from(rate_hz), channels, position: 0, frames, due: 0.0, speed: 1.0 }
    }

    /// Time passes. A packet is sent when its first sample is due, unless it is `lost`.
    pub fn pass(&mut self, seconds: f64, sound: impl Fn(f64) -> f64, lost: impl Fn(u32) -> bool) {
        while self.due < 0.5 {
            self.due += f64::from(self.frames);
            let at = |n: u32| sound(f64::from(self.position + n) / self.rate_hz) as f32;
            let packet: Vec<f32> = (0..self.frames).flat_map(|n| vec![at(n); self.channels]).collect();
            let frame = if self.channels == 1 { Frame::mono(&packet) } else { Frame::interleaved(&packet) };
            if !lost(self.position / self.frames) {
                self.port.push(frame.active(true), Stamp::Rtp(self.position)).unwrap();
            }
            self.position += self.frames;
        }
        self.due -= seconds * self.rate_hz * self.speed;
    }
}

pub fn tone(seconds: f64) -> f64 {
    0.25 * (TAU * 437.3 * seconds).sin()
}

pub fn tick(processor: &mut Processor) {
    processor.enter().tick().mix();
}

/// Pulls everything that is ready, one channel of it.
pub fn drain(port: &mut OutputPort, channels: usize, heard: &mut Vec<f32>) {
    let mut packet = [0.0_f32; 2];
    while port.pull_whole(&mut packet[..channels]) {
        heard.push(packet[0]);
    }
}

/// The greatest step from one sample to the next.
pub fn step(samples: &[f32]) -> f32 {
    samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max)
}
