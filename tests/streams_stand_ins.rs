//! What stands in for a packet gives way to the packet itself, if that comes before its time; in simulated time.
#![cfg(feature = "stream")]

mod streams;

use mixminus::{
    Frame,
    stream::{Clock, DecodeError, Decoder, Depth, InputOptions, Stamp, StreamFormat},
};
use streams::path::{Entry, L16, Path, Sent, Way, packets, voice};

const RATE_HZ: u32 = 8000;

fn options() -> InputOptions {
    let format = StreamFormat::mono(RATE_HZ);
    InputOptions { clock: Clock::Locked, depth: Depth::fixed(65.0), ..InputOptions::new(format) }
}

#[test]
fn samples_replace_what_was_pushed_as_concealed() {
    let mut path = Path::new(Way::Samples, options());
    let sent = packets(RATE_HZ, 20, 1000);
    for (n, packet) in sent.iter().enumerate() {
        path.run(packet.at_ms as u64);
        let Entry::Samples(port) = &mut path.entry else { unreachable!() };
        let real: Vec<f32> = (packet.from..packet.from + packet.frames).map(|at| voice(at, RATE_HZ)).collect();
        let mut push = |of: &[f32], timestamp| port.push(Frame::mono(of), Stamp::Rtp(timestamp)).unwrap();
        match n {
            // Number 30 is concealed, and comes with the next.
            30 => port.push_concealed(Frame::mono(&[0.7_f32; 160]), Stamp::Rtp(packet.timestamp)).unwrap(),
            31 => {
                let before: Vec<f32> = (packet.from - 160..packet.from).map(|at| voice(at, RATE_HZ)).collect();
                push(&real, packet.timestamp);
                push(&before, packet.timestamp - 160);
            }
            // Number 40 never comes.
            40 => port.push_concealed(Frame::mono(&[0.7_f32; 160]), Stamp::Rtp(packet.timestamp)).unwrap(),
            _ => push(&real, packet.timestamp),
        }
    }
    let readings = path.run(1000);
    assert_eq!((readings.concealed_samples, readings.late, readings.lost_samples), (160, 0, 0), "{readings:?}");
    let delay_ms = path.delay_ms(500, 200, 0);
    for at_ms in (500..860).step_by(10) {
        assert_eq!(path.delay_ms(at_ms, 200, 0), delay_ms, "{at_ms} ms: {readings:?}");
    }
    assert!(delay_ms.is_some() && path.between(860, 920).contains(&0.7), "{delay_ms:?}: the other is heard");
}

/// Stands in with a sound of its own.
#[derive(Debug)]
struct StandIn(L16);

const OWN: f32 = 0.7;

impl Decoder for StandIn {
    fn format(&self) -> StreamFormat {
        self.0.format()
    }

    fn frames(&self, payload: &[u8]) -> Option<usize> {
        self.0.frames(payload)
    }

    fn decode(&mut self, payload: &[u8], out: &mut [f32]) -> Result<usize, DecodeError> {
        self.0.decode(payload, out)
    }

    fn conceal(&mut self, out: &mut [f32]) -> bool {
        out.fill(OWN);
        true
    }

    fn recover(&mut self, _next: &[u8], _out: &mut [f32]) -> bool {
        false
    }

    fn reset(&mut self) {}
}

/// Packets of 20 ms of which number 30 comes so much later.
fn with_one_late(by_ms: f64) -> Path {
    let later = |(n, packet): (usize, Sent)| match n {
        30 => Sent { at_ms: packet.at_ms + by_ms, ..packet },
        _ => packet,
    };
    let sent = packets(RATE_HZ, 20, 1500).into_iter().enumerate().map(later).collect();
    let mut path = Path::with(options(), Some(StandIn(L16(RATE_HZ)))).send(sent);
    path.run(1500);
    path
}

#[test]
fn a_packet_that_comes_before_its_time_is_heard_alone() {
    let path = with_one_late(50.0);
    let readings = path.readings();
    let counts = (readings.concealed_samples, readings.lost_samples, readings.late, readings.reordered);
    assert_eq!(counts, (0, 0, 0, 1), "{readings:?}");
    assert!(!path.heard.contains(&OWN));
}

#[test]
fn a_packet_that_comes_in_its_time_replaces_the_rest_of_what_stands_in() {
    let path = with_one_late(70.0);
    let readings = path.readings();
    assert_eq!((readings.late, readings.lost_samples), (0, 0), "{readings:?}");
    assert!((40..=120).contains(&readings.concealed_samples), "a tick or less of 20 ms: {readings:?}");
    let own = path.heard.iter().filter(|sample| **sample == OWN).count();
    assert!((10..=120).contains(&own), "{own} samples of it are heard");
}

#[test]
fn a_packet_that_never_comes_leaves_what_stands_in() {
    let path = with_one_late(10_000.0);
    let readings = path.readings();
    assert_eq!((readings.concealed_samples, readings.late), (160, 0), "{readings:?}");
    assert!(path.heard.iter().filter(|sample| **sample == OWN).count() >= 100);
}
