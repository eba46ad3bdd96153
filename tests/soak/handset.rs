//! A participant with ports: a sender with a clock of its own on a network that loses and delays packets, and a receiver.

use std::collections::VecDeque;

use mixminus::{
    Controller, Detector, Frame, JoinOptions,
    stream::{Clock, InputOptions, InputPort, OutputOptions, OutputPort, PortOptions, Stamp, StreamFormat},
};

use super::random::Random;

/// What a handset is like.
#[derive(Clone, Copy)]
pub struct Model {
    pub id: &'static str,
    pub rate_hz: u32,
    pub clock: Clock,
    /// By how much its clock is fast.
    pub ppm: f64,
}

pub struct Handset {
    model: Model,
    input: InputPort,
    output: OutputPort,
    sound: Vec<f32>,
    /// The samples that the sender's clock is ahead of the next packet, and the position of that.
    due: f64,
    position: u32,
    /// Packets on their way: the tick that they come in, and their positions.
    network: VecDeque<(u64, u32)>,
    pushed: [u64; 2],
    since: u64,
}

impl Handset {
    pub fn join(controller: &Controller, model: Model, now: u64) -> Self {
        let format = StreamFormat::mono(model.rate_hz);
        let input = InputOptions { clock: model.clock, ..InputOptions::new(format) };
        let output = OutputOptions { clock: model.clock, ..OutputOptions::new(format) };
        let options = JoinOptions { detector: Detector::Host, ..JoinOptions::default() };
        let ports = PortOptions { input: Some(input), output: Some(output) };
        let ports = controller.join_with_ports(model.id, options, ports).unwrap();
        let packet = model.rate_hz as usize / 50;
        let sound = (0..packet).map(|n| (std::f32::consts::TAU * 4.0 * n as f32 / packet as f32).sin() * 0.2).collect();
        let (input, output) = (ports.input.unwrap(), ports.output.unwrap());
        Self {
            model,
            input,
            output,
            sound,
            due: 0.0,
            position: 0,
            network: VecDeque::new(),
            pushed: [0; 2],
            since: now,
        }
    }

    /// A tick's time passes: packets are sent, lost and delayed, those that come are pushed, and what is due is pulled.
    pub fn pass(&mut self, now: u64, random: &mut Random) {
        let packet = self.sound.len();
        self.due += f64::from(self.model.rate_hz) / 100.0 * (1.0 + self.model.ppm * 1e-6);
        while self.due >= packet as f64 {
            self.due -= packet as f64;
            if !random.once_in(50) {
                let delay = if random.once_in(30) { random.under(6) } else { 0 };
                self.network.push_back((now + delay as u64, self.position));
            }
            self.position = self.position.wrapping_add(packet as u32);
        }
        for _ in 0..self.network.len() {
            let Some((at, position)) = self.network.pop_front() else { break };
            if at > now {
                self.network.push_back((at, position));
            } else if self.input.push(Frame::mono(&self.sound).active(true), Stamp::Rtp(position)).is_ok() {
                self.pushed[0] += 1;
                self.pushed[1] += packet as u64;
            }
        }
        if now % 2 == 1 {
            let mut out = [0_i16; 960];
            self.output.pull(&mut out[..packet]);
        }
    }

    /// What both ends have counted adds up.
    pub fn check(&self, now: u64) {
        let (id, input, output) = (self.model.id, self.input.readings(), self.output.readings());
        assert_eq!([input.received_packets, input.received_samples], self.pushed, "{id}: {input:?}");
        assert_eq!(input.refused, 0, "{id}: {input:?}");
        // What is lost was lost by the network, or came too late, all of it or in part.
        let packet = self.sound.len() as u64;
        let lost = u64::from(self.position) - self.pushed[1] + (input.late + input.reordered) * packet;
        assert!(input.lost_samples <= lost + 6 * packet, "{id}: {lost} {input:?}");
        // However long it runs, no clock outruns the other.
        assert_eq!((input.overruns, input.resyncs, input.strays), (0, 0, 0), "{id}: {input:?}");
        assert!(input.wait_ms < 100.0 && output.fill_ms < 200.0, "{id}: {input:?} {output:?}");
        if self.model.clock == Clock::Locked {
            let fill = (output.fill_ms * f64::from(self.model.rate_hz) / 1000.0).round() as u64;
            let made = (now - self.since) * u64::from(self.model.rate_hz) / 100;
            let counted = output.pulled_samples + output.dropped_samples + fill;
            // The last pull came before the last tick, or after it; a conversion begins with fewer.
            assert!(counted.abs_diff(made) <= 2 * packet, "{id}: {counted} of {made}: {output:?}");
        }
    }
}
