//! One who is on hold has a port that fills meanwhile: of what came before it returns nothing is heard.
#![cfg(feature = "stream")]

use mixminus::{
    Controller, Frame, JoinOptions, MixerConfig, ParticipantKey, Processor,
    stream::{Clock, InputOptions, InputPort, PortOptions, Stamp, StreamFormat},
};

const OLD: f32 = 0.5;
const NEW: f32 = 0.25;

struct Call {
    controller: Controller,
    processor: Processor,
    ben: ParticipantKey,
    port: InputPort,
    sent: u32,
}

impl Call {
    fn new() -> Self {
        let (controller, processor) = MixerConfig { limiter: None, ..MixerConfig::default() }.build().unwrap();
        let input = InputOptions { clock: Clock::Locked, ..InputOptions::new(StreamFormat::mono(48_000)) };
        let ports = PortOptions { input: Some(input), output: None };
        let port = controller.join_with_ports("anna", JoinOptions::default(), ports).unwrap().input.unwrap();
        let ben = controller.join("ben", JoinOptions::default()).unwrap();
        Self { controller, processor, ben, port, sent: 0 }
    }

    fn push(&mut self, level: f32, packets: u32) {
        for _ in 0..packets {
            self.port.push(Frame::mono(&[level; 480][..]), Stamp::Rtp(self.sent * 480)).unwrap();
            self.sent += 1;
        }
    }

    /// What ben hears in so many ticks, in each of which a packet comes.
    fn hear(&mut self, level: Option<f32>, ticks: usize) -> Vec<f32> {
        let mut heard = Vec::new();
        for _ in 0..ticks {
            level.into_iter().for_each(|level| self.push(level, 1));
            heard.extend_from_slice(self.processor.enter().tick().mix().get(self.ben).unwrap().samples());
        }
        heard
    }
}

#[test]
fn what_had_come_before_is_not_heard_after_it_returns() {
    for held_ticks in [0, 1, 5, 30, 500] {
        let mut call = Call::new();
        assert!(call.hear(Some(OLD), 100).contains(&OLD));
        call.push(OLD, 15); // a burst that lies in the port as the hold begins
        call.controller.hold("anna", &[]).unwrap();
        let held = call.hear(Some(OLD), held_ticks);
        assert!(held.iter().skip(480).all(|sample| *sample == 0.0), "held for {held_ticks} ticks");
        call.controller.resume("anna").unwrap();
        let heard = call.hear(Some(NEW), 100);
        // What is heard at that moment fades out, over 10 ms.
        assert!(heard.iter().skip(480).all(|sample| *sample <= NEW), "held for {held_ticks} ticks");
        assert!(heard[heard.len() - 480..].iter().all(|sample| *sample == NEW), "held for {held_ticks} ticks");
    }
}

#[test]
fn both_in_one_change_drop_what_had_come() {
    let mut call = Call::new();
    call.hear(Some(OLD), 100);
    call.push(OLD, 15);
    call.controller.change(|changes| changes.hold("anna", &[]).and_then(|()| changes.resume("anna"))).0.unwrap();
    let heard = call.hear(Some(NEW), 100);
    assert!(heard.iter().skip(480).all(|sample| *sample <= NEW));
}
